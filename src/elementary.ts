// exp, log, tanh and the logistic function in float64, computed from additions, multiplications and divisions alone. They give the same bits
// on every JavaScript engine, which `Math.exp` and its relatives do not promise. Errors are below 2 units in the last place.
//
//   exp:  x = n ln 2 + r, |r| ≤ ln 2 / 2;   e^x = 2^n (1 + r + r²/2! + … )
//   log:  x = 2^n m, m in [√½, √2);         ln x = n ln 2 + 2 artanh((m − 1) / (m + 1))
//   tanh: e = e^2|x| − 1;                   tanh |x| = e / (e + 2)
//
// Beside them stand the largest number and the norm of a vector of any length.

const LN2_HIGH = 0.6931471803691238; // the upper 32 bits of ln 2, so that n · LN2_HIGH is exact
const LN2_LOW = 1.9082149292705877e-10;
const { LOG2E } = Math;

const bits = new DataView(new ArrayBuffer(8));

/** 2ⁿ at n + 1022, for n from −1022 to 1023: each is twice the one before, exactly. */
const powers = new Float64Array(2046);
powers[0] = 2.2250738585072014e-308;
for (let i = 1; i < powers.length; i++) powers[i] = 2 * powers[i - 1];

function powerOfTwo(n: number): number {
  return powers[n + 1022];
}

/** (e^r − 1) for |r| ≤ 0.35: the Taylor series to r¹⁴, whose rest is below 2⁻⁵⁶ of the sum. Factors, since divisions are slow. */
function expm1Small(r: number): number {
  let sum = 1 / 87178291200; // 1 / 14!
  sum = 1 / 6227020800 + r * sum;
  sum = 1 / 479001600 + r * sum;
  sum = 1 / 39916800 + r * sum;
  sum = 1 / 3628800 + r * sum;
  sum = 1 / 362880 + r * sum;
  sum = 1 / 40320 + r * sum;
  sum = 1 / 5040 + r * sum;
  sum = 1 / 720 + r * sum;
  sum = 1 / 120 + r * sum;
  sum = 1 / 24 + r * sum;
  sum = 1 / 6 + r * sum;
  return r + r * r * (1 / 2 + r * sum);
}

/** e^x. Infinity above 709.78, 0 below −745.1. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const n = Math.floor(x * LOG2E + 0.5);
  const tail = 1 + expm1Small(x - n * LN2_HIGH - n * LN2_LOW);
  // two steps, so that neither factor leaves the range of normal numbers
  const half = n >> 1;
  return tail * powerOfTwo(half) * powerOfTwo(n - half);
}

/** ln x. −Infinity at 0, NaN below. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  let n = 0;
  let mantissa = x;
  if (mantissa < 2.2250738585072014e-308) {
    mantissa *= 18014398509481984; // 2^54: out of the subnormal numbers
    n = -54;
  }
  bits.setFloat64(0, mantissa);
  const high = bits.getUint32(0);
  n += (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  mantissa = bits.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    n += 1;
  }
  const f = mantissa - 1;
  const s = f / (2 + f);
  const square = s * s;
  let series = 0;
  for (let k = 21; k >= 3; k -= 2) series = square * (1 / k + series);
  // ln(1 + f) = f − s (f − 2 series): the large term f is exact
  return n * LN2_HIGH + (f - (s * (f - 2 * series) - n * LN2_LOW));
}

/** tanh x. */
export function tanh(x: number): number {
  if (Number.isNaN(x)) return x;
  const y = 2 * Math.abs(x);
  if (y > 44) return x > 0 ? 1 : -1;
  const n = Math.floor(y * LOG2E + 0.5);
  const scale = powerOfTwo(n);
  const e = scale * expm1Small(y - n * LN2_HIGH - n * LN2_LOW) + (scale - 1);
  const value = e / (e + 2);
  return x < 0 || Object.is(x, -0) ? -value : value;
}

/** The logistic sigmoid σ(x) = 1 / (1 + e^−x). */
export function logistic(x: number): number {
  const e = exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** The largest of some numbers, however many: `Math.max(...values)` overflows the stack with some hundred thousand. −∞ where there are none. */
export function largest(values: ArrayLike<number>): number {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]);
  return most;
}

/** The smallest of some numbers, however many; ∞ where there are none. */
export function smallest(values: ArrayLike<number>): number {
  let least = Infinity;
  for (let i = 0; i < values.length; i++) least = Math.min(least, values[i]);
  return least;
}

/** ‖v‖₂ of a vector of any length, also where the squares would be too large or too small for a number. */
export function normOf(vector: ArrayLike<number>): number {
  let scale = 0;
  for (let i = 0; i < vector.length; i++) scale = Math.max(scale, Math.abs(vector[i]));
  if (scale === 0 || !Number.isFinite(scale)) return scale;
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (vector[i] / scale) ** 2;
  return scale * Math.sqrt(sum);
}

/** sin 2πu, of a part u of a turn; exact for quarters of it. */
export function sineOfTurn(u: number): number {
  const turn = u - Math.floor(u);
  if (turn >= 0.5) return turn === 0.5 ? 0 : -sineOfTurn(turn - 0.5);
  const quarter = turn > 0.25 ? 0.5 - turn : turn; // the sine is the same on both sides of a quarter
  const isCosine = quarter > 0.125; // sin x = cos (π/2 − x)
  const x = 2 * Math.PI * (isCosine ? 0.25 - quarter : quarter);
  // Taylor's series to x¹⁶ or x¹⁷: for x ≤ π/4 the rest is below 2⁻⁵³
  let sum = 0;
  for (let n = isCosine ? 16 : 17; n >= 2; n -= 2) sum = (-x * x * (1 + sum)) / (n * (n - 1));
  return isCosine ? 1 + sum : x * (1 + sum);
}
