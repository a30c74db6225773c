// Kernels on rows of a matrix: a bias in every row, the lookup of one-hot inputs and its gradient, the gradient of a bias, and rows that are
// picked, added or scaled.

import { Floats, Integers, loadPart, rest, storePart, wholeEnd } from './vectors';

/** out [rows, width]: out[r] = row. */
export function fillRows(row: Floats, out: Floats, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let r = 0; r < rows; r++, out += bytes) memory.copy(out, row, bytes);
}

/** out [rows, width]: out[r] = row + table[ids[r]]. This lookup is b + U x for one-hot x. */
export function gatherRows(table: Floats, ids: Integers, row: Floats, out: Floats, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let r = 0; r < rows; r++, ids += 4, out += bytes)
    sumTo(out, row, table + <usize>load<u32>(ids) * bytes, width);
}

/** out[r] += table[ids[r]]: the further symbols of a step. */
export function addRows(table: Floats, ids: Integers, out: Floats, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let r = 0; r < rows; r++, ids += 4, out += bytes)
    sumTo(out, out, table + <usize>load<u32>(ids) * bytes, width);
}

/** to[r] = from[ids[r]]; `from` and `to` do not overlap, and their rows are strideFrom and strideTo numbers apart. */
export function copyRows(from: Floats, ids: Integers, to: Floats, rows: i32, width: i32, strideFrom: i32, strideTo: i32): void {
  const bytes = <usize>width << 2;
  const bytesFrom = <usize>strideFrom << 2;
  const bytesTo = <usize>strideTo << 2;
  for (let r = 0; r < rows; r++, ids += 4, to += bytesTo)
    memory.copy(to, from + <usize>load<u32>(ids) * bytesFrom, bytes);
}

/** x[r] = x[r] · factors[r]; where the factor is 0 the result is exactly 0, whatever x is. */
export function scaleRows(x: Floats, factors: Floats, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let r = 0; r < rows; r++, factors += 4, x += bytes) {
    const factor = load<f32>(factors);
    if (factor == 0) memory.fill(x, 0, bytes);
    else if (factor != 1) scale(x, width, factor);
  }
}

/** x = x · factor. */
export function scale(x: usize, length: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  const end = wholeEnd(x, length);
  for (; x < end; x += 16) v128.store(x, f32x4.mul(v128.load(x), factors));
  const part = rest(length);
  if (part) storePart(x, f32x4.mul(loadPart(x, part), factors), part);
}

/** table[ids[r]] += x[r] for r from the last row to the first: the gradient of `gatherRows`. Rows of x are strideX numbers apart, rows of table strideTable. */
export function scatterAddRows(x: Floats, ids: Integers, table: Floats, rows: i32, width: i32, strideX: i32, strideTable: i32): void {
  const bytes = <usize>strideX << 2;
  const tableBytes = <usize>strideTable << 2;
  x += <usize>rows * bytes;
  ids += <usize>rows << 2;
  for (let r = 0; r < rows; r++) {
    x -= bytes;
    ids -= 4;
    const to = table + <usize>load<u32>(ids) * tableBytes;
    sumTo(to, to, x, width);
  }
}

/** to = a + b, rows of `width` floats. */
function sumTo(to: usize, a: usize, b: usize, width: i32): void {
  const end = wholeEnd(to, width);
  for (; to < end; to += 16, a += 16, b += 16) v128.store(to, f32x4.add(v128.load(a), v128.load(b)));
  const part = rest(width);
  if (part) storePart(to, f32x4.add(loadPart(a, part), loadPart(b, part)), part);
}

/** out [width] = Σ_r x[r], or out += with `accumulate`, from the last row to the first: the gradient of a bias. Rows of x are `stride` apart. */
export function sumRows(x: Floats, out: Floats, rows: i32, width: i32, accumulate: bool, stride: i32): void {
  const bytes = <usize>stride << 2;
  x += <usize>(rows - 1) * bytes;
  const end = wholeEnd(out, width);
  const none = f32x4.splat(0);
  // two cache lines at a time: memory is read in longer runs, and the additions of several columns overlap
  for (; out + 112 < end; out += 128, x += 128) {
    let s0 = accumulate ? v128.load(out) : none;
    let s1 = accumulate ? v128.load(out, 16) : none;
    let s2 = accumulate ? v128.load(out, 32) : none;
    let s3 = accumulate ? v128.load(out, 48) : none;
    let s4 = accumulate ? v128.load(out, 64) : none;
    let s5 = accumulate ? v128.load(out, 80) : none;
    let s6 = accumulate ? v128.load(out, 96) : none;
    let s7 = accumulate ? v128.load(out, 112) : none;
    for (let r = 0, at = x; r < rows; r++, at -= bytes) {
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
      s2 = f32x4.add(s2, v128.load(at, 32));
      s3 = f32x4.add(s3, v128.load(at, 48));
      s4 = f32x4.add(s4, v128.load(at, 64));
      s5 = f32x4.add(s5, v128.load(at, 80));
      s6 = f32x4.add(s6, v128.load(at, 96));
      s7 = f32x4.add(s7, v128.load(at, 112));
    }
    v128.store(out, s0);
    v128.store(out, s1, 16);
    v128.store(out, s2, 32);
    v128.store(out, s3, 48);
    v128.store(out, s4, 64);
    v128.store(out, s5, 80);
    v128.store(out, s6, 96);
    v128.store(out, s7, 112);
  }
  for (; out < end; out += 16, x += 16) {
    let sum = accumulate ? v128.load(out) : none;
    for (let r = 0, at = x; r < rows; r++, at -= bytes) sum = f32x4.add(sum, v128.load(at));
    v128.store(out, sum);
  }
  const part = rest(width);
  if (part) {
    let sum = accumulate ? loadPart(out, part) : none;
    for (let r = 0, at = x; r < rows; r++, at -= bytes) sum = f32x4.add(sum, loadPart(at, part));
    storePart(out, sum, part);
  }
}
