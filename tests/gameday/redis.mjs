// Redis, as a backend speaks to it: commands and their answers, and a relay that changes what passes.
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export class RedisClient {
  #waiting = [];
  #rest = Buffer.alloc(0);

  constructor(port) {
    this.socket = net.connect(port, '127.0.0.1');
    this.socket.on('data', bytes => this.#take(bytes));
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      this.#waiting.splice(0).forEach(({ reject }) => reject(new Error('the connection to Redis was lost')));
    });
  }

  call(...words) {
    if (this.closed) return Promise.reject(new Error('no connection to Redis'));
    this.socket.write(`*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`).join('')}`);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  close() {
    this.socket.destroy();
  }

  // Answers of one line, a number or a text: all that is asked for here.
  #take(bytes) {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (let end; (end = this.#rest.indexOf('\r\n')) >= 0;) {
      const line = this.#rest.toString('utf8', 0, end);
      let length = end + 2, answer = line.slice(1);
      if (line[0] === '$' && answer !== '-1') {
        if (this.#rest.length < length + Number(answer) + 2) return;
        length += Number(answer) + 2;
        answer = this.#rest.toString('utf8', end + 2, length - 2);
      }
      this.#rest = this.#rest.subarray(length);
      const { resolve, reject } = this.#waiting.shift();
      if (line[0] === '-') reject(new Error(answer));
      else resolve(line[0] === ':' ? Number(answer) : answer);
    }
  }
}

// Stands between the nodes and Redis. `late` holds all back for so many milliseconds; `clock` makes Redis's TIME so many seconds earlier.
export class RedisRelay {
  late = 0;
  clock = 0;

  constructor(port, to) {
    this.server = net.createServer(near => {
      const far = net.connect(to, '127.0.0.1');
      this.#pass(near, far, bytes => bytes);
      this.#pass(far, near, bytes => this.clock === 0 ? bytes : this.#earlier(bytes));
    }).listen(port, '127.0.0.1');
  }

  close() {
    this.server.close();
  }

  #pass(from, to, change) {
    from.on('error', () => {}).on('close', () => to.destroy());
    let before = Promise.resolve();
    from.on('data', bytes => {
      const due = sleep(this.late);
      before = before.then(() => due).then(() => to.write(change(bytes)));
    });
  }

  #earlier(bytes) {
    const text = bytes.toString('latin1');
    const changed = text.replace(/\*2\r\n\$10\r\n(\d{10})\r\n\$(\d)\r\n/g, (_, seconds, digits) => `*2\r\n$10\r\n${seconds - this.clock}\r\n$${digits}\r\n`);
    return Buffer.from(changed, 'latin1');
  }
}
