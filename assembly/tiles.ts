// The register tiles: small blocks of c that stay in registers while k runs. Every element of c is one lane of one accumulator, summed in
// the order of k, whichever tile computes it; so a row's bits do not depend on the rows beside it.
//
// The right operand is packed in panels of eight columns, [k][8]; a panel of depth k takes k · 32 bytes. Strides are in bytes.

import { madd } from './vectors';

/** c [4, 8] (+)= a [4, k] · panel [k, 8]. */
export function tile4x8(a: usize, strideA: usize, panel: usize, c: usize, strideC: usize, k: i32, accumulate: bool): void {
  let a1 = a + strideA;
  let a2 = a1 + strideA;
  let a3 = a2 + strideA;
  const c1 = c + strideC;
  const c2 = c1 + strideC;
  const c3 = c2 + strideC;
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  if (accumulate) {
    s00 = v128.load(c);
    s01 = v128.load(c, 16);
    s10 = v128.load(c1);
    s11 = v128.load(c1, 16);
    s20 = v128.load(c2);
    s21 = v128.load(c2, 16);
    s30 = v128.load(c3);
    s31 = v128.load(c3, 16);
  }
  const end = panel + (<usize>k << 5);
  while (panel < end) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a1);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a2);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a3);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    a += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    panel += 32;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** c [1, 32] (+)= a [1, k] · four panels [k, 8], `strideP` apart: eight sums at once hide the latency of an addition. */
export function tile1x32(a: usize, panel: usize, strideP: usize, c: usize, k: i32, accumulate: bool): void {
  let p1 = panel + strideP;
  let p2 = p1 + strideP;
  let p3 = p2 + strideP;
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  if (accumulate) {
    s0 = v128.load(c);
    s1 = v128.load(c, 16);
    s2 = v128.load(c, 32);
    s3 = v128.load(c, 48);
    s4 = v128.load(c, 64);
    s5 = v128.load(c, 80);
    s6 = v128.load(c, 96);
    s7 = v128.load(c, 112);
  }
  const end = panel + (<usize>k << 5);
  while (panel < end) {
    const x = v128.load32_splat(a);
    s0 = madd(x, v128.load(panel), s0);
    s1 = madd(x, v128.load(panel, 16), s1);
    s2 = madd(x, v128.load(p1), s2);
    s3 = madd(x, v128.load(p1, 16), s3);
    s4 = madd(x, v128.load(p2), s4);
    s5 = madd(x, v128.load(p2, 16), s5);
    s6 = madd(x, v128.load(p3), s6);
    s7 = madd(x, v128.load(p3, 16), s7);
    a += 4;
    panel += 32;
    p1 += 32;
    p2 += 32;
    p3 += 32;
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
  v128.store(c, s2, 32);
  v128.store(c, s3, 48);
  v128.store(c, s4, 64);
  v128.store(c, s5, 80);
  v128.store(c, s6, 96);
  v128.store(c, s7, 112);
}

/** c [1, 8] (+)= a [1, k] · panel [k, 8]. */
export function tile1x8(a: usize, panel: usize, c: usize, k: i32, accumulate: bool): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  if (accumulate) {
    s0 = v128.load(c);
    s1 = v128.load(c, 16);
  }
  const end = panel + (<usize>k << 5);
  while (panel < end) {
    const x = v128.load32_splat(a);
    s0 = madd(x, v128.load(panel), s0);
    s1 = madd(x, v128.load(panel, 16), s1);
    a += 4;
    panel += 32;
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
}
