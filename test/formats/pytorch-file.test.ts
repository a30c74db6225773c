// Files of torch.save that PyTorch would not write, and those of other programs: nothing in them is run, nothing is allocated for what they only
// declare, and each is refused in one sentence. What PyTorch writes is in import-cases.test.ts.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { readTensorFile } from '../../src/formats/tensor-file.ts';
import { dictOf, joined, pickled, tensor, text, torchFile, uint32, whole, zipOf } from '../support/torch-files.ts';

/** @param kind `usage` where it is a file of another kind, and not a damaged one */
function refusal(bytes: Uint8Array, kind: UnrolledError['kind'] = 'failure'): string {
  try {
    readTensorFile(bytes, 'f');
  } catch (error) {
    if (!(error instanceof UnrolledError) || error.kind !== kind) throw error;
    return error.message;
  }
  throw new Error('expected a refusal');
}

const floats = (...numbers: number[]): Uint8Array => new Uint8Array(Float32Array.from(numbers).buffer);
const six = floats(1, 2, 3, 4, 5, 6);
const read = (pickle: Uint8Array, storages: Record<string, Uint8Array> = { 0: six }) =>
  readTensorFile(torchFile(pickled(pickle), storages), 'f');

test('tensors are what their strides and offsets say, and tied ones are one', () => {
  const { tensors } = read(
    dictOf({
      plain: tensor('0', 6, [2, 3]),
      transposed: tensor('0', 6, [3, 2], [1, 3]),
      part: tensor('0', 6, [2, 2], [3, 1], { offset: 1 }),
      single: tensor('0', 6, [1, 2], [99, 1], { offset: 4 }),
      scalar: tensor('0', 6, [], [], { offset: 5 }),
      empty: tensor('0', 6, [0, 3]),
      again: tensor('0', 6, [2, 3]),
    }),
  );
  const numbers = Object.fromEntries([...tensors].map(([name, { data }]) => [name, [...data]]));
  expect(numbers).toEqual({
    ...{ plain: [1, 2, 3, 4, 5, 6], transposed: [1, 4, 2, 5, 3, 6], part: [2, 3, 5, 6], single: [5, 6] },
    ...{ scalar: [6], empty: [], again: [1, 2, 3, 4, 5, 6] },
  });
  expect(tensors.get('again')).toBe(tensors.get('plain'));
});

test('a checkpoint gives its state_dict, and says what else it holds', () => {
  const inner = dictOf({ w: tensor('0', 6, [6]), step: whole(3) });
  expect(read(dictOf({ epoch: whole(3), model: inner, optimizer: dictOf({ lr: text('a') }) }))).toMatchObject({
    entry: 'model',
    others: ['epoch', 'optimizer', 'model.step'],
  });
  expect(read(dictOf({ best: inner })).entry).toBe('best');
  expect(read(dictOf({ ema: inner, state_dict: inner })).entry).toBe('state_dict');
  expect(refusal(torchFile(pickled(dictOf({ ema: inner, other: inner })), { 0: six }))).toMatch(
    /^f: expected a state_dict of tensors or a checkpoint that holds one as state_dict, .*, got a dict of ema, other; save model\.state_dict\(\)$/,
  );
});

const half = 100_000;
describe('is refused at once:', () => {
  const system = 'cos\nsystem\n';
  test.each<[string, Uint8Array | string, RegExp]>([
    [
      'os.system',
      joined(system, text('touch /tmp/x'), '\x85R'),
      /got the Python name os\.system, which is not run; in Python/,
    ],
    ['os.system by the stack', joined(text('os'), text('system'), '\x93)R'), /Python name os\.system/],
    ['a class', 'c__main__\nNet\n)\x81', /Python name __main__\.Net/],
    ['a call of a storage', 'ctorch\nFloatStorage\n)R', /torch\.FloatStorage: expected no call of it/],
    ['a call of a text', joined(text('a'), ')R'), /expected a call of a name, got "a"/],
    [
      'an opcode of the oldest protocol',
      'I12\n',
      /byte 2 of the pickle: expected an opcode that torch\.save writes, got INT,/,
    ],
    ['an instance', '(ios\nsystem\n', /got INST, which is not run/],
    ['an opcode that there is not', '\xff', /got 0xff, which is not run/],
    ['marks 100 000 deep', '('.repeat(half), /at most 100 containers inside one another/],
    ['tuples 100 000 deep', `)${'\x85'.repeat(half)}`, /at most 100 containers inside one another/],
    ['lists 100 000 deep', `${']'.repeat(half)}${'a'.repeat(half - 1)}`, /at most 10000 values that wait/],
    ['lists in lists that have a name', `]q\x01${'(h\x01lq\x01'.repeat(half)}`, /at most 100 containers inside/],
    [
      'a text of 2^40 bytes',
      joined('\x8d', new Uint8Array(BigUint64Array.of(2n ** 40n).buffer)),
      /expected 1099511627776 more bytes, got 1/,
    ],
    ['a text of 4 GB', joined('X', uint32(2 ** 32 - 1)), /expected 4294967295 more bytes/],
    [
      '2^40 numbers',
      dictOf({ w: tensor('0', 2 ** 40, [2 ** 20, 2 ** 20]) }),
      /tensor "w": expected 1099511627776 numbers of F32 in its storage, got 24 bytes/,
    ],
    [
      '2^40 numbers in a small storage',
      dictOf({ w: tensor('0', 6, [2 ** 20, 2 ** 20], [0, 0]) }),
      /expected F32 \[1048576, 1048576\] within the 6 numbers/,
    ],
    [
      'a stride beyond the storage',
      dictOf({ w: tensor('0', 6, [2], [6]) }),
      /within the 6 numbers of its storage, got it up to number 7/,
    ],
    ['over a million values', `]${'K\x05a'.repeat(1_100_000)}`, /at most 1048576 values/],
    [
      'a storage with two types',
      dictOf({ a: tensor('0', 6, [6]), b: tensor('0', 6, [6], [1], { type: 'IntStorage' }) }),
      /storage "0": expected one type and one size, got two/,
    ],
    ['a quantized tensor', 'ctorch._utils\n_rebuild_qtensor\n', /Python name torch\._utils\._rebuild_qtensor/],
    ['no dict', 'K\x05', /expected a state_dict or a checkpoint that holds one, got 5/],
    ['no value', '', /expected a value on the stack, got none/],
  ])('%s', (_title, pickle, message) => {
    expect(refusal(torchFile(pickled(pickle), { 0: six }))).toMatch(message);
  });

  test('copies of one storage, more than twice the file', () => {
    const side = 100;
    const storage = floats(...Array.from({ length: side * side }, (_, i) => i));
    const many = Array.from({ length: 9 }, (_, i) => [`w${i}`, tensor('0', side * side, [side - i, side], [1, side])]);
    expect(refusal(torchFile(pickled(dictOf(Object.fromEntries(many))), { 0: storage }))).toMatch(
      /tensor "w2": expected tensors that take at most twice the file together/,
    );
  });
});

describe('the archive', () => {
  const overlapping = zipOf({ a: new Uint8Array(400), b: new Uint8Array(400) });
  for (const [at, byte] of overlapping.entries())
    if (at > 800 && byte === 0x90 && overlapping[at + 1] === 1) overlapping[at + 1] = 9; // sizes of 2448 bytes
  const good = torchFile(pickled(dictOf({ w: tensor('0', 6, [6]) })), { 0: six });
  test.each<[string, Uint8Array, RegExp]>([
    ['cut short', good.subarray(0, good.length - 30), /expected a zip archive with a directory at its end, got none/],
    [
      'packed',
      zipOf({ 'a/data.pkl': 'x' }, 8),
      /entry a\/data\.pkl: expected it stored, as torch\.save does, got it compressed/,
    ],
    [
      'with a byte changed',
      good.map((byte, i) => (i === good.indexOf(0x40) ? 0x41 : byte)),
      /CRC-32 stands for|damaged/,
    ],
    [
      'without a storage',
      torchFile(pickled(dictOf({ w: tensor('0', 6, [6]) }))),
      /expected the entry model\/data\/0, got none/,
    ],
    [
      'big-endian',
      zipOf({ 'a/data.pkl': 'x', 'a/byteorder': 'big' }),
      /expected numbers in little-endian order, got big/,
    ],
    [
      'of TorchScript',
      zipOf({ 'a/data.pkl': 'x', 'a/constants.pkl': 'x' }),
      /got a program of TorchScript; load it with torch\.jit\.load/,
    ],
    [
      'of Keras',
      zipOf({ 'config.json': '{}', 'model.weights.h5': 'x' }),
      /got a model of Keras; write its weights as safetensors/,
    ],
    ['of NumPy', zipOf({ 'a.npy': 'x' }), /got an archive of NumPy arrays; .*safetensors\.numpy\.save_file/],
    ['of anything', zipOf({ 'a.txt': 'x' }), /got a zip archive of 1 files without data\.pkl/],
  ])('%s is refused', (title, bytes, message) =>
    expect(refusal(bytes, title.startsWith('of ') ? 'usage' : 'failure')).toMatch(message),
  );
});

test.each<[string, string, RegExp]>([
  [
    'HDF5',
    '\x89HDF\r\n\x1a\n and more',
    /got an HDF5 file, such as of Keras; write its weights as safetensors .*docs\/formats\.md, From Keras/,
  ],
  ['GGUF', 'GGUF\x03\0\0\0\0\0', /got a GGUF file; read it with gguf\.GGUFReader/],
  ['ONNX', '\x08\x08\x12\x07pytorch', /got an ONNX file; importOnnx of unrolled\/onnx reads it/],
  ['gzip', '\x1f\x8b\x08\0\0\0\0\0', /gzip packed; unpack it with gunzip/],
  ['Git LFS', 'version https://git-lfs.github.com/spec/v1\n', /a pointer of Git LFS/],
  ['a text', '{"a": 1, "b": [1, 2, 3]}', /got a text; name the file of the weights/],
  ['another pickle', '\x80\x04K\x05.', /expected a file of torch\.save, got another pickle, of 5/],
])('%s is known by its first bytes', (name, bytes, message) =>
  expect(refusal(joined(bytes), name === 'another pickle' ? 'failure' : 'usage')).toMatch(message),
);

test('safetensors whose length begins like a pickle are read', () => {
  const header = `{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`.padEnd(0x280);
  const length = new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer);
  expect([...length.subarray(0, 2)]).toEqual([0x80, 2]);
  expect([...readTensorFile(joined(length, header, floats(7)), 'f').tensors.get('w')!.data]).toEqual([7]);
});

test('the older form is refused where its storages are not what the tensors say', () => {
  const cases = JSON.parse(readFileSync(new URL('../golden/imports.json', import.meta.url), 'utf8'));
  const { file } = cases.find((one: { title: string }) => one.title === 'the older form');
  const bytes = new Uint8Array(Buffer.from(file, 'base64'));
  expect(readTensorFile(bytes, 'f').tensors.size).toBeGreaterThan(0);
  expect(refusal(bytes.subarray(0, bytes.length - 1))).toMatch(/^f: storage \d+: expected \d+ bytes, got \d+$/);
  expect(refusal(joined(bytes, 'x'))).toMatch(/^f: expected the end of the file at byte \d+, got 1 bytes more$/);
});
