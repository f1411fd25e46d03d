/** Promises that wait for one thing, each no longer than its time: nobody who awaits one hangs. */
export class Waiters {
  #waiting = new Set();

  /** `late` makes the error of who has waited too long. */
  wait(ms, late) {
    const promise = new Promise((resolve, reject) => {
      const waiter = { resolve, reject, timer: setTimeout(() => this.#take(waiter).reject(late()), ms) };
      this.#waiting.add(waiter);
    });
    promise.catch(() => {}); // who asks and does not wait is not interested
    return promise;
  }

  resolve(value) {
    for (const waiter of [...this.#waiting]) this.#take(waiter).resolve(value);
  }

  reject(error) {
    for (const waiter of [...this.#waiting]) this.#take(waiter).reject(error);
  }

  #take(waiter) {
    clearTimeout(waiter.timer);
    this.#waiting.delete(waiter);
    return waiter;
  }
}

/** The token that the application gives: a text, or a function that returns one or a promise of one, asked anew each time and not waited for longer than so. */
export async function ask(given, ms) {
  if (typeof given !== 'function') return given?.trim();
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('it did not come in time')), ms); });
  try {
    return (await Promise.race([given(), late]))?.trim(); // where it is the text of a response, its line's end too
  } finally {
    clearTimeout(timer);
  }
}
