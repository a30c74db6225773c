// Sequences of different length in one window: padding stands behind each one's end. Told from the lengths before a pass, for programs that then
// have the same work whatever they are:
//
//   order      where row (t, b) of a direction stands: itself, or for the reverse direction (length − 1 − t, b); padding stays where it is
//   mask       1 for rows of a sequence, 0 for padding
//   lastRows   the row of a sequence's last step (in either direction: both read the whole sequence)
//   shares     1 / length for rows of a sequence, 0 for padding: a sum of rows with these is their mean

import type { Floats } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { Groups } from './allocation.ts';
import type { ModelConfig } from './architecture.ts';

export type Arrangement = ReturnType<typeof planArrangement>;

export function planArrangement(
  groups: Groups,
  { bidirectional, pooling }: ModelConfig,
  steps: number,
  batch: number,
  padded: boolean,
) {
  const rows = steps * batch;
  const lists = groups('lengths, order and masks', 'at most 4 T B + 2 B');
  const ids = (count: number): Int32Array => lists.integers(count);
  return {
    padded,
    lengths: ids(batch), // [B]
    order: [0, 1].map(() => ids(bidirectional ? rows : 0)), // 2 of [T, B]
    lastRows: ids(pooling === 'last' ? batch : 0), // [B]
    mask: lists.floats(padded ? rows : 0), // [T, B]
    shares: lists.floats(pooling === 'mean' ? rows : 0), // [T, B]
  };
}

/** Fills the lists in for a pass of `steps` steps. `weights` [T, B], where there is one for each step, become 0 on padding. */
export function arrange(a: Arrangement, steps: number, weights: Floats | undefined): void {
  const { lengths, order, lastRows, mask, shares, padded } = a;
  const batch = lengths.length;
  if (!padded) lengths.fill(steps);
  for (let b = 0; b < batch; b++) {
    const length = lengths[b];
    if (length < 0 || length > steps)
      throw new UnrolledError(`lengths: expected from 0 to ${steps}, the steps of the window, got ${length}`);
    if (lastRows.length > 0) lastRows[b] = Math.max(0, length - 1) * batch + b;
    for (let t = 0; t < steps; t++) {
      const row = t * batch + b;
      const isIn = t < length;
      if (order[0].length > 0) {
        order[0][row] = row;
        order[1][row] = isIn ? (length - 1 - t) * batch + b : row;
      }
      if (mask.length > 0) mask[row] = isIn ? 1 : 0;
      if (shares.length > 0) shares[row] = isIn ? 1 / length : 0;
      if (weights && padded && !isIn) weights[row] = 0;
    }
  }
}
