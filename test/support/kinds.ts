// Small models of every kind of input and output, for suites that hold them to the same numbers elsewhere.

import type { ModelOptions } from '../../src/network/config.ts';
import type { Model } from '../../src/network/model.ts';
import { Random } from '../../src/random.ts';
import { createModel } from '../../src/tasks/create-model.ts';

/** Random parameters everywhere, biases too. */
export function modelOf(options: ModelOptions): Model {
  const model = createModel(options);
  const random = new Random(7);
  return { ...model, parameters: Float32Array.from(model.parameters, () => random.uniform() - 0.5) };
}

/** For each cell; windows have 9 steps and 2 sequences, of these lengths. */
export const kinds: [title: string, options: ModelOptions, lengths?: number[]][] = [
  ['an embedding', { vocabSize: 9, embeddingSize: 4, hiddenSize: 5 }],
  ['a tied embedding', { vocabSize: 9, embeddingSize: 5, hiddenSize: 5, tieWeights: true }],
  ['more tokens than gates', { vocabSize: 100, hiddenSize: 3, numLayers: 2 }],
  [
    'more tokens than gates, both directions',
    { vocabSize: 100, hiddenSize: 3, bidirectional: true, outputSize: 2 },
    [9, 4],
  ],
  ['vectors', { vocabSize: 1, inputSize: 3, hiddenSize: 4, outputSize: 2, loss: 'squared' }],
  ['quantiles', { vocabSize: 1, inputSize: 3, hiddenSize: 4, outputSize: 4, loss: 'pinball', quantiles: [0.1, 0.9] }],
  ['three symbols', { vocabSize: 6, symbols: 3, hiddenSize: 4, outputSize: 2 }],
  ['three symbols of many', { vocabSize: 60, symbols: 3, hiddenSize: 4, outputSize: 2 }],
  ['three embedded symbols', { vocabSize: 6, symbols: 3, embeddingSize: 2, hiddenSize: 4 }],
  ['the last state', { vocabSize: 6, hiddenSize: 4, pooling: 'last', outputSize: 3 }, [9, 2]],
  ['the last states', { vocabSize: 6, hiddenSize: 4, numLayers: 2, bidirectional: true, pooling: 'last' }, [3, 9]],
  ['the mean state', { vocabSize: 6, hiddenSize: 4, numLayers: 2, pooling: 'mean' }, [1, 9]],
  ['the mean states', { vocabSize: 6, embeddingSize: 2, hiddenSize: 4, bidirectional: true, pooling: 'mean' }, [9, 5]],
  ['an adaptive softmax', { vocabSize: 30, hiddenSize: 16, softmax: 'adaptive', cutoffs: [6, 14] }],
];
