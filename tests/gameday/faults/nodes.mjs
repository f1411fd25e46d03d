// A node that is gone, that stands still, that is sent away, or that is mistaken for another.
import { setTimeout as sleep } from 'node:timers/promises';
import { Node } from '../node.mjs';
import { freePort } from '../programs.mjs';

const aboutAffected = game => ({ node: game.nodes[1], channel: game.affected.channel, connection: game.affectedConnection });
// Away for three minutes: what it has counted cannot be compared, and the other one knows that it does not answer.
const away = {
  lasts: 180,
  base: { deliveries: false, publications: false },
  explain: { after: 15, ask: aboutAffected, code: 'node_silent' },
};

export default [
  {
    name: 'node-killed',
    says: 'a node is killed (-9) for three minutes',
    ...away,
    begin: game => game.nodes[0].program.signal('SIGKILL'),
    mend: async game => {
      game.atMend = await game.stack.prometheus.value('sum(gateway_connections{state="open"})');
      await game.nodes[0].start();
    },
    // A scrape, then two minutes. The node's start is part of the end.
    alerts: { GatewayNodeDown: { within: 120 + 20, ends: 40 } },
    truth: game => `${game.codes(1006)} connections lost, all on the other node in the meantime`,
    counts: game => [['open, by Prometheus', game.crowd.open, game.atMend]],
  },
  {
    name: 'node-stalls',
    says: 'a node stands still (SIGSTOP) for 15 s',
    begin: async game => {
      game.nodes[0].program.signal('SIGSTOP');
      await sleep(15_000);
      game.nodes[0].program.signal('SIGCONT');
    },
    alerts: { GatewayStalled: { within: 15 + 20 } },
    explain: { after: 5, ask: game => ({ ...aboutAffected(game), node: game.nodes[0] }), code: 'node_stalled' },
    logs: [1444],
    counts: game => [['seconds stood still', 15, game.rise('gateway_stall_duration_seconds_total'), 1.5]],
  },
  {
    name: 'node-hangs',
    says: 'a node stands still (SIGSTOP) for three minutes',
    ...away,
    begin: game => game.nodes[0].program.signal('SIGSTOP'),
    mend: game => game.nodes[0].program.signal('SIGCONT'),
    // The stall is counted when it is over.
    alerts: { GatewayNodeDown: { within: 120 + 20, ends: 20 }, GatewayStalled: { afterMend: true, within: 20 } },
    // Its clients went by themselves; seen by the node when it wakes.
    allowed: ['GatewayConnectionsFell'],
    logs: [1444],
    mayLog: [2001, 2002, 2003],
  },
  {
    name: 'nodes-gone',
    says: 'both nodes end, and nothing is scraped any more',
    minutes: 8,
    base: { deliveries: false, publications: false },
    begin: game => Promise.all(game.nodes.map(node => node.program.end('SIGKILL'))),
    mend: game => Promise.all(game.nodes.map(node => node.start())),
    // Series are stale with the first scrape that fails.
    alerts: { GatewayAbsent: { within: 300 + 20, ends: 45 }, GatewayNodeDown: { within: 120 + 20, ends: 45 } },
  },
  {
    name: 'drain-overdue',
    says: 'a node is drained by hand, and a load balancer goes on sending it 30 clients',
    lasts: 320,
    stack: { options: { 'Gateway:Drain:Timeout': '30s' } },
    base: { deliveries: 40 },
    begin: async game => {
      game.stubborn = game.crowd.invite(30, game.nodes[0].url, 'game:0');
      await sleep(3_000);
      await game.nodes[0].api('drain', {});
    },
    mend: async game => {
      game.stubborn.forEach(client => client.leave());
      await fetch(`http://127.0.0.1:${game.nodes[0].admin}/api/v1/drain`, { method: 'DELETE' });
    },
    // The drain's timeout, then four minutes.
    alerts: { GatewayDrainOverdue: { on: 'gw-1', within: 3 + 30 + 240 + 20, ends: 20 } },
    explain: { after: 15, ask: game => ({ ...aboutAffected(game), node: game.nodes[1] }), code: 'sent_away' },
    truth: game => `the 30 were closed ${game.stubborn.flatMap(client => client.events).filter(event => event.code === 1012).length} times with 1012`,
  },
  {
    name: 'name-shared',
    says: 'two nodes go by one name',
    begin: async game => {
      const twin = new Node(game.stack, 'twin', await freePort(), await freePort());
      twin.options = { 'Gateway:Node:Name': 'gw-1' };
      await twin.start();
      game.twin = game.stack.also({ program: twin.program, close: () => twin.program.signal('SIGKILL') });
    },
    mend: game => game.twin.program.end(),
    // The node starts within some seconds, and they notice each other within an announcement.
    alerts: { GatewayNodeNameShared: { within: 60 + 40, ends: 40 } },
    logs: [1423],
  },
];
