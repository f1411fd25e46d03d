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

export async function lookUp(id) {
  $('connection-id').value = id;
  show(null, 'Asking…');
  try {
    show(await api('connections/' + encodeURIComponent(id)), '');
  } catch (error) {
    show(null, error.message);
    // It may be on another node, which can be asked to end it.
    if (error.status === 404) offer(id);
  }
}

function show(connection, note) {
  setText($('connection-note'), note);
  shown = null;
  $('disconnect').hidden = true;
  // What newer nodes tell is shown too, under its own name.
  $('connection').replaceChildren(...Object.entries(connection ?? {}).filter(([name]) => name !== 'id').map(([name, value]) => {
    const [label, format = String] = FACTS[name] ?? [name.replaceAll('_', ' '), value => typeof value === 'object' ? JSON.stringify(value) : String(value)];
    const row = document.createElement('div');
    row.append(Object.assign(document.createElement('dt'), { textContent: label }), Object.assign(document.createElement('dd'), { textContent: format(value) || '–' }));
    return row;
  }));
  if (connection) offer(connection.id);
}

function offer(id) {
  shown = id;
  $('disconnect').hidden = false;
}

async function disconnect() {
  const id = shown;
  if (!await confirm('Disconnect it?', `Connection ${id} is closed with 4403, on whichever node it is. Its client is told not to come back.`, 'Disconnect')) return;
  try {
    const { result } = await api(`connections/${encodeURIComponent(id)}/disconnect`, { method: 'POST' });
    show(null, result === 'disconnected' ? 'Disconnected.' : 'The other nodes were asked to end it.');
  } catch (error) {
    setText($('connection-note'), error.message);
  }
}

export function wire() {
  $('look-up').onsubmit = event => {
    event.preventDefault();
    lookUp($('connection-id').value.trim());
  };
  $('disconnect').onclick = disconnect;
}
