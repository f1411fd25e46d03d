// Uses the client as an application does, and misuses it: gateway.d.ts must allow the one and refuse the other.
import { GatewayClient, GatewayError, type Gap, type OpenConnection, type State, type StateChange, type Subscription } from '../../../clients/javascript/gateway.js';

interface Goal { goal: number }

const gateway = new GatewayClient(new URL('wss://example.com/ws'), { WebSocket, minBackoff: 500, maxBackoff: 10_000, timeout: 5_000, maxQueued: 0 });
const subscription: Subscription<Goal> = gateway.subscribe<Goal>('news', (data, message) => console.log(data.goal + 1, message.channel, message.binary));
gateway.subscribe('news', data => {
  // @ts-expect-error: what comes is unknown until somebody says what it is
  console.log(data.goal);
});
const off: () => void = gateway.on('state', ({ state, code, wait }) => console.log(state satisfies State, code ?? 0, wait ?? 0));
gateway.on('gap', (gap: Gap) => gap.channels === 'all' || gap.channels.includes('news'));
gateway.on('skipped', ({ channel, count }) => console.log(channel.length + count));
gateway.on('error', (error, channel) => console.log(error.code, channel?.length));
subscription.on('message', data => console.log(data.goal));
subscription.once('state', ({ state, error }) => console.log(state === 'unsubscribed' && error?.code));
gateway.subscribe('doc:7', { token: async () => (await fetch('/token')).text() });
gateway.subscribe('doc:7', () => {}, { token: 'eyJ' });
// @ts-expect-error: no token
gateway.subscribe('doc:7', () => {}, { token: 7 });
// @ts-expect-error: no such event
subscription.on('open', () => {});
// @ts-expect-error: no such event
gateway.on('message', () => {});
// @ts-expect-error: it changes by itself
gateway.state = 'open';
new GatewayClient('wss://example.com/', { token: 'eyJ', connect: false, maxBuffered: 10, debug: (...words) => console.log(words) }).close();
new GatewayClient('wss://example.com/', { token: async () => (await fetch('/token')).text() }).close();
// @ts-expect-error: no token
new GatewayClient('wss://example.com/', { token: 7 }).close();
// @ts-expect-error: no such option
new GatewayClient('wss://example.com/', { backoff: 1 });

async function use(): Promise<void> {
  const { id, node, expiresIn }: OpenConnection = await gateway.connect();
  const change: StateChange = await gateway.once('state');
  console.log(id, node, expiresIn ?? 0, change.error?.closeCode);
  for await (const { goal } of gateway.subscribe<Goal>('news')) if (goal > 1) break;
  gateway.disconnect();
  const seconds: number | undefined = await gateway.refresh('eyJ');
  console.log(seconds);
  await subscription.ready;
  try {
    await gateway.publish('chat', { text: 'hello' });
    await gateway.publish('chat', new Uint8Array([1]));
    await gateway.publish('prices', { symbol: 'A', bid: 1 }, { key: 'A' });
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'forbidden') console.log(error.message);
  }
  const ms: number = await gateway.ping();
  console.log(ms, gateway.connection?.node);
  subscription.unsubscribe();
  off();
  gateway.close();
}

void use();
