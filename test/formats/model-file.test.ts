// A model as one file: the same model back, readable as plain safetensors, and a sentence for what is no whole model.

import { describe, expect, test } from 'vitest';
import { packModel, readSafetensors, writeSafetensors, writeTokenizerJson } from '../../src/core.ts';
import { withoutDigest } from '../../src/formats/digest.ts';
import { fromHalf, toHalf } from '../../src/formats/half.ts';
import { createModel, learnTokenizer, packModelFile, unpackModelFile } from '../../src/index.ts';

function tokenizerOf(text: string, level: 'char' | 'byte' | 'word') {
  const learner = learnTokenizer(level);
  learner.add(text);
  return learner.finish();
}
const text = 'Ein "Bär" 🐻 sagt:\r\n\tHallo\0, <unk> \u2028 Wörter.';
const tokenizer = tokenizerOf(text, 'char');

describe('a model as one file', () => {
  test.each(['rnn', 'gru', 'lstm', 'mingru'] as const)('comes back as it was: %s', (cell) => {
    for (const level of ['char', 'byte', 'word'] as const) {
      const model = createModel({ tokenizer: tokenizerOf(text, level), cell, hiddenSize: 5, numLayers: 2, seed: 3 });
      const { model: read, facts } = unpackModelFile(packModelFile(model, { step: 1500, seed: '42' }), 'it');
      expect(read.config).toEqual(model.config);
      expect(read.parameters).toEqual(model.parameters);
      expect(read.tokenizer!.level).toBe(level);
      expect(read.tokenizer!.encode(text)).toEqual(model.tokenizer!.encode(text));
      expect([...facts]).toEqual([
        ['seed', '42'],
        ['step', '1500'],
      ]);
    }
  });

  test('in float16 has half the bytes, rounds the matrices and nothing else, and is checked', () => {
    const model = createModel({ tokenizer, cell: 'gru', hiddenSize: 40, seed: 3 });
    for (let i = 0; i < model.parameters.length; i++) model.parameters[i] += i * 1e-7; // biases that float16 would round too
    const bytes = packModelFile(model, { step: 7 }, 'float16');
    expect(bytes.length).toBeLessThan(0.6 * packModelFile(model).length);
    const { model: read, facts } = unpackModelFile(bytes, 'it');
    expect([...facts]).toEqual([['step', '7']]);
    const shapes = readSafetensors(packModelFile(model), 'it').tensors;
    const halves = readSafetensors(packModelFile(read), 'it').tensors;
    for (const [name, { shape, data }] of shapes) {
      const rounded = halves.get(name)!.data as Float32Array;
      const expected = shape.length < 2 ? data : fromHalf(toHalf(data as Float32Array));
      expect(rounded, name).toEqual(expected);
    }
    bytes[bytes.length - 1] ^= 1;
    expect(() => unpackModelFile(bytes, 'it')).toThrow(/^it: .* the file is damaged/);
    model.parameters[0] = 70_000;
    expect(() => packModelFile(model, {}, 'float16')).toThrow(/^precision: expected weights up to 65504/);
  });

  test('keeps what the model is for', () => {
    const model = { ...createModel({ vocabSize: 7, hiddenSize: 4 }), task: { kind: 'anything', list: [1] } };
    expect(unpackModelFile(packModelFile(model), 'it').model.task).toEqual(model.task);
  });

  test('holds the tensors of model.safetensors and the files of the folder, word for word', () => {
    const model = createModel({ tokenizer, hiddenSize: 4 });
    const folder = packModel(model);
    const one = readSafetensors(packModelFile(model), 'it');
    expect(one.tensors).toEqual(readSafetensors(folder.get('model.safetensors')!, 'folder').tensors);
    expect(one.metadata.get('format')).toBe('pt');
    for (const name of ['config.json', 'tokenizer.json'])
      expect(one.metadata.get(name)).toBe(new TextDecoder().decode(folder.get(name)));
  });

  test('is refused in one sentence where it is no whole model', () => {
    const model = createModel({ tokenizer, hiddenSize: 4 });
    expect(() => unpackModelFile(packModel(model).get('model.safetensors')!, 'a.safetensors')).toThrow(
      /^a\.safetensors: expected config\.json in the metadata, .*got none; give config\.json and tokenizer\.json too$/,
    );
    const { tensors, metadata: all } = readSafetensors(packModelFile(model), 'it');
    const metadata = withoutDigest(all); // as of a program that changes the file
    const change = (key: string, value: string) => writeSafetensors(tensors, new Map(metadata).set(key, value));
    const config = metadata.get('config.json')!;
    for (const [bytes, sentence] of [
      [change('config.json', '{'), /^it\/config\.json: expected JSON/],
      [
        change('config.json', config.replace('"hidden_size": 4', '"hidden_size": 1e9')),
        /^it\/model\.safetensors: tensor/,
      ],
      [
        change('config.json', config.replace('"hidden_size": 4', '"hidden_size": -4')),
        /^it\/config\.json: hidden_size:/,
      ],
      [change('tokenizer.json', '[]'), /^it\/tokenizer\.json: expected the file to be an object/],
      ...[text.slice(0, 9), `${text}ß`].map(
        (other) =>
          [
            change('tokenizer.json', writeTokenizerJson(tokenizerOf(other, 'char'))),
            new RegExp(
              `^it/tokenizer\\.json: expected ${tokenizer.vocabSize} tokens, as config\\.json says, got \\d+$`,
            ),
          ] as const,
      ),
      [packModelFile(model).subarray(0, 999), /^it: expected/],
    ] as const)
      expect(() => unpackModelFile(bytes, 'it')).toThrow(sentence);
  });
});
