/** Asks before what cannot be undone. */

import { $, setText } from './dom.js';

/** Whether the answer was yes. Escape, like Back, is no. */
export function confirm(title, text, action) {
  const dialog = $('confirm');
  setText($('confirm-title'), title);
  setText($('confirm-text'), text);
  setText($('confirm-yes'), action);
  $('confirm-yes').onclick = () => dialog.close('yes');
  $('confirm-no').onclick = () => dialog.close('no');
  dialog.returnValue = 'no';
  dialog.showModal(); // the focus is on Back, the first of the two
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}
