// The tasks by name, and for each the network and the training that suit it: the one place where the library, the command line and the lab look
// defaults up. What stands here was measured (docs/results.md); options that are given replace it one by one.

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

const table = {
  /** Language modeling: predicts each token of a text from those before it. */
  text: {
    network: { cell: 'rnn', bidirectional: false, hiddenSize: 256, embeddingSize: null, dropout: 0 },
    training: { batchSize: 32, epochs: 10, learningRate: null },
    validation: 0.05,
  },
  /** Sequence labeling: gives each token of a sequence a class. */
  label: {
    network: { cell: 'lstm', bidirectional: true, hiddenSize: 128, embeddingSize: 128, dropout: 0.5 },
    training: { batchSize: 32, epochs: 6, learningRate: 0.002 },
    validation: 0.1,
  },
  /** Classification: gives a whole text a class. */
  classify: {
    network: { cell: 'gru', bidirectional: false, hiddenSize: 128, embeddingSize: 64, dropout: 0.3 },
    training: { batchSize: 32, epochs: 10, learningRate: 0.003 },
    validation: 0.1,
    pooling: 'last',
  },
  /** Forecasting: predicts a number some rows ahead. */
  forecast: {
    network: { cell: 'gru', bidirectional: false, hiddenSize: 32, embeddingSize: null, dropout: 0 },
    training: { batchSize: 8, epochs: 30, learningRate: 0.004 },
    validation: 0.2,
  },
} as const satisfies Readonly<Record<string, TaskDefaults>>;

/** The tasks that a model folder can name. */
export type TaskName = keyof typeof table;
export const taskNames = Object.keys(table) as TaskName[];
export const taskDefaults: Readonly<Record<TaskName, TaskDefaults>> = table;
