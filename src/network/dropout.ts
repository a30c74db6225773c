// Dropout of what layers read and write. Each element is kept with probability 1 − p and divided by it; the mask is a hash of the run's seed, the update, the
// layer and the element's place (`Kernels.dropout`). Usually every step has a mask of its own. Variational dropout (Gal and Ghahramani 2016) gives all steps
// of a window the mask of their sequence, so that a unit is there for a whole window or missing for all of it.

import type { Floats, Kernels } from '../engine/backend.ts';
import type { Activations } from './plan.ts';

/**
 * Records the dropout of rows (t, b) in the order t B + b, or of their gradient, for which the call is the same.
 * @param x [rows, width]
 * @param out as x; may be x
 * @param first the place of the first row in the window, t B + b
 */
export function recordDropout(
  k: Kernels,
  a: Activations,
  x: Floats,
  out: Floats,
  first: number,
  rows: number,
  width: number,
  stream: number,
): void {
  const B = a.options.batch;
  const isWhole = a.options.dropoutMasks !== 'sequence';
  for (let at = 0, run = 0; at < rows; at += run) {
    const place = isWhole ? first : (first + at) % B;
    run = isWhole ? rows : Math.min(rows - at, B - place);
    k.dropout(
      x.subarray(at * width),
      out.subarray(at * width),
      run * width,
      a.seed,
      stream,
      a.threshold,
      place * width,
    );
  }
}
