// The memory formula says before anything is allocated what a window takes: held to what is really taken, for many architectures and sizes.

import { describe, expect, test } from 'vitest';
import { createBackend } from '../../src/engine/create.ts';
import { checkConfig, type ModelConfig, type ModelOptions } from '../../src/network/config.ts';
import { memoryFormula } from '../../src/network/memory.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import type { WindowOptions } from '../../src/network/plan.ts';
import { Unrolled } from '../../src/network/unrolled.ts';

const words = { vocabSize: 300, hiddenSize: 130, embeddingSize: 50 };
const models: [string, ModelOptions][] = [
  ['one-hot, small', { vocabSize: 5, hiddenSize: 3 }],
  ['one-hot', { vocabSize: 65, hiddenSize: 256 }],
  ['3 layers with dropout', { vocabSize: 65, hiddenSize: 100, numLayers: 3, dropout: 0.2 }],
  ['an embedding', { vocabSize: 300, hiddenSize: 130, embeddingSize: 50, dropout: 0.5 }],
  ['a tied embedding', { vocabSize: 2000, hiddenSize: 64, embeddingSize: 64, numLayers: 2, tieWeights: true }],
  ['a wide embedding', { vocabSize: 50, hiddenSize: 200, embeddingSize: 2000 }],
  ['vectors as input', { vocabSize: 10, hiddenSize: 70, inputSize: 33 }],
  ['many words', { vocabSize: 9000, hiddenSize: 40, embeddingSize: 40 }],
  ['adaptive softmax', { vocabSize: 9000, hiddenSize: 40, embeddingSize: 40, softmax: 'adaptive' }],
  [
    'adaptive softmax, 4 clusters',
    { vocabSize: 3000, hiddenSize: 256, softmax: 'adaptive', cutoffs: [9, 99, 500, 600] },
  ],
  ['wide', { vocabSize: 100, hiddenSize: 1024 }],
  ['gru', { vocabSize: 65, hiddenSize: 128, cell: 'gru' }],
  ['gru, embedding, 3 layers with dropout', { ...words, cell: 'gru', numLayers: 3, dropout: 0.2 }],
  ['mingru, 2 layers', { ...words, cell: 'mingru', numLayers: 2 }],
  ['lstm', { vocabSize: 65, hiddenSize: 128, cell: 'lstm' }],
  ['lstm, wide', { vocabSize: 65, hiddenSize: 512, cell: 'lstm' }],
  ['lstm, tied embedding, 2 layers', { ...words, cell: 'lstm', hiddenSize: 50, numLayers: 2, tieWeights: true }],
  ['three symbols a step', { ...words, symbols: 3, outputSize: 20 }],
  ['squared loss on vectors', { vocabSize: 1, inputSize: 20, outputSize: 40, hiddenSize: 90, loss: 'squared' }],
];
/** Models of whole sequences, which cannot carry a state from window to window. */
const wholeModels: [string, ModelOptions][] = [
  ['bidirectional', { vocabSize: 65, hiddenSize: 100, bidirectional: true }],
  [
    'bidirectional gru, 2 layers with dropout',
    { ...words, cell: 'gru', bidirectional: true, numLayers: 2, dropout: 0.2 },
  ],
  ['bidirectional lstm, symbols, 3 layers', { ...words, cell: 'lstm', bidirectional: true, symbols: 4, numLayers: 3 }],
  ['the last state', { ...words, outputSize: 5, pooling: 'last' }],
  ['the last states of two directions', { ...words, cell: 'lstm', pooling: 'last', bidirectional: true, dropout: 0.2 }],
  ['the mean state', { ...words, cell: 'gru', outputSize: 5, pooling: 'mean', numLayers: 2, dropout: 0.2 }],
  ['the mean state of two directions', { ...words, outputSize: 5, pooling: 'mean', bidirectional: true }],
  [
    'two numbers from the last state of vectors',
    { vocabSize: 1, inputSize: 20, outputSize: 2, hiddenSize: 90, cell: 'lstm', pooling: 'last', loss: 'squared' },
  ],
];
const windows: [string, WindowOptions][] = [
  ['training with two moments', { steps: 64, batch: 32, gradients: true, dropout: true, moments: 2, shortSteps: 17 }],
  ['training with one sequence', { steps: 25, batch: 1, gradients: true, dropout: true, moments: 1 }],
  ['one step', { steps: 1, batch: 1, gradients: true, inputGradients: true }],
  ['gradients of the input', { steps: 30, batch: 7, gradients: true, inputGradients: true }],
  ['evaluation', { steps: 128, batch: 1 }],
  ['generation', { steps: 1, batch: 8, output: 'logits' }],
];
const paddedWindows: [string, WindowOptions][] = [
  ['training on padded sequences', { steps: 40, batch: 32, gradients: true, dropout: true, moments: 2, padded: true }],
  ['evaluation of padded sequences', { steps: 128, batch: 16, padded: true }],
  ['several lengths', { steps: 40, batch: 16, gradients: true, moments: 1, padded: true, shortSteps: [24, 8] }],
];
const checkpointed: WindowOptions = { steps: 500, batch: 16, gradients: true, moments: 2, checkpointEvery: 22 };

/** Holds the sum of the terms to what a window takes. */
function check(config: ModelConfig, options: WindowOptions): void {
  const { terms, bytes } = memoryFormula(config, options);
  expect(bytes).toBe(new Unrolled(createBackend('wasm'), config, options).bytes);
  expect(terms.every((term) => term.bytes > 0)).toBe(true);
}

describe.each([...models, ...wholeModels])('the memory of a model: %s', (_, model) => {
  test.each([...windows, ...paddedWindows])('%s takes what the formula says, within 2 % or a page', (__, options) => {
    check(checkConfig(model), options);
  });
});

describe.each(models)('the memory of a model: %s', (_, model) => {
  const config = checkConfig(model);

  test('checkpoints take what the formula says', () => check(config, checkpointed));

  test('each term is what its symbols say', () => {
    const { steps: T, batch: B } = { steps: 64, batch: 32 };
    const { terms } = memoryFormula(config, { steps: T, batch: B, gradients: true, dropout: true, moments: 2 });
    const of = (name: string) => terms.find((term) => term.name === name)?.bytes;
    const { hiddenSize: H, numLayers: L } = config;
    expect(of('parameters')).toBe(4 * parameterCount(config));
    expect(of('optimizer')).toBe(8 * parameterCount(config));
    expect(of('states')).toBe(4 * L * (T + 1) * B * H);
    expect(of('gradients of states')).toBe(4 * Math.min(2, L) * (T + 1) * B * H);
    expect(of('states after dropout')).toBe(config.dropout > 0 ? 4 * L * T * B * H : undefined);
  });
});

test('the terms of a gated cell, of two directions and of sequences are what their symbols say', () => {
  const [T, B, H, C] = [40, 16, 12, 3];
  const model = {
    vocabSize: 50,
    hiddenSize: H,
    bidirectional: true,
    outputSize: C,
    inputSize: 8,
    loss: 'squared',
  } as const;
  const options = { steps: T, batch: B, gradients: true, padded: true };
  const formulas = (own: Partial<ModelOptions>) =>
    Object.fromEntries(
      memoryFormula(checkConfig({ ...model, ...own }), options).terms.map(({ name, formula, bytes }) => [
        name,
        [formula, bytes / 4],
      ]),
    );
  const lists = 'tokens, targets, weights, losses';
  expect(formulas({ cell: 'lstm' })).toMatchObject({
    gates: ['2 L T B 4 H', 2 * T * B * 4 * H],
    'cell states': ['2 L (T + 1) B H', 2 * (T + 1) * B * H],
    'gradients past W': ['2 L B H', 2 * B * H],
    'states joined': ['2 T B 2 H', 2 * T * B * 2 * H],
    'the reverse direction in order': ['T B (4 H + 2)', T * B * (4 * H + 2)],
    'values to predict': ['C T B', C * T * B],
    [lists]: ['3 T B + B', 3 * T * B + B],
  });
  expect(formulas({ cell: 'gru', pooling: 'mean' })).toMatchObject({
    'W h beside the gates': ['2 L T B 3 H', 2 * T * B * 3 * H],
    'pooled states': ['2 B 2 H', 2 * B * 2 * H],
    'values to predict': ['C B', C * B],
    [lists]: ['2 T B + 3 B', 2 * T * B + 3 * B],
  });
});

test('sizes that no machine has are told, not tried', () => {
  const config = checkConfig({ vocabSize: 60, hiddenSize: 1e9 });
  expect(memoryFormula(config, { steps: 64, batch: 32, gradients: true, moments: 2 }).bytes).toBeGreaterThan(2 ** 60);
});
