// A vocabulary that grows: the old tokens keep their rows bit for bit, and the new ones get rows drawn as a new model's are.

import { expect, test } from 'vitest';
import { createTokenizer } from '../../src/data/text/create.ts';
import { createModel, growVocabulary, type ModelOptions } from '../../src/index.ts';
import { layoutOf } from '../../src/network/parameters.ts';
import { answer } from '../support/logits.ts';

const kinds: [string, Partial<ModelOptions>][] = [
  ['one-hot', { cell: 'gru', numLayers: 2 }],
  ['an embedding', { cell: 'lstm', embeddingSize: 3 }],
  ['a tied embedding', { embeddingSize: 4, tieWeights: true }],
  ['an adaptive softmax', { embeddingSize: 3, softmax: 'adaptive', cutoffs: [3] }],
];
test.each(kinds)('%s: old rows stay, and with them the scores of the old tokens', (_title, options) => {
  const tokenizer = createTokenizer('word', ['<unk>', '<eos>', 'a', 'b', 'c']);
  const model = createModel({ ...options, hiddenSize: 4, tokenizer, seed: 3 });
  const larger = growVocabulary(model, ['b', 'd', 'e', 'd'], { seed: 5 });
  expect(larger.tokenizer!.vocabulary).toEqual(['<unk>', '<eos>', 'a', 'b', 'c', 'd', 'e']);
  expect(larger.config).toEqual({ ...model.config, vocabSize: 7 });
  const likeNew = createModel({ ...options, hiddenSize: 4, vocabSize: 7, seed: 5, init: 'uniform' });
  const after = layoutOf(larger.config);
  for (const [i, { name, offset, length }] of layoutOf(model.config).entries()) {
    const [start, end] = [after[i].offset, after[i].offset + after[i].length];
    expect(larger.parameters.slice(start, start + length), name).toEqual(
      model.parameters.slice(offset, offset + length),
    );
    expect(larger.parameters.slice(start + length, end), name).toEqual(likeNew.parameters.slice(start + length, end));
  }
  if (options.softmax === 'adaptive') return; // its classes share a sum
  const x = [2, 3, 4, 1];
  const [few, many] = [model, larger].map((one) => answer(one, { steps: 4, batch: 1, x }).logits);
  expect(few).toEqual(many.filter((_, i) => i % 7 < 5));
});

test('a model that has all tokens stays itself; what no tokenizer can have is refused', () => {
  const tokenizer = createTokenizer('char', ['a', 'b']);
  const model = createModel({ hiddenSize: 3, tokenizer });
  expect(growVocabulary(model, 'abba')).toBe(model);
  expect(() => growVocabulary(model, ['ab'])).toThrow(
    /^vocabulary: expected one character for each id, got "ab" for id 2$/,
  );
  expect(() => growVocabulary(createModel({ vocabSize: 2, hiddenSize: 3 }), ['a'])).toThrow(
    /^model: expected one with a tokenizer/,
  );
});
