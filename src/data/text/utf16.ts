// Whether bytes look like UTF-16 that has no byte order mark. Much of it is valid UTF-8 too, with a NUL between the letters, so that nobody would
// notice before a model writes NULs.

/** The bytes that are looked at. */
const sampleBytes = 1 << 16;

/**
 * The byte order of UTF-16 without a mark, if the bytes look like it. A text has few different high bytes, and its spaces, line ends and ASCII
 * letters have zeros in the same one of two places; a reading in which these are no characters, or control characters, is none.
 * @param isWhole whether the bytes are a whole text, or only its beginning
 */
export function utf16Order(bytes: Uint8Array, isWhole: boolean): 'LE' | 'BE' | undefined {
  const sample = bytes.subarray(0, Math.min(bytes.length, sampleBytes) & ~1);
  if (sample.length < 4 || (bytes.length % 2 === 1 && isWhole)) return undefined;
  const seen = [new Set<number>(), new Set<number>()];
  const zeros = [0, 0];
  let controls = 0;
  sample.forEach((byte, i) => {
    seen[i & 1].add(byte);
    if (byte === 0) zeros[i & 1]++;
    if (byte < 9) controls++;
  });
  // of most alphabets half of the bytes are control characters; of Chinese few are, but as UTF-8 it makes no sense
  if (controls < 0.3 * sample.length && (controls < 0.02 * sample.length || isUtf8(sample))) return undefined;
  const order = seen[1].size < seen[0].size || (seen[1].size === seen[0].size && zeros[1] > zeros[0]) ? 'LE' : 'BE';
  try {
    const text = new TextDecoder(`utf-16${order.toLowerCase()}`, { fatal: true }).decode(sample, { stream: true });
    const odd = text.match(/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{Cf}\t\r\n]/gu)?.length ?? 0;
    return odd * 50 <= text.length ? order : undefined;
  } catch {
    return undefined;
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
