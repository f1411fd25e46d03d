/** A user: its connections on all nodes, their end, and that of its tokens. */

import { api, post } from './api.js';
import { confirm } from './confirm.js';
import { $, bytes, number, setRows, setText } from './dom.js';

let shown = null; // name

/** Null: there is none to show. */
export function show(report, find) {
  shown = report?.user ?? null;
  $('found-user').hidden = !report;
  setText($('user-note'), '');
  if (!report) return;
  setText($('user-title'), `User ${report.user}, connections: ${number(report.count)}`);
  setRows($('user-connections'), report.connections, ({ id }) => id, connection => [
    { text: connection.id, click: () => find(connection.id), label: 'Find it' },
    connection.node,
    connection.remote_address ?? '',
    connection.protocol,
    number(connection.subscriptions),
    bytes(connection.queued_bytes),
    new Date(connection.connected_at).toLocaleString(),
  ]);
  if (report.connections.length < report.count) setText($('user-note'), `The first ${report.connections.length}.`);
}

async function act(title, text, action, request, done) {
  const user = shown;
  if (!await confirm(title(user), text, action)) return;
  let note;
  try {
    note = done(await request(user));
  } catch (error) {
    note = error.message;
  }
  if (user === shown) setText($('user-note'), note); // else another one has been found meanwhile
}

export function wire() {
  $('user-disconnect').onclick = () => act(
    user => `Disconnect ${user}?`, 'All connections of the user are closed with 4403, on every node. While its token is good it may connect again.', 'Disconnect',
    user => api(`users/${encodeURIComponent(user)}/disconnect`, { method: 'POST' }),
    ({ node, here }) => `Asked: ${number(here)} have ended on ${node}, and the other nodes were told.`);
  $('user-revoke').onclick = () => act(
    user => `Revoke the tokens of ${user}?`, 'Tokens that were issued before now are taken back, on every node: its connections are closed with 4401, and who comes with one is refused.', 'Revoke',
    user => post('tokens/revoke', JSON.stringify({ user })),
    ({ until }) => `Revoked. It is forgotten at ${new Date(until).toLocaleString()}.`);
}
