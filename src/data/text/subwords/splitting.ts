// What is done to a text before its words are merged: normalizers change it, pre-tokenizers cut it into words. Regular expressions are taken from a list
// and never made of what a file says, because a pattern of somebody else's could take forever; each is written as JavaScript has it, with the white space
// of Unicode, as the Rust library does it.

import { described, expectOneOf, shortened, UnrolledError } from '../../../errors.ts';
import { lowerCase, patterns } from '../split-words.ts';
import { byteCharacters, flagOf, type Part, partsOf, plainPattern, textOf } from './parts.ts';

/** Where a text comes from that is normalized or cut. */
export interface Place {
  /** Whether the piece is the start of what stands between two added tokens. */
  readonly isStart: boolean;
  /** Whether it is the start of the whole text. */
  readonly isFirst: boolean;
}

/** Whether a text may be cut between two characters without a change of what comes out. */
type Cut = (before: string, after: string) => boolean;

/** A step: what it makes of a piece, and where it cuts in any case. */
interface Step {
  split(piece: string, place: Place): readonly string[];
  /** Absent for a step that leaves all of it to the others. */
  readonly cut?: Cut;
  /** Whether it puts something before a piece. */
  readonly hasPrefix?: boolean;
}

const space = /\p{White_Space}/u;
const wordEnd = /[\p{L}\p{N}]/u;
const lineEnd = /[\r\n]/;
const beforeSpace: Cut = (before, after) => !space.test(before) && space.test(after);
/** Of the patterns in which marks keep the line ends behind them. */
const behindLetters: Cut = (before, after) =>
  wordEnd.test(before) ? space.test(after) : lineEnd.test(before) && wordEnd.test(after);

/** The regular expressions that are known, as files have them. */
const knownPatterns: ReadonlyMap<string, { readonly pattern: RegExp; readonly cut?: Cut }> = new Map([
  [
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
    {
      pattern:
        /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu,
      cut: beforeSpace,
    },
  ],
  [
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    {
      pattern:
        /'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu,
      cut: behindLetters,
    },
  ],
  [
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    {
      pattern:
        /'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu,
      cut: behindLetters,
    },
  ],
  [
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    {
      pattern:
        /[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD]))?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD]))?|\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n/]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu,
      cut: behindLetters,
    },
  ],
  ['\\w+|[^\\w\\s]+', { pattern: patterns.Whitespace, cut: beforeSpace }],
  ['\\s+', { pattern: /\p{White_Space}+/gu, cut: beforeSpace }],
  ['\\S+', { pattern: patterns.WhitespaceSplit, cut: beforeSpace }],
  ['\\d', { pattern: /\p{Nd}/gu }],
  ['\\d+', { pattern: /\p{Nd}+/gu }],
  ['[0-9]', { pattern: /[0-9]/g }],
  ['\\p{N}', { pattern: /\p{N}/gu }],
]);
const [gpt2] = knownPatterns.values();

/** The parts between the matches and, unless they are left out, the matches. */
function splitAt(piece: string, pattern: RegExp, matches: 'kept' | 'left out', between: 'kept' | 'left out'): string[] {
  const pieces: string[] = [];
  let end = 0;
  for (const { 0: found, index } of piece.matchAll(pattern)) {
    if (between === 'kept' && index > end) pieces.push(piece.slice(end, index));
    if (matches === 'kept') pieces.push(found);
    end = index + found.length;
  }
  if (between === 'kept' && end < piece.length) pieces.push(piece.slice(end));
  return pieces;
}

const preTokenizers: Readonly<Record<string, (where: string, part: Part) => Step>> = {
  ByteLevel(where, part) {
    const hasPrefix = flagOf(where, part, 'add_prefix_space', true);
    const usesPattern = flagOf(where, part, 'use_regex', true);
    const utf8 = new TextEncoder();
    return {
      split(piece, { isStart }) {
        const text = hasPrefix && isStart && !piece.startsWith(' ') ? ` ${piece}` : piece;
        const pieces = usesPattern ? (text.match(gpt2.pattern) ?? []) : [text];
        return pieces.map((one) => Array.from(utf8.encode(one), (byte) => byteCharacters[byte]).join(''));
      },
      ...(usesPattern && { cut: gpt2.cut }),
      hasPrefix,
    };
  },
  Metaspace(where, part) {
    const mark = textOf(where, part, 'replacement', '▁');
    const older = flagOf(where, part, 'add_prefix_space', true) ? 'always' : 'never';
    const scheme = expectOneOf(`${where}.prepend_scheme`, part.prepend_scheme ?? older, ['always', 'first', 'never']);
    if ([...mark].length !== 1)
      throw new UnrolledError(`${where}.replacement: expected one character, got ${described(mark)}`);
    const cuts = flagOf(where, part, 'split', true);
    return {
      split(piece, { isStart, isFirst }) {
        const marked = piece.replaceAll(' ', mark);
        const wanted = scheme === 'always' ? isStart : scheme === 'first' && isFirst;
        const text = wanted && !marked.startsWith(mark) ? mark + marked : marked;
        if (!cuts) return [text];
        const [before, ...words] = text.split(mark);
        return [...(before === '' ? [] : [before]), ...words.map((word) => mark + word)];
      },
      ...(cuts && { cut: (before: string, after: string) => before !== ' ' && after === ' ' }),
      hasPrefix: scheme === 'always',
    };
  },
  Whitespace: () => ({ split: (piece) => piece.match(patterns.Whitespace) ?? [], cut: beforeSpace }),
  WhitespaceSplit: () => ({ split: (piece) => piece.match(patterns.WhitespaceSplit) ?? [], cut: beforeSpace }),
  Digits(where, part) {
    const pattern = flagOf(where, part, 'individual_digits', false) ? /\p{N}/gu : /\p{N}+/gu;
    return { split: (piece) => splitAt(piece, pattern, 'kept', 'kept') };
  },
  Split(where, part) {
    const behavior = expectOneOf(`${where}.behavior`, part.behavior, ['Isolated', 'Removed']);
    // what is inverted matches what is between the matches
    const isInverted = flagOf(where, part, 'invert', false);
    const regex = (part.pattern as { Regex?: unknown } | undefined)?.Regex;
    const left = behavior === 'Removed' ? 'left out' : 'kept';
    const [matches, between] = isInverted ? (['kept', left] as const) : ([left, 'kept'] as const);
    if (typeof regex !== 'string') {
      const text = plainPattern(where, part);
      const pattern = new RegExp(text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'gu');
      return {
        split: (piece) => splitAt(piece, pattern, matches, between),
        ...(text === ' ' && { cut: (before: string, after: string) => before !== ' ' && after === ' ' }),
      };
    }
    const known = knownPatterns.get(regex);
    if (!known)
      throw new UnrolledError(
        `${where}.pattern: expected a regular expression that is known here, such as that of GPT-2, got ${shortened(regex, 200)}`,
      );
    return { split: (piece) => splitAt(piece, known.pattern, matches, between), cut: known.cut };
  },
};

/** A text as it is before it is cut. */
type Normalize = (piece: string, place: Place) => string;

const normalizers: Readonly<Record<string, (where: string, part: Part) => Normalize>> = {
  ...Object.fromEntries(
    (['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form) => [form, () => (piece: string) => piece.normalize(form)]),
  ),
  Lowercase: () => lowerCase,
  Replace(where, part) {
    const pattern = plainPattern(where, part);
    const content = textOf(where, part, 'content');
    if ([...pattern].length > 1)
      throw new UnrolledError(`${where}.pattern: expected one character, got ${described(pattern)}`);
    return (piece) => piece.replaceAll(pattern, () => content);
  },
  Prepend(where, part) {
    const prefix = textOf(where, part, 'prepend');
    return (piece, { isStart }) => (isStart && piece !== '' ? prefix + piece : piece);
  },
};

/** How a text becomes words. */
export interface Preparation {
  normalize: Normalize;
  split(piece: string, place: Place): readonly string[];
  /** Where a text may be cut before anything is done to it; absent where that depends on the merges. */
  readonly cut?: Cut;
  /** Whether what a step puts before a piece depends on the cuts of the steps before it. */
  readonly hasLatePrefix: boolean;
}

/**
 * Puts the parts of tokenizer.json together.
 * @throws UnrolledError that names a part that is not known
 */
export function preparationOf(normalizer: Part | null | undefined, preTokenizer: Part | null | undefined): Preparation {
  const changes = partsOf('normalizer', normalizer, 'normalizers', Object.keys(normalizers)).map((part) =>
    normalizers[part.type]('normalizer', part),
  );
  const steps = partsOf('pre_tokenizer', preTokenizer, 'pretokenizers', Object.keys(preTokenizers)).map((part) =>
    preTokenizers[part.type]('pre_tokenizer', part),
  );
  // what a normalizer replaces may be the white space at which the words end
  const replaces = partsOf('normalizer', normalizer, 'normalizers', Object.keys(normalizers)).some(
    ({ type }) => type === 'Replace',
  );
  const cuts = replaces ? [] : steps.flatMap(({ cut }) => cut ?? []);
  return {
    normalize: (piece, place) => changes.reduce((text, change) => change(text, place), piece),
    split: (piece, place) =>
      steps.reduce<readonly string[]>(
        (pieces, step, at) =>
          pieces.flatMap((one, i) =>
            step.split(one, { isStart: at > 0 || place.isStart, isFirst: i === 0 && place.isFirst }),
          ),
        piece === '' ? [] : [piece],
      ),
    ...(cuts.length > 0 && { cut: (before: string, after: string) => cuts.every((cut) => cut(before, after)) }),
    hasLatePrefix: steps.some(({ hasPrefix }, at) => hasPrefix && at > 0 && !steps[0].cut),
  };
}
