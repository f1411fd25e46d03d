// A PNG with a palette in place of one with three bytes a pixel: a page has few colours but for the edges of its letters, and is less than half as large so.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const COLOURS = 256;

/** The same picture, its rarest colours replaced by the nearest of the 256 most frequent. Of a PNG of 8 bits a channel, without transparency and interlacing, as Chromium makes it. */
export function withPalette(png) {
  const { width, height, pixels } = decode(png);
  const counts = new Map();
  for (let i = 0; i < pixels.length; i += 3) {
    const colour = pixels.readUIntBE(i, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, COLOURS).map(([colour]) => colour);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const lines = Buffer.alloc((width + 1) * height); // each behind a byte for its filter: none
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const colour = pixels.readUIntBE(i, 3);
      if (!places.has(colour)) places.set(colour, nearest(palette, colour));
      lines[y * (width + 1) + 1 + x] = places.get(colour);
    }
  }
  const header = Buffer.from(png.subarray(16, 29)); // the data of IHDR, the first chunk
  header[9] = 3; // indexed
  const colours = Buffer.alloc(palette.length * 3);
  palette.forEach((colour, place) => colours.writeUIntBE(colour, place * 3, 3));
  return Buffer.concat([
    png.subarray(0, 8), chunk('IHDR', header), chunk('PLTE', colours), chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0)),
  ]);
}

function nearest(palette, colour) {
  const distance = other => [16, 8, 0].reduce((sum, shift) => sum + (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
  return palette.reduce((best, other, place) => (distance(other) < distance(palette[best]) ? place : best), 0);
}

function decode(png) {
  const data = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  if (png[24] !== 8 || png[25] !== 2 || png[28] !== 0) throw new Error('This is not the kind of PNG that is known here.');
  const [filtered, size] = [inflateSync(Buffer.concat(data)), width * 3];
  const pixels = Buffer.alloc(size * height);
  for (let y = 0; y < height; y++) {
    const filter = filtered[y * (size + 1)];
    for (let x = 0; x < size; x++) {
      const left = x < 3 ? 0 : pixels[y * size + x - 3];
      const above = y === 0 ? 0 : pixels[(y - 1) * size + x];
      const corner = x < 3 || y === 0 ? 0 : pixels[(y - 1) * size + x - 3];
      // PNG 9.2: none, sub, up, average, Paeth.
      const foretold = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      pixels[y * size + x] = filtered[y * (size + 1) + 1 + x] + foretold;
    }
  }
  return { width, height, pixels };
}

function paeth(left, above, corner) {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}
