// Tokens as a backend signs them, and requests as a client makes them that is turned away.
import { createHmac, randomBytes, sign } from 'node:crypto';
import { WebSocket } from './clients.mjs';

export const newKey = () => randomBytes(32).toString('hex');

function signed(header, claims, signature) {
  const now = Math.floor(Date.now() / 1000);
  const part = value => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ typ: 'JWT', ...header })}.${part({ sub: 'alice', iat: now, exp: now + 7200, ...claims })}`;
  return `${text}.${signature(text).toString('base64url')}`;
}

export const token = (key, claims) => signed({ alg: 'HS256' }, claims, text => createHmac('sha256', key).update(text).digest());

export const publicToken = (privateKey, kid, claims) => signed({ alg: 'ES256', kid }, claims, text => sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }));

export const bearer = value => ({ Authorization: `Bearer ${value}` });

// One handshake: 101, the status of the refusal, or 0 for a connection that was reset.
export function knock(port, headers) {
  return new Promise(resolve => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['gateway.v1'], { perMessageDeflate: false, headers, handshakeTimeout: 5_000 });
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('unexpected-response', (_, answer) => {
      resolve(answer.statusCode);
      socket.terminate();
    });
    socket.on('error', () => resolve(0));
  });
}

// Does something again and again until it is closed, whether or not it succeeds.
export function every(milliseconds, act) {
  const timer = setInterval(async () => {
    try {
      await act();
    } catch {
      // Redis may be away, or closed at the end: what has succeeded is counted where it did.
    }
  }, milliseconds);
  return { close: () => clearInterval(timer) };
}
