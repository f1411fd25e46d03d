/** The search box: a text is a connection's id, a user, a channel, or several of them; all nodes are asked. */

import { api } from './api.js';
import * as connection from './connection.js';
import { $, onSubmit, setText, silence } from './dom.js';
import * as explain from './explain.js';
import * as subscribers from './subscribers.js';
import * as user from './user.js';

let round = 0;

export async function find(text) {
  const own = ++round; // an answer that a later question has overtaken is thrown away
  const name = encodeURIComponent(text);
  const isId = /^[0-9a-f]{16}$/i.test(text);
  $('find-text').value = text;
  for (const part of [connection, user, subscribers]) part.show(null);
  explain.offer([]);
  setText($('find-note'), 'Asking all nodes…');
  $('find-title').scrollIntoView({ block: 'nearest' });
  const [one, person, channel] = await Promise.all([
    isId ? tell(api('connections/' + name)) : { error: null },
    tell(api('users/' + name)),
    tell(api('subscribers?channel=' + name)),
  ]);
  if (own !== round) return;
  const found = { one: one.found ?? null, person: some(person), channel: some(channel) };
  connection.show(found.one);
  user.show(found.person, find);
  subscribers.show(found.channel, find);
  const silent = silence((channel.found ?? person.found)?.nodes ?? []);
  setText($('find-note'), [one.error?.message, ...missing(text, isId, found, person, channel), silent].filter(Boolean).join(' '));
  suggest(text, isId && (found.one || one.error.status === 410), found, !isId && channel.found);
}

/** Why there is nothing, for each of what it may have been. */
function missing(text, isId, found, person, channel) {
  if (found.one || found.person || found.channel) return [];
  return [
    isId ? '' : 'It is no connection\'s id: those are 16 hexadecimal digits.',
    person.error?.message ?? `No user ${text} is connected.`,
    channel.error?.message ?? `Nobody is subscribed to a channel ${text}.`,
  ];
}

/** Whom an explanation may be about, the likeliest first. Of a channel, and of a name that is nobody's, it is given at once. */
function suggest(text, isConnection, found, mayBeChannel) {
  const subjects = [];
  if (isConnection) subjects.push({ label: `connection ${text}`, query: { connection: text } });
  if (found.person) subjects.push({ label: `user ${text}`, query: { user: text } });
  const asksNow = subjects.length === 0 && mayBeChannel;
  const channels = found.one?.channels ?? [...new Set(found.person?.connections.flatMap(({ channels: names }) => names))];
  if (found.channel || asksNow) {
    subjects.push({ label: 'anybody', query: {} });
    channels.unshift(text);
  }
  explain.offer(subjects, channels);
  if (asksNow) explain.ask();
}

/** What was found, if there are any. */
const some = ({ found }) => found?.count > 0 ? found : null;

const tell = answer => answer.then(found => ({ found }), error => ({ error }));

export function wire() {
  onSubmit('find', () => find($('find-text').value.trim()));
}
