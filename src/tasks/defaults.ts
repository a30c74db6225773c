// The network and the training that suit a task: the one place where the library, the command line and the lab look defaults up is the task's own
// file. What stands there was measured (docs/results.md); options that are given replace it one by one.

import type { ModelConfig, Pooling } from '../network/config.ts';

export interface TaskDefaults {
  /** Options of `createModel`. */
  readonly network: Pick<ModelConfig, 'cell' | 'bidirectional' | 'hiddenSize' | 'embeddingSize' | 'dropout'>;
  /** Options of `train`. */
  readonly training: {
    readonly batchSize: number;
    readonly epochs: number;
    /** α of adam and adamw; null for the optimizer's own. */
    readonly learningRate: number | null;
  };
  /** The share of the data that is held out. */
  readonly validation: number;
  /** What the output reads, for a task that has one answer for a whole sequence. */
  readonly pooling?: Exclude<Pooling, 'none'>;
}
