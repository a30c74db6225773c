// The register tiles: small blocks of c that stay in registers while k runs. Every element of c is one lane of one accumulator, summed in
// the order of k, whichever tile computes it; so a row's bits do not depend on the rows beside it.
//
// The right operand is packed in panels of eight columns, [k][8]; a panel of depth k takes k · 32 bytes. Strides are in bytes. A tile is
// written once for its largest form; the smaller ones are the same body inlined with a constant, and the compiler drops what is left out.
//
// The shape of the loops matters: V8 moves the loads of a longer body to its front and spills the accumulators. One step of k in a `while`,
// its sums read by nothing but the next round, stays in order and in registers. docs/experiments.md has the numbers.

import { madd } from './vectors';

/**
 * c [rows, 8] = start [rows, 8] + a [rows, k] · panel [k, 8] for four to six rows: twelve sums, two columns and one row element fill the
 * registers.
 */
// @ts-expect-error: decorator
@inline
function tileRows(
  rows: i32,
  a: usize,
  strideA: usize,
  panel: usize,
  start: usize,
  strideStart: usize,
  c: usize,
  strideC: usize,
  k: usize,
): void {
  let a1 = a + strideA;
  let a2 = a1 + strideA;
  let a3 = a2 + strideA;
  let a4 = a3 + strideA;
  let a5 = a4 + strideA;
  const c1 = c + strideC;
  const c2 = c1 + strideC;
  const c3 = c2 + strideC;
  const c4 = c3 + strideC;
  const c5 = c4 + strideC;
  let s00 = v128.load(start);
  let s01 = v128.load(start, 16);
  start += strideStart;
  let s10 = v128.load(start);
  let s11 = v128.load(start, 16);
  start += strideStart;
  let s20 = v128.load(start);
  let s21 = v128.load(start, 16);
  start += strideStart;
  let s30 = v128.load(start);
  let s31 = v128.load(start, 16);
  if (rows > 4) start += strideStart;
  let s40 = v128.load(start);
  let s41 = v128.load(start, 16);
  if (rows > 5) start += strideStart;
  let s50 = v128.load(start);
  let s51 = v128.load(start, 16);
  const end = panel + (k << 5);
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
    if (rows > 4) {
      x = v128.load32_splat(a4);
      s40 = madd(x, b0, s40);
      s41 = madd(x, b1, s41);
      a4 += 4;
    }
    if (rows > 5) {
      x = v128.load32_splat(a5);
      s50 = madd(x, b0, s50);
      s51 = madd(x, b1, s51);
      a5 += 4;
    }
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
  if (rows > 4) {
    v128.store(c4, s40);
    v128.store(c4, s41, 16);
  }
  if (rows > 5) {
    v128.store(c5, s50);
    v128.store(c5, s51, 16);
  }
}

export function tile6x8(a: usize, strideA: usize, panel: usize, start: usize, strideStart: usize, c: usize, strideC: usize, k: usize): void {
  tileRows(6, a, strideA, panel, start, strideStart, c, strideC, k);
}

export function tile5x8(a: usize, strideA: usize, panel: usize, start: usize, strideStart: usize, c: usize, strideC: usize, k: usize): void {
  tileRows(5, a, strideA, panel, start, strideStart, c, strideC, k);
}

export function tile4x8(a: usize, strideA: usize, panel: usize, start: usize, strideStart: usize, c: usize, strideC: usize, k: usize): void {
  tileRows(4, a, strideA, panel, start, strideStart, c, strideC, k);
}

/**
 * c [1, 8 · panels] (+)= a [1, k] · `panels` neighboring panels, `strideP` apart. Ten sums at once hide the latency of an addition; one
 * element of a serves all of them.
 */
// @ts-expect-error: decorator
@inline
function tileRow(panels: i32, a: usize, p0: usize, strideP: usize, c: usize, k: usize, accumulate: bool): void {
  let p1 = p0 + strideP;
  let p2 = p1 + strideP;
  let p3 = p2 + strideP;
  let p4 = p3 + strideP;
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0);
  let s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0);
  let s31 = f32x4.splat(0);
  let s40 = f32x4.splat(0);
  let s41 = f32x4.splat(0);
  if (accumulate) {
    s00 = v128.load(c);
    s01 = v128.load(c, 16);
    if (panels > 1) {
      s10 = v128.load(c, 32);
      s11 = v128.load(c, 48);
    }
    if (panels > 2) {
      s20 = v128.load(c, 64);
      s21 = v128.load(c, 80);
    }
    if (panels > 3) {
      s30 = v128.load(c, 96);
      s31 = v128.load(c, 112);
    }
    if (panels > 4) {
      s40 = v128.load(c, 128);
      s41 = v128.load(c, 144);
    }
  }
  const end = p0 + (k << 5);
  while (p0 < end) {
    const x = v128.load32_splat(a);
    s00 = madd(x, v128.load(p0), s00);
    s01 = madd(x, v128.load(p0, 16), s01);
    if (panels > 1) {
      s10 = madd(x, v128.load(p1), s10);
      s11 = madd(x, v128.load(p1, 16), s11);
      p1 += 32;
    }
    if (panels > 2) {
      s20 = madd(x, v128.load(p2), s20);
      s21 = madd(x, v128.load(p2, 16), s21);
      p2 += 32;
    }
    if (panels > 3) {
      s30 = madd(x, v128.load(p3), s30);
      s31 = madd(x, v128.load(p3, 16), s31);
      p3 += 32;
    }
    if (panels > 4) {
      s40 = madd(x, v128.load(p4), s40);
      s41 = madd(x, v128.load(p4, 16), s41);
      p4 += 32;
    }
    a += 4;
    p0 += 32;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  if (panels > 1) {
    v128.store(c, s10, 32);
    v128.store(c, s11, 48);
  }
  if (panels > 2) {
    v128.store(c, s20, 64);
    v128.store(c, s21, 80);
  }
  if (panels > 3) {
    v128.store(c, s30, 96);
    v128.store(c, s31, 112);
  }
  if (panels > 4) {
    v128.store(c, s40, 128);
    v128.store(c, s41, 144);
  }
}

export function tile1x40(a: usize, panel: usize, strideP: usize, c: usize, k: usize, accumulate: bool): void {
  tileRow(5, a, panel, strideP, c, k, accumulate);
}

export function tile1x32(a: usize, panel: usize, strideP: usize, c: usize, k: usize, accumulate: bool): void {
  tileRow(4, a, panel, strideP, c, k, accumulate);
}

export function tile1x24(a: usize, panel: usize, strideP: usize, c: usize, k: usize, accumulate: bool): void {
  tileRow(3, a, panel, strideP, c, k, accumulate);
}

export function tile1x8(a: usize, panel: usize, strideP: usize, c: usize, k: usize, accumulate: bool): void {
  tileRow(1, a, panel, strideP, c, k, accumulate);
}
