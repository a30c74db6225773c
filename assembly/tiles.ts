// The register tiles: small blocks of c that stay in registers while k runs. Every element of c is one lane of one accumulator, summed in
// the order of k, whichever tile computes it; so a row's bits do not depend on the rows beside it.
//
// The right operand is packed in panels of eight columns, [k][8]; a panel of depth k takes k · 32 bytes. Strides are in bytes. A tile is
// written once for its largest form; the smaller tiles are the same body inlined with a constant, and the compiler drops the unused rows.
//
// The shape of the loops matters: V8 moves the loads of a longer body to its front and spills the accumulators. A `while` over single steps of
// k, whose sums only the next round reads, stays in order and in registers. docs/experiments.md has the numbers.

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
  stepA: usize,
  panel: usize,
  stepP: usize,
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
  const end = panel + k * stepP;
  while (panel != end) {
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
      a4 += stepA;
    }
    if (rows > 5) {
      x = v128.load32_splat(a5);
      s50 = madd(x, b0, s50);
      s51 = madd(x, b1, s51);
      a5 += stepA;
    }
    a += stepA;
    a1 += stepA;
    a2 += stepA;
    a3 += stepA;
    panel += stepP;
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

export function tile6x8(
  a: usize,
  strideA: usize,
  panel: usize,
  start: usize,
  strideStart: usize,
  c: usize,
  strideC: usize,
  k: usize,
): void {
  tileRows(6, a, strideA, 4, panel, 32, start, strideStart, c, strideC, k);
}

export function tile5x8(
  a: usize,
  strideA: usize,
  panel: usize,
  start: usize,
  strideStart: usize,
  c: usize,
  strideC: usize,
  k: usize,
): void {
  tileRows(5, a, strideA, 4, panel, 32, start, strideStart, c, strideC, k);
}

export function tile4x8(
  a: usize,
  strideA: usize,
  panel: usize,
  start: usize,
  strideStart: usize,
  c: usize,
  strideC: usize,
  k: usize,
): void {
  tileRows(4, a, strideA, 4, panel, 32, start, strideStart, c, strideC, k);
}

// The same tiles with free steps from one k to the next. Packed operands have constant steps, as in the tiles above, which is 3 % faster.

export function tile6x8Steps(
  a: usize,
  strideA: usize,
  stepA: usize,
  panel: usize,
  stepP: usize,
  start: usize,
  strideStart: usize,
  c: usize,
  strideC: usize,
  k: usize,
): void {
  tileRows(6, a, strideA, stepA, panel, stepP, start, strideStart, c, strideC, k);
}

export function tile5x8Steps(
  a: usize,
  strideA: usize,
  stepA: usize,
  panel: usize,
  stepP: usize,
  start: usize,
  strideStart: usize,
  c: usize,
  strideC: usize,
  k: usize,
): void {
  tileRows(5, a, strideA, stepA, panel, stepP, start, strideStart, c, strideC, k);
}

export function tile4x8Steps(
  a: usize,
  strideA: usize,
  stepA: usize,
  panel: usize,
  stepP: usize,
  start: usize,
  strideStart: usize,
  c: usize,
  strideC: usize,
  k: usize,
): void {
  tileRows(4, a, strideA, stepA, panel, stepP, start, strideStart, c, strideC, k);
}
