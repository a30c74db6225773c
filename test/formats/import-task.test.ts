// Imported models with the names of their tokens and classes: they predict what the network's own outputs for the ids say.

import { describe, expect, test } from 'vitest';
import { createTokenizer } from '../../src/data/text/create.ts';
import { packWeights } from '../../src/formats/model-folder.ts';
import { parseCharacters, parseNames } from '../../src/formats/pytorch/import-task.ts';
import { evaluate, type ImportOptions, importPyTorch, type ModelOptions, predict } from '../../src/index.ts';
import { modelOf } from '../support/kinds.ts';
import { answer } from '../support/logits.ts';

const labels = ['one', 'two', 'three'];
const letters = [...'abcde'];

function softmax(logits: readonly number[]): number[] {
  const exps = logits.map(Math.exp);
  const sum = exps.reduce((total, value) => total + value, 0);
  return exps.map((value) => value / sum);
}

/** The probabilities are the softmax of the logits. */
function expectEqual(logits: readonly number[], classes: ReadonlyMap<string, number>): void {
  for (const [i, probability] of softmax(logits).entries()) expect(classes.get(labels[i])).toBeCloseTo(probability, 6);
}

/** What the network says of ids, and what the imported model says of a text. */
function both(options: ModelOptions, imported: ImportOptions, ids: readonly number[], text: string) {
  const model = modelOf(options);
  const { logits } = answer(model, { steps: ids.length, batch: 1, x: ids });
  const [{ classes }] = predict(importPyTorch(packWeights(model), { pooling: 'last', ...imported }), [text]);
  return { logits, classes: new Map(classes.map(({ label, probability }) => [label, probability])) };
}

describe('a classifier', () => {
  test.each<[string, ModelOptions, readonly string[]]>([
    ['in the order of its ids', { vocabSize: 5, embeddingSize: 4, hiddenSize: 6 }, letters],
    [
      'with an unknown token in the middle',
      { vocabSize: 6, embeddingSize: 4, hiddenSize: 6 },
      [...'ab', '<unk>', ...'cde'],
    ],
    ['with a token for padding', { vocabSize: 7, embeddingSize: 4, hiddenSize: 6 }, ['<pad>', '<unk>', ...letters]],
    [
      'of one-hot characters, both directions',
      { vocabSize: 5, hiddenSize: 6, bidirectional: true, cell: 'gru' },
      letters,
    ],
  ])('%s', (_title, options, vocabulary) => {
    const ids = [...'badabe'].map((letter) => vocabulary.indexOf(letter));
    const model = { ...options, outputSize: 3, pooling: 'last' } as const;
    const { logits, classes } = both(model, { vocabulary, labels, input: 'tokens' }, ids, 'badabe');
    expectEqual(logits, classes);
  });

  test('reads an unknown symbol as the unknown token, or as zeros', () => {
    const options = { vocabSize: 6, embeddingSize: 4, hiddenSize: 6, outputSize: 3, pooling: 'last' } as const;
    const known = both(options, { vocabulary: [...letters, '<unk>'], labels }, [0, 5, 1], 'aXb');
    expectEqual(known.logits, known.classes);

    const plain = modelOf({ ...options, vocabSize: 5 });
    const imported = importPyTorch(packWeights(plain), { pooling: 'last', vocabulary: letters, labels });
    expect(imported.config.vocabSize).toBe(6);
    expect([...imported.parameters.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(predict(imported, ['aXb'])).toHaveLength(1);
  });

  test('of words', () => {
    const vocabulary = ['<pad>', 'the', 'cat', '[UNK]', 'sat'];
    const model = { vocabSize: 5, embeddingSize: 3, hiddenSize: 4, outputSize: 3, pooling: 'mean' } as const;
    const { logits, classes } = both(model, { vocabulary, labels, pooling: 'mean' }, [1, 2, 3, 4], 'the cat has sat');
    expectEqual(logits, classes);
  });

  test('with one output, the logit of the second of two classes', () => {
    const model = { vocabSize: 5, embeddingSize: 3, hiddenSize: 4, outputSize: 1, pooling: 'last' } as const;
    const names = ['bad', 'good'];
    const { logits, classes } = both(model, { vocabulary: letters, labels: names }, [1, 0, 3], 'bad');
    expect(classes.get('good')).toBeCloseTo(1 / (1 + Math.exp(-logits[0])), 6);
  });
});

test('a model that labels tokens', () => {
  const vocabulary = ['<unk>', 'the', 'cat', 'sat'];
  const model = modelOf({ vocabSize: 4, embeddingSize: 3, hiddenSize: 4, bidirectional: true, outputSize: 3 });
  const imported = importPyTorch(packWeights(model), { vocabulary, labels, pooling: 'none' });
  const { logits } = answer(model, { steps: 3, batch: 1, x: [1, 0, 3] });
  const [choices] = predict(imported, [['the', 'dog', 'sat']]);
  const best = choices.map((_, t) => labels[[0, 1, 2].sort((a, b) => logits[3 * t + b] - logits[3 * t + a])[0]]);
  expect(choices.map(({ label }) => label)).toEqual(best);
  expect(evaluate(imported, [{ tokens: ['the', 'dog', 'sat'], labels: best }]).accuracy).toBe(1);
});

describe('is refused:', () => {
  const weights = packWeights(modelOf({ vocabSize: 5, embeddingSize: 3, hiddenSize: 4, outputSize: 3 }));
  const vectors = packWeights(modelOf({ vocabSize: 1, inputSize: 6, hiddenSize: 4, outputSize: 3 }));
  const pooling = 'last' as const;
  test.each<[string, Uint8Array, ImportOptions, RegExp]>([
    [
      'no choice of pooling',
      weights,
      { vocabulary: letters, labels },
      /^pooling: expected last or mean for a model that classifies, none for one that labels tokens/,
    ],
    [
      'labels without tokens',
      weights,
      { labels, pooling },
      /^labels: expected a tokenizer, characters or a vocabulary with them, got none$/,
    ],
    [
      'too few labels',
      weights,
      { vocabulary: letters, labels: ['a', 'b'], pooling },
      /^labels: expected 3, as many as the model has outputs, got 2: a, b$/,
    ],
    [
      'too few tokens',
      weights,
      { vocabulary: ['a'], labels, pooling },
      /^vocabulary: expected 5 tokens, as many as the model has, got 1$/,
    ],
    [
      'too few tokens of a language model',
      weights,
      { vocabulary: ['a'] },
      /^tokenizer: expected 5 tokens, as many as the model has, got 1$/,
    ],
    [
      'vectors',
      vectors,
      { labels, pooling, input: 'vectors' },
      /^labels: expected a model that reads tokens, got one that reads vectors of 6$/,
    ],
  ])('%s', (_title, bytes, options, message) => expect(() => importPyTorch(bytes, options)).toThrow(message));
});

test('a vocabulary alone makes a tokenizer', () => {
  const weights = packWeights(modelOf({ vocabSize: 4, embeddingSize: 3, hiddenSize: 4 }));
  const of = (vocabulary: string[]) => importPyTorch(weights, { vocabulary }).tokenizer!;
  expect([...of(['a', 'b', '<pad>', '\n']).encode('ab\n')]).toEqual([0, 1, 3]);
  expect([...of(['a', '<UNK>', 'b', 'c']).encode('aXb')]).toEqual([0, 1, 2]);
  expect([...of(['[UNK]', 'the', 'cat', '<eos>']).encode('the dog\n')]).toEqual([1, 0, 3]);
});

test('names are read from lines, lists and maps', () => {
  expect(parseNames('[UNK]\nthe\ncat\n', 'v.txt')).toEqual(['[UNK]', 'the', 'cat']);
  expect(parseNames('["a", "b"]', 'v.txt')).toEqual(['a', 'b']);
  expect(parseNames('{"b": 1, "a": 0, "7": 2}', 'v.json')).toEqual(['a', 'b', '7']);
  expect(parseNames('{"0": "no", "1": "yes"}', 'labels.json')).toEqual(['no', 'yes']);
  expect(parseCharacters('\nab c\n', 'v.txt')).toEqual(['\n', 'a', 'b', ' ', 'c']);
  expect(() => parseNames('a\n\nb', 'v')).toThrow(/^v: expected a name in each line, got none in line 2;/);
  expect(() => parseNames('{"a": 0, "b": 2}', 'v')).toThrow(
    /^v: expected the ids 0 to 1, each for one name, got 2 for "b"$/,
  );
  expect(() => parseNames('["a", 1]', 'v')).toThrow(/^v: expected a list of texts, got 1 as item 2$/);
  expect(() => parseNames('{"a"', 'v')).toThrow(/^v: expected JSON/);
  expect(() => parseCharacters('abca', 'v')).toThrow(
    /^v: expected each character once, .*, got "a" twice; is this the text/,
  );
});

test('a task is not given words that another tool splits in another way', () => {
  const tokenizer = createTokenizer('word', ['<unk>', 'a'], { splitting: 'Whitespace' });
  expect(() => importPyTorch(new Uint8Array(0), { tokenizer, labels: ['x', 'y'], pooling: 'last' })).toThrow(
    /^labels: expected words split as unrolled does it, since a task does, got a tokenizer with Whitespace; give its tokens as the vocabulary/,
  );
});
