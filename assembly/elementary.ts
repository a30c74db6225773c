// tanh, the logistic sigmoid and e^x for x ≤ 0, four lanes at a time. No use of the host's Math: the bits are the same everywhere.
//
//   y = n ln 2 + r, |r| ≤ ln 2 / 2;   e^y = 2ⁿ (1 + e),  e = e^r − 1 = r + r² q(r)
//   tanh |x| = m / (m + 2),           m = e^2|x| − 1 = 2ⁿ e + (2ⁿ − 1)      (no cancellation near 0, where n = 0)
//   σ(x) = 1 / (1 + z) or z / (1 + z), z = e^−|x|
//
// q is a polynomial of degree 5 fitted by us to (e^r − 1 − r) / r² on |r| ≤ 0.3475: least squares on 4001 Chebyshev points, reweighted
// (Lawson) until the largest relative error of r + r² q(r) is least. That error is 2.5e-10, far below half a unit in the last place (6e-8).

import { madd } from './vectors';

const LOG2E: f32 = 1.4426950408889634;
const LN2_HIGH: f32 = 0.693359375; // 9 bits: n · LN2_HIGH is exact
const LN2_LOW: f32 = -2.12194440054690583e-4;
const ROUNDER: f32 = 12582912.0; // 1.5 · 2²³: adding it rounds to a whole number, which then stands in the low bits

/** e^r − 1 for |r| ≤ 0.3475. */
// @ts-expect-error: decorator
@inline
function expm1Small(r: v128): v128 {
  let q = f32x4.splat(0.00019845899);
  q = madd(q, r, f32x4.splat(0.0013940893));
  q = madd(q, r, f32x4.splat(0.0083333896));
  q = madd(q, r, f32x4.splat(0.041666359));
  q = madd(q, r, f32x4.splat(0.16666666));
  q = madd(q, r, f32x4.splat(0.5));
  return madd(f32x4.mul(r, r), q, r);
}

/** y − n ln 2. */
// @ts-expect-error: decorator
@inline
function reduce(y: v128, n: v128): v128 {
  return madd(n, f32x4.splat(-LN2_LOW), madd(n, f32x4.splat(-LN2_HIGH), y));
}

/** tanh x. ±0 stays ±0, NaN stays NaN. */
// @ts-expect-error: decorator
@inline
export function tanh4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(<i32>0x80000000));
  const size = v128.xor(x, sign);
  // beyond 9.02 the quotient is 1 in float32; the limit keeps 2ⁿ in range, and pmin lets NaN through
  const y = f32x4.pmin(f32x4.add(size, size), f32x4.splat(20));
  const shifted = madd(y, f32x4.splat(LOG2E), f32x4.splat(ROUNDER));
  const n = f32x4.sub(shifted, f32x4.splat(ROUNDER));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000));
  const m = madd(power, expm1Small(reduce(y, n)), f32x4.sub(power, f32x4.splat(1)));
  return v128.or(f32x4.div(m, f32x4.add(m, f32x4.splat(2))), sign);
}

/** e^x for x ≤ 0, down to the subnormal numbers. NaN stays NaN. */
// @ts-expect-error: decorator
@inline
export function expNegative4(x: v128): v128 {
  const y = f32x4.pmax(x, f32x4.splat(-105)); // e^−105 rounds to 0; −Infinity comes here too
  const shifted = madd(y, f32x4.splat(LOG2E), f32x4.splat(ROUNDER));
  const n = f32x4.sub(shifted, f32x4.splat(ROUNDER));
  const e = expm1Small(reduce(y, n));
  // 2ⁿ in two factors, because n goes down to −151
  const whole = i32x4.sub(shifted, i32x4.splat(0x4b400000));
  const half = i32x4.shr_s(whole, 1);
  const first = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(whole, half), i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.mul(f32x4.add(e, f32x4.splat(1)), first), second);
}

/** 1 / (1 + e^−x). NaN stays NaN. */
// @ts-expect-error: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const z = expNegative4(v128.or(x, i32x4.splat(<i32>0x80000000)));
  const negative = f32x4.lt(x, f32x4.splat(0));
  const top = v128.bitselect(z, f32x4.splat(1), negative);
  return f32x4.div(top, f32x4.add(z, f32x4.splat(1)));
}
