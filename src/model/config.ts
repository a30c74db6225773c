// What a model is: the sizes and choices that fix its parameters and its arithmetic. Checked once, here.

import { expectInteger, expectNumber, expectOneOf, UnrolledError } from '../errors.ts';
import { clustersOf, defaultCutoffs, leastClasses } from './clusters.ts';

export const nonlinearities = ['tanh', 'relu', 'sigmoid'] as const;
export type Nonlinearity = (typeof nonlinearities)[number];
export const softmaxes = ['full', 'adaptive'] as const;
export type Softmax = (typeof softmaxes)[number];

/** The architecture of a model. */
export interface ModelConfig {
  /** The recurrent cell. This version has the Elman network, `rnn`. */
  readonly cell: 'rnn';
  /** f of eq. 10.9. */
  readonly nonlinearity: Nonlinearity;
  /** C: the number of classes of the output; and of the input, unless `inputSize` says otherwise. */
  readonly vocabSize: number;
  /** D of real-valued input vectors x(t) [D]; null (usual) when the input is tokens. */
  readonly inputSize: number | null;
  /** E: tokens enter through an embedding of this size; null for one-hot input. */
  readonly embeddingSize: number | null;
  /** H, in every layer. */
  readonly hiddenSize: number;
  /** Recurrent layers, each reading the states of the one below. */
  readonly numLayers: number;
  /** Reading in both directions; not in this version. */
  readonly bidirectional: false;
  /** p: the share of values dropped, while training, from the embedding's output and from each layer's output (never from the recurrence). */
  readonly dropout: number;
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
    inputSize: null,
    embeddingSize: null,
    hiddenSize: 256,
    numLayers: 1,
    bidirectional: false,
    dropout: 0,
    tieWeights: false,
    softmax: 'full',
    ...options,
    cutoffs: options.cutoffs ?? (options.softmax === 'adaptive' ? defaultCutoffs(options.vocabSize) : []),
  };
  expectOneOf('cell', config.cell, ['rnn']);
  expectOneOf('nonlinearity', config.nonlinearity, nonlinearities);
  expectInteger('vocabSize', config.vocabSize, 1, 2 ** 31 - 1);
  if (config.inputSize !== null) expectInteger('inputSize', config.inputSize, 1);
  if (config.embeddingSize !== null) expectInteger('embeddingSize', config.embeddingSize, 1);
  expectInteger('hiddenSize', config.hiddenSize, 1);
  expectInteger('numLayers', config.numLayers, 1, 1000);
  expectNumber('dropout', config.dropout, 0, 0.99);
  if (config.bidirectional) throw new UnrolledError('bidirectional: expected false, this version reads forward only');
  if (config.inputSize !== null && config.embeddingSize !== null)
    throw new UnrolledError('inputSize: expected either input vectors or an embedding of tokens, got both');
  if (config.tieWeights && config.embeddingSize !== config.hiddenSize)
    throw new UnrolledError(
      `tieWeights: expected an embedding as wide as the hidden state (${config.hiddenSize}), got ${config.embeddingSize ?? 'one-hot input'}`,
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

/** Width of what layer `layer` reads: D, E or H; for one-hot tokens the vocabulary's size. */
export function inputWidth(config: ModelConfig, layer: number): number {
  if (layer > 0) return config.hiddenSize;
  return config.inputSize ?? config.embeddingSize ?? config.vocabSize;
}

/** True where layer 0 reads one-hot tokens, so that U x(t) is a row lookup. */
export function isOneHot(config: ModelConfig): boolean {
  return config.inputSize === null && config.embeddingSize === null;
}
