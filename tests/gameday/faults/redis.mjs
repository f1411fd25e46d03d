// Redis away, silent, slow, refusing, and the links to it.
import { setTimeout as sleep } from 'node:timers/promises';

const about = game => ({ channel: game.affected.channel, connection: game.affectedConnection });
const gaps = times => game => [
  ['gaps of nodes', 2 * times, game.rise('gateway_broker_gaps_total')],
  ['clients told of a gap', times * game.crowd.members.length, game.events('gap').length],
];
// Redis counts what it has written to a link that nobody reads any more.
const lost = { publications: 20 };
const linkLost = [2001, 2003, 1301];

export default [
  {
    name: 'redis-killed',
    says: 'Redis is killed, and back after 90 s',
    lasts: 90,
    base: lost,
    begin: game => game.stack.redis.end('SIGKILL'),
    mend: game => game.stack.startRedis(),
    alerts: { GatewayBrokerDisconnected: { within: 60 + 20, ends: 20 } },
    explain: { after: 15, ask: about, code: 'broker_away' },
    logs: [...linkLost, 2002],
    counts: gaps(1),
  },
  {
    name: 'redis-away',
    says: 'Redis is away for eight minutes',
    minutes: 12,
    lasts: 480,
    base: lost,
    begin: game => game.stack.redis.end('SIGKILL'),
    mend: game => game.stack.startRedis(),
    alerts: {
      GatewayBrokerDisconnected: { within: 60 + 20, ends: 20 },
      // Not ready after 30 s, then five minutes.
      GatewayNotReady: { within: 30 + 300 + 20, ends: 20 },
      GatewayNodesUnknown: { within: 240 + 180 + 20, ends: 200 },
    },
    allowed: ['GatewayBrokerErrors'],
    explain: { after: 120, ask: about, code: 'broker_away' },
    logs: [...linkLost, 2002, 1420],
    counts: gaps(1),
  },
  {
    name: 'redis-hangs',
    says: 'Redis stands still (SIGSTOP) for two minutes',
    lasts: 120,
    base: { deliveries: 20, publications: false },
    begin: game => game.stack.redis.signal('SIGSTOP'),
    mend: game => game.stack.redis.signal('SIGCONT'),
    // The probe is sent every two seconds and given five, then a minute.
    alerts: { GatewayBrokerDisconnected: { within: 7 + 60 + 20, ends: 20 } },
    explain: { after: 20, ask: about, code: 'broker_away' },
    logs: linkLost,
    counts: gaps(1),
  },
  {
    name: 'two-gaps',
    says: 'the links to Redis are cut twice: a number that does not page',
    lasts: 60,
    base: lost,
    begin: async game => {
      await game.stack.ask('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await sleep(20_000);
      await game.stack.ask('CLIENT', 'KILL', 'TYPE', 'pubsub');
    },
    explain: { after: 10, ask: about, code: 'broker_gap' },
    logs: linkLost,
    counts: gaps(2),
  },
  {
    name: 'three-gaps',
    says: 'the links to Redis are cut three times',
    base: lost,
    begin: async game => {
      for (let times = 0; times < 3; times++) {
        await game.stack.ask('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await sleep(15_000);
      }
    },
    // It stays for its window, an hour.
    alerts: { GatewayGaps: { within: 45 + 20, ends: false } },
    explain: { after: 5, ask: about, code: 'broker_gap' },
    logs: linkLost,
    counts: gaps(3),
  },
  {
    name: 'redis-slow',
    says: 'each way to Redis takes 150 ms',
    minutes: 20,
    stack: { relay: true },
    begin: game => { game.stack.relay.late = 150; },
    mend: game => { game.stack.relay.late = 0; },
    alerts: { GatewayBrokerSlow: { ends: 300 + 20 } },
  },
  {
    name: 'redis-refuses',
    says: 'Redis refuses the nodes what they announce themselves with (ACL)',
    minutes: 10,
    begin: game => game.stack.ask('ACL', 'SETUSER', 'default', '-zrange'),
    mend: game => game.stack.ask('ACL', 'SETUSER', 'default', '+@all'),
    // The last that succeeded leaves the window after three minutes, then four.
    alerts: { GatewayNodesUnknown: { on: 'gw-1 gw-2', ends: 20 } },
    logs: [1420],
  },
  {
    name: 'clock-off',
    says: 'the clocks of the nodes are two minutes ahead of Redis\'s',
    stack: { relay: true },
    begin: game => { game.stack.relay.clock = 120; },
    mend: game => { game.stack.relay.clock = 0; },
    // Compared with each announcement, then two minutes.
    alerts: { GatewayClockOff: { on: 'gw-1 gw-2', within: 120 + 20, ends: 20 } },
    logs: [2012],
  },
];
