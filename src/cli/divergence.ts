// Whether a run diverged: whether its last updates were worse than the first, by more than batches differ from each other. A few updates say nothing.

import { isWorse } from '../training/reports.ts';

/** So many updates are looked at: an epoch, but not fewer and not more than these. */
const [fewest, most] = [20, 100];
/** This share of the losses is above the first one. */
const enoughWorse = 0.75;

/** Watches the losses of a run. */
export class DivergenceWatch {
  private readonly length: number;
  private readonly last: number[] = [];

  constructor(epochUpdates: number) {
    this.length = Math.min(most, Math.max(fewest, epochUpdates));
  }

  add(loss: number): void {
    this.last.push(loss);
    if (this.last.length > this.length) this.last.shift();
  }

  /** The last losses where the run diverged: their number and their mean. Undefined where it did not, or where there were too few to tell. */
  found(firstLoss: number | null): { readonly updates: number; readonly mean: number } | undefined {
    const { last, length } = this;
    if (firstLoss === null || last.length < length) return undefined;
    const mean = last.reduce((sum, loss) => sum + loss, 0) / length;
    const worse = last.filter((loss) => loss > firstLoss).length;
    const diverged = isWorse(mean, firstLoss) && worse >= enoughWorse * length;
    return diverged ? { updates: length, mean } : undefined;
  }
}
