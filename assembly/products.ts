// c (+)= a · right. The right operand is packed in panels of eight columns; a block of a (MC rows, KC deep) stays in the second-level
// cache and a block of one panel (KC deep) in the first while the tiles run over them.

import { packBlock, transpose } from './packing';
import { tile1x16, tile1x24, tile1x32, tile1x40, tile1x48, tile1x56, tile1x64, tile1x8 } from './row-tiles';
import { tile4x8, tile4x8Steps, tile5x8, tile5x8Steps, tile6x8, tile6x8Steps } from './tiles';
import { edgeTile, Floats } from './vectors';
import { wide } from './wide';
import { tile4x16, tile5x16, tile6x16 } from './wide-tiles';

const KC: usize = 512;
const MC: usize = 240;
/** The most floats in a and b together that `productTN` reads where they lie: three quarters of a first-level cache. */
const DIRECT: usize = 6144;
const NC: usize = 512;
/** Floats between the rows of a transposed block: without them the rows of a tile, 2 KiB apart, share few sets of the cache. */
const PAD: usize = 16;

/** The zeros that sums start from where they do not start from c: one row of a tile, used for all of its rows. */
const zeros = memory.data(256, 16);

/**
 * c [m, n] = a [m, k] · packed [k, n], or c += with `accumulate`. Each element is summed in the order of k, starting from c with
 * `accumulate` and from zero without, so that a row's bits do not depend on the rows beside it.
 */
export function product(a: Floats, panels: Floats, c: Floats, m: usize, n: usize, k: usize, accumulate: bool): void {
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
  const done: usize = m > 3 ? (m == 7 ? 6 : m) : 0;
  if (done) tall(a, strideA, 4, panels, strideP, 32, c, strideC, done, n, depth, accumulate);
  for (let i = done; i < m; i++) row(a + i * strideA, panels, strideP, c + i * strideC, n, depth, accumulate);
}

/**
 * c [m, n] (+)= a [m, depth] · panels for 4, 5, 6, 8 and more rows. `stepA` and `stepP` lead from one k to the next, so that a may lie
 * transposed, and a matrix [depth, n] may serve as panels without being packed.
 */
function tall(
  a: usize,
  strideA: usize,
  stepA: usize,
  panels: usize,
  strideP: usize,
  stepP: usize,
  c: usize,
  strideC: usize,
  m: usize,
  n: usize,
  depth: usize,
  accumulate: bool,
): void {
  const edge = edgeTile();
  for (let j: usize = 0, p = panels; j < n; ) {
    const width: usize = wide && n - j > 8 ? 16 : 8;
    const columns = min(width, n - j);
    let from = a;
    let to = c + (j << 2);
    for (let left = m; left > 0; ) {
      const rows = tileHeight(left);
      if (columns == width) {
        const start = accumulate ? to : zeros;
        tile(width, rows, from, strideA, stepA, p, strideP, stepP, start, accumulate ? strideC : 0, to, strideC, depth);
      } else {
        const stride = width << 2;
        if (accumulate) move(to, strideC, edge, stride, rows, columns);
        const start = accumulate ? edge : zeros;
        tile(width, rows, from, strideA, stepA, p, strideP, stepP, start, accumulate ? stride : 0, edge, stride, depth);
        move(edge, stride, to, strideC, rows, columns);
      }
      left -= rows;
      from += rows * strideA;
      to += rows * strideC;
    }
    j += width;
    p += (width >> 3) * strideP;
  }
}

/**
 * The number of rows that the next tile takes of `left` rows (4 or more, not 7), such that tiles of four, five and six take them all. Where
 * multiply-add is two instructions, the product of the two needs a register: six rows would spill, so tiles of five are used.
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
  stepA: usize,
  panel: usize,
  strideP: usize,
  stepP: usize,
  start: usize,
  strideStart: usize,
  c: usize,
  strideC: usize,
  depth: usize,
): void {
  if (width == 16) {
    if (rows == 6) tile6x16(a, strideA, stepA, panel, strideP, stepP, start, strideStart, c, strideC, depth);
    else if (rows == 5) tile5x16(a, strideA, stepA, panel, strideP, stepP, start, strideStart, c, strideC, depth);
    else tile4x16(a, strideA, stepA, panel, strideP, stepP, start, strideStart, c, strideC, depth);
  } else if (stepA == 4) {
    // packed operands: stepP is 32
    if (rows == 6) tile6x8(a, strideA, panel, start, strideStart, c, strideC, depth);
    else if (rows == 5) tile5x8(a, strideA, panel, start, strideStart, c, strideC, depth);
    else tile4x8(a, strideA, panel, start, strideStart, c, strideC, depth);
  } else if (rows == 6) tile6x8Steps(a, strideA, stepA, panel, stepP, start, strideStart, c, strideC, depth);
  else if (rows == 5) tile5x8Steps(a, strideA, stepA, panel, stepP, start, strideStart, c, strideC, depth);
  else tile4x8Steps(a, strideA, stepA, panel, stepP, start, strideStart, c, strideC, depth);
}

/** Copies [rows, columns] from one place to another. */
function move(from: usize, strideFrom: usize, to: usize, strideTo: usize, rows: usize, columns: usize): void {
  const whole = columns & ~3;
  for (; rows > 0; rows--, from += strideFrom, to += strideTo) {
    let j: usize = 0;
    for (; j < whole; j += 4) v128.store(to + (j << 2), v128.load(from + (j << 2)));
    for (; j < columns; j++) store<f32>(to + (j << 2), load<f32>(from + (j << 2)));
  }
}

/** Whether the next row reads the panels from the last to the first. */
let turned = false;

/**
 * c [1, n] (+)= a [1, depth] · panels, in groups of panels of nearly equal size. Every other row begins at the end: the panels that the row before
 * used last are still in the cache, where the whole matrix does not fit.
 */
function row(a: usize, panels: usize, strideP: usize, c: usize, n: usize, depth: usize, accumulate: bool): void {
  const edge = edgeTile();
  const maxPanels: usize = wide ? 8 : 6; // the panels of the largest tile of row-tiles.ts
  const all = (n + 7) >> 3;
  turned = !turned;
  for (let tiles = (all + maxPanels - 1) / maxPanels, left = all; left > 0; tiles--) {
    const group = (left + tiles - 1) / tiles;
    const first = turned ? left - group : all - left;
    const to = c + (first << 5);
    const columns = min(group << 3, n - (first << 3));
    const p = panels + first * strideP;
    if (columns == group << 3) rowTile(group, a, p, strideP, accumulate ? to : zeros, to, depth);
    else {
      if (accumulate) move(to, 0, edge, 0, 1, columns);
      rowTile(group, a, p, strideP, accumulate ? edge : zeros, edge, depth);
      move(edge, 0, to, 0, 1, columns);
    }
    left -= group;
  }
}

// @ts-expect-error: decorator
@inline
function rowTile(group: usize, a: usize, panels: usize, strideP: usize, start: usize, c: usize, depth: usize): void {
  switch (<i32>group) {
    case 1: tile1x8(a, panels, strideP, start, c, depth); break;
    case 2: tile1x16(a, panels, strideP, start, c, depth); break;
    case 3: tile1x24(a, panels, strideP, start, c, depth); break;
    case 4: tile1x32(a, panels, strideP, start, c, depth); break;
    case 5: tile1x40(a, panels, strideP, start, c, depth); break;
    case 6: tile1x48(a, panels, strideP, start, c, depth); break;
    case 7: tile1x56(a, panels, strideP, start, c, depth); break;
    default: tile1x64(a, panels, strideP, start, c, depth);
  }
}

/**
 * c [m, n] = aᵀ b, or c += with `accumulate`, where a is [k, m] and b is [k, n]: a weight gradient, k = rows of a window. Each element is
 * summed from the last row to the first, the order of the backward pass, starting from c with `accumulate`. So a window that is cut into
 * stretches of time, the last first, gives the bits of the whole window. Rows of a are `strideA` numbers apart, rows of b and c `strideB`.
 */
export function productTN(a: Floats, b: Floats, c: Floats, m: usize, n: usize, k: usize, accumulate: bool, scratch: Floats, strideA: usize, strideB: usize): void {
  const stepA = strideA << 2;
  const stepB = strideB << 2;
  if (k == 0) {
    if (!accumulate) for (; m > 0; m--, c += stepB) memory.fill(c, 0, n << 2);
    return;
  }
  if (k * (m + n) <= DIRECT && m > 3 && m != 7) return directTN(a, b, c, m, n, k, accumulate, scratch, stepA, stepB);
  const rows = scratch + ((min(NC, n + 7) & ~7) * min(KC, k) << 2);
  for (let left = k; left > 0; ) {
    const depth = min(KC, left);
    const last = left - 1;
    for (let j: usize = 0; j < n; j += NC) {
      const width = min(NC, n - j);
      packBlock(b + last * stepB + (j << 2), 0 - stepB, scratch, width, depth);
      for (let i: usize = 0; i < m; i += MC) {
        const height = min(MC, m - i);
        transpose(a + last * stepA + (i << 2), 0 - stepA, depth, height, rows, (depth + PAD) << 2);
        block(
          rows,
          (depth + PAD) << 2,
          scratch,
          depth << 5,
          c + i * stepB + (j << 2),
          stepB,
          height,
          width,
          depth,
          accumulate || left < k,
        );
      }
    }
    left -= depth;
  }
}

/** c [m, n] (+)= aᵀ b where both stay in the first-level cache. Only the columns of b beyond a multiple of eight are packed. */
function directTN(
  a: usize,
  b: usize,
  c: usize,
  m: usize,
  n: usize,
  k: usize,
  accumulate: bool,
  scratch: usize,
  stepA: usize,
  stepB: usize,
): void {
  const whole = n & ~7;
  a += (k - 1) * stepA;
  b += (k - 1) * stepB;
  tall(a, 4, 0 - stepA, b, 32, 0 - stepB, c, stepB, m, whole, k, accumulate);
  if (whole == n) return;
  packBlock(b + (whole << 2), 0 - stepB, scratch, n - whole, k);
  tall(a, 4, 0 - stepA, scratch, 32, 32, c + (whole << 2), stepB, m, n - whole, k, accumulate);
}

/** The number of floats that `productTN` needs as scratch. */
export function scratchLength(m: usize, n: usize, k: usize): usize {
  return (min(NC, n + 7) & ~7) * min(KC, k) + min(MC, m) * (min(KC, k) + PAD);
}
