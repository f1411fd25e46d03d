// Which of the close codes in the arguments end the JavaScript client for good: prints them as a JSON array.
// usage: node final.mjs CODE…
import { GatewayClient } from '../../../clients/javascript/gateway.js';
import { fakeWebSocket } from './fakes.mjs';

const final = process.argv.slice(2).map(Number).filter(code => {
  const WebSocket = fakeWebSocket();
  const client = new GatewayClient('ws://gateway.test/', { WebSocket });
  WebSocket.last.welcomes();
  WebSocket.last.ends(code);
  const isFinal = client.state === 'closed';
  client.close();
  return isFinal;
});
console.log(JSON.stringify(final));
