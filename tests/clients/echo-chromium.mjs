// Echoes messages of every size class, text and binary, with Chromium's own WebSocket, and prints lines of JSON: {"received":N} now and
// then, at the end {"agreed":"…","messages":N} or {"error":"…"}.
// usage: node echo-chromium.mjs URL MESSAGES   CHROMIUM: the browser's path
import http from 'node:http';
import { launch } from './chromium.mjs';

const [url, count] = process.argv.slice(2);
const browser = await launch();
// A page of a server: a browser connects from a real origin.
const server = http.createServer((_, response) => response.end('<!doctype html>')).listen(0, '127.0.0.1');
await new Promise(resolve => server.once('listening', resolve));
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.exposeFunction('say', line => void process.stdout.write(`${line}\n`));
const result = await page.evaluate(([url, count]) => new Promise(resolve => {
  const small = [0, 1, 10, 125, 126, 127, 255, 256, 1000, 2000, 4096];
  const large = [16_384, 65_535, 65_536, 200_000, 1_048_576];
  const line = '{"symbol":"EURUSD","bid":1.0837},';
  const characters = 'ä日😀'; // 9 bytes, 4 units of UTF-16
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-';
  const noise = new Uint8Array(1_100_000);
  for (let i = 0; i < noise.length; i += 65_536) crypto.getRandomValues(noise.subarray(i, i + 65_536));
  const random = Array.from(noise, byte => letters[byte & 63]).join('');
  const text = (i, size) => size < 16 ? line.slice(0, size) : (characters + i + line.repeat(size / line.length + 1)).slice(0, size - 5);
  // Each size comes as text and as bytes, of either kind what shrinks and what does not; the whole is known from its number. Every
  // hundredth message is large.
  const make = i => {
    const [sizes, n] = i % 100 === 99 ? [large, (i - 99) / 100] : [small, i];
    const size = sizes[n % sizes.length];
    switch (Math.floor(n / sizes.length) % 4) {
      case 0: return text(i, size);
      case 1: return new TextEncoder().encode(text(i, size));
      case 2: return random.slice(i % 1000, (i % 1000) + size);
      default: return noise.subarray(i % 1000, (i % 1000) + size);
    }
  };
  const same = (a, b) => typeof a === 'string' ? a === b : typeof b !== 'string' && a.length === b.byteLength && new Uint8Array(b).every((byte, i) => byte === a[i]);
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  let sent = 0, received = 0;
  const more = () => { while (sent < count && sent - received < 32) socket.send(make(sent++)); };
  socket.onopen = more;
  socket.onmessage = ({ data }) => {
    if (!same(make(received), data)) return resolve({ error: `message ${received} differs` });
    if (++received === count) resolve({ agreed: socket.extensions, messages: received });
    if (received % 500 === 0) window.say(JSON.stringify({ received }));
    more();
  };
  socket.onclose = ({ code, reason }) => resolve({ error: `closed with ${code} ${reason} after ${received}` });
}), [url, Number(count)]);
process.stdout.write(`${JSON.stringify(result)}\n`);
await browser.close();
server.close();
