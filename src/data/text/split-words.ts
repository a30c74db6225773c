// Words as other tools split them (Hugging Face's tokenizers, WordLevel): at white space, and with `Whitespace` also between letters, digits and `_` on
// one side and other characters on the other. Line ends are white space like any other, special tokens are found as they are written, and letters may
// become lower-case ones. Decoding puts a space between two tokens. Vocabularies that are learned here are split as words.ts says.

import { firstTwice, quoted, UnrolledError } from '../../errors.ts';
import {
  type Decoder,
  decodeAll,
  type Encoder,
  encodeAll,
  expectId,
  hasLoneSurrogate,
  type Tokenizer,
  type TokenizerOptions,
} from './tokenizer.ts';
import { encodeWords, splitterAt, UNKNOWN, whiteSpace } from './words.ts';

/** \w and \s of the Rust library's regular expressions, which are Unicode's. */
export const WORD_CHARACTERS = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';
/** The patterns of the words. */
export const patterns = {
  Whitespace: new RegExp(`[${WORD_CHARACTERS}]+|[^${WORD_CHARACTERS}\\p{White_Space}]+`, 'gu'),
  WhitespaceSplit: /\P{White_Space}+/gu,
} as const;

/** The ways of splitting. */
export type Splitting = keyof typeof patterns;

/** Letter by letter, as the Rust library has it: in a whole text JavaScript would make the Σ at the end of a word another letter than elsewhere. */
export function lowerCase(text: string): string {
  let lower = '';
  for (const character of text) lower += character.toLowerCase();
  return lower;
}

/**
 * Makes the tokenizer of a known vocabulary.
 * @throws UnrolledError unless it has the unknown token and the special ones, and each token once
 */
export function splitWordTokenizer(vocabulary: readonly string[], options: TokenizerOptions): Tokenizer {
  const { splitting = 'Whitespace', lowercase = false, unknownToken = UNKNOWN, specialTokens = [] } = options;
  const words = [...vocabulary];
  const vocabSize = words.length;
  const twice = firstTwice(words);
  if (twice !== undefined) throw new UnrolledError(`vocabulary: expected each word once, got ${quoted(twice)} twice`);
  const half = words.find(hasLoneSurrogate);
  if (half !== undefined) throw new UnrolledError(`vocabulary: expected Unicode characters, got ${quoted(half)}`);
  const idOf = new Map(words.map((word, id) => [word, id]));
  for (const token of [unknownToken, ...specialTokens])
    if (!idOf.has(token))
      throw new UnrolledError(`vocabulary: expected ${quoted(token)} in it, got ${vocabSize} words without`);
  const spaced = specialTokens.find((token) => token === '' || whiteSpace.test(token));
  if (spaced !== undefined)
    throw new UnrolledError(`vocabulary: expected special tokens without white space, got ${quoted(spaced)}`);
  const unknownId = idOf.get(unknownToken)!;
  // the longest first, as the reference prefers
  const longestFirst = specialTokens.toSorted((a, b) => b.length - a.length);
  const special =
    specialTokens.length === 0
      ? undefined
      : new RegExp(`(${longestFirst.map((token) => token.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')})`, 'u');

  /** The tokens of a text that begins and ends between words. */
  function cut(text: string): string[] {
    const parts = special ? text.split(special) : [text];
    return parts.flatMap((part, i) =>
      i % 2 === 1 ? [part] : ((lowercase ? lowerCase(part) : part).match(patterns[splitting]) ?? []),
    );
  }

  const encoder = (): Encoder => encodeWords(splitterAt(whiteSpace, cut), idOf, unknownId, vocabSize);

  function decoder(): Decoder {
    let before = '';
    return {
      push(id) {
        const word = before + words[expectId(id, vocabSize)];
        before = ' ';
        return word;
      },
      finish: () => '',
    };
  }

  return {
    level: 'word',
    vocabulary: words,
    vocabSize,
    options: {
      ...{ splitting, unknownToken },
      ...(lowercase && { lowercase }),
      ...(specialTokens.length > 0 && { specialTokens: [...specialTokens] }),
    },
    lineEnd: -1,
    unknownId,
    encoder,
    encode: (text) => encodeAll(text, encoder()),
    decode: (ids) => decodeAll(ids, decoder()),
    decoder,
  };
}
