// Windows with random contents, and architectures with every feature.

import type { Backend } from '../../src/engine/backend.ts';
import { checkConfig, type ModelOptions } from '../../src/model/config.ts';
import type { WindowOptions } from '../../src/model/plan.ts';
import { Unrolled } from '../../src/model/unrolled.ts';
import { Random } from '../../src/random.ts';

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
  ['one unit, one class', { vocabSize: 1, hiddenSize: 1 }],
];

/** A window filled with random parameters, input, targets, weights and state. */
export function filled(backend: Backend, options: ModelOptions, window: WindowOptions, seed = 1): Unrolled {
  const config = checkConfig(options);
  const net = new Unrolled(backend, config, window);
  const random = new Random(seed);
  for (const list of [net.parameters, config.inputSize === null ? [] : net.input, net.weights])
    for (let i = 0; i < list.length; i++) list[i] = random.uniform(-0.6, 0.6);
  for (let l = 0; l < config.numLayers; l++) {
    const h0 = net.state(l, 0);
    for (let i = 0; i < h0.length; i++) h0[i] = random.uniform(-0.6, 0.6);
  }
  for (let i = 0; i < net.tokens.length; i++) net.tokens[i] = random.next() % config.vocabSize;
  for (let i = 0; i < net.targets.length; i++) net.targets[i] = random.next() % config.vocabSize;
  return net;
}

/** Everything that a window computes: run forward and backward, copied. */
export function results(net: Unrolled, steps?: number) {
  net.seed.set([3, 4]);
  net.forward(steps);
  net.backward();
  const layers = Array.from({ length: net.config.numLayers }, (_, l) => l);
  return {
    loss: net.loss(),
    gradient: net.gradient.slice(),
    lastStates: layers.map((l) =>
      net.state(l, steps ?? (net.nll.length / net.state(l, 0).length) * net.config.hiddenSize).slice(),
    ),
    firstGradients: layers.map((l) => net.initialStateGradient(l).slice()),
    inputGradient: net.config.inputSize === null ? [] : net.inputGradient.slice(),
  };
}
