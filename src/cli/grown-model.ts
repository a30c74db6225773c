// `train --init-from DIR --grow`: a model that gets the tokens of a text which it does not have.

import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { growVocabulary } from '../tasks/text/grow.ts';
import type { RunOptions } from './run-options.ts';
import { learnTokenizerOf } from './task-files.ts';
import { count } from './text.ts';

/** The model with the tokens of the text that it does not have. */
export function grown(files: readonly string[], options: RunOptions, model: Model): Model {
  const { splitting, subwords } = model.tokenizer!.options;
  if (splitting || subwords)
    throw new UnrolledError(
      `--grow: expected a vocabulary of characters or of words that unrolled splits, got ${splitting ? `words split by ${splitting}` : 'byte-pair merges'}; leave the option out`,
    );
  return growVocabulary(model, learnTokenizerOf(files, options).vocabulary, { seed: options.seed });
}

/** The growth in a sentence. */
export function growthOf(before: number, after: number): string {
  return `The vocabulary grew from ${count(before)} to ${count(after)} tokens`;
}
