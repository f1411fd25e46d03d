// Subscribes with the npm client `ws` and prints what arrives, a line of JSON each: {"binary":false,"base64":"…"}.
// usage: node subscribe-ws.mjs URL [CHANNEL]   with CHANNEL: gateway.v1; without: plain mode
import WebSocket from 'ws';

const [url, channel] = process.argv.slice(2);
const say = line => process.stdout.write(`${JSON.stringify(line)}\n`);
const socket = channel ? new WebSocket(url, 'gateway.v1') : new WebSocket(url);
socket.on('open', () => channel && socket.send(JSON.stringify({ type: 'subscribe', id: 1, channel })));
socket.on('message', (data, binary) => say({ binary, base64: data.toString('base64') }));
socket.on('close', (code, reason) => say({ closed: code, reason: reason.toString() }));
socket.on('error', error => say({ error: error.message }));
