// Which network a task has where options say nothing, or not all.

import type { ModelConfig } from '../network/config.ts';
import { leastUnits } from '../network/heads/adaptive-sizes.ts';
import type { TaskDefaults } from './task.ts';

/** Whether options of a network ask for one: then few data have the usual one too, but for what is asked. */
export function asksForNetwork(options: object): boolean {
  return Object.entries(options).some(
    ([name, value]) => value !== undefined && !['dropout', 'init', 'gain', 'seed'].includes(name),
  );
}

/**
 * The network of a task, but for what options ask. Tied weights need an embedding as large as the hidden layer, and a full softmax; a layer
 * that is too small for an adaptive one has a full one too. A gated cell, which has functions of its own, has tanh in its config.
 */
export function networkFor(
  { network, asked = network }: Pick<TaskDefaults, 'network' | 'asked'>,
  options: Partial<Pick<ModelConfig, 'cell' | 'hiddenSize' | 'tieWeights'>>,
): Pick<
  ModelConfig,
  'cell' | 'nonlinearity' | 'bidirectional' | 'hiddenSize' | 'embeddingSize' | 'dropout' | 'softmax'
> {
  const {
    hiddenSize,
    embeddingSize,
    nonlinearity = 'tanh',
    softmax = 'full',
    ...rest
  } = asksForNetwork(options) ? asked : network;
  const isTied = options.tieWeights === true;
  const units = options.hiddenSize ?? hiddenSize;
  return {
    ...rest,
    nonlinearity: (options.cell ?? rest.cell) === 'rnn' ? nonlinearity : 'tanh',
    hiddenSize: units,
    embeddingSize: isTied || embeddingSize === 'hiddenSize' ? units : embeddingSize,
    softmax: isTied || units < leastUnits ? 'full' : softmax,
  };
}
