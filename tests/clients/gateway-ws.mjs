// The JavaScript client in Node.js, with the WebSocket of the npm package `ws`: prints what happens to it, a line of JSON each, and does
// what the lines of its input say: {"subscribe":"news"}, {"unsubscribe":"news"}, {"publish":["chat",{"a":1}]}, {"bytes":["chat",[1,2]]}, {"ping":true}.
// usage: node gateway-ws.mjs URL [--token=TOKEN]… [--text=TOKEN] [--show=TOKEN] [CHANNEL]…
//   each --token is for one question, the last for all further ones; --text is a token that is a text; --show is the channels' subscription token
import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { GatewayClient } from '../../clients/javascript/gateway.js';

const [url, ...rest] = process.argv.slice(2);
const channels = rest.filter(argument => !argument.startsWith('--'));
const valuesOf = name => rest.filter(argument => argument.startsWith(`--${name}=`)).map(argument => argument.slice(name.length + 3));
const [tokens, [text], [shown]] = ['token', 'text', 'show'].map(valuesOf);
const say = line => process.stdout.write(`${JSON.stringify(line)}\n`);
const gateway = new GatewayClient(url, { WebSocket, minBackoff: 100, maxBackoff: 1_000, timeout: 60_000, token: tokens.length > 0 ? () => tokens.length > 1 ? tokens.shift() : tokens[0] : text });
const subscriptions = new Map();

const does = {
  subscribe(channel) {
    const subscription = gateway.subscribe(channel, (data, message) => say({ message: message.channel, data: message.binary === undefined ? data : [...data] }), { token: shown && (async () => shown) });
    subscriptions.set(channel, subscription);
    subscription.ready.then(() => say({ ready: channel }), () => {});
  },
  unsubscribe: channel => subscriptions.get(channel).unsubscribe(),
  publish: ([channel, data]) => gateway.publish(channel, data).then(() => say({ published: channel }), error => say({ refused: error.code })),
  bytes: ([channel, bytes]) => does.publish([channel, Uint8Array.from(bytes)]),
  ping: () => gateway.ping().then(ms => say({ ping: ms })),
};

gateway.on('state', ({ error, ...change }) => say({ ...change, ...(error && { why: error.code }), ...gateway.connection }));
gateway.on('gap', gap => say({ gap: gap.cause, ...gap }));
gateway.on('skipped', skipped => say({ skipped }));
gateway.on('error', (error, channel) => say({ error: error.code, channel }));
channels.forEach(does.subscribe);

createInterface({ input: process.stdin })
  .on('line', line => Object.entries(JSON.parse(line)).forEach(([command, value]) => does[command](value)))
  .on('close', () => gateway.close());
