/** Publishing as a backend does, by the API. */

import { node, post } from './api.js';
import { $, clock, setText } from './dom.js';

export function wire() {
  $('publish').onsubmit = async event => {
    event.preventDefault();
    const kind = new FormData(event.target).get('kind');
    const payload = $('payload').value;
    // JSON goes as it was typed: the gateway relays it byte for byte.
    const body = `{"channel":${JSON.stringify($('publish-channel').value)},"${kind}":${kind === 'data' ? payload : JSON.stringify(payload)}}`;
    try {
      await post('publish', body);
      say('good', `Published at ${clock()} by ${node()}.`);
    } catch (error) {
      say('error', error.message + (error.outcome ? ` (outcome: ${error.outcome})` : ''));
    }
  };
}

function say(verdict, text) {
  $('publish-result').className = 'note ' + verdict;
  setText($('publish-result'), text);
}
