/** One connection by its id: what it is, and its end. */

import { api } from './api.js';
import { confirm } from './confirm.js';
import { $, bytes, duration, latency, number, setText } from './dom.js';

const ago = value => `${value < 60 ? latency(value) : duration(value)} ago`;

const FACTS = {
  node: ['Node'],
  protocol: ['Protocol'],
  state: ['State'],
  remote_address: ['Client'],
  local_address: ['Connected to'],
  connected_at: ['Since', value => new Date(value).toLocaleString()],
  subscriptions: ['Subscriptions', number],
  channels: ['Channels', value => value.slice(0, 50).join(', ') + (value.length > 50 ? ', …' : '')],
  queued_bytes: ['Queued in the node', bytes],
  unsent_bytes: ['Not sent by the kernel', bytes],
  unacknowledged_bytes: ['Not acknowledged', bytes],
  idle_seconds: ['Last heard', ago],
  last_receive_seconds: ['Last data from it', ago],
  last_write_seconds: ['Last data to it', ago],
  last_acknowledgement_seconds: ['Last acknowledged', ago],
  rtt_milliseconds: ['Round trip', value => latency(value / 1000)],
  retransmits: ['Segments sent again', number],
  unanswered_retransmits: ['… without an answer', number],
  congestion_window: ['Congestion window', value => `${number(value)} segments`],
  tcp_state: ['TCP'],
  commands_in_flight: ['Commands at the broker', number],
  paused: ['Not read because of'],
};

let shown = null; // id

/** Null: there is none to show. */
export function show(connection) {
  shown = connection?.id ?? null;
  $('found-connection').hidden = !connection;
  setText($('connection-note'), '');
  $('disconnect').hidden = !connection;
  if (!connection) return;
  setText($('connection-title'), `Connection ${connection.id} on ${connection.node}`);
  // What newer nodes tell is shown too, under its own name.
  $('connection').replaceChildren(...Object.entries(connection).filter(([name]) => name !== 'id').map(([name, value]) => {
    const [label, format = String] = FACTS[name] ?? [name.replaceAll('_', ' '), value => typeof value === 'object' ? JSON.stringify(value) : String(value)];
    const row = document.createElement('div');
    row.append(Object.assign(document.createElement('dt'), { textContent: label }), Object.assign(document.createElement('dd'), { textContent: format(value) || '–' }));
    return row;
  }));
}

async function disconnect() {
  const id = shown;
  if (!await confirm('Disconnect it?', `Connection ${id} is closed with 4403, on whichever node it is. Its client is told not to come back.`, 'Disconnect')) return;
  try {
    const { node, result } = await api(`connections/${encodeURIComponent(id)}/disconnect`, { method: 'POST' });
    if (id !== shown) return; // another one has been found meanwhile
    $('disconnect').hidden = true;
    setText($('connection-note'), result === 'disconnected' ? `Disconnected from ${node}.` : `${node} has asked the other nodes to end it.`);
  } catch (error) {
    if (id === shown) setText($('connection-note'), error.message);
  }
}

export function wire() {
  $('disconnect').onclick = disconnect;
}
