// What a model is: the sizes and choices that fix its parameters and its arithmetic. Checked once, here.

import { expectInteger, expectNumber, expectOneOf, UnrolledError } from '../errors.ts';
import { type Nonlinearity, nonlinearities } from './cells/rnn.ts';
import { type CellName, cellNames } from './cells/table.ts';
import { clustersOf, defaultCutoffs, leastClasses } from './heads/clusters.ts';

export { type CellName, cellNames, type Nonlinearity, nonlinearities };
export const softmaxes = ['full', 'adaptive'] as const;
export type Softmax = (typeof softmaxes)[number];
export const poolings = ['none', 'last', 'mean'] as const;
export type Pooling = (typeof poolings)[number];
export const losses = ['nll', 'squared'] as const;
export type Loss = (typeof losses)[number];

/** The architecture of a model. */
export interface ModelConfig {
  /** The recurrent cell: Elman's network `rnn`, `gru`, `lstm` or `mingru`. */
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
  /** The negative log-likelihood of a class, or the squared error of C numbers. */
  readonly loss: Loss;
  /** V is the embedding itself; needs embeddingSize = hiddenSize. */
  readonly tieWeights: boolean;
  /** Over all classes at once; or over the frequent ones and clusters of rare ones, where ids are ordered by falling frequency. */
  readonly softmax: Softmax;
  /** The first class of each cluster of an adaptive softmax, one to four; empty with full softmax. Default: see `defaultCutoffs`. */
  readonly cutoffs: readonly number[];
}

/** A config with only what differs from the defaults: tanh, one-hot input, one layer of 256 units. */
export type ModelOptions = Partial<ModelConfig> & Pick<ModelConfig, 'vocabSize'>;

/**
 * Fills in the defaults and checks everything.
 * @throws UnrolledError that names the first option that is out of range
 */
export function checkConfig(options: ModelOptions): ModelConfig {
  const config: ModelConfig = {
    cell: 'rnn',
    nonlinearity: 'tanh',
    symbols: 1,
    inputSize: null,
    embeddingSize: null,
    hiddenSize: 256,
    numLayers: 1,
    bidirectional: false,
    dropout: 0,
    outputSize: null,
    pooling: 'none',
    loss: 'nll',
    tieWeights: false,
    softmax: 'full',
    ...options,
    cutoffs: options.cutoffs ?? (options.softmax === 'adaptive' ? defaultCutoffs(options.vocabSize) : []),
  };
  expectOneOf('cell', config.cell, cellNames);
  expectOneOf('nonlinearity', config.nonlinearity, nonlinearities);
  expectInteger('vocabSize', config.vocabSize, 1, 2 ** 31 - 1);
  expectInteger('symbols', config.symbols, 1, 1000);
  if (config.inputSize !== null) expectInteger('inputSize', config.inputSize, 1);
  if (config.embeddingSize !== null) expectInteger('embeddingSize', config.embeddingSize, 1);
  expectInteger('hiddenSize', config.hiddenSize, 1);
  expectInteger('numLayers', config.numLayers, 1, 1000);
  expectNumber('dropout', config.dropout, 0, 0.99);
  if (typeof config.bidirectional !== 'boolean')
    throw new UnrolledError(`bidirectional: expected true or false, got ${config.bidirectional}`);
  if (config.outputSize !== null) expectInteger('outputSize', config.outputSize, 1, 2 ** 31 - 1);
  expectOneOf('pooling', config.pooling, poolings);
  expectOneOf('loss', config.loss, losses);
  if (config.inputSize !== null && config.embeddingSize !== null)
    throw new UnrolledError('inputSize: expected either input vectors or an embedding of tokens, got both');
  if (config.tieWeights && config.embeddingSize !== config.hiddenSize)
    throw new UnrolledError(
      `tieWeights: expected an embedding as wide as the hidden state (${config.hiddenSize}), got ${config.embeddingSize ?? 'one-hot input'}`,
    );
  if (config.tieWeights && (config.bidirectional || config.outputSize !== null || config.loss !== 'nll'))
    throw new UnrolledError(
      'tieWeights: expected an output of tokens from states of one direction, got another output or two directions',
    );
  expectOneOf('softmax', config.softmax, softmaxes);
  checkClusters(config, options.cutoffs !== undefined);
  return config;
}

function checkClusters(config: ModelConfig, given: boolean): void {
  const { softmax, cutoffs, vocabSize, hiddenSize, tieWeights } = config;
  if (!Array.isArray(cutoffs)) throw new UnrolledError(`cutoffs: expected a list of classes, got ${cutoffs}`);
  if (softmax === 'full') {
    if (cutoffs.length === 0) return;
    throw new UnrolledError(`cutoffs: expected none with full softmax, got ${cutoffs.join(', ')}`);
  }
  if (config.bidirectional || config.pooling !== 'none' || config.outputSize !== null || config.loss !== 'nll')
    throw new UnrolledError(
      'softmax: expected full with two directions, pooling, an output of other classes or the squared loss, got adaptive',
    );
  if (tieWeights)
    throw new UnrolledError(
      'softmax: expected full with tied weights, as clusters have no row for each class, got adaptive',
    );
  if (!given && vocabSize < leastClasses)
    throw new UnrolledError(
      `softmax: expected full for a vocabulary below ${leastClasses}, where it costs little, got adaptive for ${vocabSize}`,
    );
  let least = 1;
  for (const cutoff of cutoffs) least = expectInteger('cutoffs', cutoff, least, vocabSize - 1) + 1;
  if (cutoffs.length < 1 || cutoffs.length > 4)
    throw new UnrolledError(`cutoffs: expected one to four, got ${cutoffs.length}`);
  const narrowest = clustersOf(config)[cutoffs.length - 1].width;
  if (narrowest < 1)
    throw new UnrolledError(
      `hiddenSize: expected at least ${4 ** cutoffs.length}, as each of ${cutoffs.length} clusters is a quarter as wide as what is before it, got ${hiddenSize}`,
    );
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
