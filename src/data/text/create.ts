// The choice among the levels: a tokenizer is made of a vocabulary that is known, or of a text from which the vocabulary is learned.

import { described, expectOneOf, expectOptions, UnrolledError } from '../../errors.ts';
import { byteTokenizer, learnBytes } from './bytes.ts';
import { characterTokenizer, learnCharacters } from './characters.ts';
import { splitWordTokenizer } from './split-words.ts';
import { subwordTokenizer } from './subwords/subwords.ts';
import { LEVELS, type Learner, type Level, type Tokenizer, type TokenizerOptions } from './tokenizer.ts';
import { learnWords, wordTokenizer } from './words.ts';

/** What a vocabulary of words is learned by. The other levels have no choice. */
export interface LearnOptions {
  /** For words: whether the text is split at white space only, as Penn Treebank and WikiText need it. Default false. */
  readonly pretokenized?: boolean;
  /**
   * For words: the least number of times that a word must occur; rarer words become `<unk>`. Default 2, so that words that occur once train
   * `<unk>`, or 1 where the text has `<unk>` itself, or more than a fifth of it would be `<unk>`.
   */
  readonly minCount?: number;
}

// two tables, so that a bundle that only learns vocabularies has nothing of the levels that come from elsewhere

/** How the levels learn a vocabulary. */
const learners: Readonly<Record<Exclude<Level, 'subword'>, (options: LearnOptions) => Learner>> = {
  ...{ char: learnCharacters, byte: learnBytes, word: learnWords },
};

/** How a tokenizer of a level is made of its vocabulary. */
const makers: Readonly<Record<Level, (vocabulary: readonly string[], options: TokenizerOptions) => Tokenizer>> = {
  char: characterTokenizer,
  byte: byteTokenizer,
  word: (vocabulary, options) =>
    options.splitting ? splitWordTokenizer(vocabulary, options) : wordTokenizer(vocabulary, options),
  subword: subwordTokenizer,
};

/** Starts to learn a vocabulary: `add` the text piece by piece, then call `finish`. */
export function learnTokenizer(level: Level, options: LearnOptions = {}): Learner {
  expectOneOf('level', level, LEVELS);
  expectOptions('learnTokenizer', options, { pretokenized: true, minCount: true });
  if (level !== 'word' && (options.pretokenized || options.minCount !== undefined))
    throw new UnrolledError(
      `level ${level}: expected neither pretokenized nor minCount, which are for words, got ${options.pretokenized ? 'pretokenized' : `minCount ${described(options.minCount)}`}; leave it out, or take the level word`,
    );
  return learners[level as keyof typeof learners](options);
}

/** Rebuilds a tokenizer from the `level`, `vocabulary` and `options` of an earlier one. */
export function createTokenizer(
  level: Level,
  vocabulary: readonly string[],
  options: TokenizerOptions = {},
): Tokenizer {
  expectOneOf('level', level, Object.keys(makers));
  return makers[level](vocabulary, options);
}
