// c (+)= a · right. The right operand is packed in panels of eight columns; a block of a (MC rows, KC deep) stays in the second-level
// cache and a block of one panel (KC deep) in the first while the tiles run over them.

import { packBlock, transposeBlock } from './packing';
import { tile1x32, tile1x8, tile4x8 } from './tiles';

const KC: usize = 256;
const MC: usize = 256;
const NC: usize = 512;

/** A tile of c that lies over the edge: [4][8] or [1][32]. */
const edge = memory.data(128, 16);

export function product(a: usize, panels: usize, c: usize, m: usize, n: usize, k: usize, accumulate: bool): void {
  const strideA = k << 2;
  const strideC = n << 2;
  if (k == 0) {
    if (!accumulate) memory.fill(c, 0, (m * n) << 2);
    return;
  }
  for (let p: usize = 0; p < k; p += KC) {
    const depth = min(KC, k - p);
    for (let i: usize = 0; i < m; i += MC)
      block(
        a + i * strideA + (p << 2),
        strideA,
        panels + (p << 5),
        k << 5,
        c + i * strideC,
        strideC,
        min(MC, m - i),
        n,
        depth,
        accumulate || p > 0,
      );
  }
}

/** c [m, n] (+)= a [m, depth] · panels: everything in cache. */
function block(
  a: usize,
  strideA: usize,
  panels: usize,
  strideP: usize,
  c: usize,
  strideC: usize,
  m: usize,
  n: usize,
  depth: usize,
  accumulate: bool,
): void {
  const whole = m & ~3;
  for (let j: usize = 0; j < n; j += 8, panels += strideP) {
    let from = a;
    let to = c + (j << 2);
    const columns = n - j;
    for (let i: usize = 0; i < whole; i += 4, from += strideA << 2, to += strideC << 2) {
      if (columns >= 8) tile4x8(from, strideA, panels, to, strideC, <i32>depth, accumulate);
      else {
        if (accumulate) move(to, strideC, edge, 32, columns);
        tile4x8(from, strideA, panels, edge, 32, <i32>depth, accumulate);
        move(edge, 32, to, strideC, columns);
      }
    }
  }
  panels -= ((n + 7) >> 3) * strideP;
  for (let i = whole; i < m; i++) row(a + i * strideA, panels, strideP, c + i * strideC, n, depth, accumulate);
}

/** [4, columns] from one place to another. */
function move(from: usize, strideFrom: usize, to: usize, strideTo: usize, columns: usize): void {
  for (let i = 0; i < 4; i++, from += strideFrom, to += strideTo) memory.copy(to, from, columns << 2);
}

/** c [1, n] (+)= a [1, depth] · panels. */
function row(a: usize, panels: usize, strideP: usize, c: usize, n: usize, depth: usize, accumulate: bool): void {
  let j: usize = 0;
  for (; j + 24 < n; j += 32, panels += strideP << 2) {
    const columns = n - j;
    const to = c + (j << 2);
    if (columns >= 32) tile1x32(a, panels, strideP, to, <i32>depth, accumulate);
    else {
      if (accumulate) memory.copy(edge, to, columns << 2);
      tile1x32(a, panels, strideP, edge, <i32>depth, accumulate);
      memory.copy(to, edge, columns << 2);
    }
  }
  for (; j < n; j += 8, panels += strideP) {
    const columns = min<usize>(8, n - j);
    const to = c + (j << 2);
    if (accumulate) memory.copy(edge, to, columns << 2);
    tile1x8(a, panels, edge, <i32>depth, accumulate);
    memory.copy(to, edge, columns << 2);
  }
}

export function productTN(
  a: usize,
  b: usize,
  c: usize,
  m: usize,
  n: usize,
  k: usize,
  accumulate: bool,
  scratch: usize,
): void {
  if (k == 0) {
    if (!accumulate) memory.fill(c, 0, (m * n) << 2);
    return;
  }
  const depthMost = min(KC, k);
  const rows = scratch + ((min(NC, n + 7) & ~7) * depthMost << 2);
  for (let p: usize = 0; p < k; p += KC) {
    const depth = min(KC, k - p);
    for (let j: usize = 0; j < n; j += NC) {
      const width = min(NC, n - j);
      packBlock(b + ((p * n + j) << 2), scratch, width, n, depth);
      for (let i: usize = 0; i < m; i += MC) {
        const height = min(MC, m - i);
        transposeBlock(a + ((p * m + i) << 2), rows, height, m, depth);
        block(
          rows,
          depth << 2,
          scratch,
          depth << 5,
          c + ((i * n + j) << 2),
          n << 2,
          height,
          width,
          depth,
          accumulate || p > 0,
        );
      }
    }
  }
}

/** Floats that `productTN` needs as scratch. */
export function scratchLength(m: usize, n: usize, k: usize): usize {
  return ((min(NC, n + 7) & ~7) + min(MC, m)) * min(KC, k);
}
