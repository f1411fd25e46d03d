/**
 * A client of Gateway's protocol gateway.v1 for browsers and Node.js: ES modules without dependencies.
 *
 * It comes back by itself, subscribes again, and says what may have been missed in between. It never publishes twice: what was sent
 * and not answered is the caller's to judge.
 */

import { Backoff } from './lib/backoff.js';
import { fromBase64, isBytes, toBase64 } from './lib/bytes.js';
import { Channel } from './lib/channel.js';
import { Connection } from './lib/connection.js';
import { endError, endingOf, GatewayError } from './lib/error.js';
import { Events } from './lib/events.js';
import { Gaps } from './lib/gaps.js';
import { Subscription } from './lib/subscription.js';
import { ask, Waiters } from './lib/waiters.js';

export { GatewayError };

const DEFAULTS = {
  WebSocket: undefined, // the global one
  connect: true, // at once
  token: undefined, // a text, or a function that returns one, now or later
  minBackoff: 1_000, // ms: the bound of the first wait; each further one is twice as long
  maxBackoff: 30_000, // ms
  timeout: 10_000, // ms: for a connection to stand, for a command's answer, and for whoever awaits one of the two
  maxQueued: 100, // publications that wait for a connection; 0: none does
  maxBuffered: 1_000, // publications that wait for a loop over a subscription
  debug: undefined, // true, or a function that gets each line
};

/** A connection that stood so long has succeeded: what ends it afterwards is a new fault, and the waits begin anew. One that a limit ends at once has not. */
const STOOD = 5_000;

/** Tokens that a function gave, one after the other, and the gateway did not take: a fourth would be none either. */
const MAX_REFUSED_TOKENS = 3;

/** A WebSocket's address, of one that may be relative to the page, and may be named by its HTTP scheme. */
function address(url) {
  const address = new URL(url, globalThis.document?.baseURI);
  address.protocol = address.protocol.replace(/^http/, 'ws');
  address.hash = '';
  if (!/^wss?:$/.test(address.protocol)) throw new TypeError(`${url} is no address of a WebSocket: it begins with wss:// or ws://.`);
  return address.href;
}

export class GatewayClient extends Events {
  #url;
  #options;
  #state = 'disconnected';
  #error = new GatewayError('not_connected', 'The client has not been told to connect.'); // why it is disconnected or closed
  #connection = null; // from its opening on; see #open
  #attempt = null; // the one that waits for a token
  #channels = new Map(); // by name
  #queue = new Set(); // not sent: {command, done, timer}
  #opening = new Waiters();
  #backoff;
  #refusedTokens = 0;
  #comeBackAt = 0; // as the gateway said; 0: it did not
  #timer; // of the next attempt
  #gaps = new Gaps(gap => this.#tellGap(gap));
  #log;
  #onAwake = () => this.#awake();

  constructor(url, options = {}) {
    super('state', 'gap', 'skipped', 'expiring', 'error');
    this.#url = address(url);
    this.#options = { ...DEFAULTS, ...options };
    this.#options.WebSocket ??= globalThis.WebSocket;
    if (!this.#options.WebSocket) throw new TypeError('There is no WebSocket here: give one as the option WebSocket, such as that of the package ws.');
    const { debug } = this.#options;
    this.#log = typeof debug === 'function' ? debug : debug ? (...words) => console.debug('Gateway:', ...words) : () => {};
    this.#backoff = new Backoff(this.#options.minBackoff, this.#options.maxBackoff);
    globalThis.addEventListener?.('online', this.#onAwake);
    globalThis.document?.addEventListener?.('visibilitychange', this.#onAwake);
    if (this.#options.connect) this.connect();
  }

  get state() { return this.#state; }

  get connection() {
    const welcome = this.#open?.welcome;
    return welcome ? { id: welcome.connection, node: welcome.node, ...('expires_in' in welcome && { expiresIn: welcome.expires_in }) } : null;
  }

  connect() {
    const opened = this.#opening.wait(this.#options.timeout, () => new GatewayError('timeout', 'There is no connection yet; it is tried on.'));
    if (this.#open) this.#opening.resolve(this.connection);
    else if (this.#state === 'closed') this.#opening.reject(this.#error);
    else if (this.#state === 'disconnected') {
      this.#backoff.succeeded();
      this.#refusedTokens = 0;
      this.#connect();
    } else if (this.#state === 'waiting' && !this.#comeBackAt) this.#connect();
    return opened;
  }

  disconnect() {
    if (this.#state !== 'closed' && this.#state !== 'disconnected') this.#stop('disconnected', 1000, 'disconnected by the application', new GatewayError('disconnected', 'The application has disconnected the client.'));
  }

  close() {
    if (this.#state === 'closed') return;
    const error = new GatewayError('closed', 'The application has closed the client.');
    this.#stop('closed', 1000, 'closed by the application', error);
    globalThis.removeEventListener?.('online', this.#onAwake);
    globalThis.document?.removeEventListener?.('visibilitychange', this.#onAwake);
    this.#gaps.forget();
    for (const channel of [...this.#channels.values()]) channel.end(error);
    Events.end(this, error);
  }

  subscribe(name, listener, options) {
    if (this.#state === 'closed') throw this.#error;
    if (listener && typeof listener === 'object') [listener, options] = [undefined, listener];
    const subscription = new Subscription(name, options?.token, this.#options,
      () => this.#state === 'disconnected' ? this.#error : null,
      () => this.#channels.get(name)?.remove(subscription));
    if (listener) subscription.on('message', listener);
    let channel = this.#channels.get(name);
    if (!channel) this.#channels.set(name, channel = new Channel(name, this.#options, this.#ownerOfChannels));
    channel.add(subscription);
    return subscription;
  }

  async publish(channel, data, { key } = {}) {
    if (data === undefined) throw new TypeError('There is nothing to publish: undefined is no JSON.');
    await this.#request(isBytes(data) ? { type: 'publish', channel, binary: toBase64(data), key } : { type: 'publish', channel, data, key });
  }

  async ping() {
    const start = performance.now();
    await this.#request({ type: 'ping' });
    return performance.now() - start;
  }

  async refresh(token) {
    if (token !== undefined) this.#options.token = token;
    const connection = this.#connection;
    const given = await this.#askForToken();
    // Another connection has been opened with a token of its own.
    if (!this.#open || connection !== this.#connection) throw new GatewayError('not_connected', 'There is no connection to refresh; the next one has the token.');
    if (!given) throw new GatewayError('no_token', 'The application gave no token.');
    return (await this.#request({ type: 'refresh', token: given })).expires_in;
  }

  // The connection

  /** The connection, where it is open. */
  get #open() { return this.#state === 'open' && this.#connection?.welcome ? this.#connection : null; }

  #connect() {
    clearTimeout(this.#timer);
    this.#comeBackAt = 0;
    this.#error = null;
    const attempt = this.#attempt = {};
    this.#set('connecting');
    if (attempt !== this.#attempt) return; // a listener has disconnected it
    if (typeof this.#options.token !== 'function') return this.#begin(this.#options.token?.trim());
    // Each connection's own: the last one's may have expired, or be why it was refused.
    this.#askForToken().then(
      token => { if (attempt === this.#attempt) this.#begin(token); },
      error => {
        if (attempt !== this.#attempt) return;
        if (error.code === 'unauthorized') return this.#refused(4401, error.message, error);
        this.#fail(error);
        if (attempt === this.#attempt) this.#comeBack(1006, 'there is no token', Date.now());
      });
  }

  #begin(token) {
    this.#attempt = null;
    try {
      const connection = this.#connection = new Connection(this.#url, token, this.#options, {
        log: this.#log,
        opened: () => this.#opened(),
        received: (message, error) => this.#received(message, error),
        ended: (code, reason, heardAt) => this.#ended(connection, code, reason, heardAt),
      });
    } catch (error) {
      this.#refused(4400, error.message, new GatewayError('bad_request', `There can be no connection: ${error.message}`)); // such as with a token that is none
    }
  }

  /** The application's token, within the time that a connection may take. */
  async #askForToken() {
    try {
      return await ask(this.#options.token, this.#options.timeout);
    } catch (error) {
      throw error instanceof GatewayError ? error : new GatewayError('no_token', `The application gave no token: ${error?.message ?? error}`);
    }
  }

  #opened() {
    this.#refusedTokens = 0;
    this.#set('open');
    // Both may be changed by listeners meanwhile, and the state too.
    for (const channel of [...this.#channels.values()]) channel.settle();
    for (const request of [...this.#queue]) if (this.#open) this.#send(this.#unqueue(request));
    if (this.#open) this.#opening.resolve(this.connection);
  }

  #ended(connection, code, reason, heardAt) {
    if (connection.stood >= STOOD) this.#backoff.succeeded();
    const ending = endingOf(code);
    // A token that is a text will not become better; a function may give another, but not for ever.
    const isFinal = ending.final || (ending.token && (typeof this.#options.token !== 'function' || ++this.#refusedTokens >= MAX_REFUSED_TOKENS));
    if (isFinal) this.#refused(code, reason, endError(code, reason));
    // A connection that was cut may have been dead since it last said something.
    else this.#comeBack(code, reason, code === 1006 ? heardAt : Date.now());
  }

  #comeBack(code, reason, missingSince) {
    const wait = this.#comeBackAt ? Math.max(0, this.#comeBackAt - Date.now()) : this.#backoff.next();
    this.#attempt = null;
    this.#timer = setTimeout(() => this.#connect(), wait);
    this.#state = 'waiting'; // before anybody is told
    this.#release(missingSince);
    // A subscription's listener may have told it to connect, to disconnect or to close: that has been done, and told.
    if (this.#state === 'waiting') this.#set('waiting', { code, reason, wait });
  }

  #refused(code, reason, error) {
    this.#stop('disconnected', code, reason, error);
    this.#fail(error);
  }

  /** No connection is tried for any more. */
  #stop(state, code, reason, error) {
    clearTimeout(this.#timer);
    this.#attempt = null;
    this.#comeBackAt = 0;
    this.#state = state; // before anybody is told
    this.#error = error;
    this.#connection?.close(error);
    this.#opening.reject(error);
    for (const request of [...this.#queue]) this.#unqueue(request).done(error);
    for (const channel of this.#channels.values()) for (const subscription of channel.subscriptions) subscription.suspend(error);
    // Last: what a subscription's listener asks for is not of those that wait, and if it has told the client to connect or to close, that counts.
    this.#release(Date.now());
    if (this.#error === error) this.#set(state, { code, reason, error });
  }

  /** What belonged to the connection. */
  #release(missingSince) {
    this.#connection = null;
    for (const channel of this.#channels.values()) channel.lost(missingSince);
  }

  /** The network is back, or somebody looks at the page: neither a wait nor a connection that has died in the meantime is what they want to see. */
  #awake() {
    if (globalThis.document?.visibilityState === 'hidden') return;
    if (this.#state === 'waiting' && !this.#comeBackAt) this.#connect();
    else this.#open?.probe();
  }

  // Messages

  #received(message, error) {
    switch (message.type) {
      case 'message': return this.#deliver(message);
      case 'unsubscribed': return this.#channels.get(message.channel)?.revoked(message.reason);
      case 'gap': return this.#gaps.add(message);
      case 'skipped': return this.#tellSkipped({ channel: message.channel, count: message.count });
      case 'expiring': return this.#expiring(message.in_ms);
      case 'reconnect': // the gateway closes now
        this.#comeBackAt = Date.now() + message.after_ms;
        return this.#log('the gateway says farewell:', message.reason);
      case 'error': return this.#fail(error);
      default: return this.#log('of a newer gateway:', message.type);
    }
  }

  #deliver(message) {
    const channel = this.#channels.get(message.channel);
    if (!channel) return;
    const data = 'binary' in message ? fromBase64(message.binary) : message.data;
    for (const subscription of [...channel.subscriptions]) subscription.deliver(data, message);
  }

  #tellGap(gap) {
    Events.emit(this, 'gap', gap);
    for (const name of gap.channels === 'all' ? [...this.#channels.keys()] : gap.channels) this.#tellSubscriptions(name, 'gap', gap);
  }

  #tellSkipped(skipped) {
    Events.emit(this, 'skipped', skipped);
    this.#tellSubscriptions(skipped.channel, 'skipped', skipped);
  }

  #tellSubscriptions(name, event, value) {
    for (const subscription of [...this.#channels.get(name)?.subscriptions ?? []]) Events.emit(subscription, event, value);
  }

  /** The connection goes on with what the function gives; if that fails, the next connection has a new one. */
  #expiring(ms) {
    Events.emit(this, 'expiring', { ms });
    if (typeof this.#options.token !== 'function') return;
    const connection = this.#connection;
    this.refresh().catch(error => { if (connection === this.#connection) this.#fail(error); });
  }

  // Channels

  #ownerOfChannels = (client => ({
    get connection() { return client.#open; },
    forget: channel => { if (client.#channels.get(channel.name) === channel) client.#channels.delete(channel.name); },
    failed: (error, name) => client.#fail(error, name),
    missed: (channel, ms) => client.#tellGap({ cause: 'connection', ms, channels: [channel.name] }),
  }))(this);

  // Commands

  /** A command of the application's: while there is no connection it waits for one. What JSON cannot say is thrown here. */
  #request(command) {
    return new Promise((resolve, reject) => {
      const request = { command: JSON.stringify(command), done: (error, answer) => error ? reject(error) : resolve(answer) };
      if (this.#open) return this.#send(request);
      if (this.#error) return reject(this.#error);
      const error = new GatewayError('not_connected', 'There is no connection; nothing was sent.');
      if (this.#queue.size >= this.#options.maxQueued) return reject(error);
      request.timer = setTimeout(() => this.#unqueue(request).done(error), this.#options.timeout);
      this.#queue.add(request);
    });
  }

  #unqueue(request) {
    clearTimeout(request.timer);
    this.#queue.delete(request);
    return request;
  }

  #send({ command, done }) {
    this.#connection.send(command, done);
  }

  // Events

  #set(state, detail) {
    this.#state = state;
    this.#log('state', state, detail ?? '');
    Events.emit(this, 'state', { state, ...detail });
  }

  #fail(error, channel) {
    if (Events.count(this, 'error') === 0) console.error('Gateway:', error.message, channel ?? '');
    Events.emit(this, 'error', error, channel);
  }
}
