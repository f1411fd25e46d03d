/** The channels on this node, the busiest first. */

import { $, number, setRows, setText } from './dom.js';

const LIMIT = 100;

export const path = () => `channels?limit=${LIMIT}&sort=${$('sort').value}&prefix=${encodeURIComponent($('prefix').value)}`;

export function show({ node, channels, more }, find) {
  setRows($('channels'), channels, channel => channel.name, channel => [
    { text: channel.name, click: () => find(channel.name), label: 'Find its subscribers' },
    number(channel.subscribers),
    channel.state,
  ]);
  setText($('channels-title'), 'Channels on ' + node);
  setText($('channels-note'), channels.length === 0 ? 'None.' : more ? `The first ${LIMIT}: narrow them by a prefix.` : '');
}

export function wire(refresh) {
  $('prefix').oninput = refresh;
  $('sort').onchange = refresh;
}
