// `importPyTorch`: the bytes of a safetensors file and a tokenizer are enough for a model that says what PyTorch's said.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cellNames, readSafetensors, type Tensor, tensorsOf, writeSafetensors } from '../../src/core.ts';
import {
  createModel,
  evaluate,
  importPyTorch,
  learnTokenizer,
  MisfitError,
  packModelFile,
  type UnrolledError,
} from '../../src/index.ts';
import { isExhaustive } from '../support/exhaustive.ts';

const text = 'she sells sea shells by the sea shore';
const learner = learnTokenizer('char');
learner.add(text);
const tokenizer = learner.finish();
const made = createModel({ tokenizer, cell: 'lstm', hiddenSize: 6, embeddingSize: 4, seed: 5 });
const bytes = packModelFile(made);

test.each(cellNames)('a model comes back bit for bit from its tensors and its tokenizer: %s', (cell) => {
  const model = createModel({ tokenizer, cell, hiddenSize: 6, numLayers: 2, seed: 3 });
  const imported = importPyTorch(packModelFile(model), { tokenizer });
  expect(imported.config).toEqual(model.config);
  expect(imported.parameters).toEqual(model.parameters);
  const ids = tokenizer.encode(text);
  expect(evaluate(imported, ids)).toEqual(evaluate(model, ids));
});

test('modules of other names are recognized, and each is reported', () => {
  const { tensors } = readSafetensors(bytes, 'it');
  const theirs = new Map(
    [...tensors].map(([name, tensor]) => [name.replace('rnn.', 'lstm.').replace('decoder.', 'fc.'), tensor]),
  );
  const renamed: string[] = [];
  const imported = importPyTorch(writeSafetensors(theirs), {
    tokenizer,
    onRename: (inFile, name) => renamed.push(`${inFile} → ${name}`),
  });
  expect(imported.parameters).toEqual(made.parameters);
  expect(renamed).toContain('lstm.weight_hh_l0 → rnn.weight_hh_l0');
  expect(renamed).toContain('fc.bias → decoder.bias');
  expect(renamed.some((line) => line.startsWith('encoder'))).toBe(false);
});

test('what shapes do not tell is an option, or the config', () => {
  const relu = createModel({ tokenizer, nonlinearity: 'relu', hiddenSize: 6 });
  const file = packModelFile(relu);
  expect(importPyTorch(file).config.nonlinearity).toBe('tanh');
  expect(importPyTorch(file, { nonlinearity: 'relu' }).config).toEqual(relu.config);
  expect(importPyTorch(file, { config: relu.config }).config).toEqual(relu.config);
});

test('PyTorch’s own file is read with the config beside it', () => {
  const read = (name: string) => readFileSync(new URL(`../golden/pytorch-lstm/${name}`, import.meta.url));
  const { tensors } = readSafetensors(read('model.safetensors'), 'it');
  const { config } = importPyTorch(read('model.safetensors'));
  expect(config.cell).toBe('lstm');
  expect(tensors.get('rnn.weight_hh_l0')!.shape).toEqual([4 * config.hiddenSize, config.hiddenSize]);
});

test('what does not fit is one sentence that begins with the file’s name, and a list', () => {
  const refuse = (...args: Parameters<typeof importPyTorch>): UnrolledError => {
    try {
      importPyTorch(...args);
    } catch (error) {
      return error as UnrolledError;
    }
    throw new Error('expected a refusal');
  };
  const wide = refuse(bytes, { config: { ...made.config, hiddenSize: 7 }, where: 'a.safetensors' });
  expect(wide).toBeInstanceOf(MisfitError);
  expect(wide.message).toBe(
    'a.safetensors: tensor "decoder.weight": expected F32 [11, 7], got F32 [11, 6]; 4 more do not fit either',
  );
  expect((wide as MisfitError).misfits).toHaveLength(5);
  const small = learnTokenizer('char');
  small.add('ab');
  expect(refuse(bytes, { tokenizer: small.finish() }).message).toMatch(
    /^tokenizer: expected \d+ tokens, as many as the model has, got 2$/,
  );
  expect(refuse(new Uint8Array(4)).message).toMatch(/^model\.safetensors: expected /);
});

describe('of modules of other names and shapes', () => {
  const numbers = (...shape: number[]): Tensor => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { dtype: 'F32', shape, data: Float32Array.from({ length: count }, (_, i) => Math.sin(i + shape.length)) };
  };
  const recurrent = (
    module: string,
    gates: number,
    inputs: number,
    units: number,
    layer = '_l0',
  ): [string, Tensor][] => [
    [`${module}.weight_ih${layer}`, numbers(gates * units, inputs)],
    [`${module}.weight_hh${layer}`, numbers(gates * units, units)],
    [`${module}.bias_ih${layer}`, numbers(gates * units)],
    [`${module}.bias_hh${layer}`, numbers(gates * units)],
  ];
  const linear = (module: string, outputs: number, inputs: number): [string, Tensor][] => [
    [`${module}.weight`, numbers(outputs, inputs)],
    [`${module}.bias`, numbers(outputs)],
  ];
  const load = (tensors: [string, Tensor][], options: Parameters<typeof importPyTorch>[1] = {}) =>
    importPyTorch(writeSafetensors(tensors), { where: 'f', ...options });
  const lstm = recurrent('lstm', 4, 3, 5);
  const ends: [string, Tensor][] = [['emb.weight', numbers(7, 3)], ...linear('fc', 7, 5)];

  test.each<[string, [string, Tensor][], RegExp]>([
    [
      'a GRU by name and an LSTM by gates',
      [...recurrent('gru', 4, 3, 5), ...ends],
      /^f: module "gru": expected the 3 gates of its name, got 4 in gru\.weight_hh_l0 F32 \[20, 5\]; say with cell what it is$/,
    ],
    [
      'an LSTM without weight_hh',
      [...lstm.filter(([name]) => name !== 'lstm.weight_hh_l0'), ...ends],
      /^f: tensor "lstm\.weight_hh_l0": expected it beside "lstm\.weight_ih_l0", got none$/,
    ],
    [
      'no weight_hh but its bias',
      [...recurrent('rnn', 4, 3, 5).filter(([name]) => name !== 'rnn.weight_hh_l0'), ...ends],
      /^f: tensor "rnn\.weight_hh_l0": expected it beside/,
    ],
    [
      'an encoder and a decoder',
      [...recurrent('encoder.rnn', 4, 3, 5), ...recurrent('decoder.rnn', 4, 3, 5), ...ends],
      /^f: expected one recurrent module, or a stack whose names differ in a number, got "decoder\.rnn", "encoder\.rnn"; import each for itself$/,
    ],
    [
      'layers of several sizes',
      [
        ...recurrent('rnns.0', 4, 3, 5),
        ...recurrent('rnns.1', 4, 5, 4),
        ['emb.weight', numbers(7, 3)],
        ...linear('fc', 7, 4),
      ],
      /^f: tensor "rnns\.1\.weight_hh_l0": expected 5 units, as the layers before it have, got 4; layers of several sizes/,
    ],
    [
      'two linear layers',
      [...lstm, ['emb.weight', numbers(7, 3)], ...linear('fc1', 6, 5), ...linear('fc2', 7, 6)],
      /^f: tensor "fc2\.bias": expected one linear layer, after the recurrent ones: what is computed between two, a file does not say, got F32 \[7\]; 1 more/,
    ],
    [
      'layer normalization',
      [...lstm, ...ends, ['norm.weight', numbers(5)], ['norm.bias', numbers(5)]],
      /^f: tensor "norm\.bias": expected no layer normalization, got F32 \[5\]; 1 more/,
    ],
    [
      'batch normalization',
      [...lstm, ...ends, ['bn.weight', numbers(5)], ['bn.running_mean', numbers(5)]],
      /expected no batch normalization/,
    ],
    ['a convolution', [...lstm, ...ends, ['conv.weight', numbers(5, 3, 2)]], /expected no convolution/],
    [
      'two outputs',
      [...lstm, ...ends, ...linear('tags', 4, 5)],
      /^f: tensor "decoder\.weight": expected F32 \[7, 5\], got none; 4 more/,
    ],
    [
      'an embedding and no output',
      [...recurrent('rnn', 4, 5, 5), ['emb.weight', numbers(7, 5)]],
      /^f: tensor "decoder\.weight": expected F32 \[7, 5\], got none$/,
    ],
    [
      'spectral norm',
      [
        ...lstm,
        ['emb.weight', numbers(7, 3)],
        ['fc.weight_orig', numbers(7, 5)],
        ['fc.weight_u', numbers(7)],
        ['fc.bias', numbers(7)],
      ],
      /^f: tensor "fc\.weight_orig": expected weights as the network uses them, .* remove_spectral_norm/,
    ],
    [
      'another parametrization',
      [...lstm, ['fc.parametrizations.weight.original', numbers(7, 5)]],
      /remove_parametrizations/,
    ],
    [
      'projections of a 50th',
      [
        ...recurrent('lstm', 4, 3, 50).filter(([name]) => !name.includes('weight_hh')),
        ['lstm.weight_hh_l0', numbers(200, 1)],
        ['lstm.weight_hr_l0', numbers(1, 50)],
        ['emb.weight', numbers(7, 3)],
        ...linear('fc', 7, 1),
      ],
      /^f: tensor "lstm\.weight_hh_l0": expected projections to at least a 32th of the units, got 1 of 50; train the LSTM without proj_size$/,
    ],
    [
      'weight norm of another size',
      [
        ...lstm.filter(([name]) => name !== 'lstm.weight_hh_l0'),
        ['lstm.weight_hh_l0_g', numbers(4, 1)],
        ['lstm.weight_hh_l0_v', numbers(20, 5)],
        ...ends,
      ],
      /^f: tensor "lstm\.weight_hh_l0_g": expected floats, one for each row or column/,
    ],
  ])('%s is refused', (_title, tensors, message) => expect(() => load(tensors)).toThrow(message));

  test('the work is in proportion to the names', () => {
    const many = Array.from({ length: isExhaustive ? 30_000 : 5_000 }, (_, i): [string, Tensor][] => [
      [`a${i}.bias`, numbers(1)],
      [`b${i}.weight_raw`, numbers(1)],
    ]);
    expect(() => load([...lstm, ...ends, ...many.flat()])).toThrow(/ more do not fit either$/);
    expect(() => load([...lstm, ['lstm.weight_ih_l999999999', numbers(1)], ...ends])).toThrow(
      /^f: expected the layers 0 to 999999999 of the recurrent module, got 8 tensors in all$/,
    );
  });

  test('vectors are never guessed where an embedding or a tokenizer says otherwise', () => {
    const square = [...recurrent('rnn', 4, 5, 5), ...linear('out', 11, 5)];
    expect(() => load(square)).toThrow(
      /^f: expected an embedding, or to be told what the network reads, got rnn\.weight_ih_l0 F32 \[20, 5\] and out\.weight F32 \[11, 5\], which may be vectors of 5, or 11 tokens/,
    );
    expect(load(square, { input: 'vectors' }).config).toMatchObject({ inputSize: 5, vocabSize: 11, tieWeights: false });
    expect(load(square, { tokenizer }).config).toMatchObject({ embeddingSize: 5, vocabSize: 11, tieWeights: true });
    expect(() => load([...lstm, ...linear('out', 7, 5)], { tokenizer })).toThrow(
      /^tokenizer: expected 3 tokens, as many as the model has, got 11$/,
    );
    expect(() => load([...lstm, ...ends], { input: 'vectors' })).toThrow(
      /^input: expected tokens, since the model has/,
    );
  });

  test('what was inferred is told, with what it was inferred from', () => {
    const rows: string[] = [];
    const twice = [...lstm, ...ends, ['copy.weight', numbers(7, 3)]] as [string, Tensor][];
    load(twice, { onInfer: ({ what, is, from }) => rows.push(`${what}: ${is} (${from})`) });
    expect(rows).toEqual([
      'copy.weight: emb.weight (the two are equal bit for bit)',
      'cell: lstm (lstm.weight_hh_l0 F32 [20, 5]: 4 gates of 5 units)',
      'layers: 1 (lstm.weight_ih_l0)',
      'input: 7 tokens in an embedding of 3 (emb.weight F32 [7, 3])',
      'output: 7 (fc.weight F32 [7, 5])',
      'pooling: none (an output for each step; no file says it)',
    ]);
  });

  test('biases that are not there are exactly zero', () => {
    const bare = [...lstm, ...ends].filter(([name]) => !name.includes('bias'));
    const { config, parameters } = load(bare);
    const zeros = Object.entries(tensorsOf(config, parameters as Float32Array)).filter(([name]) => /^[bc]/.test(name));
    expect(zeros).toHaveLength(2);
    for (const [, values] of zeros) expect(values.every((value) => Object.is(value, 0))).toBe(true);
  });
});
