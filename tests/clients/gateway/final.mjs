// Which of the close codes in the arguments end the JavaScript client for good: prints them as a JSON array.
// usage: node final.mjs CODE…
import { GatewayClient } from '../../../clients/javascript/gateway.js';
import { fakeWebSocket } from './fakes.mjs';

const final = [];
for (const code of process.argv.slice(2).map(Number)) {
  const WebSocket = fakeWebSocket();
  const client = new GatewayClient('ws://gateway.test/', { WebSocket, token: () => 't1' });
  client.on('error', () => {});
  await new Promise(setImmediate); // the token is there
  WebSocket.last.welcomes();
  WebSocket.last.ends(code);
  const isFinal = client.state === 'disconnected';
  client.close();
  if (isFinal) final.push(code);
}
console.log(JSON.stringify(final));
