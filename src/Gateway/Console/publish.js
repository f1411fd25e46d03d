/** Publishing as a backend does, by the API. */

import { api } from './api.js';
import { $, clock, setText } from './dom.js';

/** Chooses the channel. */
export function pick(channel) {
  $('publish-channel').value = channel;
  $('publish-channel').focus();
}

export function wire() {
  $('publish').onsubmit = async event => {
    event.preventDefault();
    const kind = new FormData(event.target).get('kind');
    const payload = $('payload').value;
    // JSON goes as it was typed: the gateway relays it byte for byte.
    const body = `{"channel":${JSON.stringify($('publish-channel').value)},"${kind}":${kind === 'data' ? payload : JSON.stringify(payload)}}`;
    try {
      await api('publish', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      say('good', `Published at ${clock()}.`);
    } catch (error) {
      say('error', error.message + (error.outcome ? ` (outcome: ${error.outcome})` : ''));
    }
  };
}

function say(verdict, text) {
  $('publish-result').className = 'note ' + verdict;
  setText($('publish-result'), text);
}
