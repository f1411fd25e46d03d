// More clients than there is room for: connections, descriptors, memory, places of the admin side.
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from '../clients.mjs';
import { bearer, every, knock, newKey, token } from '../tokens.mjs';

// Clients that come straight to the first node, and come again when they are refused.
function crowdIn(game, count) {
  game.extra = game.crowd.invite(count, game.nodes[0].url, 'game:0');
}
const leave = game => game.extra.forEach(client => client.leave());
const happened = (game, kind, status) => game.extra.flatMap(client => client.events).filter(event => event.kind === kind && (status === undefined || event.status === status)).length;
// The proxy does not probe here: its probes of a full node are refused and counted as well.
const tooMany = {
  minutes: 10,
  begin: game => crowdIn(game, 100),
  mend: leave,
  alerts: { GatewayRefusesConnections: { on: 'gw-1', within: 240 + 20 }, GatewayNearConnectionLimit: { on: 'gw-1', within: 300 + 20, ends: 20 } },
  truth: game => `of 100 more, ${happened(game, 'refused', 503)} times refused with 503, ${happened(game, 'failed')} connections failed in all`,
  base: { deliveries: 20 },
  counts: game => [['refused', happened(game, 'failed'), game.rise('gateway_refusals_total')]],
};

// Eighty clients, each with channels of its own of some 2 KB with their names, one more and one more until the node takes no newcomer: from 97 % of
// what clients may make it keep. None has the 96 KiB from which on connections are closed for it, and none says anything more, for which there would be no room.
async function hoard(game) {
  const hoarders = Array.from({ length: 80 }, () => new WebSocket(game.nodes[0].url, { perMessageDeflate: false }));
  game.hoarders = game.stack.also({ close: () => hoarders.forEach(socket => socket.close(1000)) });
  await Promise.all(hoarders.map(socket => once(socket, 'open')));
  for (let n = 0; n < 4_000; n++) {
    hoarders[n % 80].send(JSON.stringify({ type: 'subscribe', channel: `${n}-${'x'.repeat(190)}` }));
    if (n % 10 === 0 && (await fetch(`http://127.0.0.1:${game.nodes[0].admin}/readyz`)).status === 503) return;
  }
}

export default [
  {
    name: 'connections-full',
    says: 'more clients than Gateway:Limits:MaxConnections',
    stack: { options: { 'Gateway:Limits:MaxConnections': 180 }, checks: false },
    ...tooMany,
  },
  {
    name: 'connections-exact',
    says: 'as many clients as Gateway:Limits:MaxConnections, none of whom is refused, and a proxy that probes the client port once a second: no reason to page at once',
    minutes: 10,
    stack: { options: { 'Gateway:Limits:MaxConnections': 180 } },
    base: { deliveries: 20 },
    lasts: 300,
    begin: game => crowdIn(game, 80),
    mend: leave,
    alerts: { GatewayNearConnectionLimit: { on: 'gw-1', within: 300 + 20, ends: 20 } },
    truth: game => `of 80 more, ${happened(game, 'refused', 503)} times refused, while a probe had the last place`,
  },
  {
    name: 'refused-once',
    says: 'one client more than Gateway:Limits:MaxConnections, once: that does not page',
    stack: { options: { 'Gateway:Limits:MaxConnections': 140 }, checks: false },
    base: { deliveries: 20 },
    begin: async game => {
      crowdIn(game, 40);
      await sleep(4_000);
      game.answered = await knock(game.nodes[0].port);
      leave(game);
    },
    truth: game => `the client was answered ${game.answered}`,
    counts: game => [['refused', game.answered === 503 ? 1 : 0, game.rise('gateway_refusals_total')]],
  },
  {
    name: 'descriptors',
    says: 'a descriptor limit of 700, and more clients than it leaves room for',
    stack: { descriptors: 700, checks: false, options: { 'Gateway:Limits:MaxConnections': 1000 } },
    logsFromStart: true,
    logs: [1003],
    ...tooMany,
  },
  {
    name: 'descriptors-gone',
    says: 'the descriptor limit of a running node is lowered to what it has open',
    minutes: 10,
    base: { deliveries: false },
    begin: game => {
      // A little above: who finds none must be a client.
      game.nodes[0].limit(game.nodes[0].open + 8);
      crowdIn(game, 100);
    },
    mend: game => {
      game.nodes[0].limit(20_000);
      leave(game);
    },
    alerts: { GatewayAcceptErrors: { on: 'gw-1', within: 240 + 20 } },
    allowed: ['GatewayNearDescriptorLimit'],
    logs: [1001],
    mayLog: [3022],
  },
  {
    name: 'memory-held',
    says: 'clients keep so many channels that the node is short of memory',
    stack: { options: { 'Gateway:Memory:BudgetBytes': '256MiB', 'Gateway:Memory:ClientsPercent': 1, 'Gateway:Memory:WaitingPercent': 1, 'Gateway:Limits:ReservedPercent': 0 } },
    minutes: 6,
    base: { connections: false },
    begin: async game => {
      await hoard(game);
      game.answered = await knock(game.nodes[0].port);
    },
    mend: game => game.hoarders.close(),
    alerts: { GatewayShortOfMemory: { on: 'gw-1', within: 30 + 120 + 20, ends: 30 } },
    truth: game => `a client that comes to the node is answered ${game.answered}`,
    logs: [1440],
    counts: game => [['newcomer refused', game.answered === 503 ? 1 : 0, game.rise('gateway_limits_reached_total', { limit: 'memory' }) > 0 ? 1 : 0]],
  },
  {
    name: 'admin-full',
    says: 'somebody opens three connections a second to the admin port and leaves them',
    stack: { descriptors: 1024 },
    clients: 60,
    minutes: 9,
    begin: game => {
      game.opened = game.closed = 0;
      game.sockets = new Set();
      game.opening = game.stack.also(every(333, () => {
        const socket = net.connect(game.nodes[0].admin, '127.0.0.1', () => game.opened++);
        game.sockets.add(socket);
        socket.on('error', () => {}).on('close', () => game.closed++);
      }));
    },
    mend: game => {
      game.opening.close();
      game.endedByGateway = game.closed;
      game.sockets.forEach(socket => socket.destroy());
    },
    // A place for 64, then a second's three; the rate of a three minutes' window is above one after another minute.
    alerts: { GatewayAdminFull: { on: 'gw-1', within: 22 + 65 + 300 + 20 } },
    truth: game => `${game.opened} opened, ${game.endedByGateway} closed by the node`,
    counts: game => [['closed', game.endedByGateway, game.rise('gateway_admin_connections_closed_total')]],
  },
  {
    name: 'limits-reached',
    says: 'a client tries three bad tokens a second by refresh',
    minutes: 18,
    stack: {
      prepare: stack => {
        stack.key = newKey();
        return { 'Gateway:Auth:Jwt:HmacKey': stack.key };
      },
    },
    base: { connections: false },
    begin: game => {
      const socket = new WebSocket(game.nodes[0].url, { perMessageDeflate: false, headers: bearer(token(game.stack.key)) });
      game.limited = 0;
      socket.on('message', text => JSON.parse(text).code === 'rate_limited' && game.limited++);
      game.trying = game.stack.also(every(333, () => socket.readyState === WebSocket.OPEN && socket.send('{"type":"refresh","token":"no.token.atall"}')));
      game.stack.also({ close: () => socket.terminate() });
    },
    mend: game => game.trying.close(),
    // Ten a minute go through; the rate of a five minutes' window is above one after two minutes.
    alerts: { GatewayLimitsReached: { on: 'gw-1', within: 130 + 600 + 20 } },
    logs: [1204],
    counts: game => [['told rate_limited', game.limited, game.rise('gateway_limits_reached_total', { limit: 'refreshes' })]],
  },
];
