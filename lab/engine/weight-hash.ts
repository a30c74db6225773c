// The hash of a model's weights. A link with `n` and `wh` promises that the same settings and text, trained for n steps, give the weights whose hash is
// `wh`. The hash has 48 bits: two 32-bit hashes of MurmurHash3 (Appleby, 2011) with different seeds and constants run over the bits of the weights as
// 32-bit words, and the upper half of the second is kept. It finds every changed bit, but it is no protection against forgery.
//
//   k = rotl(word · c₁, 15) · c₂        h = rotl(h ⊕ k, 13) · 5 + c₃        at the end h ⊕ length, mixed

const rotateLeft = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

function murmur3(words: Uint32Array, seed: number, c1: number, c2: number): number {
  let h = seed;
  for (const word of words) {
    const k = Math.imul(rotateLeft(Math.imul(word, c1), 15), c2);
    h = (Math.imul(rotateLeft(h ^ k, 13), 5) + 0xe6546b64) | 0;
  }
  h ^= 4 * words.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Twelve hexadecimal digits that stand for the weights, bit for bit; float64 is rounded to float32 first. */
export function weightHash(parameters: Float32Array | Float64Array): string {
  const floats = parameters instanceof Float32Array ? parameters : Float32Array.from(parameters);
  const words = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const first = murmur3(words, 0, 0xcc9e2d51, 0x1b873593);
  const second = murmur3(words, 0x9747b28c, 0x239b961b, 0xab0e9789) >>> 16;
  return first.toString(16).padStart(8, '0') + second.toString(16).padStart(4, '0');
}
