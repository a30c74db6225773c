// The trainer's view of data, whatever the task: a source of batches, and a judge of the held-out data. tasks/ makes both.

import type { Unrolled } from '../network/unrolled.ts';

/** What a batch is written into: a window's own arrays, or those of a whole batch that is cut into shards. */
export type BatchMemory = Pick<
  Unrolled,
  'config' | 'steps' | 'tokens' | 'lengths' | 'targets' | 'values' | 'weights' | 'input'
>;

/** A batch, as its source wrote it. */
export interface Batch {
  /** The steps to run: `bptt` of the source, or one of its `shortSteps`. */
  readonly steps: number;
  /** The number of predictions whose mean is the loss. */
  readonly predictions: number;
}

/** The batches of every epoch. The same epoch and index always give the same batch, so that a run can go on where it stopped. */
export interface BatchSource {
  /** B. */
  readonly batchSize: number;
  /** T of the longest batch. */
  readonly bptt: number;
  /** The other, smaller numbers of steps that batches have. */
  readonly shortSteps: readonly number[];
  /** Whether sequences have different lengths. */
  readonly padded: boolean;
  /** Whether a batch continues the text of the batch before it; otherwise each begins with the state zero. */
  readonly carriesState: boolean;
  /** The number of batches in an epoch. */
  readonly batches: number;
  /** A sentence about what was left out, if anything was. */
  readonly remark?: string;
  /** Fills in the input, the targets and the weights of a batch: weights that make the loss a mean. */
  write(net: BatchMemory, epoch: number, index: number): Batch;
}

/** The judge of the held-out data. */
export interface Judge {
  /** The bytes of its workspace. */
  readonly bytes: number;
  /** The mean loss of the held-out data. */
  judge(parameters: ArrayLike<number>): number;
  /** The share of right classes at the last judgement, where each sequence or step has a class. */
  readonly accuracy?: number;
}
