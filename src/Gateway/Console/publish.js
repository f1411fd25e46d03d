/** Publishing as a backend does, by the API. */

import { node, post } from './api.js';
import { $, clock, onSubmit, say } from './dom.js';

async function publish() {
  const kind = new FormData($('publish')).get('kind');
  const payload = $('payload').value;
  // JSON goes as it was typed: the gateway relays it byte for byte.
  const body = `{"channel":${JSON.stringify($('publish-channel').value)},"${kind}":${kind === 'data' ? payload : JSON.stringify(payload)}}`;
  try {
    await post('publish', body);
    say('publish-result', 'good', `Published at ${clock()} by ${node()}.`);
  } catch (error) {
    say('publish-result', 'error', error.message);
  }
}

export function wire() {
  onSubmit('publish', publish);
}
