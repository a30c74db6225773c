// What holds for every tokenizer alike, as properties over random text, random ids and random cuts.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer, type LearnOptions, learnTokenizer } from '../../../src/data/text/create.ts';
import { compareCodePoints, type Level, type Tokenizer } from '../../../src/data/text/tokenizer.ts';
import { runs } from '../../support/exhaustive.ts';

const LEVELS: readonly [Level, LearnOptions][] = [
  ['char', {}],
  ['byte', {}],
  ['word', {}],
  ['word', { pretokenized: true }],
];

/** Text that is rich in what tokenizers trip over. */
const pieces = fc.constantFrom(
  ...[
    'a',
    'b',
    'don',
    't',
    '7',
    ' ',
    '\n',
    '\r\n',
    '\r',
    '\0',
    '\uFEFF',
    '\u0301',
    'é',
    '\u2028',
    '\u0085',
    '\u3000',
    '👍',
  ],
  ...[
    '👩‍👩‍👧‍👦',
    '\uE000',
    '<unk>',
    '<eos>',
    '<',
    'un',
    '>',
    "'",
    '’',
    '‘',
    '.',
    ',',
    '-',
    '—',
    '(',
    ']',
    '"',
    '$&',
    '\\',
    '\uFFFD',
  ],
);
const anyText = fc.oneof(
  fc.array(pieces, { minLength: 1, maxLength: 40 }).map((list) => list.join('')),
  fc.string({ unit: 'binary', minLength: 1 }),
);
/** Text that every level can learn from: it has at least one word. */
const text = anyText.map((value) => `${value}x`);

function learned(level: Level, options: LearnOptions, ...chunks: string[]): Tokenizer {
  const learner = learnTokenizer(level, options);
  for (const chunk of chunks) learner.add(chunk);
  return learner.finish();
}

/** Cuts a string at arbitrary 16-bit units, so also between the halves of a surrogate pair. */
function cut(value: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (value.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, i) => value.slice(start, at[i] ?? value.length));
}
const places = fc.array(fc.nat(), { maxLength: 6 });

for (const [level, options] of LEVELS) {
  describe(`The tokenizer of level ${level}${options.pretokenized ? ', pretokenized' : ''}`, () => {
    it('gives the same vocabulary and ids wherever the text is cut', () => {
      fc.assert(
        fc.property(text, places, places, (value, a, b) => {
          const whole = learned(level, options, value);
          const inPieces = learned(level, options, ...cut(value, a));
          expect(inPieces.vocabulary).toEqual(whole.vocabulary);
          const encoder = whole.encoder();
          for (const chunk of cut(value, b)) encoder.push(chunk);
          expect(encoder.finish()).toEqual(whole.encode(value));
        }),
        { numRuns: runs(300) },
      );
    });

    it('decodes piece by piece what it decodes at once, never with half a surrogate pair', () => {
      fc.assert(
        fc.property(text, fc.array(fc.nat(), { maxLength: 40 }), (value, numbers) => {
          const tokenizer = learned(level, options, value);
          const ids = numbers.map((number) => number % tokenizer.vocabSize);
          const decoder = tokenizer.decoder();
          const parts = [...ids.map((id) => decoder.push(id)), decoder.finish()];
          expect(parts.join('')).toBe(tokenizer.decode(ids));
          for (const part of parts) expect(part).not.toMatch(/\p{Surrogate}/u);
        }),
        { numRuns: runs(300) },
      );
    });

    it('decodes to text that encodes to the same ids again', () => {
      fc.assert(
        fc.property(text, (value) => {
          const tokenizer = learned(level, options, value);
          const ids = tokenizer.encode(value);
          const decoded = tokenizer.decode(ids);
          if (level !== 'word') expect(decoded).toBe(value);
          expect(tokenizer.encode(decoded)).toEqual(ids);
        }),
        { numRuns: runs(300) },
      );
    });

    it('is built again from its level, vocabulary and options as JSON', () => {
      fc.assert(
        fc.property(text, (value) => {
          const tokenizer = learned(level, options, value);
          const [vocabulary, kept] = JSON.parse(JSON.stringify([tokenizer.vocabulary, tokenizer.options]));
          const again = createTokenizer(level, vocabulary, kept);
          expect(again.vocabulary).toEqual(tokenizer.vocabulary);
          expect(again.options).toEqual(tokenizer.options);
          expect(again.encode(value)).toEqual(tokenizer.encode(value));
        }),
        { numRuns: runs(50) },
      );
    });

    it('encodes no text to no ids, and refuses ids that are not its own', () => {
      const tokenizer = learned(level, options, 'some words');
      expect(tokenizer.encode('')).toHaveLength(0);
      expect(tokenizer.decode([])).toBe('');
      for (const id of [-1, tokenizer.vocabSize, 0.5, Number.NaN])
        expect(() => tokenizer.decode([id])).toThrow(
          `expected token ids from 0 to ${tokenizer.vocabSize - 1}, got ${id}`,
        );
    });

    it('keeps all ids in order when they outgrow several blocks', () => {
      const tokenizer = learned(level, options, 'a b c d e f g\n');
      const chunk = 'a b c d\ne f g a a '.repeat(50);
      const encoder = tokenizer.encoder();
      for (let i = 0; i < 60; i++) encoder.push(chunk);
      expect(encoder.finish()).toEqual(tokenizer.encode(chunk.repeat(60)));
      expect(encoder.finish()).toHaveLength(0);
    });

    it('decodes more ids than are joined at a time', () => {
      const tokenizer = learned(level, options, 'ab\n');
      const many = 'ab\n'.repeat(5000);
      expect(tokenizer.decode(tokenizer.encode(many))).toBe(many);
    });
  });
}

describe('learnTokenizer', () => {
  it('refuses text with nothing in it, except for bytes', () => {
    expect(() => learned('char', {}, '')).toThrow('expected at least 1 character to learn from, got none');
    expect(() => learned('word', {}, ' \t\r')).toThrow('expected at least 1 word to learn from, got none');
    expect(learned('byte', {}).vocabSize).toBe(256);
  });

  it('refuses half a surrogate pair', () => {
    for (const level of ['char', 'word'] as const)
      for (const broken of ['a\uD800', '\uDC00b', 'a\uD800b'])
        expect(() => learned(level, {}, broken)).toThrow('half a surrogate pair');
    expect(() => learned('byte', {}).encode('a\uD800')).toThrow('half a surrogate pair');
  });

  it('names a level it does not know and options that are for words only', () => {
    expect(() => learnTokenizer('letter' as Level)).toThrow('level: expected one of char, byte, word, got letter');
    expect(() => learnTokenizer('char', { minCount: 2 })).toThrow('which are for words');
    expect(() => createTokenizer('byte', ['a'])).toThrow('expected 256 tokens for the level byte, got 1');
  });
});

describe('compareCodePoints', () => {
  it('orders as UTF-8 bytes do', () => {
    const bytes = (value: string) => Buffer.from(value, 'utf8');
    const unit = fc.constantFrom('a', 'b', '\u007F', '\uD7FF', '\uE000', '\uFFFF', '\u{10000}', '😀', '\u{10FFFF}');
    const strings = fc.array(unit, { maxLength: 4 }).map((list) => list.join(''));
    fc.assert(
      fc.property(strings, strings, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(bytes(a), bytes(b)));
      }),
    );
  });
});
