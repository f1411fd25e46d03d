/** `connecting`; `open`; `waiting` for the next attempt; `closed` for good. */
export type State = 'connecting' | 'open' | 'waiting' | 'closed';

export interface StateChange {
  state: State;
  /** The close code of the connection that ended, with `waiting` and `closed`; 1006: it was cut. */
  code?: number;
  reason?: string;
  /** Milliseconds until the next attempt, with `waiting`. */
  wait?: number;
}

/** Publications may have been missed: fetch the state anew. */
export interface Gap {
  /** `connection`: this client was without one; `broker`: its node was without Redis. */
  cause: 'connection' | 'broker';
  /** For at most so many milliseconds. */
  ms: number;
  channels: 'all' | string[];
}

/** The gateway dropped publications for this client, which was too slow. */
export interface Skipped {
  channel: string;
  count: number;
}

/** A publication as it came: `binary`, in base64, stands in place of `data` for what is not text. */
export interface Message<T = unknown> {
  type: 'message';
  channel: string;
  data?: T;
  binary?: string;
}

export interface Options {
  /**
   * The client's token, or what returns one: called for each connection, and before a token expires, so that the connection goes on with the
   * next. Nothing (`null`, an empty text): it connects without.
   */
  token?: string | (() => string | null | undefined | Promise<string | null | undefined>);
  /** The WebSocket class; by default the global one, which Node.js has from version 22 on. */
  WebSocket?: new (url: string, protocols: string | string[]) => any;
  /** The first wait after a lost connection is up to so many milliseconds, each further one twice as long; 1,000 by default. */
  minBackoff?: number;
  /** And no longer than this; 30,000 by default. */
  maxBackoff?: number;
  /** How long a connection may take to stand, and a command to be answered, in milliseconds; 10,000 by default. */
  timeout?: number;
  /** So many publications wait for a connection, no longer than `timeout`; 100 by default. */
  maxQueued?: number;
}

export interface Events {
  state: (change: StateChange) => void;
  gap: (gap: Gap) => void;
  skipped: (skipped: Skipped) => void;
  /** A subscription was refused, or a token: one that the application did not give, or that the gateway did not take. Without a listener it goes to the console. */
  error: (error: GatewayError, channel?: string) => void;
}

export interface Subscription {
  readonly channel: string;
  /** Resolves when the gateway has confirmed it for the first time; rejects when it refuses. May be left alone. */
  readonly ready: Promise<void>;
  /** The listener is not called any more, from now on. */
  unsubscribe(): void;
}

/**
 * Why something was not done. `code` is one of docs/protocol.md, such as `forbidden`, or
 * `no_token`: the option `token` gave none; `not_connected`: nothing was sent; `connection_lost`, `timeout`: it was sent, and may have been done;
 * `unsubscribed`: before it was confirmed; `closed`: this client is.
 */
export declare class GatewayError extends Error {
  readonly code: string;
  constructor(code: string, message: string);
}

export declare class GatewayClient {
  /** Connects, and comes back by itself until it is closed. */
  constructor(url: string | URL, options?: Options);
  readonly state: State;
  /** While it is open; what to name to support. */
  readonly connection: { id: string; node: string } | null;
  /** Returns what takes the listener away again. */
  on<E extends keyof Events>(event: E, listener: Events[E]): () => void;
  /**
   * Subscribes now and after every reconnect. `data` is parsed JSON or a string, and a Uint8Array of a binary publication. A channel may
   * be subscribed to several times.
   */
  subscribe<T = unknown>(channel: string, listener: (data: T, message: Message<T>) => void): Subscription;
  /**
   * Publishes any JSON. Without a connection it waits for one. Sent once at most. `key` says what it is about, in 1 to 255 bytes: where the
   * channel is conflated, a subscriber that is behind gets the newest of each key only.
   */
  publish(channel: string, data: unknown, options?: { key?: string }): Promise<void>;
  /** Milliseconds to the gateway and back. */
  ping(): Promise<number>;
  /** For good; every subscription ends. */
  close(): void;
}
