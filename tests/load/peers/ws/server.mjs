// usage: node server.mjs PORT [REDIS CHANNEL]
// WebSockets on 127.0.0.1: /echo, and any other path for those who get what is published to the channel in Redis. Ends with SIGTERM.
import { createClient } from '@redis/client';
import { WebSocketServer } from 'ws';

const [port, redis, channel] = process.argv.slice(2);
const subscribers = new Set();

if (redis) {
  const client = createClient({ url: `redis://${redis}` });
  await client.connect();
  await client.subscribe(channel, payload => {
    for (const socket of subscribers) socket.send(payload);
  });
}

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port), perMessageDeflate: false, backlog: 4096 });
server.on('connection', (socket, request) => {
  socket.on('error', () => {}); // the client has gone without a close frame
  if (request.url === '/echo') {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  } else {
    subscribers.add(socket);
    socket.on('close', () => subscribers.delete(socket));
  }
});
