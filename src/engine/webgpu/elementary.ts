// exp, log, tanh and the logistic function in WGSL, from additions, multiplications and divisions alone, since WGSL's own may be off by hundreds of
// roundings; reductions over the lanes of a workgroup; and numbers that the host has in float64.
//
//   y = n ln 2 + r, |r| ≤ ln 2 / 2;   e^y = 2ⁿ (1 + e),  e = e^r − 1 = r + r² q(r)       q as in assembly/elementary.ts
//   tanh |x| = m / (m + 2),           m = e^2|x| − 1 = 2ⁿ e + (2ⁿ − 1)
//   log x = n ln 2 + 2 artanh s,      x = 2ⁿ m, m in [√½, √2),  s = (m − 1) / (m + 1)
//
// A shader may take it that no number is infinite or NaN. So whether one is finite is asked of its bits, and what is not finite is handed on as it is.

/** A function that joins the values of each group of `count` neighboring lanes, and gives all of them the result. */
const overLanes = (name: string, type: string, memory: string, joined: string): string => /* wgsl */ `
fn ${name}(value: ${type}, count: i32, lane: i32) -> ${type} {
  ${memory}[lane] = value;
  workgroupBarrier();
  for (var step = count / 2; step > 0; step /= 2) {
    if (lane % count < step) { let one = ${memory}[lane]; let other = ${memory}[lane + step]; ${memory}[lane] = ${joined}; }
    workgroupBarrier();
  }
  let result = ${memory}[lane - lane % count];
  storageBarrier();
  workgroupBarrier();
  return result;
}`;

/** WGSL that every kernel may use. */
export const elementary = /* wgsl */ `
fn bitsOf(x: f32) -> u32 { return bitcast<u32>(x) & 0x7fffffffu; }
fn isFinite(x: f32) -> bool { return bitsOf(x) < 0x7f800000u; }
fn isNan(x: f32) -> bool { return bitsOf(x) > 0x7f800000u; }

/** 2ⁿ for n from −126 to 127. */
fn powerOfTwo(n: i32) -> f32 { return bitcast<f32>((n + 127) << 23u); }

/** e^r − 1 for the remainder r of y at n ln 2. */
fn remainder(y: f32, n: f32) -> f32 {
  let r = fma(n, 2.12194440054690583e-4, fma(n, -0.693359375, y));
  var q = 0.00019845899;
  q = fma(q, r, 0.0013940893);
  q = fma(q, r, 0.0083333896);
  q = fma(q, r, 0.041666359);
  q = fma(q, r, 0.16666666);
  q = fma(q, r, 0.5);
  return fma(r * r, q, r);
}

/** e^x for x ≤ 0. */
fn expNegative(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  if (x < -104.0) { return 0.0; }
  let n = floor(fma(x, 1.4426950408889634, 0.5));
  let e = 1.0 + remainder(x, n);
  // two steps, so that neither factor leaves the range of normal numbers
  let half = i32(n) / 2;
  return (e * powerOfTwo(half)) * powerOfTwo(i32(n) - half);
}

fn logOf(x: f32) -> f32 {
  if (!isFinite(x)) { return x; }
  var n = i32(bitsOf(x) >> 23u) - 127;
  var m = bitcast<f32>((bitsOf(x) & 0x007fffffu) | 0x3f800000u);
  if (m > 1.41421356) { m *= 0.5; n++; }
  let s = (m - 1.0) / (m + 1.0);
  let z = s * s;
  let series = fma(z, fma(z, fma(z, fma(z, 1.0 / 9.0, 1.0 / 7.0), 1.0 / 5.0), 1.0 / 3.0), 1.0);
  return fma(f32(n), 0.693359375, fma(f32(n), -2.12194440054690583e-4, 2.0 * s * series));
}

fn tanhOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let sign = bitcast<u32>(x) & 0x80000000u;
  let y = select(2.0 * abs(x), 20.0, bitsOf(x) > 0x41200000u); // beyond 10 it is 1
  let n = floor(fma(y, 1.4426950408889634, 0.5));
  let power = powerOfTwo(i32(n));
  let m = fma(power, remainder(y, n), power - 1.0);
  return bitcast<f32>(bitcast<u32>(m / (m + 2.0)) | sign);
}

fn sigmoidOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let e = expNegative(-abs(x));
  return select(e / (1.0 + e), 1.0 / (1.0 + e), x >= 0.0);
}

/** How many lanes share a sum of so many terms: a power of two, told from their number alone, so that a sum has the same bits whatever is beside it. */
fn lanesFor(terms: i32) -> i32 {
  var count = 1;
  while (count < LANES && count * 8 < terms) { count *= 2; }
  return count;
}

${overLanes('sumOver', 'f32', 'pool', 'one + other')}
${overLanes('largestOver', 'f32', 'pool', 'select(one, other, other > one)')}
${overLanes('largestBits', 'u32', 'poolBits', 'max(one, other)')}

/** A number of the host's float64, (x + y) 2ᶻ, rounded. Of sums alone z is not 0. */
fn number(at: i32) -> f32 { return d[at].x; }

/** 1 − a number, rounded once. */
fn complement(at: i32) -> f32 { return (1.0 - d[at].x) - d[at].y; }

fn scramble(x: u32) -> u32 {
  var h = (x ^ (x >> 16u)) * 0x85ebca6bu;
  h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
  return h ^ (h >> 16u);
}
`;
