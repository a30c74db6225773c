// One door to the three levels: a tokenizer from a vocabulary that is known, or from text that is still to be learnt from.

import { expectOneOf, UnrolledError } from '../../errors.ts';
import { byteTokenizer, learnBytes } from './bytes.ts';
import { characterTokenizer, learnCharacters } from './characters.ts';
import { LEVELS, type Learner, type Level, type Tokenizer, type TokenizerOptions } from './tokenizer.ts';
import { learnWords, wordTokenizer } from './words.ts';

export interface LearnOptions {
  /** Words: split at white space only (Penn Treebank, WikiText). Default false. */
  readonly pretokenized?: boolean;
  /** Words: those that occur less often become `<unk>`. Default 1. */
  readonly minCount?: number;
}

/** Learns a vocabulary: `add` the text piece by piece, then `finish`. */
export function learnTokenizer(level: Level, options: LearnOptions = {}): Learner {
  expectOneOf('level', level, LEVELS);
  if (level !== 'word' && (options.pretokenized || options.minCount !== undefined))
    throw new UnrolledError(`level ${level}: expected no pretokenized and no minCount, they are for words`);
  return level === 'char' ? learnCharacters() : level === 'byte' ? learnBytes() : learnWords(options);
}

/** The tokenizer with this vocabulary, as `level`, `vocabulary` and `options` of an earlier one describe it. */
export function createTokenizer(
  level: Level,
  vocabulary: readonly string[],
  options: TokenizerOptions = {},
): Tokenizer {
  expectOneOf('level', level, LEVELS);
  if (level === 'char') return characterTokenizer(vocabulary, options);
  if (level === 'word') return wordTokenizer(vocabulary, options);
  if (vocabulary.length !== 256)
    throw new UnrolledError(`vocabulary: expected 256 tokens for the level byte, got ${vocabulary.length}`);
  return byteTokenizer();
}
