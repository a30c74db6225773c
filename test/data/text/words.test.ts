// Where words begin and end, which of them stay in the vocabulary, and how they are set again.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LearnOptions, learnTokenizer } from '../../../src/data/text/create.ts';
import { learnWords, wordTokenizer } from '../../../src/data/text/words.ts';

function learned(text: string, options: LearnOptions = {}) {
  const learner = learnWords(options);
  learner.add(text);
  return learner.finish();
}

/** The tokens of a text, by name. */
function split(text: string, options: LearnOptions = {}): string[] {
  const tokenizer = learned(text, options);
  return Array.from(tokenizer.encode(text), (id) => tokenizer.vocabulary[id]);
}

describe('Words', () => {
  it('are runs of letters, marks and digits, with an apostrophe inside', () => {
    expect(split("Don't stop: o’clock, e\u0301te\u0301 3rd été.")).toEqual([
      "Don't",
      'stop',
      ':',
      'o’clock',
      ',',
      'e\u0301te\u0301',
      '3rd',
      'été',
      '.',
    ]);
    expect(split("'tis the dogs' well-known--end")).toEqual([
      "'",
      'tis',
      'the',
      'dogs',
      "'",
      'well',
      '-',
      'known',
      '-',
      '-',
      'end',
    ]);
    expect(split('a_b 😀👍 \0 \uFEFF')).toEqual(['a', '_', 'b', '😀', '👍', '\0', '\uFEFF']);
  });

  it('end a line with <eos>, whether it ends in LF or CRLF, blank lines too', () => {
    expect(split('a\n\nb\r\n\r\nc\rd')).toEqual(['a', '<eos>', '<eos>', 'b', '<eos>', '<eos>', 'c', 'd']);
    expect(split('a \n \n b', { pretokenized: true })).toEqual(['a', '<eos>', '<eos>', 'b']);
  });

  it('are separated by all white space of Unicode, of which U+FEFF is none', () => {
    expect(split('a\u0085b\u2028c\u3000d\u00A0e\tf\uFEFFg', { pretokenized: true })).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'f\uFEFFg',
    ]);
  });

  it('stay whole in pretokenized text', () => {
    expect(split("it 's 10 @,@ 000 <unk> U.S. a<unk>", { pretokenized: true })).toEqual([
      'it',
      "'s",
      '10',
      '@,@',
      '000',
      '<unk>',
      'U.S.',
      'a<unk>',
    ]);
  });

  it('take <unk> and <eos> written out for what they mean', () => {
    expect(split('a <unk>. <eos>b <un <unk')).toEqual(['a', '<unk>', '.', '<eos>', 'b', '<', 'un', '<', 'unk']);
  });

  it('are refused when one is longer than a million characters', () => {
    const learner = learnWords();
    expect(() => {
      for (let i = 0; i < 20; i++) learner.add('x'.repeat(1 << 16));
    }).toThrow('expected words of at most 1048576 characters, got a longer one; use the level char or byte');
  });
});

describe('The vocabulary of words', () => {
  it('begins with <unk> and <eos>, then falls in frequency, equals by code point', () => {
    const tokenizer = learned('b 😀 \uE000 a c c b <unk> <unk> <unk> __proto__ 7', { pretokenized: true });
    expect(tokenizer.vocabulary).toEqual(['<unk>', '<eos>', 'b', 'c', '7', '__proto__', 'a', '\uE000', '😀']);
  });

  it('leaves out words that are rarer than minCount; they become <unk>, as do new ones', () => {
    const tokenizer = learned('a a b b c\n', { minCount: 2 });
    expect(tokenizer.vocabulary).toEqual(['<unk>', '<eos>', 'a', 'b']);
    expect([...tokenizer.encode('a c new b\n')]).toEqual([2, 0, 0, 3, 1]);
    expect(tokenizer.decode(tokenizer.encode('a c\nb'))).toBe('a <unk>\nb');
    expect(() => learnTokenizer('word', { minCount: 0 })).toThrow(
      'minCount: expected a whole number of 1 or more, got 0',
    );
  });

  it('by default leaves out words that occur once, which train <unk>', () => {
    // of 10 words a fifth occur once; a line end is none
    const text = `${'often '.repeat(8)}\nb c\n\n`;
    const tokenizer = learned(text);
    expect(tokenizer.vocabulary).toEqual(['<unk>', '<eos>', 'often']);
    expect(tokenizer.minCount).toBe(2);
    expect(learned(text, { minCount: 1 })).toMatchObject({ minCount: 1, vocabSize: 5 });
    const learner = learnTokenizer('word');
    for (const character of text) learner.add(character);
    expect(learner.finish()).toMatchObject({ minCount: 2, vocabulary: tokenizer.vocabulary });
  });

  it('by default keeps them where they are more than a fifth of the words, and where the text has <unk>', () => {
    const few = `${'often '.repeat(7)}\nb c`;
    expect(learned(few)).toMatchObject({ minCount: 1, vocabulary: ['<unk>', '<eos>', 'often', 'b', 'c'] });
    expect(learned(few, { minCount: 2 })).toMatchObject({ minCount: 2, vocabSize: 3 });
    expect(learned(`${'often '.repeat(50)}b <unk>`)).toMatchObject({ minCount: 1, vocabSize: 4 });
    expect(wordTokenizer(['<unk>', 'a']).minCount).toBeUndefined();
  });

  it('above 65,535 words has ids of four bytes', () => {
    const tokenizer = learned(Array.from({ length: 70_000 }, (_, i) => `w${i}`).join(' '));
    expect(tokenizer.encode('w1')).toBeInstanceOf(Uint32Array);
    expect(tokenizer.decode(tokenizer.encode('w69999 w0'))).toBe('w69999 w0');
  });

  it('is refused without <unk>, with a word twice, and with white space in a word', () => {
    expect(() => wordTokenizer(['a', 'b'])).toThrow('expected <unk> in it, got 2 words without');
    expect(() => wordTokenizer(['<unk>', 'a', 'a'])).toThrow('expected each word once, got "a" twice');
    for (const word of ['', 'a b', '\n', '\uD800'])
      expect(() => wordTokenizer(['<unk>', word])).toThrow('expected words without white space');
  });

  it('without <eos> takes a line end for an unknown word', () => {
    expect([...wordTokenizer(['a', '<unk>']).encode('a\na')]).toEqual([0, 1, 0]);
  });
});

describe('Decoded words', () => {
  it('stand as in print', () => {
    const text = 'He said: (yes), well-known [sic]; 50%!\n\n“Really?” …\n—No…';
    const tokenizer = learned(text);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe('He said: (yes), well-known [sic]; 50%!\n\n“Really?”…\n—No…');
  });

  it('keep one space between two where the text was pretokenized', () => {
    const tokenizer = learned(' a , b \n \n c ( d ) .\n', { pretokenized: true });
    expect(tokenizer.decode(tokenizer.encode(' a ,  b \n \n c ( d ) .\n'))).toBe('a , b\n\nc ( d ) .\n');
  });
});

describe('Pretokenized text in the manner of WikiText', () => {
  it('has as many tokens as words and lines, blank ones too', () => {
    // by this count WikiText-2 has its published 217,646 tokens for validation and 245,569 for test
    const words = fc.array(fc.constantFrom('=', 'Homarus', '<unk>', '@-@', ','), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(words, { minLength: 1 }), (lines) => {
        const text = lines.map((line) => ` ${line.join(' ')} \n`).join('');
        expect(split(text, { pretokenized: true })).toHaveLength(lines.flat().length + lines.length);
      }),
    );
  });
});
