// The JavaScript client against docs/protocol.md: what the tables of gateway.v1 list is what the client sends, understands and does, no more and no less.
// usage: node --test tests/clients/gateway/
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { GatewayClient } from '../../../clients/javascript/gateway.js';
import { FakeClock, fakeWebSocket } from './fakes.mjs';

const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

/** The rows of the table below a heading, each a list of its cells. */
function rowsBelow(heading) {
  const rows = page.split(`\n${heading}\n`)[1].split(/\n#+ /)[0].split('\n').filter(line => line.startsWith('| ')).map(line => line.slice(1, -1).split(' | ').map(cell => cell.trim()));
  assert.ok(rows.length > 2, heading);
  return rows.slice(1);
}

const inCode = cell => /^`(.*)`$/.exec(cell)[1];
/** The message that a row shows; where it shows that something may stand, null does. */
const messagesBelow = heading => rowsBelow(heading).map(([cell]) => JSON.parse(inCode(cell).replace(/:…/g, ':null')));
const settled = async () => { for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve)); };

let clock, WebSocket, client, unknown;

function make() {
  WebSocket = fakeWebSocket();
  unknown = [];
  client = new GatewayClient('ws://gateway.test/', { WebSocket, token: () => 'eyJ', debug: (...words) => { if (words[0] === 'of a newer gateway:') unknown.push(words[1]); } });
  client.on('error', () => {});
}

async function open() {
  make();
  await settled();
  WebSocket.last.welcomes();
  return WebSocket.last;
}

beforeEach(() => { clock = new FakeClock(); });
afterEach(() => {
  client.close();
  clock.restore();
});

test('sends every message that clients can send, and no other', async () => {
  const socket = await open();
  const quietly = promise => promise.catch(() => {});
  const news = client.subscribe('news', () => {});
  client.subscribe('doc:7', () => {}, { token: 'eyJ' });
  quietly(client.publish('chat', { a: 1 }));
  quietly(client.publish('prices', 1.08, { key: 'EURUSD' }));
  quietly(client.publish('chat', Uint8Array.of(0, 1, 255)));
  quietly(client.ping());
  quietly(client.refresh());
  await settled();
  const sent = [...socket.sent];
  socket.agrees();
  news.unsubscribe();
  sent.push(...socket.take());

  const shapes = messages => [...new Set(messages.map(message => `${message.type}: ${Object.keys(message).sort()}`))].sort();
  assert.deepEqual(shapes(sent), shapes(messagesBelow('### Client to server')));
  assert.equal(sent.find(({ binary }) => binary).binary, messagesBelow('### Client to server').find(({ binary }) => binary).binary);
});

test('reads every field of every message that the gateway sends', async () => {
  const parse = JSON.parse;
  const unread = [];
  for (const message of messagesBelow('### Server to client')) {
    make();
    await settled();
    const socket = WebSocket.last;
    if (message.type !== 'welcome') socket.welcomes();
    client.subscribe(message.channel ?? 'news', () => {});
    client.refresh().catch(() => {});
    await settled();
    if ('id' in message) message.id = socket.take().at(-1).id;
    const read = new Set();
    JSON.parse = () => new Proxy(message, {
      get: (target, name) => { read.add(name); return target[name]; },
      has: (target, name) => { read.add(name); return name in target; },
    });
    try {
      socket.onmessage({ data: '' });
      await settled();
      if (message.type === 'welcome') client.connection;
    } finally {
      JSON.parse = parse;
    }
    assert.deepEqual(unknown, [], message.type);
    unread.push(...Object.keys(message).filter(name => !read.has(name)).map(name => `${message.type}.${name}`));
    client.close();
  }
  // By its id an answer is known, and with it the channel.
  assert.deepEqual(unread, ['ok.channel']);
});

test('passes over a message that it does not know, and says so in the log', async () => {
  (await open()).says({ type: 'unheard of' });
  assert.deepEqual([unknown, client.state], [['unheard of'], 'open']);
});

test('tries again after every error of which the table says so, and after no other', async () => {
  const rows = rowsBelow('### Errors');
  const again = [];
  for (const [cell] of rows) {
    const socket = await open();
    const subscription = client.subscribe('news', () => {});
    socket.says({ type: 'error', id: socket.take()[0].id, code: inCode(cell), message: '' });
    clock.advance(1_000);
    if (socket.take().some(({ type }) => type === 'subscribe')) again.push(inCode(cell));
    // Two that say what is so already, be it of another command.
    else assert.equal(subscription.state, ['already_subscribed', 'not_subscribed'].includes(inCode(cell)) ? 'subscribed' : 'unsubscribed', cell);
    client.close();
  }
  assert.deepEqual(again, rows.filter(([, when]) => when.includes('try again in a moment')).map(([cell]) => inCode(cell)));
});

test('comes back after every ending of which the table says so, and after no other', async () => {
  const rows = rowsBelow('## Endings');
  assert.ok(rows.length > 10);
  for (const [code, , comeBack] of rows) {
    const socket = await open();
    socket.ends(Number(code));
    assert.equal(client.state, comeBack.startsWith('yes') ? 'waiting' : 'disconnected', code);
    client.close();
  }
});
