// Options and arguments of another form than is asked for: one sentence, and never an error of the engine. Options that would change nothing are refused.

import { expect, test } from 'vitest';
import {
  classify,
  createBackend,
  createModel,
  createSequences,
  evaluate,
  fit,
  forecast,
  gradcheck,
  growVocabulary,
  importPyTorch,
  label,
  languageModel,
  learnTokenizer,
  loadModel,
  open,
  packModelFile,
  parseTable,
  predict,
  readClasses,
  readLabeled,
  readTable,
  readText,
  recordingTable,
  sampleText,
  saveModel,
  sequenceTask,
  type Task,
  type TrainOptions,
  UnrolledError,
  unpackModelFile,
} from '../../src/node.ts';

const given = <Type>(value: unknown): Type => value as Type;
const words = 'the tide comes in and goes out again and again';
const text = languageModel(words);
const writer = createModel(text, { hiddenSize: 4 });
const examples = ['aa', 'ab', 'ba', 'bb'].map((text) => ({ text, label: text[0] }));
const names = classify(examples);
const classifier = createModel(names, { hiddenSize: 4 });
const table = parseTable(`y,x\n${Array.from({ length: 40 }, (_, row) => `${Math.sin(row)},${row % 5}`).join('\n')}\n`);
const waves = forecast(table, { target: 'y' });
const sequences = createSequences([2], {
  input: { kind: 'vectors', size: 1, values: Float32Array.of(1, 2) },
  targets: { kind: 'values', at: 'step', size: 1, values: Float32Array.of(1, 2) },
});

test.each<[string, () => unknown, string]>([
  [
    'saveModel(model, folder)',
    () => saveModel(given(writer), given('x')),
    'saveModel: expected the path of a folder, then the model, got {',
  ],
  ['no model to save', () => saveModel('x', given({})), 'saveModel: expected a model, from createModel'],
  ['no model to pack', () => packModelFile(given({})), 'packModelFile: expected a model, from createModel'],
  ['null for a table', () => parseTable(given(null)), 'table: expected a text, got null'],
  ['a path for a list of paths', () => readLabeled('tags.tsv'), 'tags.tsv: there is no such file'],
  ['a list for a path', () => readTable(given(['a.csv'])), 'path: expected a path as a text, got ["a.csv"]'],
  ['null for a folder', () => loadModel(given(null)), 'model folder: expected a path as a text, got null'],
  [
    'a name for known',
    () => forecast(table, { target: 'y', known: given('x') }),
    'known: expected a list of texts, such as ["one"], got "x"',
  ],
  [
    'nothing for a plan',
    () => forecast(table, { target: 'y', plan: given({}) }),
    'plan, inputs: expected a list, got nothing',
  ],
  [
    'a plan for another column',
    () => forecast(table, { target: 'y', plan: given(forecast(table, { target: 'x' }).kept.task) }),
    'plan: expected the description of a model that forecasts y, got one for x',
  ],
  [
    'a plan for other rows ahead',
    () => forecast(table, { target: 'y', horizon: 2, plan: given(waves.kept.task) }),
    'plan: expected a model with the horizon 2, got one with 1; leave horizon out',
  ],
  ['the config of a model', () => gradcheck(given(writer.config)), 'gradcheck: expected a model, from createModel'],
  [
    'no samples of a gradient',
    () => gradcheck(writer, { samples: 0 }),
    'samples: expected a whole number of 1 or more',
  ],
  [
    'a reach without a penalty',
    () => sampleText(writer, { repetitionWindow: 8 }),
    'repetitionWindow: expected repetitionPenalty beside it',
  ],
  [
    'letters for inputs',
    () => forecast(table, { target: 'y', inputs: given('yx') }),
    'inputs: expected a list of texts',
  ],
  [
    'a name for calendar',
    () => forecast(table, { target: 'y', calendar: given('hour') }),
    'calendar: expected a list of texts',
  ],
  [
    'a word for difference',
    () => forecast(table, { target: 'y', difference: given('no') }),
    'difference: expected true or false, got "no"',
  ],
  [
    'a number for a column',
    () => forecast(table, { target: 'y', group: given(5) }),
    'table, column: expected a text, got 5',
  ],
  [
    'an object for a tokenizer',
    () => languageModel(words, { tokenizer: given({}) }),
    'tokenizer: expected one from learnTokenizer or of a model, got {}',
  ],
  ['the same for a model', () => createModel(given({ tokenizer: {} })), 'tokenizer: expected one from learnTokenizer'],
  ['no bytes of a model', () => unpackModelFile(given(null)), 'model file: expected the bytes of a file, got null'],
  [
    'no bytes of PyTorch',
    () => importPyTorch(given(undefined)),
    'model.safetensors: expected the bytes of a file, got nothing',
  ],
  [
    'an object for a backend',
    () => evaluate(writer, words, given({})),
    'backend: expected auto, wasm or javascript, or what createBackend makes, got {}',
  ],
  [
    'an unknown backend',
    () => createBackend(given('webgl')),
    'backend: expected one of auto, wasm, javascript, got webgl',
  ],
  [
    'an unknown one to predict',
    () => predict(classifier, ['a'], given('gpu')),
    'backend: expected one of auto, wasm, javascript, got gpu',
  ],
  ['an unknown one of a session', () => open(writer, { backend: given('gpu') }), 'backend: expected one of'],
  [
    'labels for a text',
    () => evaluate(writer, [{ tokens: ['a'], labels: ['b'] }]),
    'got a language model, for which there is evaluate with a text',
  ],
  ['no parts of sequences', () => createSequences([1], given({})), 'sequences, input: expected an object, got nothing'],
  [
    'another kind of input',
    () => createSequences([1], given({ input: { kind: 'vector' } })),
    'sequences, kind of the input: expected one of symbols, vectors, got vector',
  ],
  [
    'no id in sequences',
    () => createSequences([1], given({ input: { kind: 'symbols', planes: 1, size: 2, ids: [Number.NaN] } })),
    'sequences: expected symbols from 0 to 1, got NaN',
  ],
  ['no sequences', () => sequenceTask(given(null)), 'sequenceTask: expected sequences from createSequences, got null'],
  [
    'a share of sequences',
    () => sequenceTask(sequences, { validation: given(0.2) }),
    'validation: expected sequences from createSequences, got 0.2',
  ],
  [
    'a slip in an option of sequences',
    () => sequenceTask(sequences, given({ validaton: sequences })),
    'sequenceTask: there is no option validaton; did you mean validation?',
  ],
  [
    'numbers for tokens',
    () => growVocabulary(writer, given([5])),
    'growVocabulary: expected a list of texts, such as ["one"], got [5]',
  ],
  [
    'a number for a session',
    () => sampleText(writer, { session: given(5) }),
    'session: expected a function that opens one',
  ],
  ['a number for recordings', () => recordingTable(given(5)), 'recordings: expected a list, got 5'],
  ...['abc', Number.NaN, 1.5, null].flatMap((seed): [string, () => unknown, string][] => [
    [
      `the seed ${seed} of a model`,
      () => createModel(text, { seed: given(seed) }),
      'seed: expected a whole number from -2147483648 to 4294967295',
    ],
    [
      `the seed ${seed} of a text`,
      () => sampleText(writer, { seed: given(seed) }),
      'seed: expected a whole number from',
    ],
  ]),
  [
    'a slip in an option of readTable',
    () => readTable('@weather', given({ delimitr: ';' })),
    'readTable: there is no option delimitr; did you mean delimiter?',
  ],
  [
    'a slip in an option of readText',
    () => readText('@river', given({ encodng: 'utf-8' })),
    'readText: there is no option encodng; did you mean encoding?',
  ],
  [
    'a slip in an option of readLabeled',
    () => readLabeled(['@tagged'], 'upos', given({ encodng: 'utf-8' })),
    'readLabeled: there is no option encodng',
  ],
  [
    'a slip in an option of readClasses',
    () => readClasses('@names', given({ encodng: 'utf-8' })),
    'readClasses: there is no option encodng',
  ],
  [
    'a slip in an option of parseTable',
    () => parseTable('a\n1\n', given({ delim: ';' })),
    'parseTable: there is no option delim; did you mean delimiter?',
  ],
  [
    'f of a gated cell',
    () => createModel(text, { cell: 'gru', nonlinearity: 'relu' }),
    'nonlinearity: expected none beside the cell gru, which has its own, got relu; leave it out',
  ],
  [
    'too large a share of a text',
    () => languageModel(words, { validation: 2 }),
    'validation: expected the share to hold out, above 0 and below 1, or 0 for nothing, got 2',
  ],
  [
    'all of the examples',
    () => classify(examples, { validation: 1 }),
    'validation: expected the share to hold out, above 0 and below 1, or 0 for nothing, got 1',
  ],
  [
    'all of a table',
    () => forecast(table, { target: 'y', validation: 1 }),
    'validation: expected the share to hold out',
  ],
  [
    'tied weights of vectors',
    () => createModel(waves, { tieWeights: true }),
    'tieWeights: expected a model of tokens, whose embedding is the output too, got one that reads vectors',
  ],
  [
    'the quantile 0',
    () => forecast(table, { target: 'y', quantiles: [0, 0.5] }),
    'quantiles: expected numbers above 0 and below 1, each larger than the one before, got [0,0.5]',
  ],
  [
    'an unknown character in a session',
    () => open(writer).read('~'),
    "take them out, or give ids, tokenizer.encode(text, { unknown: 'skip' })",
  ],
  ['an unknown character to measure', () => evaluate(writer, '~'), 'take them out, or give ids'],
  ['no examples', () => classify([]), 'classify: expected at least 1 example, { text, label }'],
  ['no sentences', () => label([]), 'label: expected at least 1 example, { tokens, labels }'],
  [
    'minCount of characters',
    () => learnTokenizer('char', { minCount: 2 }),
    'which are for words, got minCount 2; leave it out, or take the level word',
  ],
  [
    'a text for a classifier',
    () => evaluate(classifier, 'text'),
    'expected a language model, got one made for the task "classify"; use predict',
  ],
  ['sampling from a classifier', () => sampleText(classifier), 'got one made for the task "classify"; use predict'],
])('%s', (_, act, sentence) => {
  expect(act).toThrow(UnrolledError);
  expect(act).toThrow(sentence);
});

test.each<[string, Task, TrainOptions, string]>([
  ['null for options', text, given(null), 'train: expected an object with options, got null'],
  ['a text for options', text, given('x'), 'train: expected an object with options, got "x"'],
  ['null for a backend', text, { backend: given(null) }, 'backend: expected a value, got null'],
  [
    'an object for a backend',
    text,
    { backend: given({}) },
    'backend: expected auto, wasm or javascript, or what createBackend makes, got {}',
  ],
  ['an unknown backend', text, { backend: given('cuda') }, 'backend: expected one of auto, wasm, javascript, got cuda'],
  ['maxSteps of a text', text, { maxSteps: 3 }, 'maxSteps: expected none with the task text'],
  [
    'windows of examples',
    names,
    { bptt: -5 },
    'bptt: expected none with the task classify, as it is for a text that is cut into windows, got -5',
  ],
  ['restarts of examples', names, { restart: 0.2 }, 'restart: expected none with the task classify'],
  ['no steps', names, { maxSteps: 0 }, 'maxSteps: expected a whole number of 1 or more, got 0'],
  ['a mean that learns nothing', text, { beta1: 1 }, 'beta1: expected a number of at least 0 and below 1, got 1'],
  ['squares that are never learned', text, { beta2: 1 }, 'beta2: expected a number of at least 0 and below 1, got 1'],
  [
    'the same of rmsprop',
    text,
    { optimizer: 'rmsprop', decayRate: 1 },
    'decayRate: expected a number of at least 0 and below 1',
  ],
  ['nothing to divide by', text, { epsilon: 0 }, 'epsilon: expected a number above 0, up to 1, got 0'],
])('training with %s', async (_, task, options, sentence) => {
  const model = task === text ? writer : classifier;
  const error = await fit(model, task, options).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UnrolledError);
  expect((error as Error).message).toContain(sentence);
});

test('a backend by its name, ids as a list and bytes as a buffer are taken', () => {
  const ids = Array.from(writer.tokenizer!.encode(words));
  expect(evaluate(writer, ids, 'javascript').tokens).toBe(ids.length - 1);
  expect(evaluate(writer, ids).nll).toBe(evaluate(writer, words).nll);
  expect(predict(classifier, ['a'], 'wasm')).toEqual(predict(classifier, ['a'], createBackend('wasm')));
  const { model } = unpackModelFile(packModelFile(writer).buffer);
  expect(model.parameters).toEqual(writer.parameters);
});
