/** Taking tokens back by what they say: a user's, or one by its id. */

import { post } from './api.js';
import { confirm } from './confirm.js';
import { $, onSubmit, say } from './dom.js';

const WORDS = { user: name => `all tokens of ${name} that were issued before now`, jti: id => `the token ${id}` };

async function revoke() {
  const [kind, name, seconds] = [$('revoke-kind').value, $('revoke-name').value.trim(), $('revoke-seconds').value];
  if (!await confirm('Take tokens back?', `On every node ${WORDS[kind](name)} count no more: connections are closed with 4401, and who comes with one is refused. This cannot be undone.`, 'Revoke')) return;
  try {
    const { until } = await post('tokens/revoke', JSON.stringify({ [kind]: name, ...(seconds && { expires_in: Number(seconds) }) }));
    say('revoke-result', 'good', `Revoked: ${WORDS[kind](name)}. It is forgotten at ${new Date(until).toLocaleString()}.`);
  } catch (error) {
    say('revoke-result', 'error', error.message);
  }
}

export function wire() {
  onSubmit('revoke', revoke);
}
