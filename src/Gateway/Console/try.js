/** Being a client: the JavaScript client itself, against the endpoint that the node names. */

import { $, clock, onSubmit, setText } from './dom.js';
import { GatewayClient } from './gateway.js';

const LOG_LINES = 200;

let gateway = null;
const subscriptions = new Map(); // by channel
const waiting = []; // lines that are not on the page yet

/** The node's first client endpoint as this browser reaches it: this page's host, the endpoint's scheme and port. */
export function show(node) {
  if (!$('try-url').value && node.urls.length > 0) {
    const url = new URL(node.urls[0]);
    url.hostname = location.hostname;
    url.pathname = node.base_path + '/ws';
    $('try-url').value = url.href;
  }
  setText($('try-note'), node.allow_anonymous ? '' : 'Gateway:Auth:AllowAnonymous is false: a client needs a token.');
}

function connect() {
  if (gateway) return gateway;
  gateway = new GatewayClient($('try-url').value, { token: $('try-token').value.trim() });
  const own = gateway;
  gateway.on('state', ({ state, code, reason, wait }) => {
    if (state === 'open') log(`● open: connection ${own.connection.id} on ${own.connection.node}`);
    else if (state === 'waiting') log(`○ lost: ${code} ${reason}; again in ${(wait / 1000).toFixed(1)} s`.replace(' ;', ';'));
    else if (own === gateway && (state === 'disconnected' || state === 'closed')) closed(`× closed: ${code} ${reason}`);
  });
  gateway.on('gap', ({ cause, ms, channels }) => log(`! gap: ${[channels].flat().join(', ')} may lack up to ${(ms / 1000).toFixed(1)} s (${cause})`));
  gateway.on('skipped', ({ channel, count }) => log(`! skipped: ${count} of ${channel}`));
  gateway.on('error', (error, channel) => {
    log(`! ${channel ?? ''} ${error.code}: ${error.message}`);
    forget(channel);
  });
  $('try-url').disabled = $('try-token').disabled = true;
  setText($('try-button'), 'Disconnect');
  log(`○ connecting to ${$('try-url').value}`);
  return gateway;
}

function closed(line) {
  log(line);
  const own = gateway;
  gateway = null;
  own.close(); // where the gateway has refused it
  [...subscriptions.keys()].forEach(forget);
  $('try-url').disabled = $('try-token').disabled = false;
  setText($('try-button'), 'Connect');
}

function subscribe(channel) {
  if (subscriptions.has(channel)) return;
  const subscription = connect().subscribe(channel, (data, message) => log(`← ${channel} ${message.binary ? `${data.length} bytes: ${message.binary}` : JSON.stringify(data)}`));
  subscription.ready.then(() => log(`✓ subscribed to ${channel}`), () => {});
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'plain', textContent: channel + ' ✕' });
  button.setAttribute('aria-label', 'Unsubscribe from ' + channel);
  button.onclick = () => {
    subscription.unsubscribe();
    log(`→ unsubscribe ${channel}`);
    forget(channel);
    $('try-channel').focus();
  };
  const chip = document.createElement('li');
  chip.append(button);
  $('try-subscriptions').append(chip);
  subscriptions.set(channel, chip);
}

function forget(channel) {
  subscriptions.get(channel)?.remove();
  subscriptions.delete(channel);
}

/** JSON as such, anything else as a string. */
function publish(channel, text) {
  let data = text;
  try {
    data = JSON.parse(text);
  } catch {
    // a string then
  }
  log(`→ publish ${channel} ${JSON.stringify(data)}`);
  connect().publish(channel, data).then(() => log(`✓ published to ${channel}`), error => log(`! ${error.code}: ${error.message}`));
}

/** Lines reach the page with its next frame, and no more than it keeps: a busy channel must not stop it. */
function log(line) {
  if (waiting.length === 0) requestAnimationFrame(flush);
  waiting.push(`${clock()}  ${line}\n`);
  if (waiting.length > LOG_LINES) waiting.splice(1, waiting.length - LOG_LINES);
}

function flush() {
  const box = $('try-log');
  const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
  box.append(...waiting.splice(0));
  while (box.childNodes.length > LOG_LINES) box.firstChild.remove();
  if (atEnd) box.scrollTop = box.scrollHeight;
}

export function wire() {
  const on = (form, act) => onSubmit(form, () => {
    try {
      act();
    } catch (error) {
      log('! ' + error.message); // such as an address that is none
    }
  });
  on('try', () => gateway ? gateway.close() : connect());
  on('try-subscribe', () => subscribe($('try-channel').value.trim()));
  on('try-publish', () => publish($('try-channel').value.trim(), $('try-payload').value));
}
