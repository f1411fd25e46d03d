/** Connections for which the most waits, on all nodes. */

import { api } from './api.js';
import { $, bytes, latency, number, setRows, setText, silence } from './dom.js';

const EVERY_MS = 10_000; // each time, every node looks at each of its connections

let asked = 0; // by performance.now()

export async function refresh(lookUp) {
  if (asked && performance.now() - asked < EVERY_MS) return;
  asked = performance.now();
  show(await api('lagging?limit=20'), lookUp);
}

function show(report, lookUp) {
  setRows($('lagging'), report.connections, ({ id }) => id, connection => [
    { text: connection.id, click: () => lookUp(connection.id), label: 'Look it up' },
    connection.node,
    connection.remote_address ?? '',
    bytes(connection.queued_bytes ?? 0),
    bytes(connection.unsent_bytes ?? 0),
    bytes(connection.unacknowledged_bytes ?? 0),
    connection.last_write_seconds == null ? '' : `${latency(connection.last_write_seconds)} ago`,
    number(connection.drops ?? 0),
  ]);
  setText($('lagging-note'), [report.connections.length === 0 ? 'None.' : '', silence(report.nodes)].join(' ').trim());
}
