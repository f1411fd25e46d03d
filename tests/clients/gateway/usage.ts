// Uses the client as an application does, and misuses it: gateway.d.ts must allow the one and refuse the other.
import { GatewayClient, GatewayError, type Gap, type State, type Subscription } from '../../../clients/javascript/gateway.js';

interface Goal { goal: number }

const gateway = new GatewayClient(new URL('wss://example.com/ws'), { WebSocket, minBackoff: 500, maxBackoff: 10_000, timeout: 5_000, maxQueued: 0 });
const subscription: Subscription = gateway.subscribe<Goal>('news', (data, message) => console.log(data.goal + 1, message.channel, message.binary));
gateway.subscribe('news', data => {
  // @ts-expect-error: what comes is unknown until somebody says what it is
  console.log(data.goal);
});
const off: () => void = gateway.on('state', ({ state, code, wait }) => console.log(state satisfies State, code ?? 0, wait ?? 0));
gateway.on('gap', (gap: Gap) => gap.channels === 'all' || gap.channels.includes('news'));
gateway.on('skipped', ({ channel, count }) => console.log(channel.length + count));
gateway.on('error', (error, channel) => console.log(error.code, channel?.length));
// @ts-expect-error: no such event
gateway.on('message', () => {});
// @ts-expect-error: it changes by itself
gateway.state = 'open';
new GatewayClient('wss://example.com/', { token: 'eyJ' }).close();
new GatewayClient('wss://example.com/', { token: async () => (await fetch('/token')).text() }).close();
// @ts-expect-error: no token
new GatewayClient('wss://example.com/', { token: 7 }).close();
// @ts-expect-error: no such option
new GatewayClient('wss://example.com/', { backoff: 1 });

async function use(): Promise<void> {
  await subscription.ready;
  try {
    await gateway.publish('chat', { text: 'hello' });
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
