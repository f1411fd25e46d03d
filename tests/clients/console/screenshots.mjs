// Takes the pictures of the console that docs/images holds: gives nodes five minutes of traffic, and photographs the first one's page.
// CONTRIBUTING.md says how the nodes are started.
// usage: node screenshots.mjs FOLDER ADMIN-URL…   CHROMIUM: the browser's path
import { join } from 'node:path';
import WebSocket from 'ws';
import { GatewayClient } from '../../../clients/javascript/gateway.js';
import { launch, logReads, open, shown } from './browser.mjs';

const SECONDS = 300;
const LISTED_SECONDS = 15; // until the page has asked again who has ended
const CLIENTS = 400;
const LEAVING = 4;
const CHANNELS = ['news', 'scores:live', 'scores:final', 'chat:lobby', 'chat:help', 'prices:eur', 'prices:usd', 'weather'];

const [folder, ...admins] = process.argv.slice(2);
const browser = await launch();
const pages = await Promise.all([
  ['console-light.png', { viewport: { width: 1280, height: 900 } }],
  ['console-dark.png', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
  ['console-phone.png', { viewport: { width: 360, height: 760 }, isMobile: true }],
].map(async ([name, options]) => ({ name, ...await open(browser, admins[0], options) })));

const urls = await Promise.all(admins.map(async admin => (await (await fetch(new URL('api/v1/node', admin))).json()).urls[0]));
const clients = [];
const publish = (channel, n) => fetch(new URL('api/v1/publish', admins[n % admins.length]), {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ channel, data: { n } }),
}).then(response => response.text());

const start = Date.now();
const passed = () => (Date.now() - start) / 1000;
const pass = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000));
let photographed = false;

// Until the last picture: a chart must not end in a fall that is the script's own.
async function bustle() {
  for (let n = 0; !photographed; n++) {
    // Clients come in the first two minutes and talk a little; publications come in waves.
    while (clients.length < Math.min(CLIENTS, CLIENTS * passed() / 120)) {
      const i = clients.length;
      const client = new GatewayClient(urls[i % urls.length] + '/ws', { WebSocket });
      clients.push(client);
      for (const channel of CHANNELS.slice(0, 1 + i % CHANNELS.length)) client.subscribe(channel, () => {});
    }
    await publish(CHANNELS[n % CHANNELS.length], n);
    if (n % 3 === 0) clients[n % clients.length]?.ping().catch(() => {});
    await pass((40 + 30 * Math.sin(passed() / 20)) / 1000);
  }
}

const bustling = bustle();
await pass(SECONDS - LISTED_SECONDS);
for (const client of clients.slice(0, LEAVING)) client.close();
await pass(LISTED_SECONDS);
for (const { name, page } of pages) {
  await shown(page);
  await page.click('#try-subscribe button');
  await logReads(page, '✓ subscribed to news');
  await page.click('#publish button');
  await logReads(page, '← news {"hello":"world"}');
  await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
  await page.screenshot({ path: join(folder, name), fullPage: !name.includes('phone') });
}
photographed = true;
await bustling;
await browser.close();
process.exit();
