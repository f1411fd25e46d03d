/** Connections for which the most waits, on all nodes. */

import { api } from './api.js';
import { $, bytes, latency, number, setRows, setText } from './dom.js';

export const read = () => api('lagging?limit=20');

export function show(report, lookUp) {
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
  const silent = report.nodes.filter(({ answered }) => !answered).map(({ name }) => name);
  setText($('lagging-note'), [report.connections.length === 0 ? 'None.' : '', silent.length > 0 ? `No answer from ${silent.join(', ')}.` : ''].join(' ').trim());
}
