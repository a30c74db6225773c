// What a model is: the sizes and choices that fix its parameters and its arithmetic. Checked once, here.

import { expectInteger, expectNumber, expectOneOf, UnrolledError } from '../errors.ts';

export const nonlinearities = ['tanh', 'relu', 'sigmoid'] as const;
export type Nonlinearity = (typeof nonlinearities)[number];

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
    ...options,
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
  return config;
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
