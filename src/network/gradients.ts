// The gradient of a weight from all rows of a span: a matrix product, or where the input is symbols the sum of the rows of each.

import type { Floats, Kernels, Share } from '../engine/backend.ts';
import { stretch } from '../engine/share.ts';

/**
 * out [m, n] (+)= xᵀ y over `rows` rows. Each thread computes some rows of it, or some columns where there are more of them.
 * @param scratch a block for each thread
 */
export function recordWeightGradient(
  k: Kernels,
  share: Share,
  scratch: readonly Floats[],
  x: Floats,
  y: Floats,
  out: Floats,
  [m, n, rows]: readonly [m: number, n: number, rows: number],
  accumulate: boolean,
): void {
  const block = scratch[share.index];
  if (m >= n) {
    const [i, end] = stretch(share, m);
    k.productTN(x.subarray(i), y, out.subarray(i * n), end - i, n, rows, accumulate, block, m, n);
  } else {
    const [j, end] = stretch(share, n, 8);
    k.productTN(x, y.subarray(j), out.subarray(j), m, end - j, rows, accumulate, block, m, n);
  }
}

/** The symbols of a window, and how they stand: [S, T, B]. */
interface Symbols {
  readonly tokens: Int32Array;
  readonly config: { readonly symbols: number };
  readonly options: { readonly steps: number; readonly batch: number };
}

/** Adds the rows of x to the table's rows of their symbols: some columns of both. With several symbols step by step, as checkpoints do. */
export function recordTableGradient(
  k: Kernels,
  a: Symbols,
  span: { readonly from: number; readonly to: number },
  x: Floats,
  table: Floats,
  columns: number,
  width: number,
): void {
  const B = a.options.batch;
  const plane = a.options.steps * B;
  const rows = (a.config.symbols > 1 ? 1 : span.to - span.from) * B;
  for (let at = (span.to - span.from) * B - rows; at >= 0; at -= rows)
    for (let s = 0; s < a.config.symbols; s++) {
      const ids = a.tokens.subarray(s * plane + span.from * B + at);
      k.scatterAddRows(x.subarray(at * width), ids, table, rows, columns, width, width);
    }
}
