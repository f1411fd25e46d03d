// A node of the gateway: its process, its log, its metrics and its API.
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program, until } from './programs.mjs';

export class Node {
  constructor(stack, name, port, admin) {
    Object.assign(this, { stack, name, port, admin, folder: join(stack.folder, name), options: {} });
    mkdirSync(this.folder);
    this.log = join(this.folder, 'log');
  }

  get url() {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  // The configuration's file in the working directory is read anew while the node runs.
  configure(settings) {
    const text = typeof settings === 'string' ? settings : JSON.stringify(settings);
    writeFileSync(join(this.folder, 'appsettings.json'), text);
  }

  async start({ descriptors, unread, wait = true } = {}) {
    const options = {
      'Gateway:Node:Name': this.name,
      'Gateway:Redis:Configuration': `127.0.0.1:${this.stack.nodesRedis}`,
      'Gateway:Endpoints:0:Address': `127.0.0.1:${this.port}`,
      'Gateway:Admin:Address': `127.0.0.1:${this.admin}`,
      'Gateway:Auth:AllowAnonymous': true,
      ...this.options,
    };
    const limit = descriptors ? ['prlimit', `--nofile=${descriptors}:${descriptors}`] : [];
    const command = [...limit, ...this.stack.server, ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)];
    this.program = new Program(this.name, command, { cwd: this.folder, log: this.log, unread, env: { DOTNET_ENVIRONMENT: 'Production' } });
    if (wait) await until(`${this.name} of ${this.stack.name} is ready (its log: ${this.log})`, async () => (await fetch(`http://127.0.0.1:${this.admin}/readyz`)).ok, 60);
  }

  // Of a log that went into a pipe: from now on it is read.
  read() {
    this.program.process.stdout.pipe(createWriteStream(this.log, { flags: 'a' }));
  }

  // Descriptors that it has.
  get open() {
    return readdirSync(`/proc/${this.program.process.pid}/fd`).length;
  }

  // Those that it may have, from now on.
  limit(descriptors) {
    execFileSync('prlimit', ['--pid', String(this.program.process.pid), `--nofile=${descriptors}:`]);
  }

  async api(path, body) {
    const answer = await fetch(`http://127.0.0.1:${this.admin}/api/v1/${path}`, {
      signal: AbortSignal.timeout(10_000),
      ...(body !== undefined && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: answer.status, ...await answer.json().catch(() => ({})) };
  }

  async metrics() {
    const text = await (await fetch(`http://127.0.0.1:${this.admin}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
    return text.split('\n').filter(line => line.startsWith('gateway_')).map(line => {
      const [, name, labels, value] = /^(\w+)(?:\{(.*?)\})? (\S+)/.exec(line);
      return { name, labels: Object.fromEntries([...(labels ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text])), value: Number(value) };
    });
  }

  events(since = 0) {
    return readFileSync(this.log, 'utf8').split('\n').filter(line => line.startsWith('{')).flatMap(line => {
      try {
        const { Timestamp, EventId, LogLevel, Message } = JSON.parse(line);
        return [{ node: this.name, at: Date.parse(Timestamp), id: EventId, level: LogLevel, message: Message }];
      } catch {
        return []; // a line of which a part is written
      }
    }).filter(event => event.at >= since);
  }
}

// The sum of a metric's series that have these labels; a label's value may be a pattern.
export const sum = (metrics, name, labels = {}) => metrics
  .filter(series => series.name === name && Object.entries(labels).every(([key, value]) => value instanceof RegExp ? value.test(series.labels[key]) : series.labels[key] === value))
  .reduce((total, series) => total + series.value, 0);
