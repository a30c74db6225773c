// c (+)= a · right. The right operand is packed in panels of eight columns; a block of a (MC rows, KC deep) stays in the second-level
// cache and a block of one panel (KC deep) in the first while the tiles run over them.

import { packBlock, transpose } from './packing';
import { tile1x24, tile1x32, tile1x40, tile1x8, tile4x8, tile5x8, tile6x8 } from './tiles';
import { tile4x16, tile5x16, tile6x16 } from './wide-tiles';

const KC: usize = 512;
const MC: usize = 240;
const NC: usize = 512;

/** A tile of c that lies over the edge: [6][16], [6][8] or [1][40]. */
const edge = memory.data(384, 16);

/** Where sums start that start from zero: one row of a tile, for all rows. */
const zeros = memory.data(64, 16);

/** Whether to take the tiles of wide-tiles.ts. */
let wide = false;

export function setWide(on: bool): void {
  wide = on;
}

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
  let done: usize = 0;
  if (m > 3) {
    done = m == 7 ? 6 : m;
    for (let j: usize = 0, panel = panels; j < n; ) {
      const width: usize = wide && n - j > 8 ? 16 : 8;
      const columns = min(width, n - j);
      let from = a;
      let to = c + (j << 2);
      for (let left = done; left > 0; ) {
        const rows = tileHeight(left);
        if (columns == width) {
          const start = accumulate ? to : zeros;
          tile(width, rows, from, strideA, panel, strideP, start, accumulate ? strideC : 0, to, strideC, depth);
        } else {
          const stride = width << 2;
          if (accumulate) move(to, strideC, edge, stride, rows, columns);
          const start = accumulate ? edge : zeros;
          tile(width, rows, from, strideA, panel, strideP, start, accumulate ? stride : 0, edge, stride, depth);
          move(edge, stride, to, strideC, rows, columns);
        }
        left -= rows;
        from += rows * strideA;
        to += rows * strideC;
      }
      j += width;
      panel += (width >> 3) * strideP;
    }
  }
  for (; done < m; done++) row(a + done * strideA, panels, strideP, c + done * strideC, n, depth, accumulate);
}

/**
 * How many of `left` rows (4 and more, not 7) the next tile takes, so that tiles of four, five and six take them all. Where multiply-add is
 * two instructions, its product needs a register too: six rows would spill, and fives do the work.
 */
// @ts-expect-error: decorator
@inline
function tileHeight(left: usize): usize {
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (left == 4 || left == 8) return 4;
    return left == 5 || left == 9 || left == 13 ? 5 : 6;
  }
  const beyond = left % 5;
  if (beyond == 0) return 5;
  return beyond == 1 ? 6 : 4;
}

// @ts-expect-error: decorator
@inline
function tile(
  width: usize,
  rows: usize,
  a: usize,
  strideA: usize,
  panel: usize,
  strideP: usize,
  start: usize,
  strideStart: usize,
  c: usize,
  strideC: usize,
  depth: usize,
): void {
  if (width == 16) {
    if (rows == 6) tile6x16(a, strideA, panel, strideP, start, strideStart, c, strideC, depth);
    else if (rows == 5) tile5x16(a, strideA, panel, strideP, start, strideStart, c, strideC, depth);
    else tile4x16(a, strideA, panel, strideP, start, strideStart, c, strideC, depth);
  } else if (rows == 6) tile6x8(a, strideA, panel, start, strideStart, c, strideC, depth);
  else if (rows == 5) tile5x8(a, strideA, panel, start, strideStart, c, strideC, depth);
  else tile4x8(a, strideA, panel, start, strideStart, c, strideC, depth);
}

/** [rows, columns] from one place to another. */
function move(from: usize, strideFrom: usize, to: usize, strideTo: usize, rows: usize, columns: usize): void {
  for (; rows > 0; rows--, from += strideFrom, to += strideTo)
    for (let j: usize = 0; j < columns; j++) store<f32>(to + (j << 2), load<f32>(from + (j << 2)));
}

/** c [1, n] (+)= a [1, depth] · panels, in groups of three to five panels where there are as many. */
function row(a: usize, panels: usize, strideP: usize, c: usize, n: usize, depth: usize, accumulate: bool): void {
  for (let left = (n + 7) >> 3; left > 0; ) {
    const group: usize = left < 3 ? 1 : left == 3 || left == 6 || left == 7 || left == 11 ? 3 : (left & 3) == 0 ? 4 : 5;
    const columns = group << 3;
    if (n >= columns) rowTile(group, a, panels, strideP, c, depth, accumulate);
    else {
      if (accumulate) move(c, 0, edge, 0, 1, n);
      rowTile(group, a, panels, strideP, edge, depth, accumulate);
      move(edge, 0, c, 0, 1, n);
    }
    left -= group;
    n -= columns;
    c += columns << 2;
    panels += group * strideP;
  }
}

// @ts-expect-error: decorator
@inline
function rowTile(group: usize, a: usize, panels: usize, strideP: usize, c: usize, depth: usize, accumulate: bool): void {
  if (group == 4) tile1x32(a, panels, strideP, c, depth, accumulate);
  else if (group == 5) tile1x40(a, panels, strideP, c, depth, accumulate);
  else if (group == 3) tile1x24(a, panels, strideP, c, depth, accumulate);
  else tile1x8(a, panels, strideP, c, depth, accumulate);
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
        transpose(a + ((p * m + i) << 2), m << 2, depth, height, rows, depth << 2);
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
