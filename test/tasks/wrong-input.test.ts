// What people give by mistake is one sentence that names it, at every door of the library.

import { expect, test } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import {
  classify,
  createModel,
  evaluate,
  fit,
  forecast,
  label,
  languageModel,
  type Model,
  open,
  predict,
  sampleText,
  type Task,
  UnrolledError,
} from '../../src/index.ts';

const given = <Type>(value: unknown): Type => value as Type;
const text = languageModel('the tide comes in and goes out again and again');
const writer = createModel(text, { hiddenSize: 4 });
const examples = ['aa', 'ab', 'ba', 'bb'].map((text) => ({ text, label: text[0] }));
const classifier = createModel(classify(examples), { hiddenSize: 4 });
const table = parseTable('t,u\n1,2\n2,3\n3,4\n4,5\n');

test.each<[string, () => unknown, string]>([
  [
    'a slip in an option of a task',
    () => languageModel('abc', given({ levle: 'word' })),
    'languageModel: there is no option levle; did you mean level?',
  ],
  [
    'an option of the command line',
    () => createModel(text, given({ hidden: 64 })),
    'createModel: there is no option hidden; did you mean hiddenSize?',
  ],
  [
    'an option of training for a model',
    () => createModel(text, given({ epochs: 3 })),
    'createModel: there is no option epochs; its options are cell, ',
  ],
  [
    'what the task decides',
    () => createModel(text, given({ vocabSize: 3 })),
    'createModel: there is no option vocabSize; ',
  ],
  [
    'a slip in an option of sampling',
    () => sampleText(writer, given({ temprature: 1 })),
    'sample: there is no option temprature; did you mean temperature?',
  ],
  [
    'a prompt for options',
    () => sampleText(writer, given('the')),
    'sample: expected an object with options, got "the"',
  ],
  [
    'a slip in an option of a session',
    () => open(writer, given({ row: 2 })),
    'open: there is no option row; did you mean rows?',
  ],
  [
    'no text',
    () => languageModel(given(undefined)),
    'languageModel: expected a text, or its tokens as ids, got nothing',
  ],
  [
    'texts for a text',
    () => languageModel(given(['a', 'b'])),
    'languageModel: expected a text, or its tokens as ids, got ["a","b"]',
  ],
  [
    'a text to classify',
    () => classify(given('text')),
    'classify: expected a list of { text, label }, a text and the name of its class, got "text"',
  ],
  [
    'an example without a label',
    () => classify([...examples, given({ text: 'x' })]),
    'classify, item 5: expected { text, label }, a text and the name of its class, got {"text":"x"}',
  ],
  [
    'an example with an empty label',
    () => classify([...examples, { text: 'x', label: '' }]),
    'classify, item 5: expected { text, label }',
  ],
  [
    'one label for two tokens',
    () => label([{ tokens: ['a', 'b'], labels: ['X'] }]),
    'label, item 1: expected { tokens, labels }, as many labels as tokens, got {"tokens":["a","b"],"labels":["X"]}',
  ],
  [
    'no options of a forecast',
    () => forecast(table, given(undefined)),
    'forecast: expected the target, one of the columns t, u, got nothing',
  ],
  [
    'a file name for a table',
    () => forecast(given('visitors.csv'), { target: 't' }),
    'forecast: expected a table, from readTable or parseTable, got "visitors.csv"',
  ],
  [
    'nothing to make a model of',
    () => createModel(given(undefined)),
    'createModel: expected a task, such as languageModel(text), or sizes, such as { vocabSize: 2 }, got nothing',
  ],
  [
    'no size of a vocabulary',
    () => createModel(given({ hiddenSize: 3 })),
    'createModel: expected vocabSize, or a tokenizer that has it, got neither',
  ],
  [
    'a name for a model',
    () => open(given('river')),
    'open: expected a model, from createModel, loadModel, unpackModelFile or importPyTorch, got "river"',
  ],
  ['nothing to measure', () => evaluate(given<Model>(null), 'text'), 'evaluate: expected a model, '],
  [
    'nothing to compare with',
    () => evaluate(writer, given<string>(null)),
    'evaluate: expected data to compare with, got none; was anything held out?',
  ],
  [
    'one text for a list',
    () => predict(classifier, given('one phrase')),
    'predict: expected texts, sequences of tokens, a table or sequences, got "one phrase"; put it into a list',
  ],
  [
    'a language model to classify',
    () => predict(writer, ['a']),
    'got a language model, for which there are sample and open',
  ],
])('%s', (_, act, sentence) => {
  expect(act).toThrow(UnrolledError);
  expect(act).toThrow(sentence);
});

test.each<[string, Model, Task, object, string]>([
  [
    'a slip in an option of training',
    writer,
    text,
    { lr: 1 },
    'train: there is no option lr; its options are batchSize, ',
  ],
  ['an option of the network', writer, text, { hiddenSize: 4 }, 'train: there is no option hiddenSize; '],
  [
    'epochs and updates',
    writer,
    text,
    { epochs: 1, updates: 1 },
    'train: expected epochs or updates, got both; take one of them',
  ],
  [
    'null for an optimizer',
    writer,
    text,
    { optimizer: null },
    'optimizer: expected a value, got null; leave it out for its default',
  ],
  ['a momentum beside Adam', writer, text, { optimizer: 'adam', momentum: 0.5 }, 'momentum: expected none beside adam'],
  [
    'a text for a task',
    writer,
    given('a text'),
    {},
    'train: expected a task, such as languageModel(text), got "a text"',
  ],
  ['a name for a model', given('river'), text, {}, 'train: expected a model, from createModel'],
  ['a model of another task', classifier, text, {}, 'train: expected a model with '],
])('training with %s', async (_, model, task, options, sentence) => {
  await expect(fit(model, task, options)).rejects.toThrow(sentence);
});

test('the names of the classes come with how right they are', () => {
  const { labels, classes, confusion } = evaluate(classifier, examples);
  expect(labels).toEqual(['a', 'b']);
  expect(classes).toHaveLength(2);
  expect(confusion).toHaveLength(4);
  expect(open(classifier).labels).toEqual(['a', 'b']);
});
