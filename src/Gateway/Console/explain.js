/** Why did they not get it? The question to all nodes, and the answer's causes with what to do. */

import { api } from './api.js';
import { $, latency, number, onSubmit, setText, silence } from './dom.js';

let subjects = [];
let round = 0;

/** Whom it may be about, {label, query}, and which channels to suggest, the first of them at once. */
export function offer(who, channels = []) {
  subjects = who;
  round++; // what is being asked is about others
  $('explain').hidden = who.length === 0;
  $('explanation').replaceChildren();
  setText($('explain-note'), '');
  $('explain-who').replaceChildren(...who.map(({ label }, i) => new Option(label, i)));
  $('explain-channels').replaceChildren(...channels.map(name => new Option(name)));
  $('explain-channel').value = channels[0] ?? '';
}

export async function ask() {
  const own = ++round; // an answer that a later question has overtaken is thrown away
  const { label, query } = subjects[$('explain-who').value];
  const channel = $('explain-channel').value.trim();
  setText($('explain-note'), 'Asking all nodes…');
  $('explanation').replaceChildren();
  try {
    const answer = await api('explain?' + new URLSearchParams({ channel, ...query }));
    if (own !== round) return;
    setText($('explain-note'), [`Why ${label} may not get ${channel}:`, silence(answer.nodes)].join(' ').trim());
    $('explanation').replaceChildren(...parts(answer));
  } catch (error) {
    if (own !== round) return;
    setText($('explain-note'), error.message);
  }
}

/** Of a user: the causes that are its own, then each connection's. */
function* parts(answer) {
  if (answer.causes.length > 0) yield causes(answer.causes);
  if (answer.facts) yield facts(answer.facts);
  for (const own of answer.connections ?? []) {
    yield text('h4', 'Connection ' + own.connection);
    yield causes(own.causes);
  }
}

function causes(list) {
  const element = Object.assign(document.createElement('ol'), { className: 'causes' });
  element.append(...list.map(({ code, node, text: what, advice }) => {
    const item = document.createElement('li');
    item.append(text('b', code, code === 'no_cause' ? 'good' : 'bad'), node ? ` on ${node}: ` : ': ', what, text('p', advice, 'note'));
    return item;
  }));
  return element;
}

function facts(nodes) {
  const element = Object.assign(document.createElement('ul'), { className: 'note' });
  element.append(...nodes.map(({ node, state, broker, channel }) => text('li', [
    `${node}: ${state}`,
    broker.connected ? '' : `without the broker (${broker.reason})`,
    channel ? `subscribers: ${number(channel.subscribers)}` : '',
    channel?.last_publication_at ? `last publication ${latency(Math.max(0, (Date.now() - Date.parse(channel.last_publication_at)) / 1000))} ago` : channel ? 'no publication yet' : '',
  ].filter(Boolean).join(', '))));
  return element;
}

const text = (tag, textContent, className = '') => Object.assign(document.createElement(tag), { textContent, className });

export function wire() {
  onSubmit('explain', ask);
}
