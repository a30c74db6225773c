// `importPyTorch`: the bytes of a safetensors file and a tokenizer are enough for a model that says what PyTorch's said.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cellNames, readSafetensors, writeSafetensors } from '../../src/core.ts';
import {
  createModel,
  evaluate,
  importPyTorch,
  learnTokenizer,
  MisfitError,
  packModelFile,
  type UnrolledError,
} from '../../src/index.ts';

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
