// The JavaScript client over a WebSocket and a clock that do what they are told: what it does with each message, loss and moment.
// usage: node --test tests/clients/gateway/
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { GatewayClient, GatewayError } from '../../../clients/javascript/gateway.js';
import { FakeClock, fakeWebSocket } from './fakes.mjs';

const URL = 'ws://gateway.test/ws';
let clock, WebSocket, client, events;

function make(options) {
  client = new GatewayClient(URL, { WebSocket, ...options });
  for (const event of ['state', 'gap', 'skipped', 'expiring', 'error']) client.on(event, (...values) => events.push([event, ...values]));
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
  assert.deepEqual([WebSocket.last.url, WebSocket.last.protocols], [URL, ['gateway.v1', 'gateway.refusals']]);
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

test('surfaces what was skipped, to the subscription too', () => {
  const socket = open();
  const heard = [];
  client.subscribe('news', { token: undefined }).on('skipped', skipped => heard.push(skipped));
  socket.says({ type: 'skipped', channel: 'news', count: 12 });
  assert.deepEqual([of('skipped'), heard], [[{ channel: 'news', count: 12 }], [{ channel: 'news', count: 12 }]]);
});

test('a gap of the broker is told at a moment within the time that the gateway names, further ones with it', () => {
  const socket = open();
  const heard = [];
  client.subscribe('a').on('gap', gap => heard.push(gap));
  clock.random = 0.75;
  socket.says({ type: 'gap', channels: ['a'], ms: 1_840, within_ms: 4_000 });
  clock.advance(1_000);
  socket.says({ type: 'gap', channels: 'all', ms: 10, within_ms: 60_000 });
  clock.advance(1_999);
  assert.deepEqual(of('gap'), []);
  clock.advance(1);
  assert.deepEqual(of('gap'), [{ cause: 'broker', ms: 2_840, channels: 'all' }]);
  assert.deepEqual(heard, of('gap'));
  socket.says({ type: 'gap', channels: ['b'], ms: 5 }); // of a gateway that names no time
  clock.advance(0);
  assert.deepEqual(of('gap').at(-1), { cause: 'broker', ms: 5, channels: ['b'] });
  assert.equal(heard.length, 1);
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

test('closed, it ends everything and stays so', async () => {
  const socket = open();
  const subscription = client.subscribe('news', () => {});
  const publication = codeOf(client.publish('chat', 1));
  const next = codeOf(client.once('gap'));
  client.close();
  assert.equal(client.state, 'closed');
  assert.deepEqual(of('state').map(({ state, code }) => [state, code]).at(-1), ['closed', 1000]);
  assert.deepEqual([await publication, await codeOf(subscription.ready), await codeOf(client.publish('chat', 2)), await codeOf(client.connect()), await next], Array(5).fill('closed'));
  assert.throws(() => client.subscribe('news', () => {}), { code: 'closed' });
  assert.ok(socket.isClosed);
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
  open();
  for (const data of ['not JSON', 'null', '{}']) {
    client.connect().catch(() => {});
    WebSocket.last.onmessage({ data });
    assert.equal(client.state, 'disconnected', data);
    assert.deepEqual([of('error').at(-1).code, of('error').at(-1).closeCode], ['unsupported', 1003]);
  }
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
  assert.deepEqual(WebSocket.last.protocols, ['gateway.v1', 'gateway.refusals', 'gateway.token.a.b.c']);
});

test('asks for a token for each connection and sends it', async () => {
  let count = 0;
  make({ token: async () => `t${++count}` });
  assert.equal(WebSocket.sockets.length, 0);
  await settled();
  assert.deepEqual(WebSocket.last.protocols, ['gateway.v1', 'gateway.refusals', 'gateway.token.t1']);
  for (const code of [4409, 4401, 1006]) {
    WebSocket.last.welcomes();
    WebSocket.last.ends(code);
    assert.equal(client.state, 'waiting');
    clock.advance(60_000);
    await settled();
    assert.deepEqual(WebSocket.last.protocols, ['gateway.v1', 'gateway.refusals', `gateway.token.t${count}`]);
  }
  assert.equal(count, 4);
});

test('connects without a token when there is none yet', async () => {
  make({ token: () => null });
  await settled();
  assert.deepEqual(WebSocket.last.protocols, ['gateway.v1', 'gateway.refusals']);
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
  await settled();
  assert.deepEqual(of('error').map(({ code }) => code), ['unauthorized']);
  assert.equal(client.state, 'open'); // until the gateway ends it
});

test('with a token that is a text leaves expiring to the gateway', () => {
  const socket = open({ token: 'a.b.c' });
  socket.says({ type: 'expiring', in_ms: 30_000 });
  assert.deepEqual([socket.take(), of('expiring')], [[], [{ ms: 30_000 }]]);
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
  assert.deepEqual(WebSocket.last.protocols, ['gateway.v1', 'gateway.refusals', 'gateway.token.t3']);
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

test('goes on with the token that the application hands it, now and with the next connections', async () => {
  const socket = open({ token: 'old' });
  const seconds = client.refresh('new\n');
  await settled();
  const [{ type, token, id }] = socket.take();
  assert.deepEqual([type, token], ['refresh', 'new']);
  socket.says({ type: 'ok', id, expires_in: 60 });
  assert.equal(await seconds, 60);
  socket.ends(1012);
  assert.equal(await codeOf(client.refresh()), 'not_connected');
  clock.advance(1_000);
  assert.deepEqual(WebSocket.last.protocols.at(-1), 'gateway.token.new');
});

// Refusals

test('a connection that the gateway refuses for good is not tried again, and says why', async () => {
  for (const [code, name] of [[4400, 'bad_request'], [4401, 'unauthorized'], [4403, 'forbidden'], [4404, 'not_found'], [4409, 'token_expired']]) {
    make({ token: 'text' });
    const subscription = client.subscribe('news', () => {});
    const waiting = [client.connect(), subscription.ready, client.publish('chat', 1)].map(codeOf);
    const made = WebSocket.sockets.length;
    WebSocket.last.ends(code, 'the reason');
    assert.deepEqual(await Promise.all(waiting), [name, name, name]);
    assert.deepEqual([await codeOf(client.publish('chat', 1)), await codeOf(subscription.ready)], [name, name], 'nor does anybody wait afterwards');
    const change = of('state').at(-1);
    assert.deepEqual([change.state, change.code, change.reason, change.error.code], ['disconnected', code, 'the reason', name]);
    assert.match(of('error').at(-1).message, /the reason/);
    clock.advance(1e9);
    assert.equal(WebSocket.sockets.length, made);
    assert.equal(clock.pending, 0);
    client.close();
  }
});

test('what has been refused is tried again when the application says so, with its subscriptions', async () => {
  make({ token: 'text' });
  client.subscribe('news', () => {});
  WebSocket.last.ends(4401, 'the token has expired');
  client.refresh('better').catch(() => {});
  const opened = client.connect();
  WebSocket.last.welcomes();
  assert.deepEqual(await opened, { id: '00000000000000a1', node: 'n1' });
  assert.equal(WebSocket.last.protocols.at(-1), 'gateway.token.better');
  assert.deepEqual(WebSocket.last.take().map(({ type, channel }) => [type, channel]), [['subscribe', 'news']]);
});

test('three tokens in a row that the gateway does not take are the last', async () => {
  let count = 0;
  make({ token: () => `t${++count}` });
  await settled();
  for (let i = 0; i < 2; i++) {
    WebSocket.last.ends(4401, 'no');
    assert.equal(client.state, 'waiting');
    clock.advance(60_000);
    await settled();
  }
  WebSocket.last.ends(4401, 'no');
  assert.deepEqual([client.state, count], ['disconnected', 3]);
});

test('tokens that were taken in between begin the count anew', async () => {
  make({ token: () => 't' });
  await settled();
  for (let i = 0; i < 5; i++) {
    WebSocket.last.welcomes();
    WebSocket.last.ends(4409, 'token expired');
    assert.equal(client.state, 'waiting');
    clock.advance(60_000);
    await settled();
  }
});

test('an application that knows that it will have no token says so', async () => {
  make({ token: () => { throw new GatewayError('unauthorized', 'logged out'); } });
  await settled();
  assert.deepEqual([client.state, of('error').map(({ code }) => code)], ['disconnected', ['unauthorized']]);
});

test('an HTTP answer that the WebSocket tells counts as its close code, others will pass', () => {
  for (const [status, state, code] of [[401, 'disconnected', 4401], [403, 'disconnected', 4403], [404, 'disconnected', 4404], [400, 'disconnected', 4400], [429, 'waiting', 4429], [503, 'waiting', 1006], [502, 'waiting', 1006]]) {
    make();
    WebSocket.last.onerror({ message: `Unexpected server response: ${status}` });
    WebSocket.last.ends(1006);
    assert.deepEqual([client.state, of('state').at(-1).code], [state, code], status);
    client.close();
  }
});

test('a token that cannot be sent ends it', async () => {
  make({ WebSocket: class { constructor() { throw new SyntaxError('invalid subprotocol'); } } });
  assert.deepEqual([client.state, await codeOf(client.connect())], ['disconnected', 'bad_request']);
});

test('an address may be relative or of HTTP, and one that is none is a mistake', () => {
  make();
  client.close();
  const url = address => { new GatewayClient(address, { WebSocket }).close(); return WebSocket.last.url; };
  assert.equal(url('https://a.test/ws#x'), 'wss://a.test/ws');
  globalThis.document = { baseURI: 'http://page.test/a/b' };
  try {
    assert.equal(url('../ws'), 'ws://page.test/ws');
  } finally {
    delete globalThis.document;
  }
  assert.throws(() => url('ws'), TypeError);
  assert.throws(() => url('mailto:a@b'), TypeError);
});

// Connecting

test('connects when it is told to, and waits no longer than its time for it', async () => {
  make({ connect: false });
  assert.deepEqual([client.state, WebSocket.sockets.length], ['disconnected', 0]);
  assert.equal(await codeOf(client.publish('chat', 1)), 'not_connected');
  const opened = client.connect();
  assert.equal(client.connect() === opened, false);
  WebSocket.last.welcomes();
  assert.equal((await opened).node, 'n1');
  assert.equal((await client.connect()).node, 'n1');
  assert.equal(WebSocket.sockets.length, 1);
  WebSocket.last.ends(1006);
  clock.random = 1;
  const late = codeOf(client.connect());
  clock.advance(10_000);
  assert.equal(await late, 'timeout');
  assert.notEqual(client.state, 'disconnected', 'it is tried on');
});

test('told to connect does not wait for the next attempt, unless the gateway has named the moment', () => {
  const socket = open();
  socket.ends(1006);
  client.connect();
  assert.equal(WebSocket.sockets.length, 2);
  WebSocket.last.welcomes();
  WebSocket.last.says({ type: 'reconnect', after_ms: 900, reason: 'drain' });
  WebSocket.last.ends(1012);
  client.connect();
  assert.equal(WebSocket.sockets.length, 2);
  clock.advance(900);
  assert.equal(WebSocket.sockets.length, 3);
});

test('disconnected and connected again tells the gap and has its subscriptions', async () => {
  const socket = open();
  const heard = [];
  const subscription = client.subscribe('a', data => heard.push(data));
  socket.agrees();
  await subscription.ready;
  const publication = codeOf(client.publish('chat', 1));
  client.disconnect();
  client.disconnect();
  assert.deepEqual([client.state, subscription.state, socket.isClosed, await publication], ['disconnected', 'subscribing', true, 'disconnected']);
  assert.equal(await codeOf(subscription.ready), 'disconnected');
  assert.deepEqual(of('error'), [], 'nothing is wrong');
  clock.advance(7_000);
  assert.equal(WebSocket.sockets.length, 1);
  client.connect();
  WebSocket.last.welcomes();
  WebSocket.last.agrees();
  assert.deepEqual(of('gap').map(({ ms }) => ms), [7_000]);
  assert.equal(subscription.state, 'subscribed');
});

// A subscription's listener, told of a loss in the midst of it, may tell the client what to do.

/** An open client with a confirmed subscription that does so once, at its loss. */
async function openWithOneWho(acts) {
  const socket = open();
  const subscription = client.subscribe('news', () => {});
  socket.agrees();
  await subscription.ready;
  events.length = 0;
  const off = subscription.on('state', () => { off(); acts(); });
  return socket;
}

const states = () => of('state').map(({ state }) => state);

test('closed by a listener that is told of a loss, it stays so', async () => {
  const socket = await openWithOneWho(() => client.close());
  socket.ends(1006);
  assert.deepEqual([client.state, clock.pending, states()], ['closed', 0, ['closed']]);
  assert.equal(await codeOf(client.connect()), 'closed');
});

test('disconnected by a listener that is told of a loss, it stays so', async () => {
  const socket = await openWithOneWho(() => client.disconnect());
  socket.ends(1006);
  assert.deepEqual([client.state, clock.pending, states()], ['disconnected', 0, ['disconnected']]);
  clock.advance(60_000);
  assert.equal(WebSocket.sockets.length, 1);
});

test('told to connect by a listener that is told of a loss, it waits for nothing and promises the new connection', async () => {
  let opened;
  const socket = await openWithOneWho(() => { opened = client.connect(); });
  socket.ends(1006);
  assert.deepEqual([client.state, WebSocket.sockets.length, states()], ['connecting', 2, ['connecting']]);
  WebSocket.last.welcomes();
  assert.deepEqual(await opened, { id: '00000000000000a1', node: 'n1' });
  clock.advance(2_000);
  assert.equal(WebSocket.sockets.length, 2, 'there is no other attempt');
});

test('told to connect by a listener while it is disconnected, it connects with what was asked of it since', async () => {
  let opened, published;
  await openWithOneWho(() => { opened = client.connect(); published = codeOf(client.publish('chat', 1)); });
  const waiting = codeOf(client.publish('chat', 0));
  client.disconnect();
  assert.equal(await waiting, 'disconnected');
  assert.deepEqual([client.state, states()], ['connecting', ['connecting']]);
  WebSocket.last.welcomes();
  WebSocket.last.agrees();
  assert.deepEqual([(await opened).node, await published, client.state], ['n1', 'done', 'open']);
});

test('told to connect by a listener after a refusal, it connects', async () => {
  let opened;
  const socket = await openWithOneWho(() => { opened = client.connect(); });
  socket.ends(4403, 'no');
  assert.deepEqual([client.state, states(), of('error').map(({ code }) => code)], ['connecting', ['connecting'], ['forbidden']]);
  WebSocket.last.welcomes();
  assert.equal((await opened).node, 'n1');
});

test('closed by a listener while it is disconnected, it is closed', async () => {
  await openWithOneWho(() => client.close());
  client.disconnect();
  assert.deepEqual([client.state, clock.pending, states()], ['closed', 0, ['closed']]);
  assert.equal(await codeOf(client.connect()), 'closed');
});

test('a page that is looked at again neither waits nor trusts what it has', () => {
  const listeners = {};
  globalThis.addEventListener = (event, listener) => { listeners[event] = listener; };
  globalThis.removeEventListener = event => { delete listeners[event]; };
  globalThis.document = { baseURI: 'http://page.test/', visibilityState: 'visible', addEventListener, removeEventListener };
  try {
    const socket = open();
    listeners.visibilitychange();
    listeners.online();
    assert.deepEqual(socket.take().map(({ type }) => type), ['ping'], 'asked once');
    clock.advance(10_000);
    assert.equal(client.state, 'waiting');
    document.visibilityState = 'hidden';
    listeners.visibilitychange();
    assert.equal(WebSocket.sockets.length, 1);
    document.visibilityState = 'visible';
    listeners.visibilitychange();
    assert.equal(WebSocket.sockets.length, 2);
    client.close();
    assert.deepEqual(listeners, {});
  } finally {
    for (const name of ['document', 'addEventListener', 'removeEventListener']) delete globalThis[name];
  }
});

test('short outages, each after some seconds that were good, cost a second each', () => {
  open();
  const waits = [];
  clock.random = 1;
  for (let i = 0; i < 4; i++) {
    clock.advance(12_000);
    WebSocket.last.ends(1006);
    for (let down = 2_000; client.state !== 'open';) {
      const { wait } = of('state').findLast(({ state }) => state === 'waiting');
      waits.push(wait);
      clock.advance(wait);
      down -= wait;
      if (down > 0) WebSocket.last.ends(1006);
      else WebSocket.last.welcomes(0);
    }
  }
  assert.deepEqual(waits, Array(4).fill([1_000, 2_000]).flat());
});

test('a command that is not answered while nothing comes has the gateway asked, and it alone does not end the connection', async () => {
  const socket = open();
  const publication = codeOf(client.publish('chat', 1));
  socket.take();
  clock.advance(10_000);
  assert.equal(await publication, 'timeout');
  assert.deepEqual(socket.sent.map(({ type }) => type), ['ping']);
  socket.agrees();
  clock.advance(10_000);
  assert.equal(client.state, 'open');
});

// Publishing

test('publishes bytes as bytes, of whatever kind and size', async () => {
  const socket = open();
  const large = new Uint8Array(100_000).map((_, i) => i);
  for (const bytes of [Uint8Array.of(0, 1, 255), new Uint8Array(), Buffer.from('abc'), new Uint16Array([1]), Uint8Array.of(9, 8, 7).subarray(1), Uint8Array.of(1).buffer, large]) client.publish('chat', bytes, { key: 'k' }).catch(() => {});
  const sent = socket.take();
  assert.deepEqual(sent.slice(0, 6).map(({ binary }) => binary), ['AAH/', '', 'YWJj', 'AQA=', 'CAc=', 'AQ==']);
  assert.deepEqual([...Buffer.from(sent[6].binary, 'base64')], [...large]);
  assert.ok(sent.every(message => !('data' in message) && message.key === 'k'));
});

test('what JSON cannot say is a mistake of the caller, with a connection and without', async () => {
  open();
  const circular = {};
  circular.circular = circular;
  const fails = promise => promise.then(() => 'done', error => error.constructor.name);
  assert.deepEqual([await fails(client.publish('chat', undefined)), await fails(client.publish('chat', circular))], ['TypeError', 'TypeError']);
  WebSocket.last.ends(1006);
  assert.equal(await fails(client.publish('chat', 1n)), 'TypeError');
  const data = { a: 1 };
  client.publish('chat', data).catch(() => {});
  data.a = 2;
  clock.advance(1_000);
  WebSocket.last.welcomes();
  assert.deepEqual(WebSocket.last.take().map(message => message.data), [{ a: 1 }], 'as it was');
});

// Subscriptions

test('a subscription that the gateway ends is told and not asked for again', async () => {
  const socket = open();
  const subscription = client.subscribe('news', () => {});
  const states = [];
  subscription.on('state', ({ state, error }) => states.push([state, error?.code]));
  socket.agrees();
  socket.says({ type: 'unsubscribed', channel: 'news', reason: 'rules' });
  assert.deepEqual(states, [['subscribed', undefined], ['unsubscribed', 'rules']]);
  assert.deepEqual(events.filter(([event]) => event === 'error').map(([, error, channel]) => [error.code, channel]), [['rules', 'news']]);
  assert.equal(await codeOf(subscription.ready), 'rules');
  socket.ends(1012);
  clock.advance(1_000);
  WebSocket.last.welcomes();
  assert.deepEqual(WebSocket.last.take(), []);
  client.subscribe('news', () => {});
  assert.deepEqual(WebSocket.last.take().map(({ type }) => type), ['subscribe'], 'whoever wants it anew may');
});

test('ended by the gateway while the client leaves and comes back, the newer wish counts', async () => {
  const socket = open();
  const first = client.subscribe('news', () => {});
  socket.agrees();
  first.unsubscribe();
  const second = client.subscribe('news', () => {});
  socket.says({ type: 'unsubscribed', channel: 'news', reason: 'rules' });
  socket.says({ type: 'error', id: socket.take()[0].id, code: 'not_subscribed', message: '' });
  assert.deepEqual(socket.sent.map(({ type }) => type), ['subscribe']);
  socket.agrees();
  assert.equal(await codeOf(second.ready), 'done');
});

test('ready settles whatever becomes of the channel', async () => {
  const socket = open();
  const first = client.subscribe('news', () => {});
  socket.agrees();
  first.unsubscribe();
  const second = client.subscribe('news', () => {});
  const ready = codeOf(second.ready);
  socket.says({ type: 'error', id: socket.take()[0].id, code: 'unavailable', message: '' }); // the unsubscribe was not done, and is not wanted any more
  assert.equal(await ready, 'done');

  const silent = codeOf(client.subscribe('other', () => {}).ready);
  clock.advance(10_000);
  assert.equal(await silent, 'timeout');
});

test('ready can be asked for again after a loss', async () => {
  const socket = open();
  const subscription = client.subscribe('news', () => {});
  socket.agrees();
  await subscription.ready;
  socket.ends(1012);
  const again = codeOf(subscription.ready);
  assert.equal(subscription.state, 'subscribing');
  clock.advance(500);
  WebSocket.last.welcomes();
  WebSocket.last.agrees();
  assert.equal(await again, 'done');
});

test('a subscription token is sent, and asked for anew with each subscribe', async () => {
  const socket = open();
  let count = 0;
  client.subscribe('doc:1', () => {}, { token: 'text' });
  client.subscribe('doc:2', () => {}, { token: async () => `t${++count}` });
  await settled();
  assert.deepEqual(socket.sent.map(({ channel, token }) => [channel, token]), [['doc:1', 'text'], ['doc:2', 't1']]);
  socket.agrees();
  socket.ends(1012);
  clock.advance(500);
  WebSocket.last.welcomes();
  await settled();
  assert.deepEqual(WebSocket.last.sent.map(({ channel, token }) => [channel, token]), [['doc:1', 'text'], ['doc:2', 't2']]);
});

test('without the subscription token that it asks for tries again later', async () => {
  const socket = open();
  let answer = () => { throw new Error('500'); };
  client.subscribe('doc:1', () => {}, { token: () => answer() });
  await settled();
  assert.deepEqual([socket.sent, events.filter(([event]) => event === 'error').map(([, error, channel]) => [error.code, channel])], [[], [['no_token', 'doc:1']]]);
  answer = () => 't2';
  clock.advance(500);
  await settled();
  assert.deepEqual(socket.sent.map(({ token }) => token), ['t2']);
});

test('a connection that is lost while a subscription token is on its way has it for the next', async () => {
  const socket = open();
  let give;
  client.subscribe('doc:1', () => {}, { token: () => new Promise(resolve => { give = resolve; }) });
  await settled();
  socket.ends(1012);
  clock.advance(500);
  WebSocket.last.welcomes();
  give('t1');
  await settled();
  assert.deepEqual([socket.sent, WebSocket.last.sent.map(({ token }) => token)], [[], ['t1']]);
});

test('a subscription token that comes, or does not, when nobody wants it any more is no matter', async () => {
  for (const answer of [({ give }) => give('late'), ({ fail }) => fail(new Error('500'))]) {
    for (const leave of [subscription => subscription.unsubscribe(), () => client.close()]) {
      events = [];
      const socket = open();
      let question;
      const subscription = client.subscribe('doc:1', () => {}, { token: () => new Promise((give, fail) => { question = { give, fail }; }) });
      await settled();
      leave(subscription);
      answer(question);
      await settled();
      assert.deepEqual([socket.sent, of('error')], [[], []]);
      client.close();
      assert.equal(clock.pending, 0);
    }
  }
});

test('a subscription token that comes when the channel is wanted again is sent', async () => {
  const socket = open();
  let give;
  const token = () => new Promise(resolve => { give = resolve; });
  const first = client.subscribe('doc:1', () => {}, { token });
  await settled();
  first.unsubscribe();
  client.subscribe('doc:1', () => {}, { token });
  give('t1');
  await settled();
  assert.deepEqual(socket.sent.map(({ type, token }) => [type, token]), [['subscribe', 't1']]);
});

test('a subscription can be looped over, and leaving the loop leaves the channel', async () => {
  const socket = open();
  const subscription = client.subscribe('news');
  socket.agrees();
  const loop = (async () => {
    const heard = [];
    for await (const data of subscription) {
      heard.push(data);
      if (data === 3) break;
    }
    return heard;
  })();
  for (const data of [1, 2, 3, 4]) socket.says({ type: 'message', channel: 'news', data });
  assert.deepEqual(await loop, [1, 2, 3]);
  assert.deepEqual([subscription.state, socket.take().map(({ type }) => type)], ['unsubscribed', ['unsubscribe']]);
});

test('a loop keeps so much and no more, and is told what it has missed', async () => {
  const socket = open({ maxBuffered: 2 });
  const subscription = client.subscribe('news', () => {});
  const skipped = [];
  subscription.on('skipped', what => skipped.push(what));
  const iterator = subscription[Symbol.asyncIterator]();
  for (const data of [1, 2, 3, 4]) socket.says({ type: 'message', channel: 'news', data });
  assert.deepEqual([(await iterator.next()).value, (await iterator.next()).value], [3, 4]);
  assert.deepEqual(skipped, [{ channel: 'news', count: 2 }]);
  await iterator.return();
  assert.equal(subscription.state, 'subscribing', 'somebody else listens');
  assert.deepEqual(await iterator.next(), { value: undefined, done: true });
});

test('a loop ends with its subscription: with an error where the gateway has ended it', async () => {
  const socket = open();
  const loops = ['a', 'b', 'c'].map(channel => client.subscribe(channel)).map(async subscription => { for await (const data of subscription) assert.equal(data, 1); });
  const ids = socket.take().map(({ id }) => id);
  socket.says({ type: 'message', channel: 'a', data: 1 });
  socket.says({ type: 'error', id: ids[0], code: 'forbidden', message: 'no' });
  client.close();
  assert.deepEqual(await Promise.all(loops.map(codeOf)), ['forbidden', 'done', 'done']);
});

test('once is for one time, with a listener or a promise', async () => {
  const socket = open();
  const heard = [];
  client.once('skipped', ({ count }) => heard.push(count));
  const promised = client.once('skipped');
  const off = client.once('skipped', () => heard.push('never'));
  off();
  for (const count of [1, 2]) socket.says({ type: 'skipped', channel: 'news', count });
  assert.deepEqual([heard, (await promised).count], [[1], 1]);
  assert.throws(() => client.on('gap', 'no function'), TypeError);
});

test('once promises nothing where there will be no more, and nobody has to wait for what it promises', async () => {
  open();
  const subscription = client.subscribe('news', () => {});
  const rejected = [];
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', error => rejected.push(error));
  try {
    client.once('gap');
    const awaited = codeOf(client.once('gap'));
    subscription.unsubscribe();
    subscription.once('message');
    assert.equal(await codeOf(subscription.once('message')), 'unsubscribed');
    client.close();
    client.once('gap');
    assert.deepEqual([await awaited, await codeOf(client.once('state'))], ['closed', 'closed']);
    await settled();
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
  assert.deepEqual(rejected, []);
  assert.throws(() => client.once('message'), /no event message/);
});

test('the debug log has every message and no token', async () => {
  const lines = [];
  const socket = open({ token: 'secret', debug: (...words) => lines.push(words.join(' ')) });
  client.subscribe('doc:1', () => {}, { token: 'secret' });
  client.refresh('secret').catch(() => {});
  await settled();
  socket.says({ type: 'of a newer gateway' });
  for (const word of ['"type":"subscribe"', '"type":"refresh"', '"type":"welcome"', 'open', 'of a newer gateway']) assert.ok(lines.some(line => line.includes(word)), word);
  assert.ok(!lines.some(line => line.includes('secret')));
});
