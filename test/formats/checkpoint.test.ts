// Checkpoints come back bit for bit, and a damaged one never comes back at all.
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/formats/checkpoint.ts';
import { crc32 } from '../../src/formats/crc32.ts';
import { readSafetensors, type TypedArray, writeSafetensors } from '../../src/formats/safetensors.ts';

const state = {
  step: 120,
  loss: 1.7976931348623157e308,
  tiny: 5e-324,
  zero: -0,
  text: 'é😀"\\\n',
  list: [1, null, true, {}],
};
const tensors = new Map<string, TypedArray>([
  ['parameters', Float32Array.of(1, -0, Number.NaN, Infinity, 1e-45)],
  ['random', Uint32Array.of(0, 0xffffffff)],
]);
const valid = encodeCheckpoint({ tensors, state });

/** The sentence of the failure. */
function refusal(bytes: Uint8Array): string {
  try {
    decodeCheckpoint(bytes, 'run/checkpoint.safetensors');
  } catch (error) {
    if (!(error instanceof UnrolledError) || error.kind !== 'failure') throw error;
    return error.message;
  }
  return 'none';
}

/** A file of the right form and checksum with this state. */
function withState(text: string): Uint8Array {
  const bytes = encodeCheckpoint({ tensors: new Map(), state: {} });
  const { metadata } = readSafetensors(bytes, 'f');
  const changed = writeSafetensors([], metadata.set('state', text).set('checksum', '00000000'));
  const at = Buffer.from(changed).indexOf('00000000');
  changed.set(Buffer.from(crc32(changed).toString(16).padStart(8, '0')), at);
  return changed;
}

describe('a checkpoint', () => {
  test('gives back every bit of its tensors and its state', () => {
    const read = decodeCheckpoint(valid, 'f');
    expect(read.state).toStrictEqual(state); // toStrictEqual tells −0 from 0
    expect([...read.tensors.keys()].sort()).toEqual(['parameters', 'random']);
    for (const [name, data] of tensors) expect(read.tensors.get(name)).toStrictEqual(data);
  });

  test('gives back every number that JSON can hold, exactly', () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.array(value)), fc.array(value), (object, numbers) => {
        const bytes = encodeCheckpoint({ tensors: new Map([['x', Float64Array.from(numbers)]]), state: { object } });
        const read = decodeCheckpoint(bytes, 'f');
        expect(read.state).toStrictEqual({ object: { ...object } });
        expect(read.tensors.get('x')).toStrictEqual(Float64Array.from(numbers));
      }),
    );
  });

  test('has the same bytes whenever it is written, and is a safetensors file', () => {
    expect(encodeCheckpoint({ tensors: new Map([...tensors].reverse()), state })).toEqual(valid);
    expect(readSafetensors(valid, 'f').metadata.get('format')).toBe('unrolled checkpoint 1');
  });

  test('may have no tensors and an empty state', () => {
    const read = decodeCheckpoint(encodeCheckpoint({ tensors: new Map(), state: {} }), 'f');
    expect([read.tensors.size, read.state]).toEqual([0, {}]);
  });

  test('keeps a key __proto__ a key', () => {
    const read = decodeCheckpoint(
      encodeCheckpoint({ tensors: new Map(), state: JSON.parse('{"__proto__":{"a":1}}') }),
      'f',
    );
    expect(Object.entries(read.state)).toEqual([['__proto__', { a: 1 }]]);
    expect(Object.getPrototypeOf(read.state)).toBe(Object.prototype);
  });

  const refused: [title: string, state: object, message: string][] = [
    ['NaN', { a: [0, Number.NaN] }, 'checkpoint, state.a[1]: expected a value that JSON holds exactly, got NaN'],
    ['an infinity', { a: -Infinity }, 'checkpoint, state.a: expected a value that JSON holds exactly, got -Infinity'],
    ['undefined', { a: undefined }, 'checkpoint, state.a: expected a value that JSON holds exactly, got undefined'],
    ['a hole', { a: new Array(1) }, 'checkpoint, state.a[0]: expected a value that JSON holds exactly, got undefined'],
    [
      'a typed array',
      { a: { b: new Float32Array(1) } },
      'state.a.b: expected a value that JSON holds exactly, got [object Float32Array]',
    ],
    ['a bigint', { a: 1n }, 'checkpoint, state.a: expected a value that JSON holds exactly, got 1'],
    ['a list at its root', [], 'checkpoint, state: expected an object, got a list'],
    ['a date', { a: new Date(0) }, 'checkpoint, state.a: expected a value that JSON holds exactly, got [object Date]'],
  ];
  test.each(refused)('is not written with %s in its state', (_title, bad, message) => {
    expect(() => encodeCheckpoint({ tensors, state: bad })).toThrow(message);
    expect(() => encodeCheckpoint({ tensors, state: bad })).toThrow(UnrolledError);
  });
});

describe('a damaged checkpoint is refused', () => {
  test('with any bit of any byte flipped', () => {
    for (let at = 0; at < valid.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const bytes = valid.slice();
        bytes[at] ^= 1 << bit;
        expect(refusal(bytes), `byte ${at}, bit ${bit}`).toMatch(/^run\/checkpoint\.safetensors: /);
      }
  });

  test('with a sentence that says so where only data are flipped', () => {
    const bytes = valid.slice();
    bytes[bytes.length - 1] ^= 0x80;
    expect(refusal(bytes)).toMatch(
      /^run\/checkpoint\.safetensors: expected the checksum [0-9a-f]{8}, got [0-9a-f]{8}: the file is damaged/,
    );
  });

  test('with the signs of two numbers flipped', () => {
    const bytes = encodeCheckpoint({ tensors: new Map([['x', new Float32Array(100).fill(1)]]), state });
    bytes[bytes.length - 1] ^= 0x80;
    bytes[bytes.length - 201] ^= 0x80;
    expect(refusal(bytes)).toMatch(/checksum/);
  });

  test('cut short at any byte', () => {
    for (let length = 0; length < valid.length; length++) expect(refusal(valid.slice(0, length))).not.toBe('none');
  });

  test('cut short at any 4 KiB, or with a page of zeros, as a machine without power leaves it', () => {
    const large = encodeCheckpoint({ tensors: new Map([['x', new Float32Array(100_000).fill(1)]]), state });
    for (let at = 0; at < large.length; at += 4096) {
      expect(refusal(large.slice(0, at))).not.toBe('none');
      expect(refusal(large.slice().fill(0, at, at + 4096))).not.toBe('none');
    }
    expect(refusal(large)).toBe('none');
  });

  test('with a state that is no JSON object, though the checksum is right', () => {
    expect(refusal(withState('{"a":1}'))).toBe('none');
    expect(refusal(withState('{"a":'))).toMatch(
      /^run\/checkpoint\.safetensors, state: expected JSON, got text that is not[^;]*; correct it, or put the whole text back$/,
    );
    expect(refusal(withState('1'))).toBe('run/checkpoint.safetensors, state: expected a JSON object, got 1');
    expect(refusal(withState('[1]'))).toMatch(/state: expected a JSON object, got \[1\]/);
    expect(refusal(withState('{"a":1,"b":2,"a":3}'))).toMatch(/state: expected each key once, got "a" twice/);
    expect(refusal(withState('['.repeat(1_000_000)))).toMatch(
      /state: expected at most 100 brackets inside one another/,
    );
  });

  test('if it is a model and no checkpoint', () => {
    expect(refusal(writeSafetensors([], [['format', 'pt']]))).toBe(
      'run/checkpoint.safetensors: expected the format "unrolled checkpoint 1", got "pt"',
    );
    expect(refusal(writeSafetensors([]))).toMatch(/got nothing$/);
  });
});

describe('the checksum', () => {
  test('is CRC-32: of "123456789" it is cbf43926', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  test('equals that of zlib, in one piece or in two', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.uint8Array({ maxLength: 50 }), (a, b) => {
        expect(crc32(b, crc32(a))).toBe(zlibCrc32(Buffer.concat([a, b])));
      }),
    );
  });
});
