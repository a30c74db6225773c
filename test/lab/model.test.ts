// Models that visitors save and open: their own come back bit for bit, PyTorch's are recognized by names and shapes, and what does not fit
// is one sentence.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type FileBytes, openModel, withCharacters } from '../../lab/files/model.ts';
import {
  cellNames,
  createTokenizer,
  packModel,
  readSafetensors,
  type Tensor,
  writeSafetensors,
} from '../../src/core.ts';
import { createModel, evaluate, learnTokenizer, MisfitError, packModelFile } from '../../src/index.ts';
import { file, refusal } from './model-files.ts';

const text = 'Sie sagte: „Öl“ — 👍🏽\r\nund ging.\0';
const learner = learnTokenizer('char');
learner.add(text);
const tokenizer = learner.finish();
const model = createModel({ tokenizer, hiddenSize: 6, seed: 5 });
const facts = { step: 1500, seed: 42 };
const folder = (of: typeof model): FileBytes[] => Array.from(packModel(of), ([name, bytes]) => file(name, bytes));
const golden = (name: string, files: string[]): FileBytes[] =>
  files.map((each) => file(each, new Uint8Array(readFileSync(new URL(`../golden/${name}/${each}`, import.meta.url)))));

describe('a model of the lab', () => {
  test.each(cellNames)('comes back bit for bit, and says the same of a text: %s', (cell) => {
    const made = createModel({ tokenizer, cell, hiddenSize: 6, numLayers: 2, seed: 5 });
    const opened = openModel([file('tale.safetensors', packModelFile(made, facts))]);
    expect(opened).toMatchObject({ name: 'tale.safetensors', step: 1500, remarks: [] });
    expect(opened.model.config).toEqual(made.config);
    expect(opened.model.parameters).toEqual(made.parameters);
    expect(evaluate(opened.model, tokenizer.encode(text)).nll).toBe(evaluate(made, tokenizer.encode(text)).nll);
  });

  test('may be the files of a folder, in any order, with others beside them', () => {
    const files = folder(model).reverse();
    expect(openModel(files).model.parameters).toEqual(model.parameters);
    expect(openModel([...files, file('metrics.jsonl', '{}')]).remarks).toEqual([
      'model: "metrics.jsonl" were not needed',
    ]);
  });

  test('takes files dropped with it before those in its metadata, and says so', () => {
    const vocabulary = [...tokenizer.vocabulary].reverse();
    const other = createModel({ tokenizer: createTokenizer('char', vocabulary), hiddenSize: 6 });
    const dropped = folder(other).filter(({ name }) => name === 'tokenizer.json');
    const opened = openModel([file('a.safetensors', packModelFile(model, facts)), ...dropped]);
    expect(opened.model.tokenizer!.vocabulary).toEqual(vocabulary);
    expect(opened.remarks).toEqual([
      'a.safetensors: has another tokenizer.json in its metadata; the one dropped with it is taken',
    ]);
  });

  test('without tokenizer.json has none until it is given its characters', () => {
    const { model: bare, remarks } = openModel(folder(model).filter(({ name }) => !name.startsWith('tokenizer')));
    expect(bare.tokenizer).toBeUndefined();
    expect(remarks).toEqual([]); // that it has none says it
    expect(withCharacters(bare, tokenizer.vocabulary.join('')).tokenizer!.encode(text)).toEqual(tokenizer.encode(text));
    expect(() => withCharacters(bare, 'abc')).toThrow(
      /^tokenizer: expected \d+ tokens, as many as the model has, got 3$/,
    );
    expect(() => withCharacters(bare, 'aab')).toThrow(/^vocabulary: expected each token once, got "a" twice$/);
  });
});

describe('a model of PyTorch', () => {
  test('in a folder of our names is read with its config', () => {
    const opened = openModel(golden('pytorch-model', ['config.json', 'model.safetensors', 'tokenizer.json']));
    expect(opened.remarks).toEqual([]);
    expect(opened.model.tokenizer).toBeDefined();
  });

  test.each(['pytorch-gru', 'pytorch-lstm'])(
    'that says nothing of itself is what its config says it is: %s',
    (name) => {
      const said = openModel(golden(name, ['config.json', 'model.safetensors'])).model;
      const { model: told, remarks } = openModel(golden(name, ['model.safetensors']));
      expect(told.config).toEqual(said.config);
      expect(told.parameters).toEqual(said.parameters);
      expect(remarks).toEqual([]);
    },
  );

  const renamed = (of: typeof model, names: (name: string) => string | null): FileBytes => {
    const { tensors } = readSafetensors(packModel(of).get('model.safetensors')!, 'it');
    const entries = [...tensors].flatMap(([name, tensor]): [string, Tensor][] => {
      const to = names(name);
      return to === null ? [] : [[to, tensor]];
    });
    return file('net.safetensors', writeSafetensors(entries));
  };

  test.each(['rnn', 'gru', 'lstm'] as const)('may call its parts what it likes: %s', (cell) => {
    for (const architecture of [{}, { embeddingSize: 3 }, { embeddingSize: 6 }]) {
      const made = createModel({ vocabSize: 11, cell, hiddenSize: 6, numLayers: 2, ...architecture });
      const given = renamed(
        made,
        (name) =>
          `module.${name.replace('rnn.', `my_${cell}.`).replace('encoder', 'emb').replace('decoder', 'head.fc')}`,
      );
      const { model: told, remarks } = openModel([given]);
      expect(told.config).toEqual(made.config);
      expect(told.parameters).toEqual(made.parameters);
      expect(remarks.some((remark) => remark.includes('tanh is assumed'))).toBe(cell === 'rnn');
    }
  });

  test.each<[string, Record<string, number[]>, RegExp]>([
    [
      'no recurrent network',
      { 'h.0.attn.weight': [4, 4] },
      /expected one recurrent module .* got "h\.0\.attn\.weight"$/,
    ],
    ['no tensors', {}, /expected one recurrent module .* got none$/],
    ['two of them', { 'a.weight_ih_l0': [4, 4], 'b.weight_ih_l0': [4, 4] }, /expected one recurrent module/],
    ['five gates', { 'm.weight_ih_l0': [20, 4], 'm.weight_hh_l0': [20, 4] }, /with G = .* got 20 rows and 4 columns$/],
    ['no units', { 'm.weight_ih_l0': [0, 4], 'm.weight_hh_l0': [0, 0] }, /got 0 rows and 0 columns$/],
    ['numbers in a scalar', { 'm.weight_ih_l0': [], 'm.weight_hh_l0': [] }, /expected one recurrent module/],
    [
      'no output layer',
      { 'm.weight_ih_l0': [4, 7], 'm.weight_hh_l0': [4, 4] },
      /tensor "decoder\.weight": expected F32 \[7, 4\], got none$/,
    ],
    [
      'two directions',
      {
        'm.weight_ih_l0': [4, 7],
        'm.weight_hh_l0': [4, 4],
        'm.bias_ih_l0': [4],
        'm.weight_ih_l0_reverse': [4, 7],
        'm.weight_hh_l0_reverse': [4, 4],
        'm.bias_ih_l0_reverse': [4],
        'fc.weight': [7, 8],
        'fc.bias': [7],
      },
      /expected a model of text/,
    ],
    [
      'projections',
      { 'm.weight_ih_l0': [16, 4], 'm.weight_hh_l0': [16, 2], 'm.weight_hr_l0': [2, 4] },
      /^a\.safetensors: /,
    ],
    [
      'vectors to read',
      {
        'm.weight_ih_l0': [4, 7],
        'm.weight_hh_l0': [4, 4],
        'm.bias_ih_l0': [4],
        'fc.weight': [9, 4],
        'fc.bias': [9],
      },
      /expected a model of text/,
    ],
  ])('is refused where there are %s', (_, shapes, pattern) => {
    const tensors = Object.entries(shapes).map(([name, shape]): [string, Tensor] => [
      name,
      { dtype: 'F32', shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)) },
    ]);
    expect(refusal([file('a.safetensors', writeSafetensors(tensors))])).toMatch(pattern);
  });
});

describe('what does not fit', () => {
  test('is told tensor by tensor, in the names of the file', () => {
    const big = folder(createModel({ tokenizer, hiddenSize: 7 }));
    const files = [
      folder(model).find(({ name }) => name === 'config.json')!,
      big.find(({ name }) => name === 'model.safetensors')!,
    ];
    const C = tokenizer.vocabSize;
    expect(refusal(files)).toBe(
      `model.safetensors: tensor "decoder.weight": expected F32 [${C}, 6], got F32 [${C}, 7]; 4 more do not fit either`,
    );
    try {
      openModel(files);
    } catch (error) {
      const { misfits } = error as MisfitError;
      expect(error).toBeInstanceOf(MisfitError);
      expect(misfits.map(({ name }) => name).sort()).toEqual(
        ['decoder.weight', 'rnn.bias_hh_l0', 'rnn.bias_ih_l0', 'rnn.weight_hh_l0', 'rnn.weight_ih_l0'].sort(),
      );
    }
  });

  test('a strange tensor, another tokenizer, two models, no weights, no text in config.json, another task', () => {
    const [config, vocabulary, , weights] = folder(model);
    expect([config, vocabulary, weights].map(({ name }) => name)).toEqual([
      'config.json',
      'tokenizer.json',
      'model.safetensors',
    ]);
    const { tensors } = readSafetensors(weights.bytes, 'it');
    const strange = writeSafetensors([
      ...tensors,
      ['<img onerror=alert(1)>', { dtype: 'F32', shape: [1], data: new Float32Array(1) }],
    ]);
    expect(refusal([config, file('model.safetensors', strange)])).toBe(
      'model.safetensors: tensor "<img onerror=alert(1)>": expected no tensor of this name in this model, got F32 [1]',
    );
    const other = folder(createModel({ tokenizer: createTokenizer('char', ['a', 'b']), hiddenSize: 6 }))[1];
    expect(refusal([config, other, weights])).toMatch(
      /^tokenizer: expected \d+ tokens, as many as the model has, got 2$/,
    );
    expect(refusal([weights, { ...weights, name: 'b.safetensors' }])).toBe(
      'model: expected one model at a time, got "model.safetensors", "b.safetensors"',
    );
    expect(refusal([config, vocabulary])).toMatch(
      /^model: expected a \.safetensors file, got "config\.json", "tokenizer\.json"; drop/,
    );
    expect(refusal([config, config, weights])).toBe('config.json: expected one, got 2; drop one model at a time');
    expect(refusal([file('config.json', Uint8Array.of(0xff)), weights])).toBe(
      'config.json: expected UTF-8, got other bytes',
    );
    expect(refusal([file('config.json', '{"model_type":"gpt2"}'), weights])).toMatch(
      /^config\.json: model_type: expected "unrolled", got "gpt2"; give a model of unrolled$/,
    );
    expect(refusal(golden('pytorch-vectors', ['config.json', 'model.safetensors']))).toMatch(
      /expected a model of text/,
    );
  });
});
