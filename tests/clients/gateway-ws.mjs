// The JavaScript client in Node.js, with the WebSocket of the npm package `ws`: prints what happens to it, a line of JSON each, and does
// what the lines of its input say: {"subscribe":"news"}, {"unsubscribe":"news"}, {"publish":["chat",{"a":1}]}, {"ping":true}.
// usage: node gateway-ws.mjs URL [--token=TOKEN]… [CHANNEL]…   each token is for one question, the last for all further ones
import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { GatewayClient } from '../../clients/javascript/gateway.js';

const [url, ...rest] = process.argv.slice(2);
const channels = rest.filter(argument => !argument.startsWith('--token='));
const tokens = rest.filter(argument => argument.startsWith('--token=')).map(argument => argument.slice('--token='.length));
const say = line => process.stdout.write(`${JSON.stringify(line)}\n`);
const gateway = new GatewayClient(url, { WebSocket, minBackoff: 100, maxBackoff: 1_000, token: tokens.length > 0 ? () => tokens.length > 1 ? tokens.shift() : tokens[0] : undefined });
const subscriptions = new Map();

const does = {
  subscribe(channel) {
    const subscription = gateway.subscribe(channel, (data, message) => say({ message: message.channel, data: message.binary ? [...data] : data }));
    subscriptions.set(channel, subscription);
    subscription.ready.then(() => say({ ready: channel }), () => {});
  },
  unsubscribe: channel => subscriptions.get(channel).unsubscribe(),
  publish: ([channel, data]) => gateway.publish(channel, data).then(() => say({ published: channel }), error => say({ refused: error.code })),
  ping: () => gateway.ping().then(ms => say({ ping: ms })),
};

gateway.on('state', change => say({ ...change, ...gateway.connection }));
gateway.on('gap', gap => say({ gap: gap.cause, ...gap }));
gateway.on('skipped', skipped => say({ skipped }));
gateway.on('error', (error, channel) => say({ error: error.code, channel }));
channels.forEach(does.subscribe);

createInterface({ input: process.stdin })
  .on('line', line => Object.entries(JSON.parse(line)).forEach(([command, value]) => does[command](value)))
  .on('close', () => gateway.close());
