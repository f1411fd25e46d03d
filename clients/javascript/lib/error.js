/** Why something was not done, or not any more. `code` is one of docs/protocol.md's, or one of this client's: see gateway.d.ts. */
export class GatewayError extends Error {
  constructor(code, message, closeCode) {
    super(message);
    this.name = 'GatewayError';
    this.code = code;
    if (closeCode !== undefined) this.closeCode = closeCode;
  }
}

/**
 * What a close code means, where it means something to an application: the table "Endings" of docs/protocol.md, and RFC 6455 §7.4.1's 1010
 * (an extension is missing). `final`: coming back would end in the same way. `token`: it would with the same token.
 */
const ENDINGS = new Map([
  [1000, { code: 'closed', final: true }],
  [1002, { code: 'protocol_error', final: true }],
  [1003, { code: 'unsupported', final: true }],
  [1007, { code: 'protocol_error', final: true }],
  [1008, { code: 'policy', final: true }],
  [1009, { code: 'too_large', final: true }],
  [1010, { code: 'protocol_error', final: true }],
  [4400, { code: 'bad_request', final: true }],
  [4401, { code: 'unauthorized', token: true }],
  [4403, { code: 'forbidden', final: true }],
  [4404, { code: 'not_found', final: true }],
  [4409, { code: 'token_expired', token: true }],
]);

/** All others, and a connection that was cut without a word (1006), are temporary. */
const TEMPORARY = { code: 'connection_lost' };

export const endingOf = closeCode => ENDINGS.get(closeCode) ?? TEMPORARY;

/** The end of a connection, as an error. */
export const endError = (closeCode, reason) => new GatewayError(endingOf(closeCode).code, `The connection has ended: ${closeCode} ${reason}`.trim(), closeCode);

/**
 * The HTTP answers that the gateway gives as close codes to browsers, which see no others (docs/protocol.md, "Refusals that pages can read"): the same code for those that
 * the package ws has read. 0: another one, which will pass.
 */
export const closeCodeOf = status => [400, 401, 403, 404, 429].includes(status) ? 4000 + status : 0;
