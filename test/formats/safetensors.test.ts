// Safetensors written and read back: the reference's bytes, every dtype, alignment, and what the writer refuses.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import {
  type DType,
  dtypeOf,
  readSafetensors,
  type Tensor,
  type TypedArray,
  writeSafetensors,
} from '../../src/formats/safetensors.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const f32 = (...values: number[]): Tensor => ({
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
});
const bitsOf = ({ buffer, byteOffset, byteLength }: TypedArray) => hex(new Uint8Array(buffer, byteOffset, byteLength));
const headerOf = (bytes: Uint8Array) => {
  return new TextDecoder().decode(bytes.subarray(8, 8 + new DataView(bytes.buffer).getUint32(0, true)));
};
const namesOf = (tensors: Iterable<[string, Tensor]>) => [
  ...readSafetensors(writeSafetensors(tensors), 'f').tensors.keys(),
];

const ARRAYS = {
  ...{ F32: Float32Array, F64: Float64Array, I64: BigInt64Array, U64: BigUint64Array, BOOL: Uint8Array },
  ...{ I8: Int8Array, I16: Int16Array, I32: Int32Array, U8: Uint8Array, U16: Uint16Array, U32: Uint32Array },
} satisfies Partial<Record<DType, unknown>>;

/** Tensors of every dtype that has an array, of arbitrary bits, NaN and −0 among them. */
const anyTensor: fc.Arbitrary<Tensor> = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(ARRAYS) as (keyof typeof ARRAYS)[])),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    seed: fc.nat(),
  })
  .map(({ dtype, shape, seed }) => {
    const data = new ARRAYS[dtype](shape.reduce((product, size) => product * size, 1));
    new Uint8Array(data.buffer).forEach((_, i, bytes) => {
      bytes[i] = Math.imul(seed + i, 0x9e3779b1) >>> 24;
    });
    return { dtype, shape, data };
  });
const anyName = fc.string({
  unit: fc.constantFrom('a', '1', '.', '"', '\\', '\n', '\0', 'é', '\ue000', '😀', '\u2028'),
});
const anyTensors = fc.uniqueArray(fc.tuple(anyName, anyTensor), { maxLength: 6, selector: ([name]) => name });

describe('the bytes of the reference', () => {
  test('are written for no tensors', () => {
    expect(hex(writeSafetensors([]))).toBe('08000000000000007b7d202020202020');
  });

  test('are written for one tensor with metadata', () => {
    const w: Tensor = { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
    expect(hex(writeSafetensors(new Map([['w', w]]), [['format', 'pt']]))).toBe(
      '58000000000000007b225f5f6d657461646174615f5f223a7b22666f726d6174223a227074227d2c2277223a7b226474797065223a22463332222c227368617065223a5b322c325d2c22646174615f6f666673657473223a5b302c31365d7d7d0000803f000000400000404000008040',
    );
  });

  test('sort by dtype, the widest first, then by name', () => {
    const tensors: [string, Tensor][] = [
      ['a', { dtype: 'U8', shape: [1], data: Uint8Array.of(1) }],
      ['c', f32(1)],
      ['b', f32(2)],
      ['d', { dtype: 'I64', shape: [1], data: BigInt64Array.of(1n) }],
      ['e', { dtype: 'F64', shape: [1], data: Float64Array.of(1) }],
    ];
    expect(namesOf(tensors)).toEqual(['d', 'e', 'b', 'c', 'a']);
  });

  test('sort names by code point, not by UTF-16 unit', () => {
    expect(
      namesOf([
        ['😀', f32(1)],
        ['\ue000', f32(2)],
        ['a😀', f32(3)],
        ['a', f32(4)],
      ]),
    ).toEqual(['a', 'a😀', '\ue000', '😀']);
  });

  test('sort names that look like integers as text', () => {
    expect(
      namesOf([
        ['9', f32(1)],
        ['10', f32(2)],
        ['a', f32(3)],
      ]),
    ).toEqual(['10', '9', 'a']);
  });

  test('escape what JSON must escape and nothing else', () => {
    const name = '"\\/\b\f\n\r\t\u0001\u001f\u007fé\u2028😀';
    const [, written] = /"a([\s\S]*?)":\{"dtype/u.exec(headerOf(writeSafetensors([[`a${name}`, f32(1)]])))!;
    expect(written).toBe('\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\u007fé\u2028😀');
  });

  test('do not depend on the order in which tensors are given', () => {
    fc.assert(
      fc.property(anyTensors, (tensors) => {
        expect(hex(writeSafetensors(tensors.toReversed()))).toBe(hex(writeSafetensors(tensors)));
      }),
    );
  });
});

describe('writing and reading', () => {
  test('give back every name, dtype, shape and bit, wherever the file lies in its buffer', () => {
    const anyMetadata = fc.dictionary(anyName, anyName, { maxKeys: 3 }).map((record) => Object.entries(record));
    fc.assert(
      fc.property(anyTensors, anyMetadata, fc.nat(8), (tensors, metadata, shift) => {
        const bytes = writeSafetensors(tensors, metadata);
        const moved = new Uint8Array(bytes.length + shift).subarray(shift);
        moved.set(bytes);
        const read = readSafetensors(moved, 'f');
        expect(new Map(read.metadata)).toEqual(new Map(metadata));
        expect(read.tensors.size).toBe(tensors.length);
        for (const [name, { dtype, shape, data }] of tensors) {
          const tensor = read.tensors.get(name)!;
          expect([tensor.dtype, tensor.shape, bitsOf(tensor.data)]).toEqual([dtype, shape, bitsOf(data)]);
          expect(tensor.data.constructor).toBe(data.constructor);
        }
      }),
    );
  });

  test('put every tensor at a multiple of its element size', () => {
    fc.assert(
      fc.property(anyTensors, (tensors) => {
        const bytes = writeSafetensors(tensors);
        for (const { data } of readSafetensors(bytes, 'f').tensors.values()) expect(data.buffer).toBe(bytes.buffer);
      }),
    );
  });

  test('copy what another writer has put at an odd place', () => {
    const text =
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}';
    const bytes = new Uint8Array(8 + text.length + 5);
    bytes[0] = text.length;
    bytes.set(new TextEncoder().encode(text), 8);
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, 1.5, true);
    expect(readSafetensors(bytes, 'f').tensors.get('b')?.data).toEqual(Float32Array.of(1.5));
  });

  test('keep the raw bytes of types that JavaScript has no array for', () => {
    const tensor: Tensor = { dtype: 'F8_E4M3', shape: [3], data: Uint8Array.of(1, 2, 255) };
    expect(readSafetensors(writeSafetensors([['x', tensor]]), 'f').tensors.get('x')).toEqual(tensor);
  });

  test('do so for a view into a larger array', () => {
    const tensor: Tensor = { dtype: 'F32', shape: [2], data: Float32Array.of(9, 1, 2, 9).subarray(1, 3) };
    expect(readSafetensors(writeSafetensors([['x', tensor]]), 'f').tensors.get('x')?.data).toEqual(
      Float32Array.of(1, 2),
    );
  });
});

describe('16-bit floats are read as float32', () => {
  const read = (dtype: DType, ...units: number[]) => {
    const data = new Uint8Array(Uint16Array.from(units).buffer);
    return readSafetensors(writeSafetensors([['x', { dtype, shape: [units.length], data }]]), 'f').tensors.get('x')!;
  };

  test('from F16: normal, subnormal, signed zero, infinite and NaN', () => {
    const tensor = read('F16', 0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x8001, 0x8000, 0x7c00, 0xfc00, 0x7e00);
    expect(tensor.dtype).toBe('F32');
    expect([...(tensor.data as Float32Array)]).toEqual([
      1,
      -2,
      65504,
      2 ** -24,
      1023 * 2 ** -24,
      -(2 ** -24),
      -0,
      Infinity,
      -Infinity,
      NaN,
    ]);
  });

  test('from BF16: the upper half of a float32', () => {
    const tensor = read('BF16', 0x3f80, 0xc000, 0x8000, 0x7f80, 0x7fc0, 0x0001, 0x3fc0);
    expect([tensor.dtype, ...(tensor.data as Float32Array)]).toEqual(['F32', 1, -2, -0, Infinity, NaN, 2 ** -133, 1.5]);
  });
});

describe('the writer refuses', () => {
  const refused: [title: string, tensors: [string, Tensor][], metadata: [string, string][], message: RegExp][] = [
    [
      'a lone surrogate in a name',
      [['\ud83d', f32(1)]],
      [],
      /tensor "\\ud83d": expected a string without lone surrogates/,
    ],
    ['a lone surrogate in a metadata key', [], [['\ude00', '']], /metadata "\\ude00": .*lone surrogates/],
    ['a lone surrogate in a metadata value', [], [['a', '\ud83d']], /metadata "a": .*lone surrogates/],
    ['a metadata value that is no string', [], [['a', 1 as unknown as string]], /metadata "a": expected a string/],
    [
      'a name twice',
      [
        ['x', f32(1)],
        ['x', f32(1)],
      ],
      [],
      /tensor "x": expected every name once, got it twice/,
    ],
    [
      'a metadata key twice',
      [],
      [
        ['x', ''],
        ['x', ''],
      ],
      /metadata "x": expected every name once/,
    ],
    ['a tensor named __metadata__', [['__metadata__', f32(1)]], [], /expected another name/],
    ['data shorter than the shape', [['x', { ...f32(1), shape: [2] }]], [], /expected 8 bytes for F32 \[2\], got 4/],
    ['a negative size', [['x', { ...f32(1, 2), shape: [-2, -1] }]], [], /F32 \[-2, -1\]/],
    [
      'an array of another type',
      [['x', { ...f32(1), dtype: 'I32' }]],
      [],
      /expected a Int32Array for I32, got \[object Float32/,
    ],
    ['an unknown dtype', [['x', { ...f32(1), dtype: 'f32' as DType }]], [], /expected a known dtype, got f32/],
    ['a header that the Hub would not read', [], [['a', 'b'.repeat(25_000_000)]], /at most 25000000 bytes, got 250000/],
  ];
  test.each(refused)('%s', (_title, tensors, metadata, message) => {
    expect(() => writeSafetensors(tensors, metadata)).toThrow(UnrolledError);
    expect(() => writeSafetensors(tensors, metadata)).toThrow(message);
  });

  test('an array that has no dtype', () => {
    expect(() => dtypeOf(new Uint8ClampedArray(1) as unknown as TypedArray)).toThrow(/expected an array of numbers/);
  });
});
