// Hostile safetensors files: whatever the bytes, the answer is a result or one UnrolledError, soon and without much memory.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { readSafetensors, type Tensor, writeSafetensors } from '../../src/formats/safetensors.ts';
import { isExhaustive, runs } from '../support/exhaustive.ts';

/** The verdict; any error but ours is thrown on. */
function verdict(bytes: Uint8Array): string {
  try {
    const { tensors } = readSafetensors(bytes, 'f');
    let total = 0;
    for (const { dtype, data } of tensors.values()) total += dtype === 'F32' ? 0 : data.byteLength;
    expect(total).toBeLessThanOrEqual(bytes.length);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof UnrolledError) || error.kind !== 'failure') throw error;
    expect(error.message.length).toBeLessThan(1000);
    expect(error.message).toMatch(/^f: [^\n]+$/);
    return error.message;
  }
}

function withHeader(header: string, dataLength: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  return bytes;
}

const tensors: [string, Tensor][] = [
  ['rnn.weight_hh_l0', { dtype: 'F32', shape: [4, 4], data: new Float32Array(16).fill(1) }],
  ['half', { dtype: 'F16', shape: [3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) }],
  ['long', { dtype: 'I64', shape: [2], data: BigInt64Array.of(1n, -1n) }],
  ['é😀', { dtype: 'U8', shape: [], data: Uint8Array.of(7) }],
  ['empty', { dtype: 'F64', shape: [0, 5], data: new Float64Array(0) }],
];
const valid = writeSafetensors(tensors, [['format', 'pt']]);
const tokens = [
  '"',
  ',',
  ':',
  '{',
  '}',
  '[',
  ']',
  '0',
  '1',
  '-',
  '.',
  'e',
  ' ',
  '\n',
  '\\',
  '\\u0041',
  '\\ud800',
  'null',
  '1e999',
];

describe('a hostile file', () => {
  test('of random bytes gives a result or our error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        verdict(bytes);
      }),
      { numRuns: runs(5000) },
    );
  });

  test('of random bytes behind a true length gives a result or our error', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...tokens, 'dtype', '"shape"', '"F32"'), maxLength: 60 }),
        fc.nat(20),
        (header, length) => {
          verdict(withHeader(header, length));
        },
      ),
      { numRuns: runs(5000) },
    );
  });

  test('with some of its bytes changed gives a result or our error', () => {
    const change = fc.tuple(fc.nat(valid.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = valid.slice();
        for (const [at, value] of changes) bytes[at] = value;
        verdict(bytes);
      }),
      { numRuns: runs(20_000) },
    );
  });

  test('with tokens put in or taken out of its header gives a result or our error', () => {
    const length = new DataView(valid.buffer).getUint32(0, true);
    const header = new TextDecoder().decode(valid.subarray(8, 8 + length));
    const change = fc.tuple(fc.nat(header.length), fc.nat(3), fc.constantFrom('', ...tokens));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let text = header;
        for (const [at, removed, token] of changes) text = text.slice(0, at) + token + text.slice(at + removed);
        verdict(withHeader(text, valid.length - 8 - length));
      }),
      { numRuns: runs(20_000) },
    );
  });

  test('cut short anywhere is rejected', () => {
    for (let length = 0; length < valid.length; length++) expect(verdict(valid.slice(0, length))).not.toBe('accepted');
    expect(verdict(valid)).toBe('accepted');
  });

  test('with many tensors on one range is rejected', () => {
    const entry = '{"dtype":"F32","shape":[200,200],"data_offsets":[0,160000]}';
    const header = `{${Array.from({ length: runs(100_000) }, (_, i) => `"t${i}":${entry}`)}}`;
    expect(verdict(withHeader(header, 160_000))).toMatch(/expected data from byte 160000/);
  });

  test('with a megabyte of name, of digits, of brackets or of sizes is rejected in a short sentence', () => {
    const long = 1_000_000;
    const of = (name: string, shape: string) => `{"${name}":{"dtype":"F32","shape":${shape},"data_offsets":[0,4]}}`;
    expect(verdict(withHeader(of('n'.repeat(long), '[2]'), 4))).toMatch(/expected 8 bytes/);
    expect(verdict(withHeader(of('n', `[${'1'.repeat(long)}]`), 4))).toMatch(/whole number/);
    expect(verdict(withHeader(of('n', '['.repeat(long)), 4))).toMatch(/whole number/);
    expect(verdict(withHeader('{'.repeat(long), 4))).toMatch(/expected a string/);
    expect(verdict(withHeader(of('n', `[2${',1'.repeat(long)}]`), 4))).toMatch(/at most 1000 numbers/);
    expect(verdict(withHeader(of('n', `[${'\\n'.repeat(long)}]`), 4))).toMatch(/whole number/);
    expect(verdict(withHeader(of('\\ud800'.repeat(long / 10), '[1]'), 4))).toMatch(/lone surrogates/);
  });

  test.runIf(isExhaustive)('with over a million names is rejected when it has so many', () => {
    const names = Array.from({ length: 2 ** 20 + 1 }, (_, i) => `"${i.toString(36)}":""`);
    expect(verdict(withHeader(`{"__metadata__":{${names}}}`, 0))).toMatch(/at most 1048576 names/);
  });

  test('with megabytes of escapes is read as the string that they stand for', () => {
    const header = `{"__metadata__":{"a":"${'\\u0041'.repeat(1_000_000)}","b":"${'\\n'.repeat(1_000_000)}"}}`;
    const { metadata } = readSafetensors(withHeader(header, 0), 'f');
    expect(metadata.get('a')).toBe('A'.repeat(1_000_000));
    expect(metadata.get('b')).toBe('\n'.repeat(1_000_000));
  });

  test('that declares terabytes is rejected without making room for them', () => {
    const size = 2 ** 42;
    const header = `{"x":{"dtype":"F16","shape":[${size / 2}],"data_offsets":[0,${size}]}}`;
    expect(verdict(withHeader(header, 4))).toMatch(/expected 4398046511104 bytes of data after the header, got 4:/);
  });
});
