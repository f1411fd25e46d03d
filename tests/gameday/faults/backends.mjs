// Backends that publish what is no good, and the one that is asked who may.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisClient } from '../redis.mjs';
import { WebSocket } from '../clients.mjs';
import { bearer, every, knock, publicToken } from '../tokens.mjs';
import { freePort } from '../programs.mjs';

// PUBLISH again and again; how many nodes were reached in all is the truth.
function publishing(game, milliseconds, channel, payload) {
  const redis = new RedisClient(game.stack.redisPort);
  game.reached = 0;
  const again = every(milliseconds, async () => { game.reached += await redis.call('PUBLISH', channel, payload); });
  game.publishing = game.stack.also({
    close: () => {
      again.close();
      setTimeout(() => redis.close(), 2_000); // the last answer is on its way
    },
  });
}

class Authorizer {
  allow = true;
  late = 0;

  constructor(port) {
    this.port = port;
    this.open();
  }

  open() {
    this.server = createServer((request, answer) => {
      request.resume();
      setTimeout(() => answer.setHeader('Content-Type', 'application/json').end('{"allow":true}'), this.late);
    }).listen(this.port, '127.0.0.1');
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

// A client for which the backend is asked twice a second.
class Asker {
  answers = {};

  constructor(node) {
    this.socket = new WebSocket(node.url, ['gateway.v1'], { perMessageDeflate: false });
    let n = 0;
    this.socket.on('message', text => {
      const { type, id, code, connection } = JSON.parse(text);
      this.connection ??= connection;
      if (id === undefined) return;
      this.answers[code ?? type] = (this.answers[code ?? type] ?? 0) + 1;
      if (type === 'ok' && id > 0) this.say({ type: 'unsubscribe', channel: `asked:${id}` });
    });
    this.again = every(500, () => this.say({ type: 'subscribe', id: ++n, channel: `asked:${n}` }));
  }

  say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  close() {
    this.again.close();
    this.socket.terminate();
  }
}

const withAuthorizer = {
  prepare: async stack => {
    stack.authorizer = stack.also(new Authorizer(await freePort()));
    stack.nodes.forEach(node => node.configure({ Gateway: { Rules: [{ Pattern: 'asked:*', Subscribe: 'authorizer' }, { Pattern: '*' }] } }));
    return { 'Gateway:Authorizer:Uri': `http://127.0.0.1:${stack.authorizer.port}/` };
  },
};

const authorizerFails = {
  minutes: 10,
  stack: withAuthorizer,
  base: { connections: false },
  ready: game => { game.askers = game.nodes.map(node => game.stack.also(new Asker(node))); },
  // Twice a second is more than one in twenty seconds with the first that fails; a tenth of the window's, 18 s later. Then five minutes.
  alerts: { GatewayAuthorizerFails: { on: 'gw-1 gw-2', within: 20 + 300 + 20 } },
  truth: game => `clients that asked: ${game.askers.map(asker => Object.entries(asker.answers).map(([code, count]) => `${count} × ${code}`).join(', ')).join(' and ')}`,
  logs: [4100, 4101],
  counts: game => [[
    'told unavailable', game.askers.reduce((total, asker) => total + (asker.answers.unavailable ?? 0), 0),
    game.rise('gateway_authorizer_answers_total', { result: /failed|timeout|cut_off/ }), 2,
  ]],
};
const aboutAsker = game => ({ channel: 'asked:1', connection: game.askers[0].connection });

export default [
  {
    name: 'envelopes',
    says: 'a backend publishes twice a second what is no envelope',
    minutes: 9,
    begin: game => publishing(game, 500, 'gateway:cmd', 'garbage'),
    mend: game => game.publishing.close(),
    alerts: { GatewayEnvelopesRefused: { on: 'gw-1 gw-2', within: 240 + 20 } },
    logs: [1306],
    counts: game => [['malformed', game.reached, game.rise('gateway_envelopes_total', { result: 'malformed' })]],
  },
  {
    name: 'envelope-once',
    says: 'a backend publishes once what is no envelope: that does not page',
    lasts: 20,
    begin: async game => { game.reached = await game.stack.ask('PUBLISH', 'gateway:cmd', 'garbage'); },
    logs: [1306],
    counts: game => [['malformed', game.reached, game.rise('gateway_envelopes_total', { result: 'malformed' })]],
  },
  {
    name: 'too-large',
    says: 'a backend publishes once a second more than a node takes',
    minutes: 10,
    stack: { options: { 'Gateway:Limits:MaxPublicationBytes': '4KiB' } },
    begin: game => publishing(game, 1000, 'gateway:ch:game:0', JSON.stringify({ n: -1, pad: 'x'.repeat(8192) })),
    mend: game => game.publishing.close(),
    alerts: { GatewayDropsPublications: { on: 'gw-1 gw-2', within: 300 + 20 } },
    explain: { after: 10, ask: () => ({ channel: 'game:0' }), code: 'publication_too_large' },
    logs: [2008],
    counts: game => [['dropped', game.reached, game.rise('gateway_deliveries_dropped_total', { reason: 'too_large' })]],
  },
  {
    name: 'inbox-full',
    says: 'a backend publishes 300 at once, every two seconds, and a shard takes 16',
    minutes: 10,
    stack: { options: { 'Gateway:Channels:MaxInboxPublications': 16 } },
    base: { deliveries: false, publications: false, connections: false },
    begin: game => {
      game.sent = game.got = 0;
      const socket = new WebSocket(game.nodes[0].url, { perMessageDeflate: false }), redis = new RedisClient(game.stack.redisPort);
      socket.on('open', () => socket.send('{"type":"subscribe","id":1,"channel":"burst"}'));
      socket.on('message', text => {
        game.got += JSON.parse(text).type === 'message' ? 1 : 0;
      });
      const again = every(2000, () => {
        const sent = Array.from({ length: 300 }, () => redis.call('PUBLISH', 'gateway:ch:burst', '"a publication of a burst"').then(nodes => { game.sent += nodes; }));
        return Promise.all(sent);
      });
      game.publishing = game.stack.also({
        close: () => {
          again.close();
          setTimeout(() => {
            redis.close();
            socket.terminate();
          }, 2_000);
        },
      });
    },
    mend: game => game.publishing.close(),
    alerts: { GatewayDropsPublications: { on: 'gw-1', within: 300 + 20 } },
    explain: { after: 10, ask: () => ({ channel: 'burst' }), code: 'inbox_full' },
    // Of the other channels it drops what comes in a burst as well, once a shard: for each of these a client or more has missed one.
    counts: game => [['dropped', game.sent - game.got, game.rise('gateway_deliveries_dropped_total', { reason: 'inbox_full' }), game.crowd.missed(game.publisher.log).missed]],
  },
  {
    name: 'authorizer-down',
    says: 'the authorizer is down',
    ...authorizerFails,
    begin: game => game.stack.authorizer.close(),
    mend: game => game.stack.authorizer.open(),
    explain: { after: 30, ask: aboutAsker, code: 'authorizer_away' },
  },
  {
    name: 'authorizer-slow',
    says: 'the authorizer takes 4 s, twice what it may',
    ...authorizerFails,
    begin: game => { game.stack.authorizer.late = 4_000; },
    mend: game => { game.stack.authorizer.late = 0; },
    explain: { after: 30, ask: aboutAsker, code: 'authorizer_away' },
  },
  {
    name: 'issuer-away',
    says: 'the issuer of tokens was never there',
    minutes: 8,
    fromStart: true,
    stack: {
      prepare: async stack => {
        stack.issuer = await freePort();
        stack.pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        return { 'Gateway:Auth:Jwt:JwksUri': `http://127.0.0.1:${stack.issuer}/jwks`, 'Gateway:Auth:Jwt:JwksRefresh': '10s' };
      },
    },
    mend: async game => {
      const { issuer, pair } = game.stack, come = () => knock(game.nodes[0].port, bearer(publicToken(pair.privateKey, 'one')));
      game.answered = await come();
      const keys = [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' }];
      game.stack.also(createServer((_, answer) => answer.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys }))).listen(issuer, '127.0.0.1'));
      await sleep(15_000);
      game.thenAnswered = await come();
    },
    // The nodes' start, a second fetch, which is the first that Prometheus sees as an increase, then five minutes.
    alerts: { GatewayTokenKeysStale: { on: 'gw-1 gw-2', within: 30 + 20 + 300 + 20, ends: 15 + 20 } },
    truth: game => `a client with a token is answered ${game.answered}, and then ${game.thenAnswered}`,
    logs: [3303, 3302],
    counts: game => [['answered 503', game.answered === 503 ? 1 : 0, game.rise('gateway_handshakes_total', { result: '503' })]],
  },
];
