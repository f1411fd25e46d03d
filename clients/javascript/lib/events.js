/** Listeners by event, of a closed set of events. */
export class Events {
  #listeners;
  #promised = new Set(); // what rejects those who wait for one event
  #ended = null; // why there will be no more

  constructor(...events) {
    this.#listeners = new Map(events.map(event => [event, new Set()]));
  }

  /** Returns what takes the listener away again. */
  on(event, listener) {
    if (typeof listener !== 'function') throw new TypeError('A listener is a function.');
    this.#of(event).add(listener);
    return () => this.off(event, listener);
  }

  /** For one time: with a listener as `on`; without, a promise of the event's first value. */
  once(event, listener) {
    if (listener) {
      const off = this.on(event, (...values) => { off(); listener(...values); });
      return off;
    }
    this.#of(event); // a name that is none is thrown here: the promise's own rejection may be nobody's
    const promise = new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      const off = this.on(event, value => {
        off();
        this.#promised.delete(cancel);
        resolve(value);
      });
      const cancel = error => { off(); reject(error); };
      this.#promised.add(cancel);
    });
    promise.catch(() => {}); // who asks and does not wait is not interested
    return promise;
  }

  off(event, listener) {
    this.#of(event).delete(listener);
  }

  /** How many listen. */
  static count(events, event) { return events.#of(event).size; }

  static emit(events, event, ...values) {
    for (const listener of [...events.#of(event)]) call(listener, ...values);
  }

  /** There will be no more events: who waits for one is told. */
  static end(events, error) {
    events.#ended = error;
    for (const cancel of [...events.#promised]) cancel(error);
    events.#promised.clear();
  }

  #of(event) {
    const listeners = this.#listeners.get(event);
    if (!listeners) throw new TypeError(`There is no event ${event}; there are ${[...this.#listeners.keys()].join(', ')}.`);
    return listeners;
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
