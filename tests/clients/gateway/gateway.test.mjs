// The JavaScript client over a WebSocket and a clock that do what they are told: what it does with each message, loss and moment.
// usage: node --test tests/clients/gateway/
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { GatewayClient } from '../../../clients/javascript/gateway.js';
import { FakeClock, fakeWebSocket } from './fakes.mjs';

const URL = 'ws://gateway.test/ws';
let clock, WebSocket, client, events;

function make(options) {
  client = new GatewayClient(URL, { WebSocket, ...options });
  for (const event of ['state', 'gap', 'skipped', 'error']) client.on(event, (...values) => events.push([event, ...values]));
  return client;
}

function open(options) {
  make(options);
  WebSocket.last.welcomes();
  return WebSocket.last;
}

const of = kind => events.filter(([event]) => event === kind).map(([, value]) => value);
/** Every promise that can settle has: the fake clock leaves real turns of the loop alone. */
const settled = async () => { for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve)); };
const codeOf = promise => promise.then(() => 'done', error => error.code);

beforeEach(() => { [clock, WebSocket, events] = [new FakeClock(), fakeWebSocket(), []]; });
afterEach(() => {
  client?.close();
  assert.equal(clock.pending, 0, 'a closed client leaves timers behind');
  clock.restore();
});

test('connects with the subprotocol and is open with the welcome', () => {
  make();
  assert.equal(client.state, 'connecting');
  assert.equal(client.connection, null);
  WebSocket.last.welcomes();
  assert.deepEqual([WebSocket.last.url, WebSocket.last.protocol], [URL, 'gateway.v1']);
  assert.equal(client.state, 'open');
  assert.deepEqual(client.connection, { id: '00000000000000a1', node: 'n1' });
});

test('without any WebSocket says which option to give', () => {
  const had = globalThis.WebSocket;
  globalThis.WebSocket = undefined;
  try {
    assert.throws(() => new GatewayClient(URL), /option WebSocket/);
  } finally {
    if (had) globalThis.WebSocket = had;
    else delete globalThis.WebSocket;
  }
});

test('subscribes once for several listeners and leaves with the last', async () => {
  const socket = open();
  const heard = [];
  const first = client.subscribe('news', (data, message) => heard.push(['first', data, message.channel]));
  const second = client.subscribe('news', data => heard.push(['second', data]));
  assert.deepEqual(socket.sent, [{ type: 'subscribe', channel: 'news', id: 1 }]);
  socket.agrees();
  await Promise.all([first.ready, second.ready]);
  await client.subscribe('news', () => {}).unsubscribe();
  socket.says({ type: 'message', channel: 'news', data: { a: 1 } });
  first.unsubscribe();
  first.unsubscribe();
  socket.says({ type: 'message', channel: 'news', data: 2 });
  assert.deepEqual(heard, [['first', { a: 1 }, 'news'], ['second', { a: 1 }], ['second', 2]]);
  assert.deepEqual(socket.take(), []);
  second.unsubscribe();
  assert.deepEqual(socket.take().map(({ type }) => type), ['unsubscribe']);
});

test('a channel has one command in flight, whatever is wanted meanwhile', () => {
  const socket = open();
  client.subscribe('news', () => {}).unsubscribe();
  const again = client.subscribe('news', () => {});
  assert.deepEqual(socket.sent.map(({ type }) => type), ['subscribe']);
  socket.agrees();
  assert.deepEqual(socket.take(), [], 'what is wanted is so');
  again.unsubscribe();
  client.subscribe('news', () => {});
  assert.deepEqual(socket.sent.map(({ type }) => type), ['unsubscribe']);
  socket.agrees();
  assert.deepEqual(socket.sent.map(({ type }) => type), ['subscribe']);
  socket.agrees();
  assert.deepEqual(of('gap'), [], 'who subscribes anew has missed nothing');
});

test('binary publications are bytes, others what they were', () => {
  const socket = open();
  const heard = [];
  client.subscribe('news', data => heard.push(data));
  socket.agrees();
  socket.says({ type: 'message', channel: 'news', binary: 'AAH/' });
  socket.says({ type: 'message', channel: 'news', data: 'text' });
  socket.says({ type: 'message', channel: 'news', data: null });
  socket.says({ type: 'message', channel: 'other', data: 1 });
  socket.says({ type: 'of a newer gateway' });
  assert.deepEqual(heard, [Uint8Array.of(0, 1, 255), 'text', null]);
});

test('a refused subscription ends and is told', async () => {
  const socket = open();
  const subscription = client.subscribe('secret', () => {});
  socket.says({ type: 'error', id: socket.take()[0].id, code: 'forbidden', message: 'no' });
  assert.equal(await codeOf(subscription.ready), 'forbidden');
  const [[, error, channel]] = events.filter(([event]) => event === 'error');
  assert.deepEqual([error.code, channel], ['forbidden', 'secret']);
  socket.ends(1012);
  clock.advance(30_000);
  WebSocket.last.welcomes();
  assert.deepEqual(WebSocket.last.sent, [], 'it is not tried again');
});

test('a subscription that the broker did not confirm is tried again', async () => {
  const socket = open();
  const subscription = client.subscribe('news', () => {});
  socket.says({ type: 'error', id: socket.take()[0].id, code: 'unavailable', message: 'later' });
  clock.advance(499);
  assert.deepEqual(socket.sent, []);
  clock.advance(1);
  assert.deepEqual(socket.sent.map(({ type }) => type), ['subscribe']);
  clock.advance(10_000); // no answer: nobody knows
  clock.advance(1_000);
  socket.says({ type: 'error', id: socket.take().at(-1).id, code: 'already_subscribed', message: 'it came true' });
  assert.equal(await codeOf(subscription.ready), 'done');
});

test('publishes with a promise, in order, refused with the code', async () => {
  const socket = open();
  const done = client.publish('chat', { a: 1 });
  const refused = client.publish('news', 2);
  assert.deepEqual(socket.take(), [{ type: 'publish', channel: 'chat', data: { a: 1 }, id: 1 }, { type: 'publish', channel: 'news', data: 2, id: 2 }]);
  socket.says({ type: 'error', id: 2, code: 'forbidden', message: 'no' });
  socket.says({ type: 'ok', id: 1, channel: 'chat' });
  assert.deepEqual([await codeOf(done), await codeOf(refused)], ['done', 'forbidden']);
});

test('publishes with a key where one is given', () => {
  const socket = open();
  client.publish('prices', 1, { key: 'A' }).catch(() => {});
  client.publish('prices', 2).catch(() => {});
  assert.deepEqual(socket.take(), [{ type: 'publish', channel: 'prices', data: 1, key: 'A', id: 1 }, { type: 'publish', channel: 'prices', data: 2, id: 2 }]);
});

test('publications wait for a connection, so many and so long', async () => {
  make({ maxQueued: 2 });
  const results = [1, 2, 3].map(n => codeOf(client.publish('chat', n)));
  assert.equal(await results[2], 'not_connected');
  WebSocket.last.welcomes();
  assert.deepEqual(WebSocket.last.sent.map(({ data }) => data), [1, 2]);
  WebSocket.last.agrees();
  assert.deepEqual(await Promise.all(results.slice(0, 2)), ['done', 'done']);

  WebSocket.last.ends(1006);
  clock.random = 1;
  const late = codeOf(client.publish('chat', 4));
  clock.advance(10_000);
  assert.equal(await late, 'not_connected');
});

test('what was sent is never sent again', async () => {
  const socket = open();
  const publication = codeOf(client.publish('chat', 1));
  socket.ends(1006);
  assert.equal(await publication, 'connection_lost');
  clock.advance(1_000);
  WebSocket.last.welcomes();
  assert.deepEqual(WebSocket.last.sent, []);
});

test('comes back after waits that double, up to the bound, at any moment within', () => {
  make({ minBackoff: 1_000, maxBackoff: 8_000 });
  clock.random = 0.25;
  for (const bound of [1_000, 2_000, 4_000, 8_000, 8_000]) {
    WebSocket.last.ends(1006);
    assert.equal(of('state').at(-1).wait, bound / 4);
    const before = WebSocket.sockets.length;
    clock.advance(bound / 4 - 1);
    assert.equal(WebSocket.sockets.length, before);
    clock.advance(1);
    assert.equal(WebSocket.sockets.length, before + 1);
  }
});

test('a connection that held sets the waits back, one that did not does not', () => {
  make({ minBackoff: 1_000, maxBackoff: 8_000 });
  const losesAfter = ms => {
    WebSocket.last.welcomes(0);
    clock.advance(ms);
    WebSocket.last.ends(1011);
    const { wait } = of('state').at(-1);
    clock.advance(wait);
    return wait;
  };
  assert.deepEqual([losesAfter(10), losesAfter(10), losesAfter(10), losesAfter(8_000)], [500, 1_000, 2_000, 500]);
});

test('subscribes again with each connection and tells what may be missing', () => {
  const socket = open();
  const heard = [];
  client.subscribe('a', data => heard.push(data));
  client.subscribe('b', () => {});
  socket.agrees();
  socket.ends(1012, 'service restart');
  const late = client.subscribe('c', () => {});
  const gone = client.subscribe('d', () => {});
  gone.unsubscribe();
  clock.advance(500);
  WebSocket.last.welcomes();
  assert.deepEqual(WebSocket.last.sent.map(({ type, channel }) => [type, channel]), [['subscribe', 'a'], ['subscribe', 'b'], ['subscribe', 'c']]);
  assert.deepEqual(of('gap'), [], 'not before the gateway has confirmed');
  WebSocket.last.agrees();
  assert.deepEqual(of('gap'), ['a', 'b'].map(channel => ({ cause: 'connection', ms: 500, channels: [channel] })));
  WebSocket.last.says({ type: 'message', channel: 'a', data: 1 });
  assert.deepEqual(heard, [1]);
  assert.equal(late.channel, 'c');
});

test('a gap counts from when the connection was last heard of, through further losses', () => {
  const socket = open();
  client.subscribe('a', () => {});
  socket.agrees();
  clock.advance(20_000);
  socket.ends(1006);
  clock.advance(500);
  WebSocket.last.welcomes();
  WebSocket.last.ends(1006); // before the subscription is confirmed
  clock.advance(1_000);
  WebSocket.last.welcomes();
  WebSocket.last.agrees();
  assert.deepEqual(of('gap').map(({ ms }) => ms), [21_500]);
});

test('surfaces the broker\'s gap and what was skipped', () => {
  const socket = open();
  socket.says({ type: 'gap', channels: 'all', ms: 1840 });
  socket.says({ type: 'skipped', channel: 'news', count: 12 });
  assert.deepEqual(of('gap'), [{ cause: 'broker', ms: 1840, channels: 'all' }]);
  assert.deepEqual(of('skipped'), [{ channel: 'news', count: 12 }]);
});

test('told to reconnect, comes back at that moment and not before the close', () => {
  const socket = open();
  socket.says({ type: 'reconnect', after_ms: 1_200, reason: 'drain' });
  clock.advance(300);
  assert.equal(client.state, 'open');
  socket.ends(1012, 'service restart');
  assert.deepEqual(of('state').at(-1), { state: 'waiting', code: 1012, reason: 'service restart', wait: 900 });
  clock.advance(899);
  assert.equal(WebSocket.sockets.length, 1);
  clock.advance(1);
  assert.equal(WebSocket.sockets.length, 2);
  WebSocket.last.ends(1006);
  assert.equal(of('state').at(-1).wait, 500, 'from then on as always');
});

test('a silent gateway is asked, then given up', () => {
  const socket = open();
  clock.advance(30_000);
  socket.says({ type: 'of a newer gateway' }); // anything will do
  clock.advance(37_499);
  assert.deepEqual(socket.sent, []);
  clock.advance(1);
  assert.deepEqual(socket.sent.map(({ type }) => type), ['ping']);
  socket.agrees();
  clock.advance(37_500);
  assert.deepEqual(socket.sent.map(({ type }) => type), ['ping']);
  clock.advance(9_999);
  assert.equal(client.state, 'open');
  clock.advance(1);
  assert.equal(client.state, 'waiting');
  assert.ok(socket.isClosed);
  assert.equal(of('state').at(-1).code, 1006);
});

test('a connection that does not stand in time is given up', () => {
  make();
  const [socket] = WebSocket.sockets;
  clock.advance(10_000);
  assert.ok(socket.isClosed);
  assert.equal(client.state, 'waiting');
  clock.advance(500);
  socket.welcomes();
  assert.equal(client.state, 'connecting', 'what an abandoned socket says is nobody\'s');
});

test('measures the way to the gateway and back', async () => {
  const socket = open();
  const time = client.ping();
  socket.agrees();
  assert.ok(await time >= 0);
});

test('closed, by itself or by the gateway, it ends everything and stays so', async () => {
  const socket = open();
  const subscription = client.subscribe('news', () => {});
  const publication = codeOf(client.publish('chat', 1));
  socket.ends(4403, 'disconnected by the operator');
  assert.equal(client.state, 'closed');
  assert.deepEqual(of('state').at(-1), { state: 'closed', code: 4403, reason: 'disconnected by the operator' });
  assert.deepEqual([await publication, await codeOf(subscription.ready), await codeOf(client.publish('chat', 2))], ['closed', 'closed', 'closed']);
  assert.throws(() => client.subscribe('news', () => {}), { code: 'closed' });
  clock.advance(1e9);
  assert.equal(WebSocket.sockets.length, 1);
});

test('closed before it is open it takes what waits with it', async () => {
  make();
  const publication = codeOf(client.publish('chat', 1));
  client.close();
  assert.equal(await publication, 'closed');
  assert.ok(WebSocket.last.isClosed);
});

test('an endpoint that speaks something else ends it', () => {
  const socket = open();
  socket.onmessage({ data: 'not JSON' });
  assert.equal(client.state, 'closed');
});

test('what a listener throws is reported and harms nobody else', async () => {
  const socket = open();
  const heard = [];
  client.subscribe('news', () => { throw new Error('mine'); });
  client.subscribe('news', data => heard.push(data));
  socket.agrees();
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const thrown = new Promise(resolve => process.once('uncaughtException', resolve));
  socket.says({ type: 'message', channel: 'news', data: 1 });
  assert.equal((await thrown).message, 'mine');
  for (const listener of listeners) process.on('uncaughtException', listener);
  assert.deepEqual(heard, [1]);
});

test('a listener can be taken away, and an unknown event is a mistake', () => {
  open();
  let count = 0;
  const off = client.on('state', () => count++);
  off();
  WebSocket.last.ends(1012);
  assert.equal(count, 0);
  assert.throws(() => client.on('message', () => {}), /no event message/);
});

test('an error that nobody listens for goes to the console', () => {
  client = new GatewayClient(URL, { WebSocket });
  WebSocket.last.welcomes();
  client.subscribe('secret', () => {});
  const [had, lines] = [console.error, []];
  console.error = (...words) => lines.push(words.join(' '));
  try {
    WebSocket.last.says({ type: 'error', id: 1, code: 'forbidden', message: 'not allowed' });
  } finally {
    console.error = had;
  }
  assert.match(lines.join(), /not allowed secret/);
});

test('sends a token that is a text in the list of subprotocols', () => {
  make({ token: 'a.b.c' });
  assert.deepEqual(WebSocket.last.protocol, ['gateway.v1', 'gateway.token.a.b.c']);
});

test('asks for a token for each connection and sends it', async () => {
  let count = 0;
  make({ token: async () => `t${++count}` });
  assert.equal(WebSocket.sockets.length, 0);
  await settled();
  assert.deepEqual(WebSocket.last.protocol, ['gateway.v1', 'gateway.token.t1']);
  for (const code of [4409, 4401, 1006]) {
    WebSocket.last.welcomes();
    WebSocket.last.ends(code);
    assert.equal(client.state, 'waiting');
    clock.advance(60_000);
    await settled();
    assert.deepEqual(WebSocket.last.protocol, ['gateway.v1', `gateway.token.t${count}`]);
  }
  assert.equal(count, 4);
});

test('connects without a token when there is none yet', async () => {
  make({ token: () => null });
  await settled();
  assert.equal(WebSocket.last.protocol, 'gateway.v1');
});

test('sends a new token when the gateway says that the old one expires', async () => {
  let count = 0;
  make({ token: () => `t${++count}` });
  await settled();
  const socket = WebSocket.last;
  socket.welcomes();
  socket.says({ type: 'expiring', in_ms: 30_000 });
  await settled();
  const [{ type, token, id }] = socket.take();
  assert.deepEqual([type, token], ['refresh', 't2']);
  socket.says({ type: 'ok', id, expires_in: 3600 });
  assert.equal(client.state, 'open');
  socket.says({ type: 'expiring', in_ms: 30_000 });
  await settled();
  socket.says({ type: 'error', id: socket.take()[0].id, code: 'unauthorized', message: 'expired' });
  assert.deepEqual(of('error').map(({ code }) => code), ['unauthorized']);
  assert.equal(client.state, 'open'); // until the gateway ends it
});

test('with a token that is a text leaves expiring to the gateway', () => {
  const socket = open({ token: 'a.b.c' });
  socket.says({ type: 'expiring', in_ms: 30_000 });
  assert.deepEqual(socket.take(), []);
});

test('without the token that it asks for tries again later', async () => {
  let answer = () => Promise.reject(new Error('500'));
  make({ token: () => answer() });
  await settled();
  assert.deepEqual(of('error').map(({ code }) => code), ['no_token']);
  assert.equal(client.state, 'waiting');
  answer = () => new Promise(() => {}); // never
  clock.advance(1_000);
  clock.advance(10_000);
  await settled();
  assert.deepEqual(of('error').map(({ code }) => code), ['no_token', 'no_token']);
  answer = () => 't3';
  clock.advance(60_000);
  await settled();
  assert.deepEqual(WebSocket.last.protocol, ['gateway.v1', 'gateway.token.t3']);
});

test('closed while a token is on its way never connects', async () => {
  let give;
  make({ token: () => new Promise(resolve => { give = resolve; }) });
  await Promise.resolve();
  client.close();
  give('t1');
  await settled();
  assert.equal(WebSocket.sockets.length, 0);
});
