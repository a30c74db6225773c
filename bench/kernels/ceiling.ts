// The most that one core gives to 128-bit SIMD: multiply-adds on registers alone, twelve sums that do not depend on each other, enough to
// hide the latency of the instructions. Each round is 12 · 4 multiply-adds, 96 floating-point operations.

export function multiplyAdds(rounds: i32, factor: f32): f32 {
  const x = f32x4.splat(factor);
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(1);
  let s2 = f32x4.splat(2);
  let s3 = f32x4.splat(3);
  let s4 = f32x4.splat(4);
  let s5 = f32x4.splat(5);
  let s6 = f32x4.splat(6);
  let s7 = f32x4.splat(7);
  let s8 = f32x4.splat(8);
  let s9 = f32x4.splat(9);
  let s10 = f32x4.splat(10);
  let s11 = f32x4.splat(11);
  for (let i = 0; i < rounds; i++) {
    s0 = step(s0, x);
    s1 = step(s1, x);
    s2 = step(s2, x);
    s3 = step(s3, x);
    s4 = step(s4, x);
    s5 = step(s5, x);
    s6 = step(s6, x);
    s7 = step(s7, x);
    s8 = step(s8, x);
    s9 = step(s9, x);
    s10 = step(s10, x);
    s11 = step(s11, x);
  }
  let sum = s0;
  sum = f32x4.add(sum, s1);
  sum = f32x4.add(sum, s2);
  sum = f32x4.add(sum, s3);
  sum = f32x4.add(sum, s4);
  sum = f32x4.add(sum, s5);
  sum = f32x4.add(sum, s6);
  sum = f32x4.add(sum, s7);
  sum = f32x4.add(sum, s8);
  sum = f32x4.add(sum, s9);
  sum = f32x4.add(sum, s10);
  sum = f32x4.add(sum, s11);
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
}

/**
 * As `multiplyAdds` with 24 sums, in pairs that an engine may join to twelve of 256 bits (src/node/wide-simd.ts). It finds the pairs where
 * they are stored, in 384 bytes at an address that it does not know.
 */
export function multiplyAddsWide(rounds: i32, factor: f32, block: usize): f32 {
  const x = f32x4.splat(factor);
  let s0 = v128.load(block, 0);
  let s1 = v128.load(block, 16);
  let s2 = v128.load(block, 32);
  let s3 = v128.load(block, 48);
  let s4 = v128.load(block, 64);
  let s5 = v128.load(block, 80);
  let s6 = v128.load(block, 96);
  let s7 = v128.load(block, 112);
  let s8 = v128.load(block, 128);
  let s9 = v128.load(block, 144);
  let s10 = v128.load(block, 160);
  let s11 = v128.load(block, 176);
  let s12 = v128.load(block, 192);
  let s13 = v128.load(block, 208);
  let s14 = v128.load(block, 224);
  let s15 = v128.load(block, 240);
  let s16 = v128.load(block, 256);
  let s17 = v128.load(block, 272);
  let s18 = v128.load(block, 288);
  let s19 = v128.load(block, 304);
  let s20 = v128.load(block, 320);
  let s21 = v128.load(block, 336);
  let s22 = v128.load(block, 352);
  let s23 = v128.load(block, 368);
  for (let i = 0; i < rounds; i++) {
    s0 = step(s0, x);
    s1 = step(s1, x);
    s2 = step(s2, x);
    s3 = step(s3, x);
    s4 = step(s4, x);
    s5 = step(s5, x);
    s6 = step(s6, x);
    s7 = step(s7, x);
    s8 = step(s8, x);
    s9 = step(s9, x);
    s10 = step(s10, x);
    s11 = step(s11, x);
    s12 = step(s12, x);
    s13 = step(s13, x);
    s14 = step(s14, x);
    s15 = step(s15, x);
    s16 = step(s16, x);
    s17 = step(s17, x);
    s18 = step(s18, x);
    s19 = step(s19, x);
    s20 = step(s20, x);
    s21 = step(s21, x);
    s22 = step(s22, x);
    s23 = step(s23, x);
  }
  v128.store(block, s0, 0);
  v128.store(block, s1, 16);
  v128.store(block, s2, 32);
  v128.store(block, s3, 48);
  v128.store(block, s4, 64);
  v128.store(block, s5, 80);
  v128.store(block, s6, 96);
  v128.store(block, s7, 112);
  v128.store(block, s8, 128);
  v128.store(block, s9, 144);
  v128.store(block, s10, 160);
  v128.store(block, s11, 176);
  v128.store(block, s12, 192);
  v128.store(block, s13, 208);
  v128.store(block, s14, 224);
  v128.store(block, s15, 240);
  v128.store(block, s16, 256);
  v128.store(block, s17, 272);
  v128.store(block, s18, 288);
  v128.store(block, s19, 304);
  v128.store(block, s20, 320);
  v128.store(block, s21, 336);
  v128.store(block, s22, 352);
  v128.store(block, s23, 368);
  return load<f32>(block);
}

/** One multiplication and one addition, of which the compiler can move none out of the loop. */
// @ts-expect-error: decorator
@inline
function step(sum: v128, x: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, x, sum);
  return f32x4.add(f32x4.mul(sum, x), x);
}

/** c += a: two numbers read and one written for one addition, as an optimizer does. What memory gives at these lengths. */
export function stream(a: usize, c: usize, length: i32): void {
  const end = a + (<usize>length << 2);
  for (; a < end; a += 64, c += 64) {
    v128.store(c, f32x4.add(v128.load(c), v128.load(a)));
    v128.store(c, f32x4.add(v128.load(c, 16), v128.load(a, 16)), 16);
    v128.store(c, f32x4.add(v128.load(c, 32), v128.load(a, 32)), 32);
    v128.store(c, f32x4.add(v128.load(c, 48), v128.load(a, 48)), 48);
  }
}
