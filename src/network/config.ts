// The options of a model: defaults filled in, everything checked, once, here. What they mean is in architecture.ts.

import { described, expectInteger, expectNumber, expectOneOf, UnrolledError } from '../errors.ts';
import { cellNames, losses, type ModelConfig, nonlinearities, poolings, softmaxes } from './architecture.ts';
import { headOf } from './heads/table.ts';

export * from './architecture.ts';

/** The largest size of anything: ids and places in a matrix are 32-bit integers. */
const maxSize = 2 ** 31 - 1;

/** A config with only what differs from the defaults: tanh, one-hot input, one layer of 256 units. */
export type ModelOptions = Partial<ModelConfig> & Pick<ModelConfig, 'vocabSize'>;

/**
 * Fills in the defaults of an architecture and checks every size and choice.
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
    cutoffs: options.cutoffs ?? [],
    quantiles: options.quantiles ?? [],
  };
  expectOneOf('cell', config.cell, cellNames);
  expectOneOf('nonlinearity', config.nonlinearity, nonlinearities);
  expectSize('vocabSize', config.vocabSize);
  expectInteger('symbols', config.symbols, 1, 1000);
  if (config.inputSize !== null) expectSize('inputSize', config.inputSize);
  if (config.embeddingSize !== null) expectSize('embeddingSize', config.embeddingSize);
  expectSize('hiddenSize', config.hiddenSize);
  expectInteger('numLayers', config.numLayers, 1, 1000);
  expectNumber('dropout', config.dropout, 0, 0.99);
  if (typeof config.bidirectional !== 'boolean')
    throw new UnrolledError(`bidirectional: expected true or false, got ${described(config.bidirectional)}`);
  if (config.outputSize !== null) expectSize('outputSize', config.outputSize);
  expectOneOf('pooling', config.pooling, poolings);
  expectOneOf('loss', config.loss, losses);
  expectQuantiles(config);
  if (config.inputSize !== null && config.tieWeights)
    throw new UnrolledError(
      'tieWeights: expected a model of tokens, whose embedding is the output too, got one that reads vectors; leave it out',
    );
  if (config.inputSize !== null && config.embeddingSize !== null)
    throw new UnrolledError(
      'inputSize: expected either input vectors or an embedding of tokens (embeddingSize), got both',
    );
  if (config.tieWeights && config.embeddingSize !== config.hiddenSize)
    throw new UnrolledError(
      `tieWeights: expected an embedding as wide as the hidden state (${config.hiddenSize}), got ${config.embeddingSize ?? 'one-hot input'}`,
    );
  if (config.tieWeights && (config.bidirectional || config.outputSize !== null || config.loss !== 'nll'))
    throw new UnrolledError(
      'tieWeights: expected an output of tokens from states of one direction, got another output or two directions',
    );
  expectOneOf('softmax', config.softmax, softmaxes);
  if (!Array.isArray(config.cutoffs))
    throw new UnrolledError(`cutoffs: expected a list of classes, got ${described(config.cutoffs)}`);
  return headOf(config).complete(config, options.cutoffs !== undefined);
}

/** Throws unless quantiles are numbers above 0 and below 1, each larger than the one before. */
export function expectRising(where: string, quantiles: readonly unknown[]): asserts quantiles is number[] {
  if (
    quantiles.every((q, i) => typeof q === 'number' && q > 0 && q < 1 && !(i > 0 && q <= (quantiles[i - 1] as number)))
  )
    return;
  throw new UnrolledError(
    `${where}: expected numbers above 0 and below 1, each larger than the one before, got ${described(quantiles)}`,
  );
}

/** The pinball loss has quantiles, the outputs are as many or a multiple of them; another loss has none. */
function expectQuantiles({ loss, quantiles, outputSize, vocabSize }: ModelConfig): void {
  if (!Array.isArray(quantiles))
    throw new UnrolledError(`quantiles: expected a list of numbers between 0 and 1, got ${described(quantiles)}`);
  if (loss !== 'pinball') {
    if (quantiles.length === 0) return;
    throw new UnrolledError(`quantiles: expected none with the loss ${loss}, got ${quantiles.join(', ')}`);
  }
  if (quantiles.length === 0) throw new UnrolledError('quantiles: expected at least 1 with the loss pinball, got none');
  expectRising('quantiles', quantiles);
  if ((outputSize ?? vocabSize) % quantiles.length !== 0)
    throw new UnrolledError(
      `quantiles: expected as many as divide the ${outputSize ?? vocabSize} outputs, got ${quantiles.length}`,
    );
}

function expectSize(name: string, value: unknown): void {
  const size = expectInteger(name, value, 1);
  if (size > maxSize) throw new UnrolledError(`${name}: expected at most ${maxSize}, got ${size}`);
}
