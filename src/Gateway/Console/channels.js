/** The channels on this node, the busiest first. */

import { $, number, setRows, setText } from './dom.js';

const LIMIT = 100;

export const path = () => `channels?limit=${LIMIT}&sort=${$('sort').value}&prefix=${encodeURIComponent($('prefix').value)}`;

export function show({ channels, more }, pick) {
  setRows($('channels'), channels, channel => channel.name, channel => [
    { text: channel.name, click: () => pick(channel.name), label: 'Publish here' },
    number(channel.subscribers),
    channel.state,
  ]);
  setText($('channels-note'), channels.length === 0 ? 'None.' : more ? `The first ${LIMIT}: narrow them by a prefix.` : '');
}

export function wire(refresh) {
  $('prefix').oninput = refresh;
  $('sort').onchange = refresh;
}
