/** Connections for which the most waits, on all nodes. Nodes that cannot say so answer 404: then there is no such panel. */

import { api } from './api.js';
import { $, bytes, latency, number, setRows, setText } from './dom.js';

let missingIn = null; // the start of the process that does not have it: asked once

export async function read(startedAt) {
  if (missingIn === startedAt) return null;
  try {
    return await api('lagging?limit=20');
  } catch (error) {
    if (error.status !== 404) throw error;
    missingIn = startedAt;
    return null;
  }
}

export function show(report, lookUp) {
  $('lagging-panel').hidden = report === null;
  if (report === null) return;
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
