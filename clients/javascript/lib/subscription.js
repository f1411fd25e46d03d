import { GatewayError } from './error.js';
import { Events } from './events.js';
import { Iteration } from './iteration.js';
import { Waiters } from './waiters.js';

/** One part of the program's interest in a channel; made by `GatewayClient.subscribe`. */
export class Subscription extends Events {
  #options;
  #whyNot;
  #leave;
  #state = 'subscribing';
  #error = null; // why it has ended
  #iterations = new Set();
  #waiters = new Waiters();

  /** `whyNot()` says why there will be no connection, null where there may be one; `leave()` takes it out of its channel. */
  constructor(channel, token, options, whyNot, leave) {
    super('message', 'state', 'gap', 'skipped');
    this.channel = channel;
    this.token = token;
    this.#options = options;
    this.#whyNot = whyNot;
    this.#leave = leave;
  }

  get state() { return this.#state; }

  get ready() {
    if (this.#state === 'subscribed') return Promise.resolve();
    const error = this.#error ?? this.#whyNot();
    const ready = this.#waiters.wait(this.#options.timeout, () => new GatewayError('timeout', 'The subscription was not confirmed in time; it is tried on.'));
    if (error) this.#waiters.reject(error);
    return ready;
  }

  unsubscribe() {
    if (this.#error) return;
    this.end(new GatewayError('unsubscribed', 'The application has ended the subscription.'));
    this.#leave();
  }

  [Symbol.asyncIterator]() {
    const iteration = new Iteration(this.#options.maxBuffered, {
      left: () => {
        this.#iterations.delete(iteration);
        if (this.#iterations.size === 0 && Events.count(this, 'message') === 0) this.unsubscribe();
      },
      skipped: count => Events.emit(this, 'skipped', { channel: this.channel, count }),
    });
    if (this.#error) iteration.end(this.#failure);
    else this.#iterations.add(iteration);
    return iteration;
  }

  // What its channel tells it

  confirm() {
    if (this.#state !== 'subscribing') return;
    this.#set('subscribed');
    this.#waiters.resolve();
  }

  lost() {
    if (this.#state === 'subscribed') this.#set('subscribing');
  }

  /** There will be no connection for now. */
  suspend(error) {
    this.#waiters.reject(error);
  }

  deliver(data, message) {
    Events.emit(this, 'message', data, message);
    for (const iteration of this.#iterations) iteration.push(data);
  }

  end(error) {
    if (this.#error) return;
    this.#error = error;
    this.#set('unsubscribed', error);
    this.#waiters.reject(error);
    for (const iteration of this.#iterations) iteration.end(this.#failure);
    this.#iterations.clear();
    Events.end(this, error);
  }

  /** What a loop over it throws: nothing where the application itself has ended it. */
  get #failure() { return this.#error.code === 'unsubscribed' || this.#error.code === 'closed' ? null : this.#error; }

  #set(state, error) {
    this.#state = state;
    Events.emit(this, 'state', error ? { state, error } : { state });
  }
}
