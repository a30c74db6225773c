// The parts of a tokenizer of subwords as tokenizer.json has them, in plain JSON: what is asked of every one of them, and GPT-2's characters for bytes.

import {
  described,
  expectFlag,
  expectList,
  expectObject,
  expectText,
  shortened,
  UnrolledError,
} from '../../../errors.ts';

/** A part in the form of tokenizer.json: its type, and what that type has beside it. */
export type Part = {
  /** The type by the name that it has there, such as `ByteLevel`. */
  readonly type: string;
  readonly [key: string]: unknown;
};

/** A token that is found in a text as it is written, before anything else is done to the text. */
export interface AddedToken {
  /** The text of the token. */
  readonly content: string;
  /** Whether white space before or after it belongs to it. Default false. */
  readonly lstrip?: boolean;
  /** Whether white space after it belongs to it. Default false. */
  readonly rstrip?: boolean;
  /** Whether it is looked for in the text as the normalizer leaves it. Default false. */
  readonly normalized?: boolean;
  /** Whether it stands for something other than text, such as an end. Default true. */
  readonly special?: boolean;
}

/** What makes a tokenizer of subwords beside its vocabulary. Plain JSON; the parts have the form of tokenizer.json. */
export interface SubwordOptions {
  /** The merges, the earliest first. */
  readonly merges: readonly (readonly [string, string])[];
  /** What is done to the text first; null for nothing. */
  readonly normalizer?: Part | null;
  /** What cuts the text into words; null for nothing. */
  readonly preTokenizer?: Part | null;
  /** What makes text of the tokens again; null to join them. */
  readonly decoder?: Part | null;
  /** Tokens that are found as they are written. */
  readonly addedTokens?: readonly AddedToken[];
  /** What the last character of a word has behind it in the vocabulary, such as `</w>`. */
  readonly endOfWordSuffix?: string;
  /** Whether several unknown characters of a word are one unknown token. */
  readonly fuseUnknown?: boolean;
  /** Whether unknown characters become their bytes, the tokens `<0x00>` to `<0xFF>`. */
  readonly byteFallback?: boolean;
  /** Whether a word that is a token is that token, whatever merges there are. */
  readonly ignoreMerges?: boolean;
}

/** GPT-2's printable character for each byte: the byte itself if Latin-1 prints it, else the next character from U+0100 on. */
export const byteCharacters: readonly string[] = (() => {
  let next = 0x100;
  const printed = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printed(byte) ? byte : next++));
})();

/** The name of a byte as a token. */
export const byteName = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/** A part; its type is one of those known. */
export function expectPart(where: string, part: unknown, types: readonly string[]): Part {
  const { type } = expectObject(where, part);
  if (typeof type === 'string' && types.includes(type)) return part as Part;
  const got = typeof type === 'string' ? shortened(type) : described(type);
  throw new UnrolledError(`${where}: expected one of ${types.join(', ')}, got ${got}`);
}

/** The parts of a sequence one after the other; a part that is no sequence is alone, and null is none. */
export function partsOf(where: string, part: Part | null | undefined, key: string, types: readonly string[]): Part[] {
  if (part === null || part === undefined) return [];
  const { type, [key]: inside } = expectPart(where, part, [...types, 'Sequence']);
  if (type !== 'Sequence') return [part];
  return expectList(`${where}.${key}`, inside).map((one, i) => expectPart(`${where}.${key}[${i}]`, one, types));
}

/** A flag of a part, or what it is where the part does not say. */
export function flagOf(where: string, part: Part, key: string, otherwise: boolean): boolean {
  return part[key] === undefined ? otherwise : expectFlag(`${where}.${key}`, part[key]);
}

/** A text of a part, or what it is where the part does not say. */
export function textOf(where: string, part: Part, key: string, otherwise?: string): string {
  return part[key] === undefined && otherwise !== undefined ? otherwise : expectText(`${where}.${key}`, part[key]);
}

/** A pattern that is a text and no regular expression. */
export function plainPattern(where: string, part: Part): string {
  const { String: text } = expectObject(`${where}.pattern`, part.pattern);
  if (typeof text === 'string' && text !== '') return text;
  throw new UnrolledError(`${where}.pattern: expected {"String": …} with a text, got ${described(part.pattern)}`);
}
