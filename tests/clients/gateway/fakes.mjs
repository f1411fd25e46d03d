// A clock and a WebSocket that do what a test tells them to.

/** Stands in for setTimeout, clearTimeout, Date.now and Math.random until `restore`. */
export class FakeClock {
  now = 1_000_000;
  random = 0.5;
  #timers = new Map();
  #nextId = 1;
  #real = { setTimeout, clearTimeout, now: Date.now, random: Math.random };

  constructor() {
    globalThis.setTimeout = (run, wait) => void this.#timers.set(this.#nextId, { run, at: this.now + wait }) ?? this.#nextId++;
    globalThis.clearTimeout = id => this.#timers.delete(id);
    Date.now = () => this.now;
    Math.random = () => this.random;
  }

  get pending() { return this.#timers.size; }

  /** Timers run in their order, each at its own moment. */
  advance(ms) {
    const end = this.now + ms;
    for (;;) {
      const [id, next] = [...this.#timers].filter(([, timer]) => timer.at <= end).sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (!id) break;
      this.#timers.delete(id);
      this.now = next.at;
      next.run();
    }
    this.now = end;
  }

  restore() {
    globalThis.setTimeout = this.#real.setTimeout;
    globalThis.clearTimeout = this.#real.clearTimeout;
    Date.now = this.#real.now;
    Math.random = this.#real.random;
  }
}

/** A class of sockets; `sockets` holds all that were made of it. */
export function fakeWebSocket() {
  return class FakeWebSocket {
    static sockets = [];
    static get last() { return this.sockets.at(-1); }

    sent = [];
    isClosed = false;

    constructor(url, protocols) {
      Object.assign(this, { url, protocols });
      this.constructor.sockets.push(this);
    }

    send(text) { this.sent.push(JSON.parse(text)); }

    close() { this.isClosed = true; }

    /** What was sent since the last call. */
    take() { return this.sent.splice(0); }

    says(message) { this.onmessage?.({ data: JSON.stringify(message) }); }

    welcomes(heartbeat = 25) { this.says({ type: 'welcome', connection: '00000000000000a1', node: 'n1', heartbeat }); }

    /** Answers everything that waits. */
    agrees() { for (const { id, channel, type } of this.take()) this.says(type === 'ping' ? { type: 'pong', id } : { type: 'ok', id, channel }); }

    ends(code, reason = '') { this.onclose?.({ code, reason }); }
  };
}
