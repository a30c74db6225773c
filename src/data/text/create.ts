// The choice among the levels: a tokenizer is made of a vocabulary that is known, or of a text from which the vocabulary is learned.

import { expectOneOf, UnrolledError } from '../../errors.ts';
import { byteTokenizer, learnBytes } from './bytes.ts';
import { characterTokenizer, learnCharacters } from './characters.ts';
import { splitWordTokenizer } from './split-words.ts';
import { subwordTokenizer } from './subwords/subwords.ts';
import { LEVELS, type Learner, type Level, type Tokenizer, type TokenizerOptions } from './tokenizer.ts';
import { learnWords, wordTokenizer } from './words.ts';

export interface LearnOptions {
  /** For words: whether the text is split at white space only, as Penn Treebank and WikiText need it. Default false. */
  readonly pretokenized?: boolean;
  /** For words: the least number of times that a word must occur; rarer words become `<unk>`. Default 1. */
  readonly minCount?: number;
}

/** What a level can do. */
interface LevelMaker {
  /** Absent where the vocabulary comes from elsewhere. */
  learn?(options: LearnOptions): Learner;
  create(vocabulary: readonly string[], options: TokenizerOptions): Tokenizer;
}

const levels: Readonly<Record<Level, LevelMaker>> = {
  char: { learn: learnCharacters, create: characterTokenizer },
  byte: { learn: learnBytes, create: byteTokenizer },
  word: {
    learn: learnWords,
    create: (vocabulary, options) =>
      options.splitting ? splitWordTokenizer(vocabulary, options) : wordTokenizer(vocabulary, options),
  },
  subword: { create: subwordTokenizer },
};

/** Starts to learn a vocabulary: `add` the text piece by piece, then call `finish`. */
export function learnTokenizer(level: Level, options: LearnOptions = {}): Learner {
  expectOneOf('level', level, LEVELS);
  if (level !== 'word' && (options.pretokenized || options.minCount !== undefined))
    throw new UnrolledError(`level ${level}: expected neither pretokenized nor minCount, which are for words`);
  return levels[level].learn!(options);
}

/** Rebuilds a tokenizer from the `level`, `vocabulary` and `options` of an earlier one. */
export function createTokenizer(
  level: Level,
  vocabulary: readonly string[],
  options: TokenizerOptions = {},
): Tokenizer {
  expectOneOf('level', level, Object.keys(levels));
  return levels[level].create(vocabulary, options);
}
