// What the trainer asks of its data, whatever they are: a source of batches, and a judge of what is held out. tasks/ has them.

import type { Unrolled } from '../network/unrolled.ts';

/** What a source wrote. */
export interface Batch {
  /** Steps to run: one of the source's. */
  readonly steps: number;
  /** Predictions that the loss is the mean of. */
  readonly predictions: number;
}

/** The batches of every epoch. The same epoch and index always give the same batch, so that a run can go on where it stopped. */
export interface BatchSource {
  /** B. */
  readonly batchSize: number;
  /** T of the longest batch. */
  readonly bptt: number;
  /** Other, smaller numbers of steps. */
  readonly shortSteps: readonly number[];
  /** Whether sequences are of different length. */
  readonly padded: boolean;
  /** Whether a batch goes on where the one before it stopped, in the same text; else each begins with the state zero. */
  readonly carriesState: boolean;
  /** Batches in an epoch. */
  readonly batches: number;
  /** A sentence about what was left out, if anything was. */
  readonly remark?: string;
  /** Fills in the input, the targets and the weights of a batch: weights that make the loss a mean. */
  write(net: Unrolled, epoch: number, index: number): Batch;
}

/** What is held out. */
export interface Judge {
  /** Bytes of its workspace. */
  readonly bytes: number;
  /** Mean loss of held-out data. */
  judge(parameters: ArrayLike<number>): number;
  /** Share of right classes when it judged last, where a sequence or a step has a class of its own. */
  readonly accuracy?: number;
}
