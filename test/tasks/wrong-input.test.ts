// What people give by mistake is one sentence that names it, at every door of the library.

import { expect, test } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import {
  classify,
  createModel,
  createSequences,
  evaluate,
  fit,
  forecast,
  label,
  languageModel,
  type Model,
  open,
  predict,
  sampleText,
  sequenceTask,
  type Task,
  UnrolledError,
} from '../../src/index.ts';

const given = <Type>(value: unknown): Type => value as Type;
const text = languageModel('the tide comes in and goes out again and again');
const writer = createModel(text, { hiddenSize: 4 });
const examples = ['aa', 'ab', 'ba', 'bb'].map((text) => ({ text, label: text[0] }));
const classifier = createModel(classify(examples), { hiddenSize: 4 });
const table = parseTable('t,u\n1,2\n2,3\n3,4\n4,5\n');
const columns = (names: string, value: (row: number) => readonly (number | string)[]) =>
  parseTable(`${names}\n${Array.from({ length: 40 }, (_, row) => value(row).join(',')).join('\n')}\n`);
const waves = columns('y,x', (row) => [Math.sin(row), Math.cos(row)]);
const waveTask = forecast(waves, { target: 'y', difference: false });
const forecaster = createModel(waveTask, { hiddenSize: 4 });
const bothWays: Model = createModel({ ...waveTask.architecture, hiddenSize: 4, bidirectional: true });
bothWays.task = waveTask.kept.task;
const vectors = createSequences([2], {
  input: { kind: 'vectors', size: 1, values: Float32Array.of(1, 2) },
  targets: { kind: 'values', at: 'step', size: 1, values: Float32Array.of(1, Number.NaN) },
  counted: Uint8Array.of(1, 0), // a target that does not count may be anything
});
const vectorModel = createModel(sequenceTask(vectors), { hiddenSize: 4 });
const spoken = (value: (row: number) => number) =>
  columns('g,label,v', (row) => [row >> 1, row & 2 ? 'a' : 'b', value(row)]);
const sequenceModel = createModel(classify(spoken(Math.sin), { group: 'g' }), { hiddenSize: 4, bidirectional: false });

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
  [
    'a forecast that reads what is to come',
    () => createModel(waveTask, { bidirectional: true }),
    'createModel: expected a model that reads forward only, got a bidirectional one; a forecast must not read what comes after it',
  ],
  [
    'a text that is read to its end',
    () => createModel(text, { bidirectional: true }),
    'createModel: expected a model that reads forward only, got a bidirectional one; a bidirectional model cannot generate',
  ],
  [
    'a model of a forecast that reads what is to come',
    () => evaluate(bothWays, waves),
    'model: expected a model that reads forward only, got a bidirectional one; a forecast must not',
  ],
  ['the same to predict', () => predict(bothWays, waves), 'model: expected a model that reads forward only'],
  [
    'an infinite number in a row of a list',
    () => open(forecaster).read([1, Infinity]),
    'session, column x: expected a finite number, got Infinity',
  ],
  [
    'no number in a row of an array',
    () => open(forecaster).read(Float64Array.of(Number.NaN, 1)),
    'session, column y: expected a finite number, got NaN',
  ],
  [
    'a number that is larger than a scale has digits',
    () => open(forecaster).read({ y: 1e300, x: 0 }),
    'session, column y: expected a number near those of the training part, got 1e+300',
  ],
  [
    'no number for a model of classes of series',
    () => open(sequenceModel).read([Number.NaN]),
    'session, column v: expected a finite number, got NaN',
  ],
  [
    'a number out of scale for the same',
    () => open(sequenceModel).read([1e300]),
    'session, column v: expected a number near those of the training part, got 1e+300',
  ],
  [
    'no number in a vector',
    () => open(vectorModel).read([1, Number.NaN]),
    'session, value 2: expected a finite number, got NaN',
  ],
  [
    'a number in a vector that float32 does not hold',
    () => open(vectorModel).read(1e39),
    'session, value 1: expected a finite number that float32 holds, got 1e+39',
  ],
  [
    'no number in sequences',
    () => createSequences([1], { input: { kind: 'vectors', size: 1, values: Float32Array.of(Number.NaN) } }),
    'sequences, input value 1: expected a finite number, got NaN',
  ],
  [
    'an infinite target in sequences',
    () =>
      createSequences([1], {
        input: { kind: 'vectors', size: 1, values: Float32Array.of(1) },
        targets: { kind: 'values', at: 'step', size: 1, values: Float32Array.of(Infinity) },
      }),
    'sequences, target value 1: expected a finite number, got Infinity',
  ],
  [
    'a column whose sum is too large',
    () =>
      forecast(
        columns('y,x', (row) => [Math.sin(row), (row + 1) * 1e300]),
        { target: 'y' },
      ),
    'table, column x: expected numbers that have a mean and a deviation, got numbers too large to standardize; rescale the column',
  ],
  [
    'a target whose squares are too large',
    () =>
      forecast(
        columns('y,x', (row) => [(row + 1) * 1e200, Math.sin(row)]),
        { target: 'y' },
      ),
    'table, column y: expected numbers that have a mean and a deviation, got numbers too large to standardize',
  ],
  [
    'a held-out target out of scale',
    () =>
      forecast(
        columns('y,x', (row) => [row > 37 ? 1e60 : row, Math.sin(row)]),
        { target: 'y', inputs: ['x'] },
      ),
    'row 39, column y: expected a number near those of the training part, got 1e+60',
  ],
  [
    'a column of series with classes whose squares are too large',
    () =>
      classify(
        spoken((row) => (row + 1) * 1e300),
        { group: 'g' },
      ),
    'table, column v: expected numbers that have a mean and a deviation, got numbers too large to standardize',
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
  [
    'a forecast that reads what is to come',
    bothWays,
    waveTask,
    {},
    'train: expected a model that reads forward only, got a bidirectional one; a forecast must not read',
  ],
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
