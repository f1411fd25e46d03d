// The programs of the stacks: each writes into a file of its own, and is ended by its own pid, also when this process ends early.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const running = new Set();
process.on('exit', () => running.forEach(program => program.signal('SIGKILL')));

export class Program {
  constructor(name, command, { cwd, log, env = {}, unread = false }) {
    const file = openSync(log, 'a');
    // nice and prlimit become the program that they start: the pid is the program's own.
    this.process = spawn('nice', ['-n', '10', ...command], { cwd, stdio: ['ignore', unread ? 'pipe' : file, file], env: { ...process.env, ...env } });
    closeSync(file);
    this.name = name;
    this.ended = once(this.process, 'exit').then(([code, signal]) => {
      running.delete(this);
      return code ?? signal;
    });
    running.add(this);
  }

  get runs() {
    return running.has(this);
  }

  signal(signal) {
    if (this.runs) this.process.kill(signal);
  }

  async end(signal = 'SIGTERM', patience = 8_000) {
    this.signal(signal);
    if (signal !== 'SIGKILL') this.signal('SIGCONT');
    if (await Promise.race([this.ended.then(() => true), sleep(patience, false)]) === false) this.signal('SIGKILL');
    await this.ended;
  }
}

// Below the kernel's own range, so that no outgoing connection takes one meanwhile; each is given once.
const given = new Set();
export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (given.has(port)) continue;
    given.add(port);
    const server = net.createServer();
    const free = await new Promise(resolve => server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
    if (!free) continue;
    await new Promise(resolve => server.close(resolve));
    return port;
  }
}

export async function until(what, answers, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
    if (await Promise.resolve().then(answers).catch(() => false)) return;
  }
  throw new Error(`${what}: not within ${seconds} s`);
}
