// Subscribes with Chromium's own WebSocket and prints what arrives, a line of JSON each: {"binary":false,"base64":"…"}.
// usage: node subscribe-chromium.mjs URL [CHANNEL]   with CHANNEL: gateway.v1; without: plain mode. CHROMIUM: the browser's path
import http from 'node:http';
import { launch } from './chromium.mjs';

const [url, channel] = process.argv.slice(2);
const browser = await launch();
// A page of a server: a browser connects from a real origin.
const server = http.createServer((_, response) => response.end('<!doctype html>')).listen(0, '127.0.0.1');
await new Promise(resolve => server.once('listening', resolve));
const page = await browser.newPage();
await page.exposeFunction('say', line => void process.stdout.write(`${line}\n`));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.evaluate(([url, channel]) => {
  const base64 = bytes => btoa(String.fromCharCode(...bytes));
  const socket = channel ? new WebSocket(url, 'gateway.v1') : new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => channel && socket.send(JSON.stringify({ type: 'subscribe', id: 1, channel }));
  socket.onmessage = ({ data }) => {
    const binary = typeof data !== 'string';
    window.say(JSON.stringify({ binary, base64: base64(binary ? new Uint8Array(data) : new TextEncoder().encode(data)) }));
  };
  socket.onclose = ({ code, reason }) => window.say(JSON.stringify({ closed: code, reason }));
}, [url, channel]);
process.stdin.resume().on('end', async () => {
  await browser.close();
  server.close();
});
