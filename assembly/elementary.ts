// tanh, the logistic sigmoid and e^x for x ≤ 0, four lanes at a time. No use of the host's Math: the bits are the same everywhere.
//
//   y = n ln 2 + r, |r| ≤ ln 2 / 2;   e^y = 2ⁿ (1 + e),  e = e^r − 1 = r + r² q(r)
//   tanh |x| = m / (m + 2),           m = e^2|x| − 1 = 2ⁿ e + (2ⁿ − 1)      (no cancellation near 0, where n = 0)
//   σ(x) = 1 / (1 + e^−x)
//
// q is a polynomial of degree 5 fitted by us to (e^r − 1 − r) / r² on |r| ≤ 0.3475: least squares on 4001 Chebyshev points, reweighted
// (Lawson) until the largest relative error of r + r² q(r) is least. That error is 2.5e-10, far below half a unit in the last place (6e-8).
//
// V8 13.6 (not 11.3) builds a constant again, with three instructions, wherever it is used, even in a loop. So constants are read from a table:
// in pairs of vectors that are not joined to 256 bits this is 1.7 times as fast on Node 24, and no slower on Node 20.

import { madd } from './vectors';

const TABLE = memory.data<f32>([
  1.4426950408889634, -1.4426950408889634, 12582912.0, -0.693359375, 2.12194440054690583e-4, 0.693359375, -2.12194440054690583e-4,
  0.00019845899, 0.0013940893, 0.0083333896, 0.041666359, 0.16666666, 0.5, -0.00019845899, -0.0083333896, -0.16666666, -1, 1, 2, 20,
  -105, 60, 9.094947017729282e-13, 1099511627776.0, -0.0,
]);

// places in the table
const LOG2E = 0;
const MINUS_LOG2E = 1;
const ROUNDER = 2; // 1.5 · 2²³: adding it rounds to a whole number, which then stands in the low bits
const MINUS_LN2_HIGH = 3; // 9 bits: n times it is exact
const MINUS_LN2_LOW = 4;
const LN2_HIGH = 5;
const LN2_LOW = 6;
const Q5 = 7;
const Q4 = 8;
const Q3 = 9;
const Q2 = 10;
const Q1 = 11;
const Q0 = 12;
const MINUS_Q5 = 13;
const MINUS_Q3 = 14;
const MINUS_Q1 = 15;
const MINUS_ONE = 16;
const ONE = 17;
const TWO = 18;
const TWENTY = 19;
const LEAST = 20; // e^−105 rounds to 0
const SIXTY = 21; // 1 + e^−60 is 1
const SMALL = 22; // 2⁻⁴⁰
const LARGE = 23; // 2⁴⁰
const MINUS_ZERO = 24;

/** The number at a place of the table, in every lane. */
// @ts-expect-error: decorator
@inline
function number(place: usize): v128 {
  return v128.load32_splat(TABLE + (place << 2));
}

/** 1 in every lane. */
// @ts-expect-error: decorator
@inline
export function one4(): v128 {
  return number(ONE);
}

/** e^y − 1 for the remainder of y at the quotient n = shifted − ROUNDER. */
// @ts-expect-error: decorator
@inline
function remainder(y: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, number(ROUNDER));
  const r = madd(n, number(MINUS_LN2_LOW), madd(n, number(MINUS_LN2_HIGH), y));
  let q = number(Q5);
  q = madd(q, r, number(Q4));
  q = madd(q, r, number(Q3));
  q = madd(q, r, number(Q2));
  q = madd(q, r, number(Q1));
  q = madd(q, r, number(Q0));
  return madd(f32x4.mul(r, r), q, r);
}

/** tanh x. ±0 stays ±0, NaN stays NaN. */
// @ts-expect-error: decorator
@inline
export function tanh4(x: v128): v128 {
  const sign = v128.and(x, number(MINUS_ZERO));
  const size = v128.xor(x, sign);
  // beyond 9.02 the quotient is 1 in float32; the limit keeps 2ⁿ in range, and pmin lets NaN through
  const y = f32x4.pmin(f32x4.add(size, size), number(TWENTY));
  const shifted = madd(y, number(LOG2E), number(ROUNDER));
  const one = number(ONE);
  const power = i32x4.add(i32x4.shl(shifted, 23), one); // as integers: 1 is 0x3f800000
  const m = madd(power, remainder(y, shifted), f32x4.sub(power, one));
  return v128.or(f32x4.div(m, f32x4.add(m, number(TWO))), sign);
}

/** e^x for x ≤ 0, down to the subnormal numbers. NaN stays NaN. */
// @ts-expect-error: decorator
@inline
export function expNegative4(x: v128): v128 {
  const y = f32x4.pmax(x, number(LEAST)); // −Infinity comes here too
  const shifted = madd(y, number(LOG2E), number(ROUNDER));
  // 2ⁿ⁺⁴⁰, because n goes down to −151
  const power = i32x4.add(i32x4.shl(shifted, 23), number(LARGE));
  return f32x4.mul(madd(power, remainder(y, shifted), power), number(SMALL));
}

/** 1 / (1 + e^−x). NaN stays NaN. */
// @ts-expect-error: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const y = f32x4.pmin(f32x4.pmax(x, number(LEAST)), number(SIXTY));
  const shifted = madd(y, number(MINUS_LOG2E), number(ROUNDER));
  const n = f32x4.sub(shifted, number(ROUNDER));
  // the same polynomial at −r, so that nothing has to change its sign
  const r = madd(n, number(LN2_LOW), madd(n, number(LN2_HIGH), y));
  let q = number(MINUS_Q5);
  q = madd(q, r, number(Q4));
  q = madd(q, r, number(MINUS_Q3));
  q = madd(q, r, number(Q2));
  q = madd(q, r, number(MINUS_Q1));
  q = madd(q, r, number(Q0));
  q = madd(q, r, number(MINUS_ONE));
  const e = f32x4.mul(q, r);
  // numerator and denominator times 2⁻⁴⁰, because n goes up to 151
  const small = number(SMALL);
  const power = i32x4.add(i32x4.shl(shifted, 23), small);
  return f32x4.div(small, madd(power, e, f32x4.add(power, small)));
}
