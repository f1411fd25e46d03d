// Clients that read too slowly, ask for what they may not have, or break the protocol.
import { WebSocket } from '../clients.mjs';
import { RedisClient } from '../redis.mjs';
import { bearer, every, knock, newKey } from '../tokens.mjs';
import net from 'node:net';
import { freePort } from '../programs.mjs';

const small = { 'Gateway:Limits:MaxMessageBytes': '16KiB', 'Gateway:Limits:MaxPublicationBytes': '24KiB', 'Gateway:Limits:MaxQueueBytes': '64KiB' };

// Takes a piece a second, 64 KiB at most, of what is published to it at 320 KB a second.
class SlowReader {
  got = new Set();
  skipped = 0;
  closes = 0;

  constructor(node) {
    this.url = node.url;
    this.#connect();
    this.sips = every(1000, () => this.slow && this.#sip());
    this.slow = true;
  }

  #connect() {
    const socket = this.socket = new WebSocket(this.url, { perMessageDeflate: false });
    socket.on('open', () => socket.send('{"type":"subscribe","id":1,"channel":"bulk"}'));
    socket.on('message', text => {
      const message = JSON.parse(text);
      if (message.type === 'welcome') this.connection = message.connection;
      if (message.type === 'message') this.got.add(message.data.n);
      if (message.type === 'skipped') this.skipped += message.count;
      if (message.type === 'ok' && this.slow) socket.pause();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closes++;
      if (!this.closed) setTimeout(() => this.#connect(), 1000);
    });
  }

  #sip() {
    const socket = this.socket;
    socket.resume();
    socket._socket?.once('data', () => this.slow && socket.readyState === WebSocket.OPEN && socket.pause());
  }

  hurry() {
    this.slow = false;
    this.socket.resume();
  }

  close() {
    this.closed = true;
    this.sips.close();
    this.socket.terminate();
  }
}

function bulk(game, readers) {
  game.readers = Array.from({ length: readers }, () => game.stack.also(new SlowReader(game.nodes[0])));
  const redis = new RedisClient(game.stack.redisPort), pad = 'x'.repeat(16_000);
  game.bulk = 0;
  const again = every(50, () => redis.call('PUBLISH', 'gateway:ch:bulk', JSON.stringify({ n: ++game.bulk, pad })));
  game.stack.also(game.publishing = {
    close: () => {
      again.close();
      redis.close();
    },
  });
}

export default [
  {
    name: 'slow-consumers',
    says: 'four clients read a fifth of what is published to them, again and again',
    minutes: 10,
    stack: { options: small },
    base: { deliveries: false, publications: false, connections: false },
    begin: game => bulk(game, 4),
    mend: game => {
      game.publishing.close();
      game.readers.forEach(reader => reader.hurry());
    },
    // Some twenty a minute: above eleven in ten with the first few.
    alerts: { GatewaySlowConsumers: { on: 'gw-1', within: 40 + 300 + 20 } },
    explain: { after: 40, ask: game => ({ channel: 'bulk', connection: game.readers[0].connection }), code: ['behind', 'connection_ended'] },
    counts: game => [['closed', game.readers.reduce((total, reader) => total + reader.closes, 0), game.rise('gateway_closes_total', { reason: 'slow_consumer' })]],
  },
  {
    name: 'rule-drops',
    says: 'the same, with a rule that drops the oldest: that does not page',
    lasts: 60,
    quiet: 40,
    stack: {
      options: small,
      prepare: stack => stack.nodes.forEach(node => node.configure({ Gateway: { Rules: [{ Pattern: 'bulk', SlowConsumer: 'drop-oldest' }, { Pattern: '*' }] } })),
    },
    base: { deliveries: false, publications: false, connections: false },
    begin: game => bulk(game, 4),
    mend: game => {
      game.publishing.close();
      game.readers.forEach(reader => reader.hurry());
    },
    explain: { after: 30, ask: game => ({ channel: 'bulk', connection: game.readers[0].connection }), code: 'skipped' },
    truth: game => `the four missed ${missing(game)}, and were told of ${skipped(game)}`,
    counts: game => [['skipped', skipped(game), game.rise('gateway_deliveries_dropped_total', { reason: 'drop_oldest' })], ['missed', missing(game), skipped(game)]],
  },
  {
    name: 'bad-tokens',
    says: 'five clients a second come with a bad token',
    minutes: 10,
    stack: { prepare: () => ({ 'Gateway:Auth:Jwt:HmacKey': newKey() }) },
    begin: game => {
      game.refused = 0;
      game.knocking = game.stack.also(every(200, async () => { game.refused += await knock(game.nodes[0].port, bearer('no.token.atall')) === 401 ? 1 : 0; }));
    },
    mend: game => game.knocking.close(),
    // More than one a second over three minutes from the 37th second on.
    alerts: { GatewayHandshakesRefused: { on: 'gw-1', within: 40 + 300 + 20 } },
    counts: game => [['refused', game.refused, game.rise('gateway_handshakes_total', { result: '401' })], ['bad tokens', game.refused, game.rise('gateway_admissions_total', { result: 'malformed' })]],
  },
  {
    name: 'broken-release',
    says: 'a client release sends frames without a mask, once in two seconds',
    minutes: 10,
    begin: game => {
      game.closed = 0;
      game.breaking = game.stack.also(every(2000, () => {
        const socket = new WebSocket(game.nodes[0].url, { perMessageDeflate: false });
        socket.on('open', () => socket._socket.write(Buffer.from([0x81, 0x01, 0x61])));
        socket.on('error', () => {}).on('close', code => { game.closed += code === 1002 ? 1 : 0; });
      }));
    },
    mend: game => game.breaking.close(),
    alerts: { GatewayAbnormalCloses: { on: 'gw-1', within: 30 + 300 + 20 } },
    counts: game => [['closed with 1002', game.closed, game.rise('gateway_closes_total', { reason: 'protocol_error' })]],
  },
  {
    name: 'no-proxy-header',
    says: 'a connection a second without the PROXY protocol\'s header',
    minutes: 9,
    stack: {
      prepare: async stack => {
        for (const node of stack.nodes) {
          node.proxied = await freePort();
          node.options = { 'Gateway:Endpoints:1:Address': `127.0.0.1:${node.proxied}`, 'Gateway:Endpoints:1:ProxyProtocol': true };
        }
        return { 'Gateway:TrustedProxies:0': '127.0.0.1/32' };
      },
    },
    begin: game => {
      game.closed = 0;
      game.coming = game.stack.also(every(1000, () => {
        const socket = net.connect(game.nodes[0].proxied, '127.0.0.1', () => socket.write('GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n'));
        socket.on('error', () => {}).on('close', () => game.closed++).resume();
      }));
    },
    mend: game => game.coming.close(),
    // More than one in ten seconds over three minutes from the 19th second on.
    alerts: { GatewayProxyRefused: { on: 'gw-1', within: 20 + 300 + 20 } },
    logs: [1010],
    counts: game => [['closed', game.closed, game.rise('gateway_proxy_protocol_refusals_total')]],
  },
  {
    name: 'log-unread',
    says: 'nobody reads the log of a node, at the level Debug',
    minutes: 9,
    stack: { options: { 'Logging:LogLevel:Gateway': 'Debug' }, unread: ['gw-1'] },
    begin: game => {
      game.knocking = game.stack.also(every(40, () => knock(game.nodes[0].port)));
    },
    mend: game => {
      game.nodes[0].read();
      game.knocking.close();
    },
    // The pipe and 2,500 lines are full before; then four minutes.
    alerts: { GatewayLogDropped: { on: 'gw-1', within: 90 + 240 + 20 } },
    logs: [3040],
    counts: game => [['lines missing', linesMissing(game), game.rise('gateway_log_dropped_total')]],
  },
];

const missing = game => game.readers.reduce((total, reader) => total + Math.max(...reader.got) - Math.min(...reader.got) + 1 - reader.got.size, 0);
const skipped = game => game.readers.reduce((total, reader) => total + reader.skipped, 0);
const linesMissing = game => game.nodes[0].events().filter(event => event.id === 3040).reduce((total, { message }) => total + parseInt(message), 0);
