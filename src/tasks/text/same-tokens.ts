// Whether two language models read the same tokens, so that a mean of their probabilities means something; and if not, what the difference is.

import { described, UnrolledError } from '../../errors.ts';
import { outputsOf } from '../../network/config.ts';
import { expectModel, type Model } from '../../network/model.ts';

/**
 * Throws one sentence that names the first difference, unless another model reads and predicts the same tokens.
 * @param where what to call the other in the sentence
 */
export function expectSameTokens(where: string, model: Model, other: Model): void {
  expectModel(where, other);
  const difference = differenceOf(model, other);
  if (difference)
    throw new UnrolledError(
      `${where}: expected a language model with the same tokens as the first, got ${difference}; train it with --init-from or on the same text`,
    );
}

function differenceOf(model: Model, other: Model): string | null {
  if (other.task) return 'a model of another task';
  const [size, own] = [model, other].map(({ config }) => outputsOf(config));
  const [a, b] = [model.tokenizer, other.tokenizer];
  if (a && b) {
    if (a.level !== b.level) return `tokens of the level ${b.level} in place of ${a.level}`;
    if (a.vocabulary.length !== b.vocabulary.length)
      return `a vocabulary of ${b.vocabulary.length} in place of ${a.vocabulary.length}`;
    const place = a.vocabulary.findIndex((token, id) => token !== b.vocabulary[id]);
    if (place >= 0)
      return `the token ${described(b.vocabulary[place])} as number ${place} in place of ${described(a.vocabulary[place])}`;
  }
  return size === own ? null : `${own} outputs in place of ${size}`;
}
