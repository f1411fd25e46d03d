import { Backoff } from './backoff.js';
import { GatewayError } from './error.js';
import { ask } from './waiters.js';

/** A subscribe or unsubscribe that failed so is tried again: nothing is wrong with it. */
const TEMPORARY = new Set(['unavailable', 'overloaded', 'timeout', 'no_token']);

/** What this client's subscriptions want of a channel, and what is so at the gateway. */
export class Channel {
  subscriptions = new Set();
  #owner;
  #options;
  #isActive = false; // the gateway has confirmed it
  #isBusy = false; // a command, or the question for its token, is under way
  #missingSince = 0; // since when publications may have been missed; 0: none has been
  #backoff;
  #timer;

  /** `owner` has `connection` (null: none is open), `forget(channel)`, `failed(error, channel)` and `missed(channel, ms)`. */
  constructor(name, options, owner) {
    this.name = name;
    this.#options = options;
    this.#owner = owner;
    this.#backoff = new Backoff(options.minBackoff, options.maxBackoff);
  }

  add(subscription) {
    this.subscriptions.add(subscription);
    this.settle();
  }

  remove(subscription) {
    this.subscriptions.delete(subscription);
    this.settle();
  }

  /** The connection is gone. */
  lost(missingSince) {
    clearTimeout(this.#timer);
    if (this.#isActive) this.#missingSince = missingSince;
    this.#isActive = false;
    for (const subscription of this.subscriptions) subscription.lost();
  }

  /** The gateway has ended the subscription. */
  revoked(reason) {
    this.#isActive = false;
    // With a command under way its subscriptions are newer than what has ended, and the command's answer is about them.
    if (!this.#isBusy) this.end(new GatewayError(reason ?? 'unsubscribed', `The gateway has ended the subscription: ${reason}.`), true);
  }

  /** For good. */
  end(error, isTold = false) {
    clearTimeout(this.#timer);
    this.#owner.forget(this);
    for (const subscription of [...this.subscriptions]) subscription.end(error);
    this.subscriptions.clear();
    if (isTold) this.#owner.failed(error, this.name);
  }

  /** Asks for what is wanted until it is so. One command at a time, so that two never overtake each other. */
  settle() {
    if (this.#isBusy) return;
    clearTimeout(this.#timer);
    const wanted = this.subscriptions.size > 0;
    if (wanted && this.#isActive) return this.#confirm();
    if (!wanted && !this.#isActive) return this.#owner.forget(this);
    if (!this.#owner.connection) return;
    this.#isBusy = true;
    if (!wanted) return this.#send({ type: 'unsubscribe', channel: this.name }, false);
    const token = [...this.subscriptions].findLast(subscription => subscription.token)?.token;
    if (typeof token !== 'function') return this.#send({ type: 'subscribe', channel: this.name, token: token?.trim() || undefined }, true);
    // For each subscribe its own: the last one's may have expired, or be why it was refused.
    ask(token, this.#options.timeout).then(
      given => this.#asked(given),
      error => this.#asked('', new GatewayError('no_token', `The application gave no token for the subscription: ${error?.message ?? error}`)));
  }

  /** The question for the token is settled. */
  #asked(given, error) {
    if (this.subscriptions.size === 0) { // who had it asked has gone: it is no matter any more, and no error
      this.#isBusy = false;
      this.settle();
    } else if (error) {
      this.#done(true, error);
    } else if (this.#owner.connection) {
      this.#send({ type: 'subscribe', channel: this.name, token: given || undefined }, true);
    } else {
      this.#done(true, new GatewayError('connection_lost', 'There is no connection any more.'));
    }
  }

  #send(command, wanted) {
    this.#owner.connection.send(JSON.stringify(command), error => this.#done(wanted, error));
  }

  #done(wanted, error) {
    this.#isBusy = false;
    // The answer to a command that was given up may have come true.
    if (!error || error.code === 'already_subscribed' || error.code === 'not_subscribed') {
      this.#isActive = wanted;
      this.#backoff.succeeded();
      if (!wanted) this.#missingSince = 0;
      this.settle();
    } else if (error.code === 'connection_lost' || error.code === 'disconnected' || error.code === 'closed') {
      if (this.#owner.connection) this.settle(); // another one stands already
    } else if (TEMPORARY.has(error.code)) {
      if (error.code === 'no_token') this.#owner.failed(error, this.name);
      if (this.subscriptions.size > 0 && this.#isActive) this.#confirm(); // wanted again since
      this.#timer = setTimeout(() => this.settle(), this.#backoff.next());
    } else {
      this.end(error, true);
    }
  }

  #confirm() {
    for (const subscription of this.subscriptions) subscription.confirm();
    const since = this.#missingSince;
    this.#missingSince = 0;
    if (since) this.#owner.missed(this, Date.now() - since);
  }
}
