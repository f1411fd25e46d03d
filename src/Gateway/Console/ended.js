/** Connections that ended last, on all nodes. */

import { api } from './api.js';
import { $, bytes, clock, number, setRows, setText, silence } from './dom.js';

const EVERY_MS = 10_000; // each time, every node is asked

let asked = 0; // by performance.now()

export async function refresh(find) {
  if (asked && performance.now() - asked < EVERY_MS) return;
  asked = performance.now();
  show(await api('ended?limit=20'), find);
}

function show({ connections, nodes }, find) {
  setRows($('ended'), connections, ({ id }) => id, connection => [
    { text: connection.id, click: () => find(connection.id), label: 'Find it' },
    connection.node,
    connection.remote_address ?? '',
    clock(new Date(connection.ended_at)),
    connection.reason,
    connection.code,
    bytes(connection.queued_bytes),
    number(connection.dropped),
  ]);
  setText($('ended-note'), [connections.length === 0 ? 'None.' : '', silence(nodes)].join(' ').trim());
}
