// What a window will take is told before anything is allocated: held to the bytes that the backend really takes, and each group to its formula.

import { describe, expect, test } from 'vitest';
import { createBackend } from '../../src/engine/create.ts';
import { cellOf } from '../../src/network/cells/table.ts';
import { checkConfig, directionsOf, inputWidth, type ModelOptions, outputsOf } from '../../src/network/config.ts';
import { memoryFormula } from '../../src/network/memory.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import type { WindowOptions } from '../../src/network/plan.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { recordUpdate } from '../../src/training/update.ts';
import { openTestThreads } from '../support/threads.ts';

const words = { vocabSize: 300, hiddenSize: 136, embeddingSize: 48 };
const training = { steps: 64, batch: 32, gradients: true, dropout: true, moments: 2 };
const checkpoints = { steps: 500, batch: 16, gradients: true, moments: 2, checkpointEvery: 22 };
const padded = { steps: 40, batch: 16, gradients: true, moments: 1, padded: true, shortSteps: [24, 8] };

const windows: [string, ModelOptions, WindowOptions][] = [
  ['one-hot', { vocabSize: 65, hiddenSize: 256 }, { ...training, shortSteps: 17 }],
  ['an update apart', { vocabSize: 65, hiddenSize: 40 }, { ...training, update: () => () => {}, apart: true }],
  [
    'Muon, which needs room for products',
    { ...words, cell: 'gru', numLayers: 2 },
    { ...training, update: recordUpdate({ optimizer: 'muon', clip: 5, clipValue: 0 }) },
  ],
  ['two layers with dropout', { vocabSize: 65, hiddenSize: 104, numLayers: 2, dropout: 0.2 }, training],
  ['a tied embedding', { vocabSize: 2000, hiddenSize: 64, embeddingSize: 64, tieWeights: true }, checkpoints],
  ['gru, one sequence', { ...words, cell: 'gru', numLayers: 3, dropout: 0.2 }, { ...training, steps: 25, batch: 1 }],
  ['lstm with checkpoints', { ...words, cell: 'lstm', numLayers: 2 }, checkpoints],
  [
    'mingru, gradients of the input',
    { vocabSize: 10, hiddenSize: 70, inputSize: 33, cell: 'mingru' },
    { ...training, inputGradients: true },
  ],
  [
    'lstm, three symbols, two directions',
    { ...words, cell: 'lstm', symbols: 3, outputSize: 20, bidirectional: true, numLayers: 3 },
    padded,
  ],
  ['the mean state', { ...words, cell: 'gru', outputSize: 5, pooling: 'mean', numLayers: 2, dropout: 0.2 }, padded],
  [
    'numbers from the last states',
    {
      vocabSize: 1,
      inputSize: 20,
      outputSize: 2,
      hiddenSize: 96,
      cell: 'lstm',
      pooling: 'last',
      loss: 'squared',
      bidirectional: true,
    },
    padded,
  ],
  ['many words', { vocabSize: 9000, hiddenSize: 40, embeddingSize: 40 }, training],
  ['adaptive softmax', { vocabSize: 9000, hiddenSize: 40, embeddingSize: 40, softmax: 'adaptive' }, checkpoints],
  [
    'generation with adaptive softmax',
    { vocabSize: 3000, hiddenSize: 256, softmax: 'adaptive', cutoffs: [9, 99, 500, 600] },
    { steps: 1, batch: 8, output: 'logits', frozen: true },
  ],
  [
    'bare logits with gradients',
    {
      vocabSize: 40,
      hiddenSize: 24,
      embeddingSize: 16,
      outputSize: 30,
      cell: 'lstm',
      pooling: 'last',
      bidirectional: true,
    },
    { ...padded, output: 'logits' },
  ],
  ['evaluation', { vocabSize: 65, hiddenSize: 512, cell: 'lstm' }, { steps: 128, batch: 1, frozen: true }],
  [
    'everything kept',
    { ...words, cell: 'gru', numLayers: 2 },
    { steps: 30, batch: 7, gradients: true, inputGradients: true, keep: 'everything', editable: true },
  ],
];

/** The value of a formula: symbols that stand side by side are multiplied. */
function evaluate(formula: string, symbols: Record<string, number>): number {
  const code = formula
    .replaceAll('−', '-')
    .replaceAll('H²', 'H H')
    .replace(/[A-Z]/g, (symbol) => String(symbols[symbol]))
    .replace(/(\d|\)) (?=\d|\()/g, '$1 * ');
  return Number(new Function(`return ${code}`)());
}

describe.each(windows)('the memory of a window: %s', (_, options, window) => {
  const config = checkConfig(options);

  test('is what the backend takes, to the byte', () => {
    const { bytes } = memoryFormula(config, window);
    expect(bytes).toBe(new Unrolled(createBackend('wasm'), config, window).bytes);
  });

  test('each group has as many numbers as its formula says', () => {
    const K = window.checkpointEvery ?? window.steps;
    const spans = Math.ceil(window.steps / K);
    const symbols = {
      ...{ T: spans * K, K, B: window.batch, H: config.hiddenSize, L: config.numLayers, D: directionsOf(config) },
      ...{ G: cellOf(config).gates.length, P: parameterCount(config), C: outputsOf(config) },
      ...{ E: config.embeddingSize ?? 0, I: inputWidth(config, 0) },
    };
    // what is padded or shared is not said to the number
    const rough =
      /^(packed|blocks|programs|logits|sums|rows of|chunks of|lengths|copies|tokens|targets|weights|values)/;
    const told = memoryFormula(config, window).terms.filter(({ name }) => !rough.test(name));
    expect(told.length).toBeGreaterThan(2);
    for (const { name, formula, bytes } of told) expect([name, bytes / 4]).toEqual([name, evaluate(formula, symbols)]);
  });
});

test('lists of one number for each output are what their symbols say', () => {
  const { terms } = memoryFormula(checkConfig({ ...words, symbols: 3, outputSize: 4 }), { steps: 9, batch: 2 });
  const told = Object.fromEntries(terms.map(({ name, formula, bytes }) => [name, [formula, bytes / 4]]));
  expect(told).toMatchObject({ tokens: ['3 T B', 54], targets: ['T B', 18], 'weights and losses': ['2 T B', 37] });
});

test('threads have blocks and programs of their own, and the sum is what the backend takes with them', async () => {
  const bytes = (threads: number, name: string) =>
    memoryFormula(checkConfig(words), training, threads).terms.find((term) => term.name === name)!.bytes;
  expect(bytes(3, 'blocks of products')).toBe(3 * bytes(1, 'blocks of products'));
  expect(bytes(3, 'programs')).toBeGreaterThan(2 * bytes(1, 'programs'));
  expect(bytes(3, 'states')).toBe(bytes(1, 'states'));
  const crew = await openTestThreads(3);
  const net = new Unrolled(createBackend('wasm', 'float32', crew), checkConfig(words), training);
  crew.close();
  expect(memoryFormula(checkConfig(words), training, 3).bytes).toBe(net.bytes);
});

test('sizes that no machine has are told, not tried', () => {
  const config = checkConfig({ vocabSize: 60, hiddenSize: 1e9 });
  expect(memoryFormula(config, { steps: 64, batch: 32, gradients: true, moments: 2 }).bytes).toBeGreaterThan(2 ** 60);
});
