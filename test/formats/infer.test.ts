// The architecture that the shapes of a state_dict tell, and modules of other names: every config comes back that shapes can tell at all.
import { describe, expect, test } from 'vitest';
import { type Hints, inferConfig } from '../../src/formats/pytorch/infer.ts';
import { reasonAgainst, withOurNames } from '../../src/formats/pytorch/module-names.ts';
import { fromPyTorch, misfitsOf, toPyTorch } from '../../src/formats/pytorch/pytorch-names.ts';
import type { Tensor } from '../../src/formats/safetensors.ts';
import { cellNames, checkConfig, type ModelOptions, outputsOf } from '../../src/network/config.ts';
import type { Model } from '../../src/network/model.ts';
import { kinds, modelOf } from '../support/kinds.ts';

const tensorsOf = ({ config, parameters }: Model) => toPyTorch(config, Float32Array.from(parameters));
const infer = (tensors: ReadonlyMap<string, Tensor>, hints: Hints = {}) =>
  checkConfig(inferConfig(withOurNames(tensors), hints, 'a.safetensors'));

describe.each(cellNames)('%s', (cell) => {
  const deep: [string, ModelOptions] = [
    'two layers',
    { vocabSize: 5, hiddenSize: 6, numLayers: 2, bidirectional: true },
  ];
  test.each([...kinds, deep])('%s', (_title, options) => {
    const model = modelOf({ cell, ...options });
    const { config } = model;
    const hints = {
      pooling: config.pooling,
      input: config.inputSize === null ? ('tokens' as const) : ('vectors' as const),
    };
    // what no shape tells: symbols of a step, the loss, how many tokens there were where vectors are read
    const told = { ...config, symbols: 1, loss: 'nll', quantiles: [] };
    const unnamed = { vocabSize: outputsOf(config), outputSize: null };
    expect(infer(tensorsOf(model), hints)).toEqual(config.inputSize === null ? told : { ...told, ...unnamed });
  });

  test('modules of other names are recognized by their shapes', () => {
    const model = modelOf({
      cell,
      vocabSize: 9,
      embeddingSize: 4,
      hiddenSize: 5,
      numLayers: 2,
      bidirectional: true,
      outputSize: 3,
    });
    const renamed = new Map(
      [...tensorsOf(model)].map(([name, tensor]) => [
        name.replace('rnn.', 'model.recurrent.').replace('encoder.', 'model.embedding.').replace('decoder.', 'fc.'),
        tensor,
      ]),
    );
    const { tensors, was } = withOurNames(renamed);
    expect(was.get('decoder.bias')).toBe('fc.bias');
    expect(was.get('rnn.weight_ih_l1_reverse')).toBe('model.recurrent.weight_ih_l1_reverse');
    const config = infer(tensors);
    expect(config).toEqual(model.config);
    expect(misfitsOf(config, tensors)).toEqual([]);
    expect(fromPyTorch(config, tensors, 'f')).toEqual(model.parameters);
  });
});

test('our own names stay as they are', () => {
  const tensors = tensorsOf(modelOf({ vocabSize: 9, embeddingSize: 5, hiddenSize: 5 }));
  expect(withOurNames(tensors)).toMatchObject({ tensors, was: new Map(), again: new Map() });
});

test('vectors are read where there are neither as many inputs as outputs nor as tokens', () => {
  const tensors = tensorsOf(modelOf({ vocabSize: 1, inputSize: 3, hiddenSize: 4, outputSize: 2 }));
  expect(infer(tensors)).toMatchObject({ inputSize: 3, vocabSize: 2, outputSize: null });
  expect(infer(tensors, { vocabSize: 3 })).toMatchObject({ inputSize: null, vocabSize: 3, outputSize: 2 });
});

test('an embedding whose bits the output has too is tied', () => {
  const tied = modelOf({ vocabSize: 9, embeddingSize: 5, hiddenSize: 5, tieWeights: true });
  const tensors = tensorsOf(tied);
  tensors.set('decoder.weight', tensors.get('encoder.weight')!);
  expect(infer(tensors)).toEqual(tied.config);
  const other = modelOf({ vocabSize: 9, embeddingSize: 5, hiddenSize: 5 });
  expect(infer(tensorsOf(other))).toEqual(other.config);
});

test('a tensor too many stays, and is told', () => {
  const model = modelOf({ vocabSize: 3, hiddenSize: 4 });
  const tensors = tensorsOf(model);
  tensors.set('norm.weight', { dtype: 'F32', shape: [4], data: new Float32Array(4) });
  const { tensors: named } = withOurNames(tensors);
  const got = 'F32 [4]';
  expect(misfitsOf(infer(named), named)).toEqual([
    { name: 'norm.weight', expected: 'no tensor of this name in this model', got },
  ]);
  expect(misfitsOf(infer(named), named, (name) => reasonAgainst(name, named))).toEqual([
    { name: 'norm.weight', expected: 'no layer normalization', got },
  ]);
});

test.each<[string, (tensors: Map<string, Tensor>) => void, RegExp]>([
  ['no tensor', (tensors) => tensors.clear(), /^a\.safetensors: expected one recurrent module .*, got none$/],
  [
    'no recurrent layer',
    (tensors) => void tensors.delete('rnn.weight_ih_l0'),
    /^a\.safetensors: expected one recurrent module with a weight_ih_l0 \[G H, D\], got "rnn\.weight_hh_l0", .*"decoder\.bias"$/,
  ],
  [
    'five gates',
    (tensors) => void tensors.set('rnn.weight_hh_l0', { dtype: 'F32', shape: [5, 1], data: new Float32Array(5) }),
    /^a\.safetensors: tensor "rnn\.weight_ih_l0": expected G times as many rows as .* 1 \(rnn\), .*, got 5 rows and 1 columns$/,
  ],
])('%s is refused', (_title, change, message) => {
  const tensors = tensorsOf(modelOf({ vocabSize: 3, hiddenSize: 5 }));
  change(tensors);
  expect(() => infer(tensors)).toThrow(message);
});
