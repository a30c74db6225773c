// What visitors drop into the lab becomes text, or one sentence: encodings, line ends, sizes, and files that are no text.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxTextBytes, readPasted, readText, readTextFile } from '../../lab/files/text.ts';
import { UnrolledError } from '../../src/index.ts';
import { runs } from '../support/exhaustive.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, order: 'LE' | 'BE', mark = false): Uint8Array => {
  const bytes = new Uint8Array(Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le'));
  return order === 'LE' ? bytes : new Uint8Array(Buffer.from(bytes).swap16());
};
const sentence = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
};

const samples = {
  english: 'The river ran past the mill, and nobody saw it.\nIda counted to ten.\n',
  french: 'L’été dernier, près du fleuve, l’œuvre naïve coûtait 5 €.\n',
  russian: 'Однажды весною, в час небывало жаркого заката.\nДа.\n',
  latvian: 'Ādams un Ēriks gāja mājās. Āā Āā.\n',
  chinese: '道可道，非常道。名可名，非常名。一二三\n無名天地之始。\n',
  hebrew: 'בראשית ברא אלהים את השמים ואת הארץ.\n',
  arabic: 'في البدء خلق الله السماوات والأرض. 123\n',
  emoji: '👩‍👩‍👧‍👦 family, 👍🏽 thumb, 🏳️‍🌈 flag, e\u0301 accent\n',
};

describe('encodings', () => {
  test.each(Object.entries(samples))('%s is the same text in UTF-8 and UTF-16, with and without a mark', (_, text) => {
    const plain = readText(utf8(text), 'a.txt');
    expect(plain).toMatchObject({ text, encoding: 'UTF-8', remarks: [] });
    expect(plain.characters).toBe([...text].length);
    expect(plain.distinct).toBe(new Set(text).size);
    const marked = readText(utf8(`\ufeff${text}`), 'a.txt');
    expect(marked).toMatchObject({ text, remarks: ['a.txt: the byte order mark at its start was left out'] });
    for (const order of ['LE', 'BE'] as const) {
      const encoding = `UTF-16 ${order}`;
      const withMark = readText(utf16(text, order, true), 'a.txt');
      expect(withMark).toMatchObject({
        text,
        encoding,
        remarks: [`a.txt: read as ${encoding}, by its byte order mark`],
      });
      const bare = readText(utf16(text, order), 'a.txt');
      expect(bare).toMatchObject({
        text,
        encoding,
        remarks: [`a.txt: read as ${encoding}, by the pattern of its bytes`],
      });
    }
  });

  test('a mark inside the text stays', () => {
    expect(readText(utf8('a\ufeffb'), 'a.txt').text).toBe('a\ufeffb');
  });

  test('what is not UTF-8 is Latin-1, with the characters of Windows-1252, and a remark says from where on', () => {
    const bytes = Uint8Array.from([...utf8('caf'), 0xe9, 0x20, 0x80, 0x20, 0x93, 0x78, 0x94, 0x20, 0x9f, 0xff, 0x0a]);
    const { text, encoding, remarks } = readText(bytes, 'a.txt');
    expect({ text, encoding }).toEqual({ text: 'café € “x” Ÿÿ\n', encoding: 'Latin-1' });
    expect(remarks).toEqual([
      'a.txt: read as Latin-1 (Windows-1252), because byte 3 is not UTF-8; where letters look wrong, save it as UTF-8',
    ]);
    const all = Uint8Array.from({ length: 224 }, (_, i) => i + 32).filter((byte) => byte !== 0x7f);
    expect(readText(all, 'a.txt').text).toHaveLength(223);
  });

  test('UTF-8 with a damaged byte stays UTF-8', () => {
    const bytes = utf8(samples.russian);
    bytes[10] = 0xff;
    const { text, encoding, remarks } = readText(bytes, 'a.txt');
    expect(encoding).toBe('UTF-8');
    expect(text.slice(7)).toBe(samples.russian.slice(6));
    expect(remarks).toEqual([
      expect.stringMatching(/^a\.txt: what is no character, in [12] places, was replaced by U\+FFFD$/),
    ]);
    const marked = Uint8Array.from([0xef, 0xbb, 0xbf, 0x61, 0xff, 0x62]);
    expect(readText(marked, 'a.txt')).toMatchObject({ text: 'a\ufffdb', encoding: 'UTF-8' });
  });

  test('UTF-16 with a mark and half a pair, or half a unit, is read with holes', () => {
    expect(readText(Uint8Array.from([0xff, 0xfe, 0x61, 0, 0, 0xd8, 0x62, 0, 0x63]), 'a.txt').text).toBe(
      'a\ufffdb\ufffd',
    );
  });
});

describe('line ends, NUL, too few and too many', () => {
  test('CR LF is kept or turned into LF, and said', () => {
    const bytes = utf8('one\r\ntwo\r\nthree\rfour\n');
    expect(readText(bytes, 'a.txt')).toMatchObject({
      text: 'one\r\ntwo\r\nthree\rfour\n',
      remarks: [
        'a.txt: 2 line ends CR LF were kept, as characters to learn',
        'a.txt: 1 CR without LF were kept, as characters to learn',
      ],
    });
    expect(readText(bytes, 'a.txt', { newlines: 'lf' })).toMatchObject({
      text: 'one\ntwo\nthree\nfour\n',
      remarks: ['a.txt: 2 line ends CR LF were turned into LF', 'a.txt: 1 CR without LF were turned into LF'],
    });
  });

  test('a NUL in a text is kept', () => {
    expect(readText(utf8('one\0two\0three four'), 'a.txt')).toMatchObject({
      text: 'one\0two\0three four',
      remarks: ['a.txt: 2 NUL characters were kept'],
    });
  });

  test('nothing, one byte, one character and a mark alone are refused, two characters are enough', () => {
    expect(sentence(() => readText(new Uint8Array(), 'a.txt'))).toBe('a.txt: no text (0 bytes)');
    const one = 'a.txt: needs at least 2 characters, one to read and one to predict, got';
    expect(sentence(() => readText(utf8('a'), 'a.txt'))).toBe(`${one} 1`);
    expect(sentence(() => readText(utf8('🐻'), 'a.txt'))).toBe(`${one} 1`);
    expect(sentence(() => readText(utf8('\ufeff'), 'a.txt'))).toBe(`${one} 0`);
    expect(sentence(() => readText(Uint8Array.of(0xff, 0xfe), 'a.txt'))).toBe(`${one} 0`);
    expect(sentence(() => readText(Uint8Array.of(0xff), 'a.txt'))).toBe(`${one} 1`);
    expect(sentence(() => readText(utf8('\r\n'), 'a.txt', { newlines: 'lf' }))).toBe(`${one} 1`);
    expect(readText(utf8('ab'), 'a.txt').text).toBe('ab');
  });

  test('one distinct character can be trained on, with a remark', () => {
    expect(readText(utf8('aaaa'), 'a.txt')).toMatchObject({
      distinct: 1,
      remarks: [expect.stringMatching(/nothing to learn/)],
    });
  });

  test('5 MB are taken whole, of more the first 5 MB, cut between characters', () => {
    expect(readText(new Uint8Array(maxTextBytes).fill(0x61, 1), 'a.txt').characters).toBe(maxTextBytes);
    const bytes = utf8(`a${'é'.repeat(maxTextBytes / 2)}`);
    const { text, encoding, remarks } = readText(bytes, 'a.txt');
    expect(encoding).toBe('UTF-8');
    expect(text.length).toBe(maxTextBytes / 2);
    expect(text.endsWith('é')).toBe(true);
    expect(remarks).toEqual(['a.txt: expected at most 5.0 MB, got 5.0 MB; the first part is taken']);
  });

  test('of a file of any size only the beginning is read', async () => {
    const reads: [number?, number?][] = [];
    class Huge extends Blob {
      readonly name = 'huge.txt';
      override get size(): number {
        return 5e9;
      }
      override slice(start?: number, end?: number): Blob {
        reads.push([start, end]);
        return new Blob([new Uint8Array(maxTextBytes).fill(0x61)]);
      }
    }
    const { characters, remarks } = await readTextFile(new Huge());
    expect(characters).toBe(maxTextBytes);
    expect(reads).toEqual([[0, maxTextBytes]]);
    expect(remarks[0]).toBe('huge.txt: expected at most 5.0 MB, got 4768.4 MB; the first part is taken');
  });

  test('a folder, which cannot be read, is one sentence', async () => {
    const folder = Object.assign(new Blob(['x']), {
      name: 'notes',
      slice: () =>
        ({ arrayBuffer: () => Promise.reject(new DOMException('x', 'NotReadableError')) }) as unknown as Blob,
    });
    await expect(readTextFile(folder)).rejects.toThrow(/^notes: cannot be read; it may be a folder/);
  });
});

describe('files that are no text are refused in one sentence', () => {
  const start = (text: string): Uint8Array => Uint8Array.from(`${text}${'x'.repeat(50)}`, (c) => c.charCodeAt(0));
  test.each([
    ['\x89PNG\r\n\x1a\n', /^a\.txt: expected a text, got a PNG image; save its text as a \.txt file$/],
    ['\xff\xd8\xff\xe0', /a JPEG image/],
    ['%PDF-1.7', /a PDF document/],
    ['PK\x03\x04', /a zip archive, such as a Word document/],
    ['\x1f\x8b\x08', /a gzip archive/],
    ['\xff\xfe\0\0', /expected UTF-8 text, got UTF-32/],
  ])('%j', (bytes, pattern) => {
    expect(sentence(() => readText(start(bytes), 'a.txt'))).toMatch(pattern);
  });

  test('bytes of any kind', () => {
    for (const make of [
      (i: number) => (i * i * 7919 + i * 31) & 255,
      () => 0,
      (i: number) => i & 3,
      (i: number) => (i % 4 === 3 ? 0x3f : (i * 73) & 255),
    ])
      expect(
        sentence(() =>
          readText(
            Uint8Array.from({ length: 4096 }, (_, i) => make(i)),
            'a.bin',
          ),
        ),
      ).toMatch(
        /^a\.bin: expected a text, got binary data \([\d,]+ of the first [\d,]+ characters are control characters\)$/,
      );
  });
});

test('any bytes give Unicode text or one sentence, and any Unicode text comes back', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.constantFrom('keep' as const, 'lf' as const),
      (bytes, newlines) => {
        try {
          const { text, characters } = readText(bytes, 'a.txt', { newlines });
          expect(/\p{Surrogate}/u.test(text)).toBe(false);
          expect(characters).toBe([...text].length);
        } catch (error) {
          expect(error).toBeInstanceOf(UnrolledError);
          expect((error as Error).message).toMatch(/^a\.txt: [^\n]+$/);
        }
      },
    ),
    { numRuns: runs(2000) },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 2, maxLength: 60 }), (text) => {
      fc.pre(!/[\p{Cc}\ufeff]/u.test(text) && [...text].length > 1);
      expect(readText(utf8(text), 'a.txt')).toMatchObject({ text, encoding: 'UTF-8' });
      expect(readText(utf16(text, 'BE', true), 'a.txt').text).toBe(text);
    }),
    { numRuns: runs(1000) },
  );
});

test('pasted text loses half characters and what is beyond 5 MB, and nothing else', () => {
  expect(readPasted('one\r\ntwo 👍')).toMatchObject({ text: 'one\r\ntwo 👍', distinct: 9 });
  expect(readPasted('a\ud83d b')).toMatchObject({
    text: 'a\ufffd b',
    remarks: ['the pasted text: 1 halves of characters were replaced by U+FFFD'],
  });
  const long = readPasted(`a${'👍'.repeat(maxTextBytes / 2)}`);
  expect(long.text.length).toBe(maxTextBytes - 1);
  expect(long.remarks).toEqual([
    'the pasted text: expected at most 5,242,880 characters, got 5,242,881; the first part is taken',
  ]);
  expect(sentence(() => readPasted(''))).toMatch(/^the pasted text: needs at least 2 characters/);
});
