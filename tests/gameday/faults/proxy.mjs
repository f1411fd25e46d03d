// What stands between the clients and the nodes.
const about = game => ({ node: game.nodes[1], channel: game.affected.channel, connection: game.affectedConnection });

export default [
  {
    name: 'proxy-killed',
    says: 'the proxy is killed for a minute',
    lasts: 60,
    base: { deliveries: 20 },
    begin: game => game.stack.proxy.signal('SIGKILL'),
    mend: game => game.stack.startProxy(),
    // A scrape, then 20 s; it compares with the most of two minutes before.
    alerts: { GatewayConnectionsFell: { within: 45, ends: 30 } },
    explain: { after: 20, ask: about, code: 'connection_ended' },
    counts: game => [['connections lost', game.codes(1006), game.rise('gateway_closes_total', { reason: 'connection_lost' })]],
  },
  {
    name: 'proxy-hangs',
    says: 'the proxy stands still for 90 s: bytes go nowhere, and no connection ends',
    lasts: 90,
    base: { deliveries: false },
    begin: game => game.stack.proxy.signal('SIGSTOP'),
    mend: game => game.stack.proxy.signal('SIGCONT'),
    // A silent client is pinged after 21.9 to 26 s and given up after 10 more.
    alerts: { GatewayConnectionsFell: { within: 36 + 45, ends: 60 } },
    explain: { after: 60, ask: about, code: 'connection_ended' },
    counts: game => [['given up by the heartbeat', game.crowd.members.length, game.rise('gateway_closes_total', { reason: 'heartbeat_timeout' })]],
  },
];
