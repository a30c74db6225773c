// Damage to a file of weights is found: every flipped byte where the file has a digest, and weights that are not finite in any file.

import { describe, expect, test } from 'vitest';
import { packModel, readSafetensors, unpackModel, writeSafetensors } from '../../src/core.ts';
import { UnrolledError } from '../../src/errors.ts';
import { crc32 } from '../../src/formats/crc32.ts';
import { withoutDigest } from '../../src/formats/digest.ts';
import { packModelFile, unpackModelFile } from '../../src/index.ts';
import { modelOf } from '../support/kinds.ts';

const model = modelOf({ vocabSize: 3, cell: 'gru', hiddenSize: 2, embeddingSize: 2 });
const files = packModel(model);
const readers: [string, Uint8Array, (bytes: Uint8Array) => { parameters: ArrayLike<number> }][] = [
  [
    'model.safetensors',
    files.get('model.safetensors')!,
    (bytes) => unpackModel(new Map(files).set('model.safetensors', bytes as Uint8Array<ArrayBuffer>), 'it'),
  ],
  ['a model as one file', packModelFile(model), (bytes) => unpackModelFile(bytes, 'it').model],
];

describe.each(readers)('%s', (_, bytes, read) => {
  test('with any byte flipped is refused', () => {
    expect(read(bytes).parameters).toEqual(model.parameters);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] ^= 4;
      expect(() => read(damaged), `byte ${at}`).toThrow(UnrolledError);
    }
  });

  test('without a digest, as version 0.1 or another program writes it, is read; with a weight that is not finite it is refused', () => {
    const { tensors, metadata } = readSafetensors(bytes, 'it');
    const plain = withoutDigest(metadata);
    expect([...plain.keys()].some((key) => key.includes('crc32'))).toBe(false);
    expect(read(writeSafetensors(tensors, plain)).parameters).toEqual(model.parameters);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const [[name, { data }]] = tensors;
      const before = data[1];
      data[1] = bad;
      expect(() => read(writeSafetensors(tensors, plain)), String(bad)).toThrow(name);
      data[1] = before;
    }
  });
});

test('the CRC-32 of a few bytes anywhere is that of a copy', () => {
  const bytes = Uint8Array.from({ length: 12 }, (_, i) => 37 * i + 1);
  for (let begin = 0; begin < 5; begin++)
    for (let end = begin; end <= 12; end++)
      expect(crc32(bytes.subarray(begin, end))).toBe(crc32(bytes.slice(begin, end)));
});
