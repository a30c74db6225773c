// CRC-32, the checksum of zip and PNG: it finds every flipped byte, and every damage of up to 32 bits in a row. It is no defense against forgery.
// Sixteen bytes at a time, each with a table of its own, because the file of a large model is read through it on every load.

/** Bytes that are taken at once. */
const stride = 16;

/** At 256 k + b: the remainder of byte b after k further bytes. */
const TABLE = new Int32Array(256 * stride);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  TABLE[byte] = crc;
}
for (let at = 256; at < TABLE.length; at++) TABLE[at] = TABLE[TABLE[at - 256] & 255] ^ (TABLE[at - 256] >>> 8);

/** The CRC-32 of the bytes. `start` is that of the bytes before them. */
export function crc32(bytes: Uint8Array, start = 0): number {
  const t = TABLE;
  let crc = ~start;
  let at = 0;
  const step = (end: number): void => {
    for (; at < end; at++) crc = t[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  };
  step(Math.min(bytes.length, -bytes.byteOffset & 3)); // up to where words begin
  const whole = (bytes.length - at) >> 2;
  // bytes that end before words begin have none, and no place for them either
  const words = whole === 0 ? new Int32Array(0) : new Int32Array(bytes.buffer, bytes.byteOffset + at, whole);
  const end = words.length & ~3;
  for (let i = 0; i < end; i += 4) {
    const [a, b, c, d] = [crc ^ words[i], words[i + 1], words[i + 2], words[i + 3]];
    // biome-ignore format: a row for each word
    crc =
      t[3840 + (a & 255)] ^ t[3584 + ((a >>> 8) & 255)] ^ t[3328 + ((a >>> 16) & 255)] ^ t[3072 + (a >>> 24)] ^
      t[2816 + (b & 255)] ^ t[2560 + ((b >>> 8) & 255)] ^ t[2304 + ((b >>> 16) & 255)] ^ t[2048 + (b >>> 24)] ^
      t[1792 + (c & 255)] ^ t[1536 + ((c >>> 8) & 255)] ^ t[1280 + ((c >>> 16) & 255)] ^ t[1024 + (c >>> 24)] ^
      t[768 + (d & 255)] ^ t[512 + ((d >>> 8) & 255)] ^ t[256 + ((d >>> 16) & 255)] ^ t[d >>> 24];
  }
  at += end * 4;
  step(bytes.length);
  return ~crc >>> 0;
}
