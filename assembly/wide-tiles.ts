// The register tiles for engines that join pairs of neighboring 128-bit vectors into 256-bit instructions (src/node/wide-simd.ts): sixteen
// columns, two panels, instead of eight. The two halves of a pair are neighbors wherever they are loaded and stored, which is what V8's
// pass looks for; it then packs 24 sums into twelve registers. Where nothing joins them the sums do not fit into registers and
// the tiles of tiles.ts are faster. Each sum is the same sequence of operations on the same numbers as there, so the bits are the same.
//
// The sums always start from memory, c itself or zeros: a choice between loads and constants would be two blocks, which V8 does not join.

import { madd } from './vectors';

/** c [rows, 16] = start [rows, 16] + a [rows, k] · two panels [k, 8], for four to six rows. Strides in bytes. */
// @ts-expect-error: decorator
@inline
function tileRows16(
  rows: i32,
  a: usize,
  strideA: usize,
  stepA: usize,
  p: usize,
  strideP: usize,
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
  let q = p + strideP;
  let s00 = v128.load(start);
  let s01 = v128.load(start, 16);
  let s02 = v128.load(start, 32);
  let s03 = v128.load(start, 48);
  start += strideStart;
  let s10 = v128.load(start);
  let s11 = v128.load(start, 16);
  let s12 = v128.load(start, 32);
  let s13 = v128.load(start, 48);
  start += strideStart;
  let s20 = v128.load(start);
  let s21 = v128.load(start, 16);
  let s22 = v128.load(start, 32);
  let s23 = v128.load(start, 48);
  start += strideStart;
  let s30 = v128.load(start);
  let s31 = v128.load(start, 16);
  let s32 = v128.load(start, 32);
  let s33 = v128.load(start, 48);
  if (rows > 4) start += strideStart;
  let s40 = v128.load(start);
  let s41 = v128.load(start, 16);
  let s42 = v128.load(start, 32);
  let s43 = v128.load(start, 48);
  if (rows > 5) start += strideStart;
  let s50 = v128.load(start);
  let s51 = v128.load(start, 16);
  let s52 = v128.load(start, 32);
  let s53 = v128.load(start, 48);
  const end = p + k * stepP;
  while (p != end) {
    const b0 = v128.load(p);
    const b1 = v128.load(p, 16);
    const b2 = v128.load(q);
    const b3 = v128.load(q, 16);
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    s02 = madd(x, b2, s02);
    s03 = madd(x, b3, s03);
    x = v128.load32_splat(a1);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    s12 = madd(x, b2, s12);
    s13 = madd(x, b3, s13);
    x = v128.load32_splat(a2);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    s22 = madd(x, b2, s22);
    s23 = madd(x, b3, s23);
    x = v128.load32_splat(a3);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    s32 = madd(x, b2, s32);
    s33 = madd(x, b3, s33);
    if (rows > 4) {
      x = v128.load32_splat(a4);
      s40 = madd(x, b0, s40);
      s41 = madd(x, b1, s41);
      s42 = madd(x, b2, s42);
      s43 = madd(x, b3, s43);
      a4 += stepA;
    }
    if (rows > 5) {
      x = v128.load32_splat(a5);
      s50 = madd(x, b0, s50);
      s51 = madd(x, b1, s51);
      s52 = madd(x, b2, s52);
      s53 = madd(x, b3, s53);
      a5 += stepA;
    }
    a += stepA;
    a1 += stepA;
    a2 += stepA;
    a3 += stepA;
    p += stepP;
    q += stepP;
  }
  storeRow(c, s00, s01, s02, s03);
  c += strideC;
  storeRow(c, s10, s11, s12, s13);
  c += strideC;
  storeRow(c, s20, s21, s22, s23);
  c += strideC;
  storeRow(c, s30, s31, s32, s33);
  if (rows > 4) {
    c += strideC;
    storeRow(c, s40, s41, s42, s43);
  }
  if (rows > 5) {
    c += strideC;
    storeRow(c, s50, s51, s52, s53);
  }
}

// @ts-expect-error: decorator
@inline
function storeRow(c: usize, s0: v128, s1: v128, s2: v128, s3: v128): void {
  v128.store(c, s0);
  v128.store(c, s1, 16);
  v128.store(c, s2, 32);
  v128.store(c, s3, 48);
}

export function tile6x16(a: usize, strideA: usize, stepA: usize, p: usize, strideP: usize, stepP: usize, start: usize, strideStart: usize, c: usize, strideC: usize, k: usize): void {
  tileRows16(6, a, strideA, stepA, p, strideP, stepP, start, strideStart, c, strideC, k);
}

export function tile5x16(a: usize, strideA: usize, stepA: usize, p: usize, strideP: usize, stepP: usize, start: usize, strideStart: usize, c: usize, strideC: usize, k: usize): void {
  tileRows16(5, a, strideA, stepA, p, strideP, stepP, start, strideStart, c, strideC, k);
}

export function tile4x16(a: usize, strideA: usize, stepA: usize, p: usize, strideP: usize, stepP: usize, start: usize, strideStart: usize, c: usize, strideC: usize, k: usize): void {
  tileRows16(4, a, strideA, stepA, p, strideP, stepP, start, strideStart, c, strideC, k);
}
