/** Waits that double, up to a bound, until something has succeeded. */
export class Backoff {
  #min;
  #max;
  #failures = 0;

  constructor(min, max) {
    this.#min = min;
    this.#max = max;
  }

  succeeded() { this.#failures = 0; }

  /** Full jitter, any moment up to the bound: clients that were cut off together must not come back together. */
  next() { return Math.random() * Math.min(this.#max, this.#min * 2 ** this.#failures++); }
}
