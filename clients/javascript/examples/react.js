// Gateway in React (18 and later): one client for the whole application, hooks for its state and for a channel. Copy it and make it yours.
//
//   <GatewayProvider url="wss://example.com/ws" options={options}><App /></GatewayProvider>
//
//   function Price({ symbol }) {
//     const [price, setPrice] = useState(null);
//     const { state, error } = useSubscription(`prices:${symbol}`, setPrice, { onGap: () => fetchPrice(symbol).then(setPrice) });
//     …
//   }

import { createContext, createElement, useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { GatewayClient } from '@gateway-push/client';

const Context = createContext(null);

/** A client for what is below; another address makes another client. `options` count when it is made. */
export function GatewayProvider({ url, options, children }) {
  const [client, setClient] = useState(null);
  useEffect(() => {
    const made = new GatewayClient(url, options);
    setClient(made);
    return () => made.close();
  }, [url]);
  return createElement(Context.Provider, { value: client }, children);
}

/** The client, for what the hooks below have not; null before the first effect. */
export const useGateway = () => useContext(Context);

/** `connecting`, `open`, `waiting`, `disconnected` or `closed`. */
export function useGatewayState() {
  const client = useGateway();
  const subscribe = useCallback(changed => client?.on('state', changed) ?? (() => {}), [client]);
  return useSyncExternalStore(subscribe, () => client?.state ?? 'connecting', () => 'connecting');
}

/**
 * Subscribes while the component is there. The callbacks may be new ones with each rendering: the newest are called, and nothing is subscribed to
 * anew. A channel that is null waits until there is one.
 */
export function useSubscription(channel, onMessage, { token, onGap } = {}) {
  const client = useGateway();
  const hasToken = token !== undefined; // without one the subscribe waits for no answer
  const latest = useRef({});
  useEffect(() => { latest.current = { onMessage, onGap, token }; });
  const [status, setStatus] = useState({ state: 'subscribing', error: undefined });
  useEffect(() => {
    // Closed: its address has changed with the channel, and the next client comes with the next rendering.
    if (!client || client.state === 'closed' || channel === null) return undefined;
    const subscription = client.subscribe(channel, (data, message) => latest.current.onMessage?.(data, message), {
      token: hasToken ? () => typeof latest.current.token === 'function' ? latest.current.token() : latest.current.token : undefined,
    });
    setStatus({ state: subscription.state, error: undefined });
    subscription.on('state', ({ state, error }) => setStatus({ state, error }));
    subscription.on('gap', gap => latest.current.onGap?.(gap));
    return () => subscription.unsubscribe();
  }, [client, channel, hasToken]);
  return status;
}
