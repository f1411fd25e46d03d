/** The subscribers of a channel, on all nodes. */

import { $, bytes, number, setRows, setText } from './dom.js';

/** Null: there are none to show. */
export function show(report, find) {
  $('found-channel').hidden = !report;
  if (!report) return;
  setText($('channel-title'), `Channel ${report.channel}, subscribers: ${number(report.count)}`);
  setRows($('subscribers'), report.connections, ({ id }) => id, connection => [
    { text: connection.id, click: () => find(connection.id), label: 'Find it' },
    connection.node,
    connection.user ? { text: connection.user, click: () => find(connection.user), label: 'Find the user' } : 'anonymous',
    connection.remote_address ?? '',
    connection.protocol,
    bytes(connection.queued_bytes),
  ]);
  setText($('subscribers-note'), report.connections.length < report.count ? `The first ${report.connections.length}.` : '');
  $('publish-channel').value = report.channel;
}
