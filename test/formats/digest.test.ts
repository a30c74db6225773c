// Damage to a file of weights is found: every flipped byte where the file has a digest, and weights that are not finite in any file.

import { describe, expect, test } from 'vitest';
import { packModel, readSafetensors, unpackModel, writeSafetensors } from '../../src/core.ts';
import { UnrolledError } from '../../src/errors.ts';
import { crc32 } from '../../src/formats/crc32.ts';
import { withoutDigest } from '../../src/formats/digest.ts';
import { importPyTorch, learnTokenizer, packModelFile, unpackModelFile } from '../../src/index.ts';
import type { Model } from '../../src/network/model.ts';
import { some } from '../support/exhaustive.ts';
import { modelOf } from '../support/kinds.ts';

const learner = learnTokenizer('char');
learner.add('abc');
const tokenizer = learner.finish();
const model: Model = { ...modelOf({ vocabSize: 3, cell: 'gru', hiddenSize: 2, embeddingSize: 2 }), tokenizer };
const files = packModel(model);
const weights = files.get('model.safetensors')!;
const one = packModelFile(model, { step: 7 });

/** The sentence of the failure. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    expect(error.message).not.toMatch(/\n/);
    return error.message;
  }
  return 'none';
}
const readers: [string, Uint8Array<ArrayBuffer>, (bytes: Uint8Array) => ArrayLike<number>][] = [
  [
    'model.safetensors',
    weights,
    (bytes) => unpackModel(new Map(files).set('model.safetensors', bytes as never), 'it').parameters,
  ],
  ['a model as one file', one, (bytes) => unpackModelFile(bytes, 'it').model.parameters],
  ['model.safetensors in an import', weights, (bytes) => importPyTorch(bytes, { tokenizer, where: 'it' }).parameters],
];

/** The file without a digest, as version 0.1 or another program wrote it; with tensors changed where that is asked for. */
function foreign(bytes: Uint8Array, change: (name: string, data: Float32Array) => void = () => {}): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes.slice(), 'it');
  for (const [name, { data }] of tensors) change(name, data as Float32Array);
  return writeSafetensors(tensors, withoutDigest(metadata));
}

describe.each(readers)('of %s', (title, bytes, read) => {
  test('with any byte flipped is refused', () => {
    expect(refusal(() => read(bytes))).toBe('none');
    const sentences = new Set<string>();
    for (const mask of some([4, 1, 2, 8, 16, 32, 64, 128, 255], 1))
      for (const at of some([...bytes.keys()], 200)) {
        const damaged = bytes.slice();
        damaged[at] ^= mask;
        const sentence = refusal(() => read(damaged));
        if (!sentence.startsWith('it')) throw new Error(`byte ${at} ^ ${mask}: ${sentence}`);
        sentences.add(sentence.replaceAll(/[0-9a-f]{8}/g, '…').replace(/^it\/model\.safetensors/, 'it'));
      }
    expect(sentences).toContain(
      'it: expected the content whose digest is …, got one whose digest is …: the file is damaged, use another copy; ' +
        'a program that changes a model must leave out the metadata unrolled_crc32 and unrolled_form',
    );
  });

  test('without a digest, as version 0.1 or another program writes it, is read', () => {
    expect(read(foreign(bytes))).toEqual(read(bytes));
  });

  test('the same content in another order, as a program that knows no digest writes it again, is read', () => {
    const { tensors, metadata } = readSafetensors(bytes, 'it');
    const header: Record<string, object> = { __metadata__: Object.fromEntries([...metadata].reverse()) };
    let end = 0;
    for (const [name, { dtype, shape, data }] of tensors)
      header[name] = { data_offsets: [end, (end += data.byteLength)], shape, dtype };
    const text = Buffer.from(JSON.stringify(header, null, 1));
    const length = Buffer.alloc(8);
    length.writeUInt32LE(text.length);
    const again = Buffer.concat([
      length,
      text,
      ...[...tensors.values()].map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
    ]);
    expect(read(new Uint8Array(again))).toEqual(read(bytes));
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'a weight that is %s is refused with its place, whichever it is',
    (value) => {
      const { tensors } = readSafetensors(bytes, 'it');
      for (const [name, { shape }] of tensors) {
        const damaged = foreign(bytes, (tensor, data) => {
          if (tensor === name) data[data.length - 1] = value;
        });
        const place = shape.map((size) => size - 1).join(', ');
        expect(refusal(() => read(damaged))).toMatch(
          new RegExp(
            `^it(/model\\.safetensors)?: tensor "${name}", at \\[${place}\\]: expected a finite number of float32, got ${value}; use an earlier copy, or train`,
          ),
        );
      }
    },
  );

  test('the largest numbers of float32 are read, and float64 beyond them is refused', () => {
    const large = foreign(bytes, (name, data) => {
      if (name.startsWith('decoder')) data.fill(3.4028234663852886e38);
    });
    expect(refusal(() => read(large))).toBe('none');
    const { tensors, metadata } = readSafetensors(foreign(bytes), 'it');
    const wide = new Map(tensors);
    const { shape, data } = tensors.get('decoder.weight')!;
    wide.set('decoder.weight', { dtype: 'F64', shape, data: Float64Array.from(data as Float32Array).fill(1e39, 1) });
    expect(refusal(() => read(writeSafetensors(wide, metadata)))).toMatch(
      /tensor "decoder\.weight", at \[0, 1\]: .* got Infinity/,
    );
  });

  test('two finite biases whose sum is not are refused', { skip: title.includes('one file') }, () => {
    const damaged = foreign(bytes, (name, data) => {
      if (name.startsWith('rnn.bias_')) data[0] = 3e38;
    });
    expect(refusal(() => read(damaged))).toMatch(/: parameter \d+: expected a finite number of float32, got Infinity/);
  });
});

describe('a model that is not finite', () => {
  test('is not packed, so that it cannot replace a good one', () => {
    const parameters = Float32Array.from(model.parameters);
    parameters[parameters.length - 1] = Number.NaN;
    for (const pack of [packModel, packModelFile])
      expect(refusal(() => pack({ ...model, parameters }))).toMatch(
        /^model: tensor "decoder\.bias", at \[2\]: expected a finite number of float32, got NaN/,
      );
  });
});

test('facts of a model come back without the digest, and the file opens as plain safetensors', () => {
  expect([...unpackModelFile(one, 'it').facts]).toEqual([['step', '7']]);
  const { metadata } = readSafetensors(weights, 'it');
  expect([...metadata]).toEqual([
    ['format', 'pt'],
    ['unrolled_crc32', expect.stringMatching(/^[0-9a-f]{8}$/)],
    ['unrolled_form', '1'],
  ]);
});

test('the CRC-32 of a few bytes anywhere is that of a copy', () => {
  const bytes = Uint8Array.from({ length: 12 }, (_, i) => 37 * i + 1);
  for (let begin = 0; begin < 5; begin++)
    for (let end = begin; end <= 12; end++)
      expect(crc32(bytes.subarray(begin, end))).toBe(crc32(bytes.slice(begin, end)));
});
