/**
 * `connecting`; `open`; `waiting` for the next attempt; `disconnected`: none will be made until `connect()`, since the application has said so or
 * the gateway has refused it for good; `closed`, by `close()`, for ever.
 */
export type State = 'connecting' | 'open' | 'waiting' | 'disconnected' | 'closed';

export interface StateChange {
  state: State;
  /** The close code of the connection that ended, with `waiting`, `disconnected` and `closed`; 1006: it was cut. */
  code?: number;
  reason?: string;
  /** Milliseconds until the next attempt, with `waiting`. */
  wait?: number;
  /** With `disconnected` and `closed`: why. */
  error?: GatewayError;
}

/** The connection that is open; what to name to support. */
export interface OpenConnection {
  id: string;
  node: string;
  /** For how many seconds its token was good when it was opened, where it ends. */
  expiresIn?: number;
}

/** Publications may have been missed: fetch the state anew. */
export interface Gap {
  /** `connection`: this client was without one; `broker`: its node was without Redis. */
  cause: 'connection' | 'broker';
  /** For at most so many milliseconds. */
  ms: number;
  channels: 'all' | string[];
}

/** Publications were dropped for this client, which was too slow: by the gateway, or before a loop over the subscription (`maxBuffered`). */
export interface Skipped {
  channel: string;
  count: number;
}

/** A publication as it came: `binary`, in base64, stands in place of `data` for bytes. */
export interface Message<T = unknown> {
  type: 'message';
  channel: string;
  data?: T;
  binary?: string;
}

/** A token, or what returns one each time that one is needed. Nothing (`null`, an empty text): it goes without. */
export type Token = string | (() => string | null | undefined | Promise<string | null | undefined>);

export interface Options {
  /**
   * The client's token, or what returns one: called for each connection, and before a token expires, so that the connection goes on with the
   * next. A text that the gateway refuses ends the attempts, and so do three of a function's in a row, and a `GatewayError` with the code `unauthorized`
   * that it throws.
   */
  token?: Token;
  /** The WebSocket class; by default the global one, which Node.js has from version 22 on. */
  WebSocket?: new (url: string, protocols: string[]) => any;
  /** Whether it connects at once; true by default. */
  connect?: boolean;
  /** The first wait after a lost connection is up to so many milliseconds, each further one twice as long; 1,000 by default. */
  minBackoff?: number;
  /** And no longer than this; 30,000 by default. */
  maxBackoff?: number;
  /** How long a connection may take to stand, a token to come, and a command to be answered, in milliseconds; 10,000 by default. */
  timeout?: number;
  /** So many publications wait for a connection, no longer than `timeout`; 100 by default. */
  maxQueued?: number;
  /** So many publications wait for a loop over a subscription; beyond, the oldest are dropped and told by `skipped`; 1,000 by default. */
  maxBuffered?: number;
  /** Every message and change of state, without tokens: `true` for the console, or a function that gets the words of each line. */
  debug?: boolean | ((...words: unknown[]) => void);
}

/** Listeners of a closed set of events. */
export interface Events<E> {
  /** Returns what takes the listener away again. */
  on<K extends keyof E>(event: K, listener: E[K]): () => void;
  /** For one time. Returns what takes the listener away again. */
  once<K extends keyof E>(event: K, listener: E[K]): () => void;
  /** The first value of the next such event; rejects when there can be no more. */
  once<K extends keyof E>(event: K): Promise<E[K] extends (first: infer V, ...rest: any[]) => void ? V : never>;
  off<K extends keyof E>(event: K, listener: E[K]): void;
}

export interface ClientEvents {
  state: (change: StateChange) => void;
  /** Told at a random moment within the time that the gateway names, so that not all clients fetch their state at once. */
  gap: (gap: Gap) => void;
  skipped: (skipped: Skipped) => void;
  /** The token ends in so many milliseconds. With a function as `token` the client does what is to be done. */
  expiring: (expiring: { ms: number }) => void;
  /**
   * A subscription was refused or ended; or, without `channel`, the connection was, for good, or a token: one that the application did not give, or that
   * the gateway did not take. Without a listener it goes to the console.
   */
  error: (error: GatewayError, channel?: string) => void;
}

/** `subscribing`: it is asked for, or will be with the next connection; `subscribed`; `unsubscribed`, for ever. */
export type SubscriptionState = 'subscribing' | 'subscribed' | 'unsubscribed';

export interface SubscriptionEvents<T = unknown> {
  message: (data: T, message: Message<T>) => void;
  /** `error` with `unsubscribed`: why. */
  state: (change: { state: SubscriptionState; error?: GatewayError }) => void;
  gap: (gap: Gap) => void;
  skipped: (skipped: Skipped) => void;
}

export interface SubscribeOptions {
  /** For channels whose rule asks for a subscription token; a function is asked for each subscribe, as after a reconnect. */
  token?: Token;
}

/** `for await (const data of subscription)` loops over what comes; who leaves the loop, and has no listener, unsubscribes. */
export interface Subscription<T = unknown> extends Events<SubscriptionEvents<T>>, AsyncIterable<T> {
  readonly channel: string;
  readonly state: SubscriptionState;
  /**
   * Resolves when the gateway has confirmed it; rejects when it refuses, when the client is disconnected, and after `timeout` (code `timeout`; the
   * client goes on trying). Asked anew each time that it is read; may be left alone.
   */
  readonly ready: Promise<void>;
  /** Nothing more comes, from now on. */
  unsubscribe(): void;
}

/**
 * Why something was not done. `code` is one of docs/protocol.md, such as `forbidden`; the reason of its message `unsubscribed`, such as `rules`; or
 * `no_token`: the application gave none; `unauthorized`, `token_expired`, `forbidden`, `not_found`, `bad_request`: the connection was refused or ended so;
 * `not_connected`: nothing was sent; `connection_lost`, `timeout`: it was sent, and may have been done; `unsubscribed`, `disconnected`, `closed`: by the
 * application.
 */
export declare class GatewayError extends Error {
  readonly code: string;
  /** Where a connection's end is the reason. */
  readonly closeCode?: number;
  constructor(code: string, message: string, closeCode?: number);
}

export interface GatewayClient extends Events<ClientEvents> {}

export declare class GatewayClient {
  /** Connects, unless told not to, and comes back by itself. The address may be relative to the page. */
  constructor(url: string | URL, options?: Options);
  readonly state: State;
  /** While it is open. */
  readonly connection: OpenConnection | null;
  /**
   * Connects, where it is disconnected, and does not wait for the next attempt. Resolves when it is open; rejects when it is refused, and after `timeout`
   * (the client goes on trying).
   */
  connect(): Promise<OpenConnection>;
  /** Until `connect()`. Subscriptions stay, and are asked for again. */
  disconnect(): void;
  /**
   * Subscribes now and after every reconnect. `data` is parsed JSON or a string, and a Uint8Array of a publication of bytes. A channel may be subscribed to
   * several times; the gateway sends it once.
   */
  subscribe<T = unknown>(channel: string, listener: (data: T, message: Message<T>) => void, options?: SubscribeOptions): Subscription<T>;
  subscribe<T = unknown>(channel: string, options?: SubscribeOptions): Subscription<T>;
  /**
   * Publishes any JSON, or bytes (an ArrayBuffer or a view of one), which arrive as a Uint8Array. Without a connection it waits for one. Sent once at most.
   * `key` says what it is about, in 1 to 255 bytes: where the channel is conflated, a subscriber that is behind gets the newest of each key only.
   */
  publish(channel: string, data: unknown, options?: { key?: string }): Promise<void>;
  /** Milliseconds to the gateway and back. */
  ping(): Promise<number>;
  /** Puts a token in the place of the connection's own, and of the option: this one, or what the option gives. For how many seconds it is good, where it ends. */
  refresh(token?: Token): Promise<number | undefined>;
  /** For good; every subscription ends. */
  close(): void;
}
