// The interface of every tokenizer: text ⇄ token ids, in one piece or in a stream. The levels are characters.ts, bytes.ts, words.ts and subwords/,
// and create.ts chooses among them. None of them reads files.

import { described, UnrolledError } from '../../errors.ts';
import type { Ids } from './ids.ts';
import type { SubwordOptions } from './subwords/parts.ts';

export type { Ids } from './ids.ts';

/** The levels, and what a token of each is called. */
export const levelNouns = {
  /** A code point of Unicode. */
  char: 'character',
  /** A byte of UTF-8. */
  byte: 'byte',
  /** A word, or a punctuation mark. */
  word: 'word',
  /** A part of a word, from a tokenizer.json. */
  subword: 'subword',
} as const;
/** What a token is: a character (a code point of Unicode), a byte of UTF-8, a word, or a part of a word from a tokenizer.json. */
export type Level = keyof typeof levelNouns;
/** The levels whose vocabulary can be learned here from a text. Subwords come from elsewhere. */
export const LEVELS: readonly Level[] = ['char', 'byte', 'word'];

/** Everything beside level and vocabulary from which a tokenizer can be rebuilt. Plain JSON. */
export interface TokenizerOptions {
  /** For words: whether white space separates all tokens of the text already, so that punctuation is not split off. */
  readonly pretokenized?: boolean;
  /** For words: split as other tools do, at white space, or also where letters and other characters meet. Learned vocabularies are split as print is. */
  readonly splitting?: 'Whitespace' | 'WhitespaceSplit';
  /** For words with `splitting`: whether letters become lower-case ones. */
  readonly lowercase?: boolean;
  /** For characters: the token for every unknown character, of which vocabularies that are learned here have none. For words with `splitting`: that for every unknown word. For subwords: that for every unknown character. */
  readonly unknownToken?: string;
  /** For characters: tokens longer than a character, which no text encodes to. For words with `splitting`: tokens that are found as they are written. */
  readonly specialTokens?: readonly string[];
  /** For subwords: the merges, and how a text becomes words and tokens a text. */
  readonly subwords?: SubwordOptions;
}

/** What becomes of a character that the vocabulary does not have. */
export interface EncodeOptions {
  /**
   * The treatment of a character outside the vocabulary: `error` throws and names it (default), `skip` leaves it out, `replace` puts the unknown
   * token in its place (the default where the vocabulary has one). Words outside the vocabulary always become `<unk>`; no byte is unknown.
   */
  readonly unknown?: 'error' | 'skip' | 'replace';
  /** The name of the text in an error message, such as that of its file. */
  readonly where?: string;
  /** How a message ends that says what to do about unknown characters. Default: that this option skips them. */
  readonly remedy?: string;
}

/** How a message about unknown characters ends where the caller can skip them. */
export const skipRemedy = 'or skip them with unknown: skip';

/** Throws unless a value is a tokenizer. */
export function expectTokenizer(value: unknown): Tokenizer {
  if (typeof value === 'object' && value !== null && 'encode' in value) return value as Tokenizer;
  throw new UnrolledError(`tokenizer: expected one from learnTokenizer or of a model, got ${described(value)}`);
}

/** An encoder takes text in pieces, wherever it was cut, even between the halves of a surrogate pair. */
export interface Encoder {
  /** Takes the next piece of the text. */
  push(chunk: string): void;
  /** For bytes: takes bytes as they are, whether they are valid UTF-8 or not. */
  pushBytes?(chunk: Uint8Array): void;
  /** Returns the ids of all pieces. */
  finish(): Ids;
}

/** A decoder takes one id at a time. Its pieces joined are what `decode` returns, and no piece ends in half a character. */
export interface Decoder {
  /** Takes an id and returns the text that became certain with it. */
  push(id: number): string;
  /** Returns what was held back. */
  finish(): string;
}

/**
 * Text ⇄ token ids, in one piece or in a stream. Decoding what was encoded gives the text back, but for what the vocabulary does not know and, with
 * words, for white space. `learnTokenizer` makes one of a text.
 */
export interface Tokenizer {
  /** What a token is. */
  readonly level: Level;
  /** id → token. */
  readonly vocabulary: readonly string[];
  /** The number of tokens, which is the number of outputs of a language model. */
  readonly vocabSize: number;
  /** Everything else from which the tokenizer can be rebuilt, as plain JSON. */
  readonly options: TokenizerOptions;
  /** The id of the token that ends a line; −1 where the vocabulary has none. */
  readonly lineEnd: number;
  /** The id of the token that stands for everything the vocabulary does not have, which is never written; −1 where there is none. */
  readonly unknownId: number;
  /** How often every word of the vocabulary occurs at least in the text that it was learned from; undefined where it was not learned. */
  readonly minCount?: number;
  /**
   * The ids of a text. It throws an `UnrolledError` that names the first character that is not in the vocabulary, unless `unknown` says otherwise.
   */
  encode(text: string, options?: EncodeOptions): Ids;
  /** An encoder for a text that comes in pieces. */
  encoder(options?: EncodeOptions): Encoder;
  /** The text of the ids. It throws an `UnrolledError` for an id that is not in the vocabulary. */
  decode(ids: Iterable<number>): string;
  /** A decoder for ids that come one at a time. */
  decoder(): Decoder;
}

/** A learner reads a text in pieces and returns the tokenizer of its vocabulary. */
export interface Learner {
  /** Whether there is nothing to learn, so that any file will do. */
  readonly isComplete?: boolean;
  /** Takes the next piece of the text. */
  add(chunk: string): void;
  /** Returns the tokenizer of the vocabulary. */
  finish(): Tokenizer;
}

/** Compares strings by code points, in the order of their UTF-8 bytes. `<` compares 16-bit units, and so puts U+1F600 before U+E000. */
export function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xIsHalf = (x & 0xf800) === 0xd800;
    const yIsHalf = (y & 0xf800) === 0xd800;
    return xIsHalf === yIsHalf ? x - y : xIsHalf ? 1 : -1;
  }
  return a.length - b.length;
}

/** Whether the text contains half a surrogate pair, which is not a character. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/** Hands a text that comes in pieces to `take`. The first half of a surrogate pair at the end of a piece waits for the next. */
export function wholeCharacters(take: (text: string) => void): { push(chunk: string): void; finish(): void } {
  let held = '';
  return {
    push(chunk) {
      const text = held + chunk;
      held = (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800 ? text.slice(-1) : '';
      take(held === '' ? text : text.slice(0, -1));
    },
    finish() {
      take(held);
      held = '';
    },
  };
}

/** Returns `id`, or throws where the vocabulary does not have it. */
export function expectId(id: number, vocabSize: number): number {
  if (Number.isInteger(id) && id >= 0 && id < vocabSize) return id;
  throw new UnrolledError(`decode: expected token ids from 0 to ${vocabSize - 1}, got ${described(id)}`);
}

/** A character as an error message shows it: in quotes if it is visible, and with its code point. */
export function describeCharacter(code: number): string {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const character = String.fromCodePoint(code);
  return /[\p{C}\p{Z}\p{M}]/u.test(character) ? name : `"${character}" (${name})`;
}

/** Encodes a text in one piece. */
export function encodeAll(text: string, encoder: Encoder): Ids {
  encoder.push(text);
  return encoder.finish();
}

/** Decodes all ids. The pieces are joined in blocks, because a string that grows token by token is a tree with a node for each token. */
export function decodeAll(ids: Iterable<number>, decoder: Decoder): string {
  let text = '';
  let block: string[] = [];
  for (const id of ids) {
    if (block.push(decoder.push(id)) < 4096) continue;
    text += block.join('');
    block = [];
  }
  return text + block.join('') + decoder.finish();
}
