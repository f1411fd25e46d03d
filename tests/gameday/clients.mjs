// The truth: clients that note what they get, and a publisher that notes what Redis has taken.
import { createRequire } from 'node:module';
import { RedisClient } from './redis.mjs';

export const WebSocket = installed('ws');

function installed(name) {
  try {
    return createRequire(new URL('../clients/package.json', import.meta.url))(name);
  } catch {
    process.stderr.write(`the package ${name} is missing: npm ci --prefix tests/clients\n`);
    process.exit(2);
  }
}

// An honest client of gateway.v1 with one channel. It comes back when its connection ends, and when it hears nothing for half as long again as the
// node lets pass before it pings.
export class Client {
  spans = [];
  got = new Map();
  events = [];
  open = false;

  constructor(url, channel) {
    Object.assign(this, { url, channel, comes: true });
    this.#connect();
  }

  get span() {
    return this.spans.at(-1);
  }

  note(kind, more = {}) {
    this.events.push({ at: Date.now(), kind, ...more });
  }

  send(message) {
    if (this.open) this.socket.send(JSON.stringify(message));
  }

  subscribe() {
    this.send({ type: 'subscribe', id: 1, channel: this.channel });
  }

  leave() {
    this.comes = false;
    clearTimeout(this.timer);
    if (this.open) this.socket.close(1000);
    else this.socket.terminate();
  }

  #connect() {
    const socket = this.socket = new WebSocket(this.url, ['gateway.v1'], { perMessageDeflate: false, handshakeTimeout: 8_000 });
    socket.on('open', () => {
      this.open = true;
      this.#heard();
    });
    socket.on('ping', () => this.#heard());
    socket.on('message', text => this.#take(JSON.parse(text)));
    socket.on('unexpected-response', (_, answer) => {
      this.note('refused', { status: answer.statusCode });
      socket.terminate(); // which closes it, as request.destroy() does not
    });
    socket.on('error', () => {});
    socket.on('close', code => this.#ended(code));
  }

  #take(message) {
    this.#heard();
    if (message.type === 'message') {
      const { n } = message.data;
      this.got.set(n, (this.got.get(n) ?? 0) + 1);
    } else if (message.type === 'welcome') {
      this.welcome = message;
      this.subscribe();
    } else if (message.type === 'ok' && message.id === 1) {
      this.spans.push({ node: this.welcome.node, connection: this.welcome.connection, from: Date.now(), to: Infinity });
    } else if (message.type === 'unsubscribed') {
      this.span.to = Date.now();
      this.note('unsubscribed');
    } else {
      this.note(message.type, message);
    }
  }

  #heard() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.note('silence');
      this.socket.terminate();
    }, (this.welcome?.heartbeat ?? 25) * 1500);
  }

  #ended(code) {
    clearTimeout(this.silence);
    if (this.open) this.note('close', { code });
    else this.note('failed');
    this.open = false;
    if (this.span?.to === Infinity) this.span.to = Date.now();
    if (this.comes) this.timer = setTimeout(() => this.#connect(), 500 + Math.random() * 1500);
  }
}

export class Crowd {
  constructor(url, count, channels) {
    // By twos, as the proxy takes nodes in turn: so that each channel has subscribers on both.
    this.members = Array.from({ length: count }, (_, index) => new Client(url, `game:${(index >> 1) % channels}`));
    this.guests = [];
  }

  // Of a fault's own: they count among those that are connected, and for what they get.
  invite(count, url, channel) {
    const guests = Array.from({ length: count }, () => new Client(url, channel));
    this.guests.push(...guests);
    return guests;
  }

  get everybody() {
    return [...this.members, ...this.guests];
  }

  get open() {
    return this.everybody.filter(client => client.open).length;
  }

  get subscribed() {
    return this.members.filter(client => client.span?.to === Infinity).length;
  }

  of(node) {
    return this.members.filter(client => client.open && client.span?.node === node);
  }

  events(kind, since = 0) {
    return this.members.flatMap(client => client.events).filter(event => event.kind === kind && event.at >= since);
  }

  get received() {
    return this.everybody.reduce((total, client) => [...client.got.values()].reduce((sum, times) => sum + times, total), 0);
  }

  // Who was subscribed half a second before and after Redis took a publication should have got it; who was not anywhere then was away.
  missed(publications) {
    let missed = 0, away = 0;
    for (const client of this.members) {
      for (const { n, at } of publications.filter(publication => publication.channel === client.channel && !client.got.has(publication.n))) {
        if (client.spans.some(span => span.from < at - 500 && span.to > at + 500)) missed++;
        else away++;
      }
    }
    return { missed, away };
  }

  leave() {
    this.everybody.forEach(client => client.leave());
  }
}

export class Publisher {
  log = [];
  refused = 0;

  constructor(port, channels, rate) {
    this.port = port;
    let n = 0;
    this.timer = setInterval(() => this.paused || this.#publish(`game:${n % channels}`, ++n), 1000 / rate);
  }

  async #publish(channel, n) {
    if (!this.redis || this.redis.closed) this.redis = new RedisClient(this.port);
    try {
      const nodes = await this.redis.call('PUBLISH', `gateway:ch:${channel}`, JSON.stringify({ n }));
      this.log.push({ channel, n, at: Date.now(), nodes });
    } catch {
      this.refused++;
    }
  }

  stop() {
    clearInterval(this.timer);
    this.redis?.close();
  }
}
