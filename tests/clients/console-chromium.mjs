// Opens a node's console page in Chromium, connects with the client endpoint that it offers, and prints {"url":"…"}, then the lines of
// its log as they come, {"line":"…"}.
// usage: node console-chromium.mjs ADMIN-URL   CHROMIUM: the browser's path
import { chromium } from 'playwright-core';

const [url] = process.argv.slice(2);
const say = line => void process.stdout.write(`${JSON.stringify(line)}\n`);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--ignore-certificate-errors', // the test's own authority is in no store
  ],
});
const page = await browser.newPage();
await page.goto(url);
await page.waitForFunction(() => document.getElementById('try-url').value);
say({ url: await page.inputValue('#try-url') });
await page.exposeFunction('say', line => say({ line }));
await page.evaluate(() => {
  new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(node => window.say(node.textContent.trim()))))
    .observe(document.getElementById('try-log'), { childList: true });
});
await page.click('#try-button');
process.stdin.resume().on('end', () => browser.close());
