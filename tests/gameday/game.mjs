// One fault in a stack of its own: quiet, the fault, what is seen of it, the mend, and what is seen then.
import { setTimeout as sleep } from 'node:timers/promises';
import { Crowd, Publisher } from './clients.mjs';
import { sum } from './node.mjs';
import { until } from './programs.mjs';
import { Stack } from './stack.mjs';

const settle = 20, patience = 360;

export class Game {
  constructor(fault, options) {
    Object.assign(this, { fault, options, stack: new Stack(fault.name, options) });
  }

  async play() {
    const { fault, stack } = this;
    const started = Date.now();
    await stack.start(fault.stack);
    const { clients = this.options.clients, channels = 20, rate = 5 } = fault;
    this.crowd = stack.also(new Crowd(stack.url, clients, channels));
    this.crowd.close = this.crowd.leave;
    await until(`all clients of ${fault.name} are subscribed`, () => this.crowd.subscribed === clients);
    this.publisher = new Publisher(stack.redisPort, channels, rate);
    stack.also({ close: () => this.publisher.stop() });
    await fault.ready?.(this);
    await sleep(settle * 1000);

    await this.#still(async () => {
      this.before = await this.look();
      this.received = this.crowd.received;
      this.published = this.publisher.log.length;
    });
    // A client of the first node, and its connection then: it comes back with another.
    this.affected = this.crowd.of('gw-1')[0];
    this.affectedConnection = this.affected.welcome.connection;
    this.began = fault.fromStart ? started : Date.now();
    await fault.begin?.(this);
    const asked = this.#ask();
    await this.#expected(hasFired, fault.lasts ?? 0);
    await asked;

    this.mended = Date.now();
    await fault.mend?.(this);
    await this.#expected(alert => alert.from && (alert.over || alert.ends === false), fault.quiet ?? 10);
    await this.#calm();
    await this.#still(async () => {
      this.after = await this.look();
    });
    return this.#record();
  }

  get nodes() {
    return this.stack.nodes;
  }

  // What a counter of the nodes has risen by since the fault began.
  rise(name, labels) {
    return this.after.reduce((total, metrics, index) => total + sum(metrics, name, labels) - sum(this.before[index], name, labels), 0);
  }

  now(name, labels) {
    return this.after.reduce((total, metrics) => total + sum(metrics, name, labels), 0);
  }

  look() {
    return Promise.all(this.nodes.map(node => node.program.runs ? node.metrics().catch(() => []) : []));
  }

  events(kind) {
    return this.crowd.events(kind, this.began);
  }

  codes(code) {
    return this.events('close').filter(event => event.code === code).length;
  }

  // Counters and clients are compared while nothing is on its way.
  async #still(compare) {
    this.publisher.paused = true;
    await sleep(1_000);
    await compare();
    this.publisher.paused = false;
  }

  async #ask() {
    const { explain } = this.fault;
    if (!explain) return;
    await sleep((explain.after ?? 5) * 1000);
    const { node = this.nodes[0], connection, channel } = explain.ask(this);
    const query = new URLSearchParams({ channel, ...(connection && { connection }) });
    this.explained = await node.api(`explain?${query}`).catch(error => ({ failed: error.message }));
  }

  // Until all expected alerts are so far, or the last of them is overdue; `least` seconds in any case.
  async #expected(done, least) {
    const from = Date.now(), state = name => ({ ...this.fault.alerts?.[name], ...this.stack.prometheus.fired.get(name) });
    const names = Object.keys(this.fault.alerts ?? {}).filter(name => this.mended || !this.fault.alerts[name].afterMend);
    const most = Math.max(least, ...names.map(name => this.bounds(name)[this.mended ? 'ends' : 'within'] + 20));
    while (Date.now() < from + least * 1000 || (Date.now() < from + most * 1000 && !names.every(name => done(state(name))))) await sleep(500);
  }

  // An alert that is pending could still fire, and must be given the time; but for those of ten minutes and more.
  async #calm() {
    const lasting = name => this.fault.alerts?.[name]?.ends === false || this.fault.allowed?.includes(name) || this.stack.prometheus.rules.get(name).for > patience;
    for (const end = Date.now() + patience * 1000; Date.now() < end && this.stack.prometheus.current?.some(({ name }) => !lasting(name)); await sleep(500));
  }

  // Seconds from the fault to the alert, and from the mend to its end. A rate may need its whole window, then comes the "for"; two scrapes, as one
  // may have been just before; an evaluation, no rarer than scrapes; and five for a machine that is busy.
  bounds(name) {
    const { for: lasts, window } = this.stack.prometheus.rules.get(name), { within, ends } = this.fault.alerts[name], slack = 3 * this.options.scrape + 5;
    return { within: within ?? window + lasts + slack, ends: ends === false ? 0 : ends ?? window + slack };
  }

  #record() {
    const publications = this.publisher.log.filter(({ at }) => at >= this.began && at < Date.now() - 500);
    return {
      took: (Date.now() - this.began) / 1000,
      broken: (this.mended - this.began) / 1000,
      publications: publications.length,
      refusedByRedis: this.publisher.refused,
      ...this.crowd.missed(publications),
      closes: tally(this.events('close'), event => event.code),
      refused: tally(this.events('refused'), event => event.status),
      gaps: this.events('gap').length,
      skipped: this.events('skipped').reduce((total, { count }) => total + count, 0),
      unsubscribed: this.events('unsubscribed').length,
      truth: this.fault.truth?.(this),
      counts: this.#counts(),
      alerts: [...this.stack.prometheus.fired].map(([name, { from, to, over, series }]) => ({
        name, series: [...series], after: (from - this.began) / 1000, ...(over && { over: (to - this.mended) / 1000 }),
      })),
      bounds: Object.fromEntries(Object.keys(this.fault.alerts ?? {}).map(name => [name, this.bounds(name)])),
      explained: this.explained,
      log: this.nodes.flatMap(node => node.events(this.fault.logsFromStart ? 0 : this.began - 1000)).filter(event => event.level !== 'Debug'),
    };
  }

  // What holds of every row unless its fault says otherwise, then its own.
  #counts() {
    const { base = {}, counts } = this.fault;
    const usual = [
      ['deliveries', this.crowd.received - this.received, this.rise('gateway_deliveries_total')],
      ['publications', this.publisher.log.slice(this.published).reduce((total, { nodes }) => total + nodes, 0), this.rise('gateway_publications_received_total', { source: 'channel' })],
      ['connections', this.crowd.open, this.now('gateway_connections', { state: 'open' })],
    ];
    return [
      ...usual.filter(([what]) => base[what] !== false).map(([what, truth, metric]) => ({ what, truth, metric, off: base[what] ?? 0 })),
      ...(counts?.(this) ?? []).map(([what, truth, metric, off = 0]) => ({ what, truth, metric, off })),
    ];
  }
}

// Of all the nodes, and with all the series, that it is expected of.
const hasFired = ({ from, series, on = '', of = 1 }) => from && series.size >= of && on.split(' ').every(node => [...series].some(text => text.startsWith(node)));

const tally = (events, key) => events.reduce((counts, event) => ({ ...counts, [key(event)]: (counts[key(event)] ?? 0) + 1 }), {});
