// Windows with random contents, and architectures with every feature.

import type { Backend, Floats } from '../../src/engine/backend.ts';
import { checkConfig, type ModelOptions, outputsOf } from '../../src/network/config.ts';
import type { WindowOptions } from '../../src/network/plan.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { Random } from '../../src/random.ts';

const small = { vocabSize: 6, hiddenSize: 5 };

export const architectures: [string, ModelOptions][] = [
  ['one-hot', { vocabSize: 7, hiddenSize: 5 }],
  ['relu, 2 layers', { vocabSize: 5, hiddenSize: 4, numLayers: 2, nonlinearity: 'relu' }],
  ['sigmoid, 3 layers', { vocabSize: 5, hiddenSize: 3, numLayers: 3, nonlinearity: 'sigmoid' }],
  ['embedding', { vocabSize: 6, hiddenSize: 4, embeddingSize: 3 }],
  ['tied embedding, 2 layers', { vocabSize: 6, hiddenSize: 4, embeddingSize: 4, tieWeights: true, numLayers: 2 }],
  ['vectors', { vocabSize: 3, hiddenSize: 5, inputSize: 4, numLayers: 2 }],
  ['dropout', { vocabSize: 6, hiddenSize: 5, embeddingSize: 5, tieWeights: true, numLayers: 2, dropout: 0.4 }],
  ['adaptive softmax', { vocabSize: 9, hiddenSize: 16, embeddingSize: 3, softmax: 'adaptive', cutoffs: [3, 5] }],
  [
    'adaptive softmax with dropout, 2 layers',
    { vocabSize: 6, hiddenSize: 5, numLayers: 2, dropout: 0.3, softmax: 'adaptive', cutoffs: [2] },
  ],
  ['gru', { vocabSize: 7, hiddenSize: 5, cell: 'gru' }],
  ['gru, embedding, 2 layers, dropout', { ...small, cell: 'gru', embeddingSize: 3, numLayers: 2, dropout: 0.3 }],
  ['lstm', { vocabSize: 7, hiddenSize: 5, cell: 'lstm' }],
  ['lstm, tied, 2 layers', { ...small, cell: 'lstm', embeddingSize: 5, tieWeights: true, numLayers: 2 }],
  ['mingru, 2 layers, dropout', { ...small, cell: 'mingru', numLayers: 2, dropout: 0.3 }],
  ['three symbols a step', { ...small, symbols: 3, outputSize: 4 }],
  ['three symbols a step, embedding, lstm', { ...small, cell: 'lstm', symbols: 3, embeddingSize: 4, outputSize: 4 }],
  ['squared loss on vectors', { ...small, inputSize: 3, outputSize: 2, loss: 'squared' }],
  ['quantiles of vectors', { ...small, inputSize: 3, outputSize: 4, loss: 'pinball', quantiles: [0.1, 0.8] }],
  ['one unit, one class', { vocabSize: 1, hiddenSize: 1 }],
];

/** What cannot be run with checkpoints: whole sequences only. */
export const wholeArchitectures: [string, ModelOptions][] = [
  ['bidirectional', { ...small, bidirectional: true, outputSize: 3 }],
  ['bidirectional, 2 layers, dropout', { ...small, bidirectional: true, numLayers: 2, embeddingSize: 3, dropout: 0.3 }],
  [
    'bidirectional gru on vectors, 2 layers',
    { ...small, cell: 'gru', bidirectional: true, numLayers: 2, inputSize: 3 },
  ],
  [
    'bidirectional lstm, symbols, 3 layers',
    { ...small, hiddenSize: 3, cell: 'lstm', bidirectional: true, symbols: 2, numLayers: 3 },
  ],
  ['bidirectional mingru', { ...small, cell: 'mingru', bidirectional: true, embeddingSize: 3 }],
  ['the last state', { ...small, pooling: 'last', outputSize: 3 }],
  ['the last state, dropout', { ...small, pooling: 'last', numLayers: 2, dropout: 0.4 }],
  ['the last states of two directions', { ...small, cell: 'lstm', pooling: 'last', bidirectional: true, numLayers: 2 }],
  ['the mean state', { ...small, cell: 'gru', pooling: 'mean', numLayers: 2, dropout: 0.3 }],
  ['the mean state of two directions', { ...small, pooling: 'mean', bidirectional: true, embeddingSize: 3 }],
  [
    'a number from the last state',
    { ...small, cell: 'lstm', inputSize: 2, outputSize: 1, pooling: 'last', loss: 'squared' },
  ],
];

/** A window filled with random parameters, input, targets, weights and state. */
export function filled(backend: Backend, options: ModelOptions, window: WindowOptions, seed = 1): Unrolled {
  const config = checkConfig(options);
  const net = new Unrolled(backend, config, window);
  const random = new Random(seed);
  for (const list of [
    net.parameters,
    config.inputSize === null ? [] : net.input,
    net.weights,
    net.values,
    ...net.initialStates.values(),
  ])
    for (let i = 0; i < list.length; i++) list[i] = random.uniform(-0.6, 0.6);
  for (let i = 0; i < net.tokens.length; i++) net.tokens[i] = random.next() % config.vocabSize;
  for (let i = 0; i < net.targets.length; i++) net.targets[i] = random.next() % outputsOf(config);
  if (window.padded)
    for (let b = 0; b < net.lengths.length; b++) net.lengths[b] = window.steps - (b % (window.steps + 1)); // one has no steps at all
  return net;
}

/** Everything that a window computes: run forward and backward, copied. */
export function results(net: Unrolled, steps?: number) {
  net.seed.set([3, 4]);
  net.forward(steps);
  net.backward();
  const last = steps ?? net.steps;
  const firsts = [...net.initialStates.keys()];
  const indices = firsts.filter((name) => name.startsWith('state')).map((_, i) => i);
  const cells = firsts.filter((name) => name.startsWith('cell')).map((_, i) => i);
  return {
    loss: net.loss(),
    gradient: net.gradient.slice(),
    lastStates: [...indices.map((i) => net.state(i, last)), ...cells.map((i) => net.cellState(i, last))].map(copy),
    firstGradients: [
      ...indices.map((i) => net.initialStateGradient(i)),
      ...cells.map((i) => net.initialCellGradient(i)),
    ].map(copy),
    inputGradient: net.config.inputSize === null ? [] : net.inputGradient.slice(),
  };
}

const copy = (x: Floats): Floats => x.slice();
