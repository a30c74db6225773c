// An average of the weights over the updates, on which a run is judged and which it keeps (Polyak and Juditsky 1992; exponential, with a memory that grows
// with the run until it has its full length):
//
//   θ̄ ← θ̄ + (1 − β_n) (θ − θ̄)        β_n = min(β, n / (n + 9)) after n updates
//
// So the first weights count nothing, and early in a run the average goes back over a tenth of the updates. The training itself does not look at it: without
// an average, and with one, the weights have the same bits.

import type { Floats } from '../engine/backend.ts';

/** An average, updated after each update. */
export class Average {
  /** θ̄. [P] */
  readonly values: Floats;
  private readonly decay: number;
  /** n: how many updates it has seen. */
  updates = 0;

  /**
   * Begins at the first weights, of which the first update leaves nearly nothing.
   * @param decay β
   */
  constructor(first: Floats, decay: number) {
    this.values = first.slice();
    this.decay = decay;
  }

  /** After an update: the weights that it left. */
  add(weights: Floats): void {
    const { values } = this;
    const n = this.updates++;
    const share = 1 - Math.min(this.decay, n / (n + 9));
    for (let i = 0; i < values.length; i++) values[i] += share * (weights[i] - values[i]);
  }

  /** Begins again at other weights. */
  restart(weights: ArrayLike<number>): void {
    this.values.set(weights);
    this.updates = 0;
  }

  /** Goes on from a snapshot. */
  restore(values: ArrayLike<number>, updates: number): void {
    this.values.set(values);
    this.updates = updates;
  }
}
