// tanh, the logistic sigmoid and e^x for x ≤ 0, four lanes at a time. No use of the host's Math: the bits are the same everywhere.
//
//   y = n ln 2 + r, |r| ≤ ln 2 / 2;   e^y = 2ⁿ (1 + e),  e = e^r − 1 = r + r² q(r)
//   tanh |x| = m / (m + 2),           m = e^2|x| − 1 = 2ⁿ e + (2ⁿ − 1)      (no cancellation near 0, where n = 0)
//   σ(x) = 1 / (1 + z) or z / (1 + z), z = e^−|x|
//
// q is a polynomial of degree 5 fitted by us to (e^r − 1 − r) / r² on |r| ≤ 0.3475: least squares on 4001 Chebyshev points, reweighted
// (Lawson) until the largest relative error of r + r² q(r) is least. That error is 2.5e-10, far below half a unit in the last place (6e-8).
//
// V8 13.6 (not 11.3) makes a constant anew, by three instructions, wherever it is used, in a loop too. With `far` the functions read their
// constants from a table instead, as the loops do that V8 joins to 256 bits.

import { madd } from './vectors';

const LOG2E: f32 = 1.4426950408889634;
const LN2_HIGH: f32 = 0.693359375; // 9 bits: n · LN2_HIGH is exact
const LN2_LOW: f32 = -2.12194440054690583e-4;
const ROUNDER: f32 = 12582912.0; // 1.5 · 2²³: adding it rounds to a whole number, which then stands in the low bits
const Q5: f32 = 0.00019845899;
const Q4: f32 = 0.0013940893;
const Q3: f32 = 0.0083333896;
const Q2: f32 = 0.041666359;
const Q1: f32 = 0.16666666;

/** The constants in the order of the places below. */
const TABLE = memory.data<f32>([
  1.4426950408889634, -0.693359375, 2.12194440054690583e-4, 12582912.0, 0.00019845899, 0.0013940893, 0.0083333896, 0.041666359,
  0.16666666, 0.5, 1, 2, 20, -105, 0,
]);

/** `value` in every lane, from the code or from place `place` of the table. */
// @ts-expect-error: decorator
@inline
function number(far: bool, place: usize, value: f32): v128 {
  return far ? v128.load32_splat(TABLE + (place << 2)) : f32x4.splat(value);
}

/** e^r − 1 for |r| ≤ 0.3475. */
// @ts-expect-error: decorator
@inline
function expm1Small(r: v128, far: bool): v128 {
  let q = number(far, 4, Q5);
  q = madd(q, r, number(far, 5, Q4));
  q = madd(q, r, number(far, 6, Q3));
  q = madd(q, r, number(far, 7, Q2));
  q = madd(q, r, number(far, 8, Q1));
  q = madd(q, r, number(far, 9, 0.5));
  return madd(f32x4.mul(r, r), q, r);
}

/** y / ln 2 + ROUNDER: the whole number n stands in the low bits. */
// @ts-expect-error: decorator
@inline
function shiftedQuotient(y: v128, far: bool): v128 {
  return madd(y, number(far, 0, LOG2E), number(far, 3, ROUNDER));
}

/** e^(y − n ln 2) − 1. */
// @ts-expect-error: decorator
@inline
function remainder(y: v128, shifted: v128, far: bool): v128 {
  const n = f32x4.sub(shifted, number(far, 3, ROUNDER));
  return expm1Small(madd(n, number(far, 2, -LN2_LOW), madd(n, number(far, 1, -LN2_HIGH), y)), far);
}

/** tanh x. ±0 stays ±0, NaN stays NaN. */
// @ts-expect-error: decorator
@inline
export function tanh4(x: v128, far: bool): v128 {
  const sign = v128.and(x, i32x4.splat(<i32>0x80000000));
  const size = v128.xor(x, sign);
  // beyond 9.02 the quotient is 1 in float32; the limit keeps 2ⁿ in range, and pmin lets NaN through
  const y = f32x4.pmin(f32x4.add(size, size), number(far, 12, 20));
  const shifted = shiftedQuotient(y, far);
  const one = number(far, 10, 1);
  const power = i32x4.add(i32x4.shl(shifted, 23), one); // as integers: 1 is 0x3f800000
  const m = madd(power, remainder(y, shifted, far), f32x4.sub(power, one));
  return v128.or(f32x4.div(m, f32x4.add(m, number(far, 11, 2))), sign);
}

/** e^x for x ≤ 0, down to the subnormal numbers. NaN stays NaN. */
// @ts-expect-error: decorator
@inline
export function expNegative4(x: v128, far: bool): v128 {
  const y = f32x4.pmax(x, number(far, 13, -105)); // e^−105 rounds to 0; −Infinity comes here too
  const shifted = shiftedQuotient(y, far);
  const e = remainder(y, shifted, far);
  // 2ⁿ in two factors, because n goes down to −151; as integers 1 is 127 << 23 and ROUNDER is 0x4b400000
  const whole = i32x4.sub(shifted, number(far, 3, ROUNDER));
  const half = i32x4.shr_s(whole, 1);
  const one = number(far, 10, 1);
  const first = i32x4.add(i32x4.shl(half, 23), one);
  const second = i32x4.add(i32x4.shl(i32x4.sub(whole, half), 23), one);
  return f32x4.mul(f32x4.mul(f32x4.add(e, one), first), second);
}

/** 1 / (1 + e^−x). NaN stays NaN. */
// @ts-expect-error: decorator
@inline
export function sigmoid4(x: v128, far: bool): v128 {
  const z = expNegative4(v128.or(x, i32x4.splat(<i32>0x80000000)), far);
  const negative = f32x4.lt(x, number(far, 14, 0));
  const one = number(far, 10, 1);
  const top = v128.bitselect(z, one, negative);
  return f32x4.div(top, f32x4.add(z, one));
}
