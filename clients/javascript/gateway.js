/**
 * A client of Gateway's protocol gateway.v1 for browsers and Node.js: one module, no dependencies.
 *
 * It comes back by itself, subscribes again, and says what may have been missed in between. It never publishes twice: what was sent
 * and not answered is the caller's to judge.
 */

/**
 * Close codes after which coming back would end in the same way: the table "Endings" of docs/protocol.md, and RFC 6455 §7.4.1's 1010
 * (an extension is missing). All others, and a connection cut without a word (1006), are temporary.
 */
const FINAL = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010, 4400, 4403]);

/** A subscribe that failed so is tried again: nothing is wrong with it. */
const TEMPORARY = new Set(['unavailable', 'timeout']);

const DEFAULTS = {
  WebSocket: undefined, // the global one
  token: undefined, // a text, or a function that returns one, now or later
  minBackoff: 1_000, // ms: the bound of the first wait; each further one is twice as long
  maxBackoff: 30_000, // ms
  timeout: 10_000, // ms: for a connection to stand, and for a command's answer
  maxQueued: 100, // publications that wait for a connection; 0: none does
};

/** `code` is one of docs/protocol.md's, or this client's: not_connected, connection_lost, timeout, no_token, unsubscribed, closed. */
export class GatewayError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'GatewayError';
    this.code = code;
  }
}

export class GatewayClient {
  #url;
  #options;
  #listeners = { state: new Set(), gap: new Set(), skipped: new Set(), error: new Set() };
  #state = 'connecting';
  #socket = null;
  #attempt = null; // the one that waits for a token
  #welcome = null;
  #channels = new Map(); // by name
  #commands = new Map(); // sent and not answered, by id: {done, timer}
  #queue = new Set(); // not sent: {message, done, timer}
  #nextId = 1;
  #attempts = 0; // since a connection last held
  #openedAt = 0;
  #heardAt = 0; // when something last came
  #comeBackAt = 0; // as the gateway said; 0: it did not
  #timers = { connect: 0, deadline: 0, silence: 0 };
  #onOnline = () => { if (this.#state === 'waiting' && !this.#comeBackAt) this.#connect(); };

  constructor(url, options = {}) {
    this.#url = String(url);
    this.#options = { ...DEFAULTS, ...options };
    this.#options.WebSocket ??= globalThis.WebSocket;
    if (!this.#options.WebSocket) throw new TypeError('There is no WebSocket here: give one as the option WebSocket, such as that of the package ws.');
    this.#connect();
    globalThis.addEventListener?.('online', this.#onOnline);
  }

  get state() { return this.#state; }

  get connection() { return this.#welcome && { id: this.#welcome.connection, node: this.#welcome.node }; }

  on(event, listener) {
    if (!this.#listeners[event]) throw new TypeError(`There is no event ${event}; there are ${Object.keys(this.#listeners).join(', ')}.`);
    this.#listeners[event].add(listener);
    return () => void this.#listeners[event].delete(listener);
  }

  subscribe(name, listener) {
    if (this.#state === 'closed') throw new GatewayError('closed', 'This client is closed.');
    let channel = this.#channels.get(name);
    if (!channel) this.#channels.set(name, channel = { name, subscriptions: new Set(), isActive: false, missingSince: 0, isBusy: false, retries: 0, timer: 0 });
    const subscription = new Subscription(name, listener, () => {
      channel.subscriptions.delete(subscription);
      this.#settle(channel);
    });
    channel.subscriptions.add(subscription);
    if (channel.isActive && !channel.isBusy) subscription.confirm();
    else this.#settle(channel);
    return subscription;
  }

  publish(channel, data, { key } = {}) {
    return this.#request({ type: 'publish', channel, data, key });
  }

  async ping() {
    const start = performance.now();
    await this.#request({ type: 'ping' });
    return performance.now() - start;
  }

  close() {
    this.#end(1000, 'closed by the application');
  }

  // The connection

  #connect() {
    clearTimeout(this.#timers.connect);
    if (typeof this.#options.token !== 'function') return this.#open(this.#options.token);
    // Each connection's own: the last one's may have expired, or be why it was refused.
    const attempt = this.#attempt = {};
    this.#askForToken().then(
      token => { if (attempt === this.#attempt) this.#open(token); },
      error => {
        if (attempt !== this.#attempt) return;
        this.#fail(error);
        if (attempt === this.#attempt) this.#closed(null, 1006, 'there is no token');
      });
    this.#set('connecting');
  }

  #open(token) {
    this.#attempt = null;
    // The list of subprotocols is all that a page can set; the gateway answers with the protocol and never with the token.
    const socket = new this.#options.WebSocket(this.#url, token ? ['gateway.v1', `gateway.token.${token}`] : 'gateway.v1');
    this.#socket = socket;
    socket.onmessage = event => { if (socket === this.#socket) this.#receive(event.data); };
    socket.onclose = event => this.#closed(socket, event.code, event.reason);
    socket.onerror = () => {}; // a close follows
    this.#timers.deadline = setTimeout(() => this.#giveUp(socket, 'no connection in time'), this.#options.timeout);
    if (typeof this.#options.token !== 'function') this.#set('connecting');
  }

  /** The application's token, within the time that a connection may take. */
  async #askForToken() {
    let timer;
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('it did not come in time')), this.#options.timeout); });
    try {
      return await Promise.race([this.#options.token(), late]);
    } catch (error) {
      throw new GatewayError('no_token', `The application gave no token: ${error?.message ?? error}`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The token ends soon, and the connection with it; if this fails, the next connection has a new one. */
  #refresh(socket) {
    if (typeof this.#options.token !== 'function') return;
    this.#askForToken().then(token => {
      if (socket !== this.#socket || this.#state !== 'open') return;
      this.#send({ type: 'refresh', token }, error => { if (error && error.code !== 'connection_lost' && error.code !== 'closed') this.#fail(error); });
    }, error => { if (socket === this.#socket) this.#fail(error); });
  }

  #opened(welcome) {
    clearTimeout(this.#timers.deadline);
    this.#welcome = welcome;
    this.#openedAt = Date.now();
    this.#comeBackAt = 0;
    this.#set('open');
    // Both may be changed by listeners meanwhile, and the state too.
    for (const channel of [...this.#channels.values()]) this.#settle(channel);
    for (const request of [...this.#queue]) this.#sendQueued(request);
    this.#listen();
  }

  /** A WebSocket's own pings cannot be seen from here: after a longer silence than theirs the gateway is asked, and then given up. */
  #listen() {
    this.#heardAt = Date.now();
    clearTimeout(this.#timers.silence);
    if (this.#state !== 'open' || !(this.#welcome.heartbeat > 0)) return;
    const socket = this.#socket;
    this.#timers.silence = setTimeout(
      () => this.#send({ type: 'ping' }, error => { if (error?.code === 'timeout') this.#giveUp(socket, 'the gateway is silent'); }),
      this.#welcome.heartbeat * 1500);
  }

  /** Without waiting for the other side, which may be gone. */
  #giveUp(socket, reason) {
    if (socket !== this.#socket) return;
    socket.onclose = null;
    socket.close();
    this.#closed(socket, 1006, reason);
  }

  #closed(socket, code, reason) {
    if (socket !== this.#socket) return;
    if (FINAL.has(code)) return this.#end(code, reason);
    const now = Date.now();
    // One that is closed as soon as it stands must not be opened again at once, for ever.
    if (this.#state === 'open' && now - this.#openedAt >= this.#options.maxBackoff) this.#attempts = 0;
    // A connection that was cut may have been dead since it last said something.
    const missingSince = code === 1006 ? this.#heardAt : now;
    for (const channel of this.#channels.values()) if (channel.isActive) channel.missingSince = missingSince;
    const wait = this.#comeBackAt ? Math.max(0, this.#comeBackAt - now) : this.#backoff(this.#attempts++);
    this.#timers.connect = setTimeout(() => { this.#comeBackAt = 0; this.#connect(); }, wait);
    this.#release(new GatewayError('connection_lost', 'The connection was lost before the answer came.'));
    this.#set('waiting', { code, reason, wait });
  }

  #end(code, reason) {
    if (this.#state === 'closed') return;
    const socket = this.#socket;
    const error = new GatewayError('closed', `The client is closed: ${code} ${reason}`.trim());
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    clearTimeout(this.#timers.connect);
    globalThis.removeEventListener?.('online', this.#onOnline);
    this.#attempt = null;
    this.#state = 'closed'; // before anybody is told
    this.#release(error);
    if (socket) {
      socket.onclose = null;
      socket.close(1000);
    }
    for (const { subscriptions, timer } of channels) {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.end(error);
    }
    for (const request of [...this.#queue]) this.#unqueue(request).done(error);
    this.#set('closed', { code, reason });
  }

  /** Forgets what belonged to the connection. */
  #release(error) {
    clearTimeout(this.#timers.deadline);
    clearTimeout(this.#timers.silence);
    this.#socket = this.#welcome = null;
    if (this.#state === 'open') this.#state = 'waiting'; // nothing more is sent
    for (const channel of this.#channels.values()) {
      clearTimeout(channel.timer);
      channel.isActive = false;
    }
    for (const id of [...this.#commands.keys()]) this.#answer(id, error);
  }

  /** Full jitter, any moment up to the bound: clients that were cut off together must not come back together. */
  #backoff(attempt) {
    return Math.random() * Math.min(this.#options.maxBackoff, this.#options.minBackoff * 2 ** attempt);
  }

  // Messages

  #receive(text) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return this.#end(1003, 'what came is not gateway.v1; is the path right?');
    }
    switch (message.type) {
      case 'welcome': return this.#opened(message);
      case 'message': this.#deliver(message); break;
      case 'ok': case 'pong': this.#answer(message.id); break;
      case 'error': this.#refused(message); break;
      case 'expiring': this.#refresh(this.#socket); break;
      case 'gap': this.#emit('gap', { cause: 'broker', ms: message.ms, channels: message.channels }); break;
      case 'skipped': this.#emit('skipped', { channel: message.channel, count: message.count }); break;
      case 'reconnect': this.#comeBackAt = Date.now() + message.after_ms; break; // the gateway closes now
      default: // of a newer gateway
    }
    this.#listen();
  }

  #deliver(message) {
    const channel = this.#channels.get(message.channel);
    if (!channel) return;
    const data = 'binary' in message ? Uint8Array.from(atob(message.binary), character => character.charCodeAt(0)) : message.data;
    for (const subscription of channel.subscriptions) call(subscription.listener, data, message);
  }

  #refused({ id, code, message }) {
    const error = new GatewayError(code, message);
    if (!this.#answer(id, error)) this.#fail(error);
  }

  // Channels

  /** Asks for what is wanted of a channel until it is so. One command at a time, so that two never overtake each other. */
  #settle(channel) {
    const wanted = channel.subscriptions.size > 0;
    if (channel.isBusy) return;
    if (!wanted && !channel.isActive) return void this.#channels.delete(channel.name);
    if (wanted === channel.isActive || this.#state !== 'open') return;
    channel.isBusy = true;
    clearTimeout(channel.timer);
    this.#send({ type: wanted ? 'subscribe' : 'unsubscribe', channel: channel.name }, error => {
      channel.isBusy = false;
      // The answer to a command that was given up may have come true.
      if (!error || error.code === 'already_subscribed' || error.code === 'not_subscribed') {
        channel.isActive = wanted;
        channel.retries = 0;
        if (wanted) this.#subscribed(channel);
        else channel.missingSince = 0;
        this.#settle(channel);
      } else if (TEMPORARY.has(error.code)) {
        channel.timer = setTimeout(() => this.#settle(channel), this.#backoff(channel.retries++));
      } else if (error.code !== 'connection_lost' && error.code !== 'closed') {
        this.#channels.delete(channel.name);
        for (const subscription of channel.subscriptions) subscription.end(error);
        this.#fail(error, channel.name);
      }
    });
  }

  #subscribed(channel) {
    for (const subscription of channel.subscriptions) subscription.confirm();
    if (channel.missingSince) this.#emit('gap', { cause: 'connection', ms: Date.now() - channel.missingSince, channels: [channel.name] });
    channel.missingSince = 0;
  }

  // Commands

  /** A command of the application's: while there is no connection it waits for one. */
  #request(message) {
    return new Promise((resolve, reject) => {
      const done = error => error ? reject(error) : resolve();
      if (this.#state === 'open') return this.#send(message, done);
      if (this.#state === 'closed') return done(new GatewayError('closed', 'This client is closed.'));
      const error = new GatewayError('not_connected', 'There is no connection; nothing was sent.');
      if (this.#queue.size >= this.#options.maxQueued) return done(error);
      const request = { message, done, timer: setTimeout(() => this.#unqueue(request).done(error), this.#options.timeout) };
      this.#queue.add(request);
    });
  }

  #sendQueued(request) {
    if (this.#state === 'open') this.#send(request.message, this.#unqueue(request).done);
  }

  #unqueue(request) {
    clearTimeout(request.timer);
    this.#queue.delete(request);
    return request;
  }

  #send(message, done) {
    const id = this.#nextId++;
    const timer = setTimeout(() => this.#answer(id, new GatewayError('timeout', 'The gateway did not answer in time.')), this.#options.timeout);
    this.#commands.set(id, { done, timer });
    this.#socket.send(JSON.stringify({ ...message, id }));
  }

  #answer(id, error) {
    const command = this.#commands.get(id);
    if (!command) return false;
    this.#commands.delete(id);
    clearTimeout(command.timer);
    command.done(error);
    return true;
  }

  // Events

  #set(state, detail) {
    this.#state = state;
    this.#emit('state', { state, ...detail });
  }

  #fail(error, channel) {
    if (this.#listeners.error.size === 0) console.error('Gateway:', error.message, channel ?? '');
    this.#emit('error', error, channel);
  }

  #emit(event, ...values) {
    for (const listener of this.#listeners[event]) call(listener, ...values);
  }
}

/** One listener of one channel; made by {@link GatewayClient#subscribe}. */
class Subscription {
  #leave;
  #resolve;
  #reject;
  #isEnded = false;

  constructor(channel, listener, leave) {
    this.channel = channel;
    this.listener = listener;
    this.#leave = leave;
    this.ready = new Promise((resolve, reject) => { [this.#resolve, this.#reject] = [resolve, reject]; });
    this.ready.catch(() => {}); // who does not wait for it hears of it by the event
  }

  unsubscribe() {
    if (this.#isEnded) return;
    this.end(new GatewayError('unsubscribed', 'The subscription was ended before it was confirmed.'));
    this.#leave();
  }

  confirm() { this.#resolve(); }

  end(error) {
    this.#isEnded = true;
    this.#reject(error); // of no effect once it is confirmed
  }
}

/** What a listener throws is its owner's error, reported as any other of theirs; the client goes on. */
function call(listener, ...values) {
  try {
    listener(...values);
  } catch (error) {
    queueMicrotask(() => { throw error; });
  }
}
