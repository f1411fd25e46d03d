import { closeCodeOf, GatewayError } from './error.js';

/** One WebSocket from its opening to its end, and the commands that are under way on it. What it hears it tells its owner, until it has ended. */
export class Connection {
  #options;
  #owner;
  #socket;
  #welcome = null;
  #commands = new Map(); // sent and not answered, by id: {done, timer}
  #nextId = 1;
  #status = 0; // of the HTTP answer, where the WebSocket tells it
  #openedAt = 0;
  #heardAt = Date.now();
  #deadline;
  #silence;
  #isProbing = false;

  /** `owner` has `opened`, `received(message)`, `ended(code, reason)` and `log`. */
  constructor(url, token, options, owner) {
    this.#options = options;
    this.#owner = owner;
    // The list of subprotocols is all that a page can set; the gateway answers with one of the first two, and never with the token.
    const socket = this.#socket = new options.WebSocket(url, ['gateway.v1', 'gateway.refusals', ...(token ? [`gateway.token.${token}`] : [])]);
    socket.onmessage = event => this.#receive(event.data);
    socket.onerror = event => { this.#status = Number(/^Unexpected server response: (\d{3})$/.exec(event?.message)?.[1] ?? 0); };
    socket.onclose = ({ code, reason }) => this.#closed(code, reason);
    this.#deadline = setTimeout(() => this.giveUp('no connection in time'), options.timeout);
  }

  /** What the gateway has said of this connection; null: it is not open yet, or not any more. */
  get welcome() { return this.#welcome; }

  /** When something last came. */
  get heardAt() { return this.#heardAt; }

  /** For how long it was open. */
  get stood() { return this.#openedAt ? Date.now() - this.#openedAt : 0; }

  /** Sends a command, the text of a JSON object; `done` gets nothing, or why it is not done, and what the answer says beside. */
  send(command, done) {
    const id = this.#nextId++;
    const sentAt = Date.now();
    const timer = setTimeout(() => {
      this.#answer(id, new GatewayError('timeout', 'The gateway did not answer in time; it may have been done.'));
      // The gateway may be waiting for somebody itself. If it says nothing at all, it is asked whether it is there.
      if (this.#heardAt <= sentAt) this.probe();
    }, this.#options.timeout);
    this.#commands.set(id, { done, timer });
    this.#owner.log('→', command.replace(/"token":"[^"]*"/, '"token":"…"'), id);
    this.#socket.send(`${command.slice(0, -1)},"id":${id}}`);
  }

  /** A WebSocket's own pings cannot be seen from here: the gateway is asked, and given up when it does not answer. */
  probe() {
    if (!this.#welcome || this.#isProbing) return;
    this.#isProbing = true;
    this.send('{"type":"ping"}', error => {
      this.#isProbing = false;
      if (error?.code === 'timeout') this.giveUp('the gateway is silent');
    });
  }

  /** Without waiting for the other side, which may be gone. */
  giveUp(reason) {
    if (this.#socket) this.#closed(1006, reason);
  }

  /** Without a word to the owner. */
  close(error) {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = this.#welcome = null;
    clearTimeout(this.#deadline);
    clearTimeout(this.#silence);
    socket.onmessage = socket.onclose = null;
    socket.onerror = () => {}; // of one that is closed before it stands
    socket.close(1000);
    for (const id of [...this.#commands.keys()]) this.#answer(id, error);
  }

  #closed(code, reason) {
    const refusal = this.#openedAt ? 0 : closeCodeOf(this.#status);
    const heardAt = this.#heardAt;
    this.close(new GatewayError('connection_lost', 'The connection was lost before the answer came; it may have been done.'));
    this.#owner.ended(refusal || code, refusal ? `HTTP ${this.#status}` : reason ?? '', heardAt);
  }

  #receive(text) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      // Said below.
    }
    if (typeof message?.type !== 'string') return this.#closed(1003, 'what came is not gateway.v1; is the path right?');
    this.#owner.log('←', text);
    this.#heardAt = Date.now();
    switch (message.type) {
      case 'welcome': this.#open(message); break;
      case 'ok': this.#answer(message.id, undefined, message); break;
      case 'pong': this.#answer(message.id); break;
      case 'error': {
        const error = new GatewayError(message.code, message.message);
        if (!this.#answer(message.id, error)) this.#owner.received(message, error);
        break;
      }
      default: this.#owner.received(message);
    }
    this.#listen();
  }

  #open(welcome) {
    clearTimeout(this.#deadline);
    this.#welcome = welcome;
    this.#openedAt = Date.now();
    this.#owner.opened();
  }

  /** After a longer silence than the gateway's own pings leave. */
  #listen() {
    clearTimeout(this.#silence);
    if (this.#welcome?.heartbeat > 0) this.#silence = setTimeout(() => this.probe(), this.#welcome.heartbeat * 1500);
  }

  #answer(id, error, answer) {
    const command = this.#commands.get(id);
    if (!command) return false;
    this.#commands.delete(id);
    clearTimeout(command.timer);
    command.done(error, answer);
    return true;
  }
}
