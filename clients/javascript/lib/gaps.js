/**
 * The gaps of the gateway's own link, each told at a random moment within the time that the gateway names: a break of some milliseconds must
 * not send all of its clients to fetch their state at once. Those that come while one waits are told with it.
 */
export class Gaps {
  #tell;
  #pending = null; // {from, to, channels}
  #timer;

  constructor(tell) { this.#tell = tell; }

  add({ ms, channels, within_ms: within = 0 }) {
    const to = Date.now();
    const from = to - ms;
    const pending = this.#pending;
    if (!pending) {
      this.#pending = { from, to, channels };
      this.#timer = setTimeout(() => this.#now(), Math.random() * within);
      return;
    }
    pending.from = Math.min(pending.from, from);
    pending.to = to;
    pending.channels = pending.channels === 'all' || channels === 'all' ? 'all' : [...new Set([...pending.channels, ...channels])];
  }

  forget() {
    clearTimeout(this.#timer);
    this.#pending = null;
  }

  #now() {
    const { from, to, channels } = this.#pending;
    this.#pending = null;
    this.#tell({ cause: 'broker', ms: to - from, channels });
  }
}
