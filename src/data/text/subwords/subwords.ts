// Subwords ⇄ ids, as byte-pair encoding has them: added tokens are found as they are written, what is between them is normalized and cut into words
// (splitting.ts), and the characters or bytes of each word are merged (merging.ts). Such a tokenizer comes from elsewhere with its vocabulary; none is
// learned here. The ids and texts are those of Hugging Face's tokenizers.

import { expectOneOf, firstTwice, quoted, UnrolledError } from '../../../errors.ts';
import { IdBuffer } from '../ids.ts';
import {
  type Decoder,
  decodeAll,
  describeCharacter,
  type EncodeOptions,
  type Encoder,
  encodeAll,
  expectId,
  hasLoneSurrogate,
  skipRemedy,
  type Tokenizer,
  type TokenizerOptions,
} from '../tokenizer.ts';
import { decodingOf } from './decoding.ts';
import { mergesOf } from './merging.ts';
import { type AddedToken, byteName } from './parts.ts';
import { type Place, preparationOf } from './splitting.ts';

/** The most characters that wait for a place where a text may be cut. */
const longestStretch = 2 ** 24;
/** The words whose ids are kept, and the length of the longest of them. */
const keptWords = 2 ** 15;
const longestKept = 64;
/** The characters that an error names. */
const namedCharacters = 8;

/**
 * Makes the tokenizer of a vocabulary and its merges.
 * @throws UnrolledError that names a part that is not known, or does not fit the others
 */
export function subwordTokenizer(vocabulary: readonly string[], options: TokenizerOptions): Tokenizer {
  const { subwords, unknownToken } = options;
  if (!subwords) throw new UnrolledError('options.subwords: expected the merges of subwords, got none');
  const { merges, addedTokens = [], endOfWordSuffix = '' } = subwords;
  const { fuseUnknown = false, byteFallback = false, ignoreMerges = false } = subwords;
  const tokens = [...vocabulary];
  const vocabSize = tokens.length;
  const twice = firstTwice(tokens);
  if (twice !== undefined) throw new UnrolledError(`vocabulary: expected each token once, got ${quoted(twice)} twice`);
  const half = tokens.find(hasLoneSurrogate);
  if (half !== undefined) throw new UnrolledError(`vocabulary: expected Unicode characters, got ${quoted(half)}`);
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  for (const token of [...(unknownToken === undefined ? [] : [unknownToken]), ...addedTokens.map((one) => one.content)])
    if (token === '' || !idOf.has(token))
      throw new UnrolledError(`vocabulary: expected ${quoted(token)} in it, got ${vocabSize} tokens without`);
  const merge = mergesOf(merges, idOf);
  const { normalize, split, cut, hasLatePrefix } = preparationOf(subwords.normalizer, subwords.preTokenizer);
  const decoding = decodingOf(subwords.decoder);
  const suffixOfDecoder = subwords.decoder?.type === 'BPEDecoder' ? (subwords.decoder.suffix ?? '</w>') : '';
  if (endOfWordSuffix !== '' && endOfWordSuffix !== suffixOfDecoder)
    throw new UnrolledError(
      `decoder: expected BPEDecoder with the suffix ${quoted(endOfWordSuffix)} of the words, got another`,
    );
  const unknownId = unknownToken === undefined ? -1 : idOf.get(unknownToken)!;
  const bytes = byteFallback ? Array.from({ length: 256 }, (_, byte) => idOf.get(byteName(byte)) ?? -1) : undefined;
  const merged = byteFallback && merges.flat().find((part) => /^<0x[\dA-F]{2}>$/.test(part));
  if (merged) throw new UnrolledError(`merges: expected no merge of a byte with byte_fallback, got one of ${merged}`);

  const stripped = addedTokens.find(
    ({ normalized, lstrip, rstrip }) => normalized && subwords.normalizer && (lstrip || rstrip),
  );
  if (stripped)
    throw new UnrolledError(
      `added_tokens: expected no lstrip and rstrip beside normalized and a normalizer, got them for ${quoted(stripped.content)}`,
    );
  const asWritten = finderOf(addedTokens.filter((token) => !token.normalized || !subwords.normalizer));
  const whole: Place = { isStart: false, isFirst: false };
  const asNormalized = finderOf(
    addedTokens
      .filter((token) => token.normalized && subwords.normalizer)
      .map((token) => ({ ...token, found: normalize(token.content, { isStart: true, isFirst: true }) })),
  );

  /** Whether a text may be cut between two characters: where words end in any case, or where nothing joins a space to what is before it. */
  const mayCut = ((): ((before: string, after: string) => boolean) | undefined => {
    if (hasLatePrefix || (endOfWordSuffix !== '' && !cut)) return undefined;
    let inside = cut;
    if (!inside) {
      const [mark, ...more] = split(normalize(' ', whole), whole).join('');
      const isJoined = tokens.some((token) =>
        [...token].some((at, i, all) => i > 0 && at === mark && all[i - 1] !== mark),
      );
      if (mark === undefined || more.length > 0 || isJoined || !idOf.has(mark)) return undefined;
      inside = (before, after) => before !== ' ' && after === ' ';
    }
    const words = inside;
    const may = (before: string, after: string): boolean => before !== '' && words(before, after);
    const isCut = ({ content }: AddedToken): boolean => [...content].some((at, i, all) => i > 0 && may(all[i - 1], at));
    return addedTokens.some(isCut) ? undefined : may;
  })();

  const kept = new Map<string, readonly number[]>();
  /** The ids of a word, −1 for an unknown character. */
  function idsOfWord(word: string): readonly number[] {
    const known = kept.get(word);
    if (known) return known;
    const own = ignoreMerges ? idOf.get(word) : undefined;
    let ids: readonly number[];
    if (own !== undefined) ids = [own];
    else {
      const characters = Array.from(word);
      if (endOfWordSuffix !== '') characters[characters.length - 1] += endOfWordSuffix;
      ids = merge(characters.flatMap((character) => idOf.get(character) ?? fallback(character)));
    }
    if (word.length <= longestKept) {
      if (kept.size >= keptWords) kept.clear();
      kept.set(word, ids);
    }
    return ids;
  }
  const utf8 = new TextEncoder();
  /** The bytes of an unknown character, where all are tokens. */
  function fallback(character: string): readonly number[] {
    if (!bytes) return [-1];
    const ids = Array.from(utf8.encode(character), (byte) => bytes[byte]);
    return ids.includes(-1) ? [-1] : ids;
  }

  function encoder({ unknown: asked, where = 'text', remedy = skipRemedy }: EncodeOptions = {}): Encoder {
    const unknown = expectOneOf('unknown', asked ?? (unknownId < 0 ? 'error' : 'replace'), [
      'error',
      'skip',
      'replace',
    ]);
    if (unknown === 'replace' && unknownId < 0)
      throw new UnrolledError('unknown: expected error or skip, got replace, but the vocabulary has no unknown token');
    const buffer = new IdBuffer(vocabSize);
    const strangers = new Set<string>();
    let held = '';
    let last = ''; // the last character of what was pushed
    let isStart = true;
    let isFirst = true;
    let strips = false; // white space behind an added token that takes it

    const write = (ids: readonly number[]): void => {
      buffer.reserve(ids.length).set(ids);
      buffer.advance(ids.length);
    };

    function encodeWord(word: string): void {
      const ids = idsOfWord(word);
      if (!ids.includes(-1)) write(ids);
      else if (unknown === 'replace')
        write(ids.flatMap((id, i) => (id >= 0 ? [id] : fuseUnknown && i > 0 && ids[i - 1] === -1 ? [] : [unknownId])));
      else if (unknown === 'skip') write(ids.filter((id) => id >= 0));
      else {
        for (const character of word) if (!idOf.has(character) && fallback(character)[0] < 0) strangers.add(character);
        if (strangers.size === 0) strangers.add(Array.from(word).at(-1)!); // which has no token at the end of a word
      }
    }

    /** A text without added tokens of the first kind. */
    function encodeSection(section: string): void {
      const normal = normalize(section, { isStart, isFirst });
      let [starts, first] = [isStart, isFirst];
      for (const part of asNormalized(normal)) {
        if (typeof part !== 'string') write([idOf.get(part.content)!]);
        else for (const word of split(part, { isStart: starts, isFirst: first })) encodeWord(word);
        [starts, first] = [true, false];
      }
    }

    function take(text: string): void {
      const parts = asWritten(text);
      for (const [i, part] of parts.entries()) {
        if (typeof part !== 'string') {
          write([idOf.get(part.content)!]);
          [isStart, isFirst, strips] = [true, false, part.rstrip ?? false];
          continue;
        }
        let section = strips ? withoutSpaceBefore(part) : part;
        const after = parts[i + 1];
        if (typeof after === 'object' && after.lstrip) section = withoutSpaceBehind(section);
        if (section === '') continue;
        encodeSection(section);
        [isStart, isFirst, strips] = [false, false, false];
      }
      if (strangers.size > 0) throw unknownSubwords(where, strangers, vocabSize, remedy);
    }

    return {
      push(chunk) {
        // only the new characters are looked at
        let at = mayCut ? chunk.length - 1 : -1;
        while (at >= 0 && !mayCut!(at > 0 ? chunk[at - 1] : last, chunk[at])) at--;
        last = chunk.at(-1) ?? last;
        if (at < 0) {
          held += chunk;
          if (held.length > longestStretch) throw tooLong(where);
          return;
        }
        const ready = held + chunk.slice(0, at);
        held = chunk.slice(at);
        expectWhole(ready, where);
        take(ready);
      },
      finish() {
        const rest = held;
        held = '';
        expectWhole(rest, where);
        take(rest);
        return buffer.finish();
      },
    };
  }

  const added = new Set(addedTokens.map(({ content }) => content));
  function decoder(): Decoder {
    const texts = decoding();
    return {
      push(id) {
        const token = tokens[expectId(id, vocabSize)];
        return texts.push(token, added.has(token));
      },
      finish: texts.finish,
    };
  }

  const decode = (ids: Iterable<number>): string => decodeAll(ids, decoder());
  const lineEnds = ['\n', 'Ċ', '<0x0A>'].map((token) => idOf.get(token) ?? -1);
  return {
    level: 'subword',
    vocabulary: tokens,
    vocabSize,
    options: { ...(unknownToken !== undefined && { unknownToken }), subwords },
    lineEnd: lineEnds.find((id) => id >= 0 && decode([id]) === '\n') ?? -1,
    unknownId,
    encoder,
    encode: (text, asked) => encodeAll(text, encoder(asked)),
    decode,
    decoder,
  };
}

/** Finds added tokens in a text, the longest of those that begin at the same place, and returns them with the texts between them. */
function finderOf<Token extends AddedToken & { readonly found?: string }>(
  tokens: readonly Token[],
): (text: string) => readonly (string | Token)[] {
  const byStart = new Map<string, Token[]>();
  const lookedFor = ({ found, content }: Token): string => found ?? content;
  for (const token of tokens) {
    if (lookedFor(token) === '') continue;
    const start = lookedFor(token)[0];
    byStart.set(start, [...(byStart.get(start) ?? []), token]);
  }
  for (const list of byStart.values()) list.sort((a, b) => lookedFor(b).length - lookedFor(a).length);
  if (byStart.size === 0) return (text) => (text === '' ? [] : [text]);
  return (text) => {
    const parts: (string | Token)[] = [];
    let end = 0;
    for (let at = 0; at < text.length; at++) {
      const found = byStart.get(text[at])?.find((token) => text.startsWith(lookedFor(token), at));
      if (!found) continue;
      if (at > end) parts.push(text.slice(end, at));
      parts.push(found);
      end = at + lookedFor(found).length;
      at = end - 1;
    }
    if (end < text.length) parts.push(text.slice(end));
    return parts;
  };
}

const withoutSpaceBefore = (text: string): string => text.replace(/^\p{White_Space}+/u, '');

function withoutSpaceBehind(text: string): string {
  let end = text.length;
  while (end > 0 && /\p{White_Space}/u.test(text[end - 1])) end--;
  return text.slice(0, end);
}

function expectWhole(text: string, where: string): void {
  if (hasLoneSurrogate(text))
    throw new UnrolledError(`${where}: expected Unicode characters, got half a surrogate pair`);
}

function tooLong(where: string): UnrolledError {
  return new UnrolledError(
    `${where}: expected a place where words end within ${longestStretch} characters, got none; give the text in smaller pieces`,
  );
}

function unknownSubwords(where: string, strangers: ReadonlySet<string>, size: number, remedy: string): UnrolledError {
  const named = [...strangers].slice(0, namedCharacters).map((one) => describeCharacter(one.codePointAt(0)!));
  if (strangers.size > named.length) named.push(`and ${strangers.size - named.length} more characters`);
  const what = strangers.size === 1 ? 'a character is' : `${strangers.size} characters are`;
  return new UnrolledError(
    `${where}: ${what} not in the vocabulary of ${size} subwords: ${named.join('; ')}; take them out, ${remedy}`,
  );
}
