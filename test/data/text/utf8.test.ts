// Strict UTF-8: every byte sequence gives what TextDecoder gives for the whole, or an error at the byte where it fails.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, type Utf8Options } from '../../../src/data/text/utf8.ts';
import { runs } from '../../support/exhaustive.ts';

function decode(chunks: readonly ArrayLike<number>[], options: Utf8Options = {}): string {
  return [
    ...decodeUtf8(
      chunks.map((chunk) => Uint8Array.from(chunk)),
      'a.txt',
      options,
    ),
  ].join('');
}

/** The message of the error for these bytes, cut into single bytes and in one piece; both are the same. */
function failure(...bytes: number[]): string {
  const messages = [[bytes], bytes.map((byte) => [byte])].map((chunks) => {
    try {
      return `no error: ${decode(chunks)}`;
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(messages[0]).toBe(messages[1]);
  return messages[0];
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.slice(start, at[i]));
}

const REMEDY =
  '; say what its encoding is, such as windows-1252 (--encoding, in a program encoding), or use the level byte, which takes any file';

describe('decodeUtf8', () => {
  it('decodes text wherever it is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(), { maxLength: 8 }), (text, places) => {
        const chunks = cut(new TextEncoder().encode(`x${text}`), places);
        expect(decode(chunks)).toBe(`x${text}`);
        for (const piece of decodeUtf8(chunks, 'a.txt')) expect(piece).not.toMatch(/\p{Surrogate}/u);
      }),
      { numRuns: runs(500) },
    );
    const bytes = [...new TextEncoder().encode('é€😀')];
    expect(decode(bytes.map((byte) => [byte]))).toBe('é€😀');
  });

  it('names the bytes that are not UTF-8 and where they stand', () => {
    expect(failure(0x61, 0x62, 0xff, 0x63)).toBe(`a.txt: expected UTF-8 text, got FF at byte offset 2${REMEDY}`);
    expect(failure(0x61, 0xc0, 0x80, 0x61)).toContain('got C0 80 at byte offset 1;');
    expect(failure(0xc3, 0xa9, 0x61, 0xed, 0xa0, 0x80)).toContain('got ED A0 80 at byte offset 3;');
    expect(failure(0x61, 0x62, 0x63, 0xf0, 0x9f, 0x98)).toContain('got F0 9F 98 at byte offset 3;');
    expect(failure(0x80, 0x61, 0x62)).toContain('got 80 at byte offset 0;');
    expect(failure(0x61, 0xe2, 0x82, 0x61)).toContain('at byte offset 1;');
    expect(failure(0xf4, 0x90, 0x80, 0x80)).toContain('got F4 90 80 80 at byte offset 0;');
    expect(failure(0xf8, 0x88, 0x80, 0x80, 0x80)).toContain('got F8 at byte offset 0;');
    expect(failure(0xef, 0xbb, 0xbf, 0x61, 0xff)).toContain('got FF at byte offset 4;');
  });

  it('fails on random bytes exactly where the longest valid beginning ends', () => {
    const byte = fc.constantFrom(
      0,
      0x41,
      0x7f,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xe1,
      0xed,
      0xef,
      0xf0,
      0xf1,
      0xf4,
      0xf5,
      0xff,
    );
    const random = fc.array(byte, { maxLength: 12 });
    fc.assert(
      fc.property(random, fc.array(fc.nat(), { maxLength: 4 }), (list, places) => {
        const bytes = Uint8Array.of(0x41, 0x41, ...list);
        const valid = (end: number) => {
          try {
            return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
          } catch {
            return undefined;
          }
        };
        const whole = valid(bytes.length);
        if (whole !== undefined) {
          expect(decode(cut(bytes, places))).toBe(whole);
          return;
        }
        let end = bytes.length;
        while (valid(end) === undefined) end--;
        expect(() => decode(cut(bytes, places))).toThrow(`at byte offset ${end};`);
      }),
      { numRuns: runs(2000) },
    );
  });

  it('puts U+FFFD on request, as TextDecoder does for the whole', () => {
    const byte = fc.constantFrom(0x41, 0x80, 0xa0, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0x9f, 0xf4, 0xff);
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 4 }), (list, places) => {
        const bytes = Uint8Array.of(0x41, ...list);
        const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        expect(decode(cut(bytes, places), { replaceInvalid: true })).toBe(expected);
      }),
      { numRuns: runs(1000) },
    );
  });

  it('removes a byte order mark at the start, reports it once, and keeps one inside', () => {
    const mark = [0xef, 0xbb, 0xbf];
    for (const chunks of [[[...mark, 0x61, ...mark, 0x62]], [[0xef], [0xbb], [0xbf], [0x61, ...mark], [0x62]]]) {
      let reports = 0;
      expect(decode(chunks, { onByteOrderMark: () => reports++ })).toBe('a\uFEFFb');
      expect(reports).toBe(1);
    }
    expect(decode([[...mark, ...mark]])).toBe('\uFEFF');
    expect(decode([mark])).toBe('');
    let reports = 0;
    decode([[0x61], mark], { onByteOrderMark: () => reports++ });
    expect(reports).toBe(0);
  });

  it('tells UTF-16 by its byte order mark and says how to read it', () => {
    const message =
      'a.txt: expected UTF-8 text, got what looks like UTF-16; say that it is (--encoding, in a program encoding)';
    expect(failure(0xff, 0xfe, 0x61, 0)).toBe(message);
    expect(failure(0xfe, 0xff, 0, 0x61)).toBe(message);
    expect(failure(0xff, 0xfe)).toBe(message);
  });

  it('keeps NUL, CRLF and a lone CR, and takes text of no or few bytes', () => {
    expect(decode([[0x61, 0, 0x0d, 0x0a, 0x0d]])).toBe('a\0\r\n\r');
    expect(decode([])).toBe('');
    expect(decode([[], [0x61], []])).toBe('a');
    expect(failure(0xc3)).toContain('got C3 at byte offset 0;');
  });
});
