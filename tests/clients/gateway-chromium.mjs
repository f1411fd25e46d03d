// The JavaScript client in Chromium, served as it stands: prints each change of its state, a line of JSON each.
// usage: node gateway-chromium.mjs URL [TOKEN]   CHROMIUM: the browser's path
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { launch } from './chromium.mjs';

const [url, token] = process.argv.slice(2);
const browser = await launch();
const server = http.createServer(async (request, response) => {
  const isModule = /^\/(lib\/)?[a-z]+\.js$/.test(request.url);
  response.setHeader('Content-Type', isModule ? 'text/javascript' : 'text/html');
  response.end(isModule ? await readFile(new URL(`../../clients/javascript${request.url}`, import.meta.url)) : '<!doctype html>');
}).listen(0, '127.0.0.1');
await new Promise(resolve => server.once('listening', resolve));
const page = await browser.newPage();
await page.exposeFunction('say', line => void process.stdout.write(`${line}\n`));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.evaluate(async ([url, token]) => {
  const { GatewayClient } = await import('/gateway.js');
  const gateway = new GatewayClient(url, { token, connect: false });
  gateway.on('state', ({ error, ...change }) => window.say(JSON.stringify({ ...change, error: error?.code })));
  gateway.connect().catch(() => {});
}, [url, token]);
process.stdin.resume().on('end', async () => {
  await browser.close();
  server.close();
});
