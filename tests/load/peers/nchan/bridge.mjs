// usage: node bridge.mjs PORT REDIS CHANNEL
// Posts what is published to a channel in Redis to Nchan's HTTP publisher, in order, pipelined on one connection.
import { connect } from 'node:net';

const [port, redis, channel] = process.argv.slice(2);
const publisher = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
publisher.resume(); // its answers are not looked at: the load counts what arrives
publisher.on('close', () => process.exit(1));

const [host, redisPort] = redis.split(':');
const subscriber = connect({ host, port: Number(redisPort) });
subscriber.write(`*2\r\n$9\r\nSUBSCRIBE\r\n$${channel.length}\r\n${channel}\r\n`);

// A push is *3, then "message", the channel and the payload, each as $LENGTH CR LF BYTES CR LF.
let held = Buffer.alloc(0);
subscriber.on('data', bytes => {
  held = Buffer.concat([held, bytes]);
  for (let at; (at = held.indexOf('*3\r\n')) >= 0;) {
    at += 4;
    const fields = [];
    while (fields.length < 3) {
      const line = held.indexOf('\r\n', at);
      if (line < 0) return;
      const number = Number(held.subarray(at + 1, line));
      if (held[at] === 0x3a) { // ":1", in the answer to SUBSCRIBE
        fields.push(number);
        at = line + 2;
        continue;
      }
      if (held.length < line + 2 + number + 2) return;
      fields.push(held.subarray(line + 2, line + 2 + number));
      at = line + 2 + number + 2;
    }
    held = held.subarray(at);
    if (fields[0].toString() === 'message') post(fields[2]);
  }
});
subscriber.on('close', () => process.exit(1));

function post(payload) {
  publisher.cork();
  publisher.write(`POST /publish HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${payload.length}\r\n\r\n`);
  publisher.write(payload);
  process.nextTick(() => publisher.uncork());
}
