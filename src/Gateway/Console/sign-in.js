/** The key of the admin side. */

import { key } from './api.js';
import { $, onSubmit, setText } from './dom.js';

export function askForKey() {
  if (!$('sign-in').hidden && !key.has()) return; // asked already: what is being typed stays
  $('content').hidden = true;
  $('sign-in').hidden = false;
  setText($('sign-in-error'), key.has() ? 'That is not the key.' : '');
  key.forget();
  $('key').focus();
}

export function wire(refresh) {
  onSubmit('sign-in', () => {
    key.set($('key').value);
    $('key').value = '';
    refresh();
  });
}
