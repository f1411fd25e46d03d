// Two nodes behind a haproxy, a Redis and a Prometheus, on free ports and in a folder of their own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Node } from './node.mjs';
import { Program, freePort, until } from './programs.mjs';
import { Prometheus } from './prometheus.mjs';
import { RedisClient, RedisRelay } from './redis.mjs';

const folders = new Set();
process.on('exit', () => folders.forEach(folder => rmSync(folder, { recursive: true, force: true })));

export class Stack {
  closing = [];

  constructor(name, { server, rules, scrape, keep }) {
    Object.assign(this, { name, server, rules, scrape, keep, folder: mkdtempSync(join(tmpdir(), `gameday-${name}-`)) });
    if (!keep) folders.add(this.folder);
  }

  // `settings` of a fault: options of both nodes, `prepare` for what must be there before them, and what Node.start takes.
  async start({ options = {}, prepare, relay = false, unread = [], descriptors, checks = true } = {}) {
    this.checks = checks;
    [this.port, this.redisPort, this.nodesRedis] = [await freePort(), await freePort(), await freePort()];
    if (relay) this.relay = this.also(new RedisRelay(this.nodesRedis, this.redisPort));
    else this.nodesRedis = this.redisPort;
    this.nodes = [];
    for (const name of ['gw-1', 'gw-2']) this.nodes.push(new Node(this, name, await freePort(), await freePort()));
    const prepared = await prepare?.(this) ?? {};
    for (const node of this.nodes) node.options = { ...options, ...prepared, ...node.options };

    await this.startRedis();
    await Promise.all(this.nodes.map(node => node.start({ descriptors, unread: unread.includes(node.name) })));
    await this.startProxy();
    this.prometheus = new Prometheus(this.folder, await freePort(), this);
    await this.prometheus.start();
  }

  get url() {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  async startRedis() {
    this.redis = this.#program('redis', ['redis-server', '--port', this.redisPort, '--bind', '127.0.0.1', '--save', '', '--dir', this.folder]);
    await until('Redis answers', () => this.ask('PING'));
  }

  async startProxy() {
    writeFileSync(join(this.folder, 'haproxy.cfg'), `global
  maxconn 4000
defaults
  mode tcp
  timeout connect 2s
  timeout check 1s
  timeout client 1h
  timeout server 1h
  option redispatch
frontend clients
  bind 127.0.0.1:${this.port}
  default_backend gateway
backend gateway
  balance roundrobin
  option httpchk GET /healthz
${this.checks ? '  default-server check inter 1s fall 2 rise 1\n' : ''}${this.nodes.map(node => `  server ${node.name} 127.0.0.1:${node.port}`).join('\n')}
`);
    this.proxy = this.#program('haproxy', ['haproxy', '-db', '-f', join(this.folder, 'haproxy.cfg')]);
    await until('haproxy answers', async () => (await fetch(`http://127.0.0.1:${this.port}/healthz`)).ok);
  }

  async ask(...words) {
    const redis = new RedisClient(this.redisPort);
    try {
      return await redis.call(...words);
    } finally {
      redis.close();
    }
  }

  // What a fault has opened beside the programs, closed with the stack.
  also(closable) {
    this.closing.push(closable);
    return closable;
  }

  async end() {
    this.prometheus?.stop();
    for (const closable of this.closing) closable.close();
    const programs = [this.proxy, this.prometheus?.program, ...(this.nodes ?? []).map(node => node.program), this.redis].filter(Boolean);
    await Promise.all(programs.map(program => program.end(program === this.prometheus?.program ? 'SIGTERM' : 'SIGKILL')));
    if (folders.delete(this.folder)) rmSync(this.folder, { recursive: true, force: true });
  }

  #program(name, command) {
    return new Program(name, command, { cwd: this.folder, log: join(this.folder, `${name}.log`) });
  }
}
