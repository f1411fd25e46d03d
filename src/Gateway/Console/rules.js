/** What the rules say of a client and a channel, without doing anything. */

import { post } from './api.js';
import { $, onSubmit, setText } from './dom.js';

async function test() {
  const who = $('rules-who').value.trim();
  // Claims go as they were typed; what is no object is a token.
  const client = !who ? '' : who.startsWith('{') ? `,"claims":${who}` : `,"token":${JSON.stringify(who)}`;
  setText($('rules-note'), '');
  $('verdicts').replaceChildren();
  try {
    const { user, subscribe, publish } = await post('rules/explain', `{"channel":${JSON.stringify($('rules-channel').value.trim())}${client},"ask":${$('rules-ask').checked}}`);
    $('verdicts').append(...[['Subscribe', subscribe], ['Publish', publish]].map(row));
    setText($('rules-note'), user ? `As the user ${user}.` : 'As an anonymous client.');
  } catch (error) {
    setText($('rules-note'), error.message);
  }
}

function row([action, { result, pattern, why }]) {
  const [line, term, words] = ['div', 'dt', 'dd'].map(tag => document.createElement(tag));
  term.textContent = action;
  words.append(Object.assign(document.createElement('b'), { textContent: result, className: result === 'allowed' ? 'good' : 'bad' }), ` ${pattern ? `by ${pattern}: ` : ''}${why}`);
  line.append(term, words);
  return line;
}

export function wire() {
  onSubmit('rules', test);
}
