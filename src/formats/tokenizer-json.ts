// tokenizer.json and tokenizer_config.json of Hugging Face's tokenizers ⇄ the tokenizers of data/text, such that both decode the same ids alike.
//
//   char   BPE without merges, one character per token         decoder Fuse
//   byte   BPE without merges, 256 byte tokens               decoder ByteLevel
//   word   WordLevel; "\n" is normalized to " <eos> "        decoder joins with spaces, `<eos>` → "\n"; unless pretokenized, tidies
//          WordLevel with Whitespace or WhitespaceSplit, as other tools make it, perhaps with Lowercase: data/text/split-words.ts
//   subword  BPE with merges, as other tools make it: the parts of the file stand in the options as they are (data/text/subwords/)
//
// The files have no keys of our own, since the reference implementation refuses unknown keys; the structure of a file shows which tokenizer it is. Reading is strict.

import { byteTokenizer } from '../data/text/bytes.ts';
import { characterTokenizer } from '../data/text/characters.ts';
import { splitWordTokenizer } from '../data/text/split-words.ts';
import { byteCharacters, type Part, type SubwordOptions } from '../data/text/subwords/parts.ts';
import { subwordTokenizer } from '../data/text/subwords/subwords.ts';
import type { Tokenizer } from '../data/text/tokenizer.ts';
import { CLOSING, OPENING, TOKEN_PATTERN, UNKNOWN, wordTokenizer } from '../data/text/words.ts';
import { atPlace, described, quoted, UnrolledError } from '../errors.ts';
import { parseJson } from './json.ts';
import {
  addedFlags,
  addedTokens,
  idsOf,
  isVocabulary,
  type Json,
  pairsOf,
  record,
  typeOf,
  unexpected,
  vocabularyOf,
} from './tokenizer-parts.ts';

const split = (regex: string, behavior: 'Isolated' | 'Removed', invert: boolean) => ({
  type: 'Split',
  pattern: { Regex: regex },
  behavior,
  invert,
});
const ANY_CHARACTER = '[\\s\\S]';
const WHITE_SPACE = '\\s+';
const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };

/** Escapes brackets and the hyphen for a class in a regular expression. */
const escaped = (characters: string) => characters.replace(/[[\]-]/g, '\\$&');

function wordDecoder(pretokenized: boolean): Json {
  const replace = (pattern: Json, content: string) => ({ type: 'Replace', pattern, content });
  // no word begins with a space, so this prefix is never cut off and every word but the first gets a space before it
  const join = { type: 'WordPiece', prefix: ' ', cleanup: false };
  const lines = replace({ Regex: '\\A ?<eos>\\z' }, '\n');
  const tidy = pretokenized
    ? replace({ String: '\n ' }, '\n')
    : replace({ Regex: ` (?=[${escaped(CLOSING)}])|(?<=[${escaped(OPENING)}\n]) ` }, '');
  return { type: 'Sequence', decoders: [join, lines, { type: 'Fuse' }, tidy] };
}

/** Writes the text of tokenizer.json. */
export function writeTokenizerJson(tokenizer: Tokenizer): string {
  const { level, vocabulary, options } = tokenizer;
  const { unknownToken, specialTokens = [], pretokenized = false } = options;
  const { splitting, lowercase, subwords } = options;
  const unknown = unknownToken === undefined || splitting ? [] : [unknownToken];
  const special = [...unknown, ...specialTokens];
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const bpe = {
    type: 'BPE',
    dropout: null,
    unk_token: unknownToken ?? null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: {},
    merges: [],
  };
  const parts = {
    char: {
      normalizer: null,
      pre_tokenizer: split(ANY_CHARACTER, 'Isolated', false),
      decoder: { type: 'Fuse' },
      model: bpe,
    },
    byte: { normalizer: null, pre_tokenizer: BYTE_LEVEL, decoder: BYTE_LEVEL, model: bpe },
    word: splitting
      ? {
          normalizer: lowercase ? { type: 'Lowercase' } : null,
          pre_tokenizer: { type: splitting },
          decoder: null,
          model: { type: 'WordLevel', vocab: {}, unk_token: unknownToken },
        }
      : {
          normalizer: { type: 'Replace', pattern: { String: '\n' }, content: ' <eos> ' },
          pre_tokenizer: pretokenized ? split(WHITE_SPACE, 'Removed', false) : split(TOKEN_PATTERN, 'Removed', true),
          decoder: wordDecoder(pretokenized),
          model: { type: 'WordLevel', vocab: {}, unk_token: UNKNOWN },
        },
    subword: {
      normalizer: subwords?.normalizer ?? null,
      pre_tokenizer: subwords?.preTokenizer ?? null,
      decoder: subwords?.decoder ?? null,
      model: { ...bpe, ...mergesOf(subwords) },
    },
  }[level];
  const added = subwords
    ? (subwords.addedTokens ?? []).map(({ content, ...own }) => ({ content, ...flags, ...own }))
    : [...new Set(special)].map((content) => ({ content, ...flags }));
  const file = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.map((token) => ({ id: vocabulary.indexOf(token.content), ...token })),
    normalizer: parts.normalizer,
    pre_tokenizer: parts.pre_tokenizer,
    post_processor: null,
    decoder: parts.decoder,
    model: parts.model,
  };
  // by hand, because JSON.stringify would put tokens such as "7" before all others
  const tokens = level === 'byte' ? byteCharacters : vocabulary;
  const entries = tokens.map((token, id) => `      ${JSON.stringify(token)}: ${id}`).join(',\n');
  return `${JSON.stringify(file, null, 2).replace('"vocab": {}', () => `"vocab": {\n${entries}\n    }`)}\n`;
}

/** What the model of a tokenizer.json says of merges: pairs as texts with a space between them, or as lists where a part has a space in it. */
function mergesOf(subwords: SubwordOptions | undefined): Json {
  const merges = subwords?.merges ?? [];
  const areTexts = !merges.flat().some((part) => part.includes(' '));
  return {
    end_of_word_suffix: subwords?.endOfWordSuffix ?? null,
    fuse_unk: subwords?.fuseUnknown ?? false,
    byte_fallback: subwords?.byteFallback ?? false,
    ignore_merges: subwords?.ignoreMerges ?? false,
    merges: areTexts ? merges.map((pair) => pair.join(' ')) : merges,
  };
}

/** Writes the text of tokenizer_config.json, without which the libraries would tidy decoded text a second time. */
export function writeTokenizerConfig(tokenizer: Tokenizer): string {
  const unknown = tokenizer.options.unknownToken ?? (tokenizer.level === 'word' ? UNKNOWN : undefined);
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    clean_up_tokenization_spaces: false,
    ...(unknown === undefined ? {} : { unk_token: unknown }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Reads a tokenizer.json; `where` names the file in errors. */
export function readTokenizerJson(text: string, where: string): Tokenizer {
  const json = parseJson(text, where);
  if (isVocabulary(json))
    throw new UnrolledError(
      `${where}: expected a tokenizer.json, got a vocabulary; give it with --vocabulary, or as vocabulary`,
    );
  const root = record(json, where, 'the file');
  const model = record(root.model, where, 'model');
  const added = addedTokens(root.added_tokens, where);
  const tokens = vocabularyOf(idsOf(model.vocab, where), added, where);
  for (const part of ['truncation', 'padding'])
    if (root[part] !== undefined && root[part] !== null) throw unexpected(where, part, 'null', root[part]);
  if (root.post_processor !== undefined && root.post_processor !== null && typeOf(root.post_processor) !== 'ByteLevel')
    throw unexpected(where, 'post_processor', 'null', root.post_processor);
  if (model.type === 'WordLevel') return readWords(root, model, tokens, where);
  expectEqual(where, 'model.type', model.type, 'BPE');
  if (!Array.isArray(model.merges)) throw unexpected(where, 'model.merges', 'a list', model.merges);
  if (model.merges.length > 0) return readSubwords(root, model, tokens, where);
  expectEqual(where, 'normalizer', root.normalizer ?? null, null);
  if (typeOf(root.decoder) === 'ByteLevel') return readBytes(tokens, where);
  return readCharacters(root, model, tokens, added, where);
}

function readCharacters(
  root: Json,
  model: Json,
  tokens: string[],
  added: Map<string, number>,
  where: string,
): Tokenizer {
  if (root.decoder !== undefined && root.decoder !== null) expectEqual(where, 'decoder', typeOf(root.decoder), 'Fuse');
  if (root.pre_tokenizer !== undefined && root.pre_tokenizer !== null) {
    // without merges it does not matter where the text is split, as long as all of it stays
    const splitter = record(root.pre_tokenizer, where, 'pre_tokenizer');
    expectEqual(where, 'pre_tokenizer.type', splitter.type, 'Split');
    expectEqual(where, 'pre_tokenizer.behavior', splitter.behavior, 'Isolated');
  }
  const unknown = model.unk_token ?? undefined;
  if (unknown !== undefined && typeof unknown !== 'string')
    throw unexpected(where, 'model.unk_token', 'a token', unknown);
  const specialTokens = [...added.keys()].filter((token) => token !== unknown && [...token].length > 1);
  return atPlace(where, () => characterTokenizer(tokens, { unknownToken: unknown, specialTokens }));
}

function readBytes(tokens: string[], where: string): Tokenizer {
  const wrong = byteCharacters.findIndex((token, byte) => tokens[byte] !== token);
  if (tokens.length !== 256 || wrong >= 0)
    throw new UnrolledError(
      `${where}: expected 256 byte tokens whose ids are the bytes, got ${tokens.length} tokens` +
        (wrong >= 0 ? ` and ${described(tokens[wrong])} for id ${wrong}` : ''),
    );
  return byteTokenizer();
}

/** Subwords, which another tool has learned. */
function readSubwords(root: Json, model: Json, tokens: string[], where: string): Tokenizer {
  for (const key of ['continuing_subword_prefix', 'dropout'])
    if (model[key]) throw unexpected(where, `model.${key}`, 'null', model[key]);
  const flag = (key: string): boolean => {
    const value = model[key] ?? false;
    if (typeof value === 'boolean') return value;
    throw unexpected(where, `model.${key}`, 'true or false', value);
  };
  const text = (key: string): string | undefined => {
    const value = model[key] ?? '';
    if (typeof value === 'string') return value || undefined;
    throw unexpected(where, `model.${key}`, 'a text', value);
  };
  const unknownToken = text('unk_token');
  const endOfWordSuffix = text('end_of_word_suffix');
  const subwords: SubwordOptions = {
    merges: pairsOf(model.merges as readonly unknown[], where),
    ...(root.normalizer ? { normalizer: root.normalizer as Part } : {}),
    ...(root.pre_tokenizer ? { preTokenizer: root.pre_tokenizer as Part } : {}),
    ...(root.decoder ? { decoder: root.decoder as Part } : {}),
    addedTokens: addedFlags(root.added_tokens, where),
    ...(endOfWordSuffix && { endOfWordSuffix }),
    ...(flag('fuse_unk') && { fuseUnknown: true }),
    ...(flag('byte_fallback') && { byteFallback: true }),
    ...(flag('ignore_merges') && { ignoreMerges: true }),
  };
  return atPlace(where, () =>
    subwordTokenizer(tokens, { ...(unknownToken !== undefined && { unknownToken }), subwords }),
  );
}

function readWords(root: Json, model: Json, tokens: string[], where: string): Tokenizer {
  const splitting = typeOf(root.pre_tokenizer);
  if (splitting === 'Whitespace' || splitting === 'WhitespaceSplit')
    return readSplitWords(root, model, tokens, splitting, where);
  if (splitting !== 'Split')
    throw unexpected(where, 'pre_tokenizer', 'Whitespace, WhitespaceSplit or Split', splitting ?? root.pre_tokenizer);
  expectEqual(where, 'model.unk_token', model.unk_token, UNKNOWN);
  const pattern = (root.pre_tokenizer as { pattern?: { Regex?: unknown } } | null)?.pattern?.Regex;
  const tokenizer = atPlace(where, () => wordTokenizer(tokens, { pretokenized: pattern === WHITE_SPACE }));
  const ours = JSON.parse(writeTokenizerJson(tokenizer)) as Json;
  for (const part of ['normalizer', 'pre_tokenizer', 'decoder'])
    expectEqual(where, part, canonical(root[part] ?? null), canonical(ours[part]));
  return tokenizer;
}

/** Words that another tool splits. */
function readSplitWords(
  root: Json,
  model: Json,
  tokens: string[],
  splitting: 'Whitespace' | 'WhitespaceSplit',
  where: string,
): Tokenizer {
  const normalizer = root.normalizer ?? null;
  const lowercase = typeOf(normalizer) === 'Lowercase';
  if (normalizer !== null && !lowercase)
    throw unexpected(where, 'normalizer', 'null or Lowercase', typeOf(normalizer) ?? normalizer);
  if (root.decoder !== undefined && root.decoder !== null)
    throw unexpected(where, 'decoder', 'null', typeOf(root.decoder) ?? root.decoder);
  if (typeof model.unk_token !== 'string') throw unexpected(where, 'model.unk_token', 'a token', model.unk_token);
  const added = (root.added_tokens ?? []) as readonly Json[];
  for (const token of added)
    for (const [flag, wanted] of [
      ['single_word', false],
      ['lstrip', false],
      ['rstrip', false],
      ['special', true],
    ] as const)
      if ((token[flag] ?? wanted) !== wanted)
        throw unexpected(
          where,
          `${flag} of the added token ${quoted(String(token.content))}`,
          String(wanted),
          token[flag],
        );
  const normalized = lowercase && added.find((token) => token.normalized === true);
  if (normalized)
    throw unexpected(where, `normalized of the added token ${quoted(String(normalized.content))}`, 'false', true);
  const specialTokens = added.map(({ content }) => content as string);
  const options = { splitting, lowercase, unknownToken: model.unk_token, specialTokens };
  return atPlace(where, () => splitWordTokenizer(tokens, options));
}

/** Writes JSON with sorted keys, to compare two values. */
function canonical(value: unknown): string {
  const sorted = (_: string, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  return JSON.stringify(value, sorted);
}

function expectEqual(where: string, what: string, got: unknown, expected: string | null): void {
  if (got !== expected) throw unexpected(where, what, String(expected), got);
}
