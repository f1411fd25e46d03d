// Echoes messages of every size class with the npm client `ws`, once for every combination of its perMessageDeflate options, and
// prints a line of JSON for each: {"options":{…},"agreed":"…","response":"…","messages":50} or {"options":{…},"error":"…"}; the
// response is its Sec-WebSocket-Extensions.
// usage: node echo-ws.mjs URL
import { randomBytes } from 'node:crypto';
import WebSocket from 'ws';

const url = process.argv[2];
const sizes = [0, 1, 125, 126, 127, 255, 256, 1000, 4096, 65_535, 65_536, 200_000];
const text = size => '{"symbol":"EURUSD","bid":1.0837},'.repeat(size / 33 + 1).slice(0, size);
const messages = [
  ...sizes.map(text),
  'ä日😀'.repeat(1000),
  ...sizes.map(size => Buffer.from(text(size))),
  ...sizes.map(size => randomBytes(size)),
  ...sizes.map(size => randomBytes(size).toString('base64').slice(0, size)),
];

function echo(perMessageDeflate) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate });
    let received = 0, response = '';
    socket.on('upgrade', ({ headers }) => { response = headers['sec-websocket-extensions'] ?? ''; });
    socket.on('open', () => {
      for (const message of messages) socket.send(message);
      // The last one in fragments; ws compresses each by itself.
      for (const [i, piece] of ['{"fragments":', '[', '1,2,3'.repeat(500), ']', '}'].entries()) socket.send(piece, { fin: i === 4 });
    });
    socket.on('message', (data, binary) => {
      const sent = messages[received] ?? '{"fragments":[' + '1,2,3'.repeat(500) + ']}';
      if (binary === (typeof sent === 'string') || !data.equals(Buffer.from(sent))) return reject(new Error(`message ${received} differs`));
      if (++received > messages.length) {
        resolve({ agreed: socket.extensions, response, messages: received });
        socket.close(1000);
      }
    });
    socket.on('error', reject);
    socket.on('close', code => reject(new Error(`closed with ${code} after ${received} messages`)));
  });
}

const flags = [undefined, true];
const bits = [undefined, 8, 9, 12, 15];
for (const serverNoContextTakeover of flags)
  for (const clientNoContextTakeover of flags)
    for (const serverMaxWindowBits of bits)
      for (const clientMaxWindowBits of [...bits, true, false])
        for (const threshold of [0, undefined]) {
          const options = { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits, threshold };
          const result = await echo(options).catch(error => ({ error: error.message }));
          process.stdout.write(`${JSON.stringify({ options, ...result })}\n`);
        }
const result = await echo(false).catch(error => ({ error: error.message }));
process.stdout.write(`${JSON.stringify({ options: false, ...result })}\n${JSON.stringify({ done: true })}\n`);
