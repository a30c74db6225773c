// What a model is: the sizes and choices that fix its parameters and its arithmetic, and what follows from them. config.ts checks them.

import { type Nonlinearity, nonlinearities } from './cells/rnn.ts';
import { type CellName, cellNames } from './cells/table.ts';

export { type CellName, cellNames, type Nonlinearity, nonlinearities };
export const softmaxes = ['full', 'adaptive'] as const;
/** How ŷ is made of o: over all classes, or adaptively, with clusters for rare ones (Grave et al. 2017). */
export type Softmax = (typeof softmaxes)[number];
export const poolings = ['none', 'last', 'mean'] as const;
/** Which states the output reads: that of every step (`none`), the last one, or the mean of all. */
export type Pooling = (typeof poolings)[number];
export const losses = ['nll', 'squared', 'pinball'] as const;
/**
 * What training makes small: −log ŷ(t)[y(t)] of classes, the mean squared error of numbers, or the pinball loss of quantiles (Koenker and Bassett
 * 1978).
 */
export type Loss = (typeof losses)[number];

/** The architecture of a model. */
export interface ModelConfig {
  /** The recurrent cell: one of `cellNames`, of which `rnn` is Elman's network. */
  readonly cell: CellName;
  /** f of eq. 10.9, for the cell `rnn`. */
  readonly nonlinearity: Nonlinearity;
  /** How many tokens there are; and C, the classes of the output, unless `outputSize` says otherwise. */
  readonly vocabSize: number;
  /** S: symbols in a step. x(t) is the sum of their one-hot vectors, or of their embeddings. 1 in a text. */
  readonly symbols: number;
  /** D of real-valued input vectors x(t) [D]; null (usual) when the input is tokens. */
  readonly inputSize: number | null;
  /** E: tokens enter through an embedding of this size; null for one-hot input. */
  readonly embeddingSize: number | null;
  /** H, in every layer, in each direction. */
  readonly hiddenSize: number;
  /** Recurrent layers, each reading the states of the one below. */
  readonly numLayers: number;
  /** Every layer also reads the sequence from its end; what is above reads both states, 2 H wide. For whole sequences. */
  readonly bidirectional: boolean;
  /** p: the share of values dropped, while training, from the embedding's output and from each layer's output (never from the recurrence). */
  readonly dropout: number;
  /** C, the number of outputs, where it is not the number of tokens. */
  readonly outputSize: number | null;
  /** What the output layer reads: the state of every step, the last one of a sequence, or their mean. */
  readonly pooling: Pooling;
  /** The negative log-likelihood of a class, the squared error of C numbers, or the pinball loss of their quantiles. */
  readonly loss: Loss;
  /** The quantiles that the outputs are, by turns, with the pinball loss; else empty. */
  readonly quantiles: readonly number[];
  /** V is the embedding itself; needs embeddingSize = hiddenSize. */
  readonly tieWeights: boolean;
  /** Over all classes at once; or over the frequent ones and clusters of rare ones, where ids are ordered by falling frequency. */
  readonly softmax: Softmax;
  /** The first class of each cluster of an adaptive softmax, one to four; empty with full softmax. Default: see adaptive-softmax.ts. */
  readonly cutoffs: readonly number[];
}

/** Width of what layer `layer` reads: D, E or the states of the layer below; for one-hot tokens the vocabulary's size. */
export function inputWidth(config: ModelConfig, layer: number): number {
  if (layer > 0) return stateWidth(config);
  return config.inputSize ?? config.embeddingSize ?? config.vocabSize;
}

/** H, or 2 H in two directions: width of what the layer above, or the output, reads. */
export function stateWidth(config: Pick<ModelConfig, 'hiddenSize' | 'bidirectional'>): number {
  return config.hiddenSize * directionsOf(config);
}

/** In how many directions a layer reads. */
export function directionsOf(config: Pick<ModelConfig, 'bidirectional'>): number {
  return config.bidirectional ? 2 : 1;
}

/** C: how many numbers the output has. */
export function outputsOf(config: Pick<ModelConfig, 'vocabSize' | 'outputSize'>): number {
  return config.outputSize ?? config.vocabSize;
}

/** True where layer 0 reads one-hot tokens, so that U x(t) is a row lookup. */
export function isOneHot(config: ModelConfig): boolean {
  return config.inputSize === null && config.embeddingSize === null;
}

/** Whether the model predicts each token from those before it: a model of text, which can also write. */
export function isLanguageModel(config: ModelConfig): boolean {
  const { inputSize, symbols, bidirectional, outputSize, pooling, loss } = config;
  const readsTokens = inputSize === null && symbols === 1;
  return readsTokens && !bidirectional && outputSize === null && pooling === 'none' && loss === 'nll';
}
