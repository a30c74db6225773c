// What every tokenizer can do: text ⇄ token ids, in one piece or in a stream. The three levels are characters.ts, bytes.ts and
// words.ts; create.ts chooses among them. Nothing here or there reads files.

import { UnrolledError } from '../../errors.ts';
import type { Ids } from './ids.ts';

export type { Ids } from './ids.ts';

export type Level = 'char' | 'byte' | 'word';
export const LEVELS: readonly Level[] = ['char', 'byte', 'word'];

/** What, beside level and vocabulary, is needed to build a tokenizer again. Plain JSON. */
export interface TokenizerOptions {
  /** Words: the text is tokens with white space between them already, so punctuation is not split off. */
  readonly pretokenized?: boolean;
  /** Characters: the token that stands for all others, where the vocabulary has one (ours never does). */
  readonly unknownToken?: string;
  /** Characters: tokens longer than a character, which no text encodes to. */
  readonly specialTokens?: readonly string[];
}

export interface EncodeOptions {
  /**
   * A character outside the vocabulary: `error` names it (default), `skip` leaves it out, `replace` puts the unknown token
   * (the default where the vocabulary has one). Words outside the vocabulary always become `<unk>`; no byte is unknown.
   */
  readonly unknown?: 'error' | 'skip' | 'replace';
  /** What the text is called in an error message, such as its file name. */
  readonly where?: string;
}

/** Encodes text that arrives in pieces, wherever it was cut: even between the halves of a surrogate pair. */
export interface Encoder {
  push(chunk: string): void;
  /** Bytes only: takes them as they are, valid UTF-8 or not. */
  pushBytes?(chunk: Uint8Array): void;
  finish(): Ids;
}

/** Decodes one id at a time. All pieces joined are what `decode` returns; no piece ends in half a character. */
export interface Decoder {
  push(id: number): string;
  finish(): string;
}

export interface Tokenizer {
  readonly level: Level;
  /** id → token. */
  readonly vocabulary: readonly string[];
  readonly vocabSize: number;
  readonly options: TokenizerOptions;
  encode(text: string, options?: EncodeOptions): Ids;
  encoder(options?: EncodeOptions): Encoder;
  decode(ids: Iterable<number>): string;
  decoder(): Decoder;
}

/** Learns a vocabulary from text that arrives in pieces: the first of two passes. */
export interface Learner {
  add(chunk: string): void;
  finish(): Tokenizer;
}

/** Compares by code points, as UTF-8 bytes would: `<` on strings puts U+1F600 before U+E000, because it compares 16-bit units. */
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

/** Whether the text contains half a surrogate pair, which is no character. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/** Whether the text ends in the first half of a surrogate pair, so that the next piece may complete it. */
export function endsInHighSurrogate(text: string): boolean {
  return text.length > 0 && (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
}

/** Throws unless `id` is one of the vocabulary. */
export function expectId(id: number, vocabSize: number): number {
  if (Number.isInteger(id) && id >= 0 && id < vocabSize) return id;
  throw new UnrolledError(`decode: expected token ids from 0 to ${vocabSize - 1}, got ${String(id)}`);
}

/** How a token looks in an error message: quoted where it can be seen, and its code points. */
export function describeCharacter(code: number): string {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const character = String.fromCodePoint(code);
  return /[\p{C}\p{Z}\p{M}]/u.test(character) ? name : `"${character}" (${name})`;
}

/** All ids through a decoder; joined in blocks, because a string grown token by token is a tree with a node for each. */
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
