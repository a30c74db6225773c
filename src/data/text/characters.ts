// Characters ⇄ ids. A character is a Unicode code point, never half a surrogate pair and never a cluster of several. The vocabulary is sorted by
// code point. Neither newlines nor accents are normalized, so that decoding returns the text exactly.

import { expectOneOf, firstTwice, quoted, UnrolledError } from '../../errors.ts';
import { IdBuffer } from './ids.ts';
import {
  type Decoder,
  decodeAll,
  describeCharacter,
  type EncodeOptions,
  type Encoder,
  encodeAll,
  expectId,
  hasLoneSurrogate,
  type Learner,
  skipRemedy,
  type Tokenizer,
  type TokenizerOptions,
  wholeCharacters,
} from './tokenizer.ts';

/** Makes the tokenizer of a known vocabulary. Throws unless every token is one character, or one of the special tokens in the options. */
export function characterTokenizer(vocabulary: readonly string[], options: TokenizerOptions = {}): Tokenizer {
  const { unknownToken, specialTokens } = options;
  const kept: TokenizerOptions = {
    ...(unknownToken === undefined ? {} : { unknownToken }),
    ...(specialTokens?.length ? { specialTokens: [...specialTokens] } : {}),
  };
  const tokens = [...vocabulary];
  const table = idTable(tokens, kept);
  const unknownId = unknownToken === undefined ? -1 : tokens.indexOf(unknownToken);
  const vocabSize = tokens.length;

  const encoder = (options: EncodeOptions = {}) => characterEncoder(table, vocabSize, unknownId, options);
  const decoder = (): Decoder => ({ push: (id) => tokens[expectId(id, vocabSize)], finish: () => '' });
  return {
    level: 'char',
    vocabulary: tokens,
    vocabSize,
    options: kept,
    lineEnd: tokens.findIndex((token) => token === '\n' || token === '<eos>'),
    unknownId,
    encoder,
    encode: (text, options) => encodeAll(text, encoder(options)),
    decode: (ids) => decodeAll(ids, decoder()),
    decoder,
  };
}

/** Code point → id. */
interface IdTable {
  readonly basic: Int32Array; // up to U+FFFF; −1 where there is none
  readonly astral: Map<number, number>; // above
}

function idTable(tokens: readonly string[], { unknownToken, specialTokens = [] }: TokenizerOptions): IdTable {
  const special = new Set(unknownToken === undefined ? specialTokens : [...specialTokens, unknownToken]);
  if (tokens.length === 0) throw new UnrolledError('vocabulary: expected at least 1 character, got none');
  const twice = firstTwice(tokens);
  if (twice !== undefined) throw new UnrolledError(`vocabulary: expected each token once, got ${quoted(twice)} twice`);
  if (unknownToken !== undefined && !tokens.includes(unknownToken))
    throw new UnrolledError(`vocabulary: expected the unknown token ${quoted(unknownToken)} in it, got none`);
  const table: IdTable = { basic: new Int32Array(0x10000).fill(-1), astral: new Map() };
  for (const [id, token] of tokens.entries()) {
    const code = token.codePointAt(0) ?? 0;
    const single = token.length === (code > 0xffff ? 2 : 1);
    if (token === '' || hasLoneSurrogate(token) || !(single || special.has(token)))
      throw new UnrolledError(`vocabulary: expected one character for each id, got ${quoted(token)} for id ${id}`);
    if (!single) continue;
    if (code > 0xffff) table.astral.set(code, id);
    else table.basic[code] = id;
  }
  return table;
}

function characterEncoder(table: IdTable, vocabSize: number, unknownId: number, options: EncodeOptions): Encoder {
  const { basic, astral } = table;
  const where = options.where ?? 'text';
  const unknown = expectOneOf('unknown', options.unknown ?? (unknownId < 0 ? 'error' : 'replace'), [
    'error',
    'skip',
    'replace',
  ]);
  if (unknown === 'replace' && unknownId < 0)
    throw new UnrolledError('unknown: expected error or skip, got replace, but the vocabulary has no unknown token');
  const buffer = new IdBuffer(vocabSize);
  let position = 0; // in characters, of the start of the text at hand

  const whole = wholeCharacters((text) => {
    const ids = buffer.reserve(text.length);
    const strangers = new Map<number, number[]>(); // code point → positions
    let written = 0;
    let characters = 0;
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if ((code & 0xfc00) === 0xd800) {
        code = text.codePointAt(i) as number;
        if (code > 0xffff) i++;
      }
      const id = code < basic.length ? basic[code] : (astral.get(code) ?? -1);
      if (id >= 0) {
        ids[written++] = id;
      } else if (unknown === 'replace') {
        ids[written++] = unknownId;
      } else if (unknown === 'error') {
        const positions = strangers.get(code);
        if (positions) positions.push(position + characters);
        else strangers.set(code, [position + characters]);
      }
      characters++;
    }
    if (strangers.size > 0) throw unknownCharacters(where, strangers, vocabSize, options.remedy);
    position += characters;
    buffer.advance(written);
  });

  return {
    push: whole.push,
    finish() {
      whole.finish();
      return buffer.finish();
    },
  };
}

function unknownCharacters(
  where: string,
  strangers: Map<number, number[]>,
  vocabSize: number,
  remedy = skipRemedy,
): UnrolledError {
  const named = [...strangers].slice(0, 8).map(([code, positions]) => {
    const more = positions.length - 3;
    return `${describeCharacter(code)} at ${positions.slice(0, 3).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  });
  if (strangers.size > named.length) named.push(`and ${strangers.size - named.length} more characters`);
  const what = strangers.size === 1 ? 'a character is' : `${strangers.size} characters are`;
  return new UnrolledError(
    `${where}: ${what} not in the vocabulary of ${vocabSize}: ${named.join('; ')} (positions count from 0); ` +
      `take them out, ${remedy}`,
  );
}

/** A learner that collects the characters of a text. */
export function learnCharacters(): Learner {
  const basic = new Uint8Array(0x10000); // whether the code point was seen
  const astral = new Set<number>();
  const whole = wholeCharacters((text) => {
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if ((code & 0xfc00) === 0xd800) {
        code = text.codePointAt(i) as number;
        if (code > 0xffff) i++;
      }
      if (code > 0xffff) astral.add(code);
      else basic[code] = 1;
    }
  });

  return {
    add: whole.push,
    finish() {
      whole.finish();
      const codes: number[] = [];
      for (let code = 0; code < basic.length; code++) if (basic[code] === 1) codes.push(code);
      const half = codes.find((code) => code >= 0xd800 && code <= 0xdfff);
      if (half !== undefined)
        throw new UnrolledError(
          `text: expected Unicode characters, got ${describeCharacter(half)}, half a surrogate pair`,
        );
      for (const code of [...astral].sort((a, b) => a - b)) codes.push(code);
      const vocabulary = codes.map((code) => String.fromCodePoint(code));
      if (vocabulary.length === 0)
        throw new UnrolledError('text: expected at least 1 character to learn from, got none');
      return characterTokenizer(vocabulary);
    },
  };
}
