// Packing: the right operand of a product as panels of eight columns [k][8], the last one filled up with zeros, and blocks of aᵀ. The
// transposed forms work on squares of 4 × 4 elements.

import { Floats } from './vectors';

/** Packs the columns [from, to) of w [k, n], so that `product` computes a w, where `from` is a multiple of 8. */
export function packPlain(w: Floats, panels: Floats, n: usize, k: usize, from: usize, to: usize): void {
  packBlock(w + (from << 2), n << 2, panels + ((from * k) << 2), to - from, k);
}

/** b [depth, n], rows `step` bytes apart (or −step, to go backwards), as panels `depth` deep. */
export function packBlock(b: usize, step: usize, panels: usize, n: usize, depth: usize): void {
  const stride = depth << 5;
  const whole = n & ~7;
  // sixteen rows at a time: the parts of a cache line are read soon after each other, and each panel is written in a run
  for (let p: usize = 0; p < depth; p += 16) {
    const from = b + p * step;
    const rows = min<usize>(16, depth - p);
    for (let j: usize = 0, panel = panels + (p << 5); j < whole; j += 8, panel += stride)
      for (let at = from + (j << 2), to = panel, end = panel + (rows << 5); to < end; at += step, to += 32) {
        v128.store(to, v128.load(at));
        v128.store(to, v128.load(at, 16), 16);
      }
  }
  if (whole == n) return;
  const panel = panels + (whole >> 3) * stride;
  memory.fill(panel, 0, stride);
  for (let at = b + (whole << 2), to = panel, end = panel + stride; to < end; at += step, to += 32)
    for (let j: usize = 0; j < n - whole; j++) store<f32>(to + (j << 2), load<f32>(at + (j << 2)));
}

/** Packs the rows [from, to) of w [n, k], so that `product` computes a wᵀ, where `from` is a multiple of 8. */
export function packTransposed(w: Floats, panels: Floats, n: usize, k: usize, from: usize, to: usize): void {
  w += (from * k) << 2;
  panels += (from * k) << 2;
  for (let j = from; j < to; j += 8, w += k << 5, panels += k << 5) {
    const columns = min<usize>(8, to - j);
    if (columns < 8) memory.fill(panels, 0, k << 5);
    transpose(w, k << 2, columns, k, panels, 32);
  }
}

/** to [columns, rows] = from [rows, columns] transposed; strides in bytes. */
export function transpose(from: usize, strideFrom: usize, rows: usize, columns: usize, to: usize, strideTo: usize): void {
  const wholeRows = rows & ~3;
  const wholeColumns = columns & ~3;
  for (let i: usize = 0; i < wholeRows; i += 4) {
    let source = from + i * strideFrom;
    let target = to + (i << 2);
    for (let j: usize = 0; j < wholeColumns; j += 4, source += 16, target += strideTo << 2) {
      const s1 = source + strideFrom;
      const s2 = s1 + strideFrom;
      const x0 = v128.load(source);
      const x1 = v128.load(s1);
      const x2 = v128.load(s2);
      const x3 = v128.load(s2 + strideFrom);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      const d1 = target + strideTo;
      const d2 = d1 + strideTo;
      v128.store(target, v128.shuffle<i64>(low01, low23, 0, 2));
      v128.store(d1, v128.shuffle<i64>(low01, low23, 1, 3));
      v128.store(d2, v128.shuffle<i64>(high01, high23, 0, 2));
      v128.store(d2 + strideTo, v128.shuffle<i64>(high01, high23, 1, 3));
    }
  }
  if (wholeColumns < columns) copyTransposed(from, strideFrom, 0, rows, wholeColumns, columns, to, strideTo);
  if (wholeRows < rows) copyTransposed(from, strideFrom, wholeRows, rows, 0, wholeColumns, to, strideTo);
}

/** The part of `transpose` in rows [row, rows) and columns [column, columns), element by element. */
function copyTransposed(
  from: usize,
  strideFrom: usize,
  row: usize,
  rows: usize,
  column: usize,
  columns: usize,
  to: usize,
  strideTo: usize,
): void {
  for (let i = row; i < rows; i++)
    for (let j = column; j < columns; j++)
      store<f32>(to + j * strideTo + (i << 2), load<f32>(from + i * strideFrom + (j << 2)));
}
