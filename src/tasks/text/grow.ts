// A model of text with a larger vocabulary: new tokens get the next ids, and new rows of the embedding (or of U, for one-hot input), of V and of c. The
// rows of the old tokens, and everything else, stay bit for bit.

import { createTokenizer } from '../../data/text/create.ts';
import { expectTexts, UnrolledError } from '../../errors.ts';
import { checkConfig } from '../../network/config.ts';
import { initialize } from '../../network/initialize.ts';
import { expectModel, type Model } from '../../network/model.ts';
import { layoutOf } from '../../network/parameters.ts';

/**
 * The model with the tokens added that it does not have yet; the model itself where it has them all.
 * @param options.seed for the new rows, which are drawn as a new model's are; default 1
 * @example const larger = growVocabulary(model, ['é', '€'])
 * @throws UnrolledError for a model without a tokenizer, and for a token that its tokenizer cannot have
 */
export function growVocabulary(
  model: Model,
  tokens: Iterable<string>,
  options: { readonly seed?: number } = {},
): Model {
  expectModel('growVocabulary', model);
  const { config, tokenizer } = model;
  if (!tokenizer) throw new UnrolledError('model: expected one with a tokenizer, got one without');
  if (tokenizer.options.subwords)
    throw new UnrolledError(
      'model: expected a vocabulary of characters or words, got byte-pair merges, which would make none of the new tokens',
    );
  const known = new Set(tokenizer.vocabulary);
  const asked = expectTexts('growVocabulary', Symbol.iterator in Object(tokens) ? [...tokens] : tokens);
  const fresh = [...new Set(asked)].filter((token) => !known.has(token));
  if (fresh.length === 0) return model;
  const larger = createTokenizer(tokenizer.level, [...tokenizer.vocabulary, ...fresh], tokenizer.options);
  const grown = checkConfig({ ...config, vocabSize: larger.vocabSize });
  // an orthogonal W would take long to draw, and none is needed
  const parameters = initialize(grown, { init: 'uniform', seed: options.seed });
  const after = layoutOf(grown);
  for (const [i, { offset, length }] of layoutOf(config).entries())
    parameters.set(model.parameters.subarray(offset, offset + length), after[i].offset);
  return { ...model, config: grown, parameters, tokenizer: larger };
}
