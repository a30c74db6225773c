// An average of the weights over the updates, on which a run is judged and which it keeps (Polyak and Juditsky 1992; exponential, with a memory that grows
// with the run until it has its full length):
//
//   θ̄ ← θ̄ + (1 − β_n) (θ − θ̄)        β_n = min(β, n / (n + 9)) after n updates
//
// With n = 0 it is the weights themselves, so whoever wants to begin again counts from there. The training does not look at it: without an average, and with
// one, the weights have the same bits.

import type { Floats } from '../engine/backend.ts';

/** After an update: takes the weights that it left into their average, which has seen n updates before. */
export function addToAverage(average: Floats, weights: Floats, decay: number, n: number): void {
  const share = 1 - Math.min(decay, n / (n + 9));
  for (let i = 0; i < average.length; i++) average[i] += share * (weights[i] - average[i]);
}
