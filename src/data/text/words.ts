// Words ⇄ ids. A word is a run of letters, marks and digits, with ' or ’ allowed inside it. Every other character that is not white space is a
// token of its own, and the end of a line is `<eos>`. Pretokenized text (Penn Treebank, WikiText) is split at white space only. Where a text has
// `<unk>` or `<eos>` written out, they are these tokens. The vocabulary is `<unk>`, `<eos>`, and then the words by falling frequency. Decoding
// puts one space between two tokens, but none around a line end and, unless the text is pretokenized, none where print has none.

import { expectInteger, quoted, UnrolledError } from '../../errors.ts';
import { IdBuffer } from './ids.ts';
import {
  compareCodePoints,
  type Decoder,
  decodeAll,
  type Encoder,
  encodeAll,
  expectId,
  hasLoneSurrogate,
  type Learner,
  type Tokenizer,
  type TokenizerOptions,
} from './tokenizer.ts';

export const UNKNOWN = '<unk>';
const LINE_END = '<eos>';

const WORD = "[\\p{L}\\p{M}\\p{N}]+(?:['’][\\p{L}\\p{M}\\p{N}]+)*";
/** The pattern of a token other than the line end. It is a string because tokenizer.json holds it too. */
export const TOKEN_PATTERN = `${UNKNOWN}|${LINE_END}|${WORD}|\\S`;
/** Characters before which print has no space. */
export const CLOSING = '.,;:!?%)]}’”»…-—';
/** Characters after which print has no space. */
export const OPENING = '([{‘“«¿¡-—';

// Unicode's white space rather than \s, which includes U+FEFF and lacks U+0085
const tokens = new RegExp(`\\n|${TOKEN_PATTERN.replace('\\S', '\\P{White_Space}')}`, 'gu');
const pretokens = /\n|\P{White_Space}+/gu;
export const whiteSpace = /\p{White_Space}/u;
/** A character that ends every token: white space, punctuation and symbols, except those that words and `<unk>` may contain. */
const boundary = /(?!['’<])[\p{White_Space}\p{P}\p{S}]/u;
const maxWordLength = 1 << 20;

/** What cuts a stream of text into tokens. */
export interface Splitter {
  push(chunk: string): string[];
  finish(): string[];
}

/** Cuts a stream into tokens with `cut`. What may be a part of a token waits for the next chunk, up to a character that is an end of tokens. */
export function splitterAt(end: RegExp, cut: (text: string) => string[]): Splitter {
  let held = '';
  return {
    push(chunk) {
      let last = chunk.length;
      while (last > 0 && !end.test(chunk[last - 1])) last--;
      const ready = last === 0 ? '' : held + chunk.slice(0, last);
      held = last === 0 ? held + chunk : chunk.slice(last);
      if (held.length > maxWordLength)
        throw new UnrolledError(
          `text: expected words of at most ${maxWordLength} characters, got a longer one; use the level char or byte`,
        );
      return cut(ready);
    },
    finish() {
      const rest = held;
      held = '';
      return cut(rest);
    },
  };
}

/** The encoder of words as `split` cuts them; a word that is not in the vocabulary is the unknown one. */
export function encodeWords(
  split: Splitter,
  idOf: ReadonlyMap<string, number>,
  unknownId: number,
  vocabSize: number,
): Encoder {
  const buffer = new IdBuffer(vocabSize);
  function write(found: readonly string[]): void {
    const ids = buffer.reserve(found.length);
    for (let i = 0; i < found.length; i++) ids[i] = idOf.get(found[i]) ?? unknownId;
    buffer.advance(found.length);
  }
  return {
    push: (chunk) => write(split.push(chunk)),
    finish() {
      write(split.finish());
      return buffer.finish();
    },
  };
}

/** Cuts a stream of text into our words, in which a line end is the token "\n". */
function splitter(pretokenized: boolean): Splitter {
  const pattern = pretokenized ? pretokens : tokens;
  return splitterAt(pretokenized ? whiteSpace : boundary, (text) => text.match(pattern) ?? []);
}

/** Makes the tokenizer of a known vocabulary. Throws unless it has `<unk>`, each word only once, and no word with white space in it. */
export function wordTokenizer(vocabulary: readonly string[], options: TokenizerOptions = {}): Tokenizer {
  const pretokenized = options.pretokenized ?? false;
  const words = [...vocabulary];
  const vocabSize = words.length;
  const idOf = new Map<string, number>();
  for (const [id, word] of words.entries()) {
    if (idOf.has(word)) throw new UnrolledError(`vocabulary: expected each word once, got ${quoted(word)} twice`);
    if (word === '' || whiteSpace.test(word) || hasLoneSurrogate(word))
      throw new UnrolledError(`vocabulary: expected words without white space, got ${quoted(word)} for id ${id}`);
    idOf.set(word, id);
  }
  const unknownId = idOf.get(UNKNOWN);
  if (unknownId === undefined)
    throw new UnrolledError(`vocabulary: expected ${UNKNOWN} in it, got ${vocabSize} words without`);
  idOf.set('\n', idOf.get(LINE_END) ?? unknownId);

  const encoder = (): Encoder => encodeWords(splitter(pretokenized), idOf, unknownId, vocabSize);

  function decoder(): Decoder {
    let spaceAfter = false; // whether a space may follow the last token
    return {
      push(id) {
        const word = words[expectId(id, vocabSize)];
        const lineEnd = word === LINE_END;
        const space = spaceAfter && !lineEnd && (pretokenized || !CLOSING.includes(word[0]));
        spaceAfter = !lineEnd && (pretokenized || !OPENING.includes(word[word.length - 1]));
        return (space ? ' ' : '') + (lineEnd ? '\n' : word);
      },
      finish: () => '',
    };
  }

  return {
    level: 'word',
    vocabulary: words,
    vocabSize,
    options: { pretokenized },
    lineEnd: words.indexOf(LINE_END),
    unknownId,
    encoder,
    encode: (text) => encodeAll(text, encoder()),
    decode: (ids) => decodeAll(ids, decoder()),
    decoder,
  };
}

/**
 * How often a word must occur where nobody says. It is 2, so that the words that occur once train `<unk>`: their share of a text estimates that of new
 * words in what follows (Good 1953). It is 1 where the text has `<unk>` itself, and where more than a fifth of the text would be read as `<unk>`, so
 * that too few words would be left to write with.
 * @param counts how often each word occurs
 */
function leastCount(counts: ReadonlyMap<string, number>, hasUnknown: boolean): number {
  let once = 0;
  let all = 0;
  for (const times of counts.values()) {
    all += times;
    if (times === 1) once++;
  }
  return hasUnknown || 5 * once > all ? 1 : 2;
}

/** Counts the words of a text and keeps those that occur at least `minCount` times, by default as often as `leastCount` says. */
export function learnWords(options: { pretokenized?: boolean; minCount?: number } = {}): Learner {
  const pretokenized = options.pretokenized ?? false;
  expectInteger('minCount', options.minCount ?? 1, 1);
  const split = splitter(pretokenized);
  const counts = new Map<string, number>();
  let empty = true;

  function count(found: readonly string[]): void {
    if (found.length > 0) empty = false;
    for (const word of found) {
      const before = counts.get(word);
      if (before !== undefined) {
        counts.set(word, before + 1);
        continue;
      }
      if (hasLoneSurrogate(word))
        throw new UnrolledError(`text: expected Unicode characters, got half a surrogate pair in ${quoted(word)}`);
      // a copy, because a slice would keep its whole chunk in memory as long as the vocabulary lives
      counts.set(` ${word}`.slice(1), 1);
    }
  }

  return {
    add: (chunk) => count(split.push(chunk)),
    finish() {
      count(split.finish());
      if (empty) throw new UnrolledError('text: expected at least 1 word to learn from, got none');
      const hasUnknown = counts.delete(UNKNOWN);
      counts.delete('\n');
      counts.delete(LINE_END);
      const minCount = options.minCount ?? leastCount(counts, hasUnknown);
      const frequent = [...counts].filter(([, times]) => times >= minCount);
      frequent.sort(([a, m], [b, n]) => n - m || compareCodePoints(a, b));
      const vocabulary = [UNKNOWN, LINE_END, ...frequent.map(([word]) => word)];
      return { ...wordTokenizer(vocabulary, { pretokenized }), minCount };
    },
  };
}
