// Half precision: float32 ⇄ float16, the 16 bits of IEEE 754 (one of sign, five of exponent, ten of fraction).

/** The largest number of float16. */
export const maxHalf = 65504;

/** Rounds numbers to the nearest of float16, of two equally near the one whose last bit is 0. Larger ones than `maxHalf` may become infinite. */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (word) => {
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
    if (magnitude >= 0x477ff000) return sign | 0x7c00; // what is rounded beyond maxHalf
    if (magnitude >= 0x38800000) return sign | rounded(magnitude - 0x38000000, 13); // at least 2^−14
    const exponent = magnitude >>> 23;
    if (exponent < 102) return sign; // below half of 2^−24
    return sign | rounded((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
  });
}

/** A whole number without its last bits, rounded. */
function rounded(value: number, bits: number): number {
  const kept = value >>> bits;
  const rest = value & ((1 << bits) - 1);
  const half = 1 << (bits - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

/** The same numbers in float32. */
export function fromHalf(units: Uint16Array): Float32Array {
  return Float32Array.from(units, (unit) => {
    const exponent = (unit >> 10) & 31;
    const fraction = unit & 1023;
    const normal = exponent === 31 ? (fraction ? NaN : Infinity) : (1 + fraction / 1024) * 2 ** (exponent - 15);
    return (unit & 0x8000 ? -1 : 1) * (exponent === 0 ? fraction * 2 ** -24 : normal);
  });
}
