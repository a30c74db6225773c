// Characters are code points, in their order; what the vocabulary lacks is named.

import { describe, expect, it } from 'vitest';
import { characterTokenizer, learnCharacters } from '../../../src/data/text/characters.ts';

function learned(text: string) {
  const learner = learnCharacters();
  learner.add(text);
  return learner.finish();
}

describe('Characters', () => {
  it('are code points: a thumb is one, a family of four is seven, é may be one or two', () => {
    expect(learned('👍').encode('👍')).toHaveLength(1);
    const family = '👩‍👩‍👧‍👦';
    expect(learned(family).encode(family)).toHaveLength(7);
    expect(learned('é').vocabulary).toEqual(['é']);
    expect(learned('e\u0301').vocabulary).toEqual(['e', '\u0301']);
  });

  it('are sorted by code point, not by 16-bit unit', () => {
    expect(learned('\u{1F600}\uE000b\uFFFDa').vocabulary).toEqual(['a', 'b', '\uE000', '\uFFFD', '\u{1F600}']);
  });

  it('are kept as they are: CRLF, a lone CR, NUL, a byte order mark inside, U+2028', () => {
    const text = 'a\r\nb\rc\0d\uFEFFe\u2028f\n';
    const tokenizer = learned(text);
    expect(tokenizer.encode(text)).toHaveLength([...text].length);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it('may be only one, in a vocabulary of one', () => {
    const tokenizer = learned('aaaa');
    expect(tokenizer.vocabSize).toBe(1);
    expect([...tokenizer.encode('aaa')]).toEqual([0, 0, 0]);
    expect(tokenizer.decode([0, 0])).toBe('aa');
  });

  it('take one byte each up to 256 of them, two up to 65,535, then four', () => {
    const first = (count: number) =>
      Array.from({ length: count }, (_, i) => String.fromCodePoint(i < 0xd800 ? i : i + 0x800)).join('');
    expect(learned(first(256)).encode('a')).toBeInstanceOf(Uint8Array);
    expect(learned(first(257)).encode('a')).toBeInstanceOf(Uint16Array);
    expect(learned(first(65_535)).encode('a')).toBeInstanceOf(Uint16Array);
    const large = learned(first(70_000));
    const last = String.fromCodePoint(69_999 + 0x800);
    expect(large.encode(last)).toEqual(Uint32Array.of(69_999));
    expect(large.decode([69_999])).toBe(last);
  });
});

describe('Characters outside the vocabulary', () => {
  const tokenizer = learned('abc 😀');

  it('are an error that names them, their positions in characters, and the remedy', () => {
    expect(() => tokenizer.encode('😀aéb\u0301é')).toThrow(
      'text: 2 characters are not in the vocabulary of 5: "é" (U+00E9) at 2, 5; U+0301 at 4 (positions count from 0); ' +
        'take them out, or skip them with unknown: skip',
    );
    expect(() => tokenizer.encode('a'.repeat(9) + 'x'.repeat(9), { where: 'prompt' })).toThrow(
      'prompt: a character is not in the vocabulary of 5: "x" (U+0078) at 9, 10, 11 and 6 more',
    );
  });

  it('are named by their first eight where there are many', () => {
    expect(() => tokenizer.encode('ABCDEFGHIJ')).toThrow('"H" (U+0048) at 7; and 2 more characters');
  });

  it('keep their position in the whole text when it comes in pieces', () => {
    const encoder = tokenizer.encoder({ where: 'input.txt' });
    encoder.push('ab\uD83D');
    encoder.push('\uDE00a');
    expect(() => encoder.push('bX')).toThrow('input.txt: a character is not in the vocabulary of 5: "X" (U+0058) at 5');
  });

  it('are left out on request', () => {
    expect(tokenizer.decode(tokenizer.encode('xa😃b\uD800', { unknown: 'skip' }))).toBe('ab');
  });

  it('include half a surrogate pair, also as the last unit', () => {
    expect(() => tokenizer.encode('a\uD83D')).toThrow('U+D83D at 1');
    expect(() => tokenizer.encode('\uDE00a')).toThrow('U+DE00 at 0');
  });

  it('become the unknown token where a vocabulary has one', () => {
    const foreign = characterTokenizer(['<unk>', 'a', '<pad>'], { unknownToken: '<unk>', specialTokens: ['<pad>'] });
    expect([...foreign.encode('axa')]).toEqual([1, 0, 1]);
    expect(foreign.decode([1, 0, 2])).toBe('a<unk><pad>');
    expect(() => foreign.encode('x', { unknown: 'error' })).toThrow('"x" (U+0078) at 0');
    expect(() => tokenizer.encode('x', { unknown: 'replace' })).toThrow('the vocabulary has no unknown token');
    expect(() => tokenizer.encode('x', { unknown: 'guess' as 'skip' })).toThrow(
      'unknown: expected one of error, skip, replace',
    );
  });
});

describe('A vocabulary of characters', () => {
  it('is refused when a token is not one character, or comes twice, or is missing', () => {
    expect(() => characterTokenizer(['a', 'bc'])).toThrow('expected one character for each id, got "bc" for id 1');
    expect(() => characterTokenizer(['a', ''])).toThrow('expected one character for each id, got "" for id 1');
    expect(() => characterTokenizer(['a', '\uD800'])).toThrow('expected one character for each id');
    expect(() => characterTokenizer(['a', 'b', 'a'])).toThrow('expected each token once, got "a" twice');
    expect(() => characterTokenizer([])).toThrow('expected at least 1 character, got none');
    expect(() => characterTokenizer(['a'], { unknownToken: '<unk>' })).toThrow(
      'expected the unknown token "<unk>" in it',
    );
  });
});
