/** A loop over what comes (`for await`). What the loop has not taken waits, so many at most; beyond, the oldest are dropped and counted. */
export class Iteration {
  #max;
  #owner;
  #waiting = []; // publications that nobody has asked for
  #asked = []; // asked for and not there: {resolve, reject}
  #dropped = 0;
  #isEnded = false;
  #error = null;

  /** `owner` has `left()` and `skipped(count)`. */
  constructor(max, owner) {
    this.#max = max;
    this.#owner = owner;
  }

  push(value) {
    if (this.#asked.length > 0) return this.#asked.shift().resolve({ value, done: false });
    if (this.#waiting.length >= this.#max) {
      this.#waiting.shift();
      this.#dropped++;
    }
    this.#waiting.push(value);
  }

  /** What waits is given first, then the error if there is one. */
  end(error) {
    this.#isEnded = true;
    this.#error = error;
    for (const { resolve, reject } of this.#asked.splice(0)) error ? reject(error) : resolve({ value: undefined, done: true });
  }

  next() {
    if (this.#dropped > 0) {
      const count = this.#dropped;
      this.#dropped = 0;
      this.#owner.skipped(count);
    }
    if (this.#waiting.length > 0) return Promise.resolve({ value: this.#waiting.shift(), done: false });
    if (!this.#isEnded) return new Promise((resolve, reject) => this.#asked.push({ resolve, reject }));
    const error = this.#error;
    this.#error = null; // thrown once
    return error ? Promise.reject(error) : Promise.resolve({ value: undefined, done: true });
  }

  /** The loop was left. */
  return(value) {
    if (!this.#isEnded) {
      this.end(null);
      this.#owner.left();
    }
    this.#waiting = [];
    return Promise.resolve({ value, done: true });
  }

  [Symbol.asyncIterator]() { return this; }
}
