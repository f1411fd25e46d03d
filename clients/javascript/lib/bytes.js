/** Whether it is bytes: an ArrayBuffer, or a view of one, such as a Uint8Array or Node.js's Buffer. */
export const isBytes = value => value instanceof ArrayBuffer || ArrayBuffer.isView(value);

// Arguments of one call; engines take some tens of thousands.
const CHUNK = 8192;

export function toBase64(value) {
  const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}

export const fromBase64 = text => Uint8Array.from(atob(text), character => character.charCodeAt(0));
