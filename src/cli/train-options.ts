// The options of `unrolled train`: names, types, ranges, defaults and what they mean. What each task takes of them, and the defaults that depend
// on the task, are in run-defaults.ts.

import { cellNames, nonlinearities, softmaxes } from '../network/config.ts';
import { initializations } from '../network/initialize.ts';
import { optimizerNames } from '../training/optimizers.ts';
import { scheduleNames } from '../training/schedules.ts';
import { type RunTask, runTasks, type TaskDefault, taskDefaults } from './run-defaults.ts';
import { backend, blas, type Groups, json, reading, seedRange, threads } from './shared-options.ts';

/** The defaults of all tasks, that of text first. */
function byTask(name: TaskDefault): string {
  const value = (task: RunTask) => taskDefaults[task][name];
  const others = runTasks.filter((task) => value(task) !== value('text'));
  const values = [...new Set(others.map(value))];
  const told = values.map((one) => `${others.filter((task) => value(task) === one).join(' and ')} ${one}`);
  return [value('text'), told.join(', ')].filter((part) => part !== '').join('; ');
}

export const trainOptions: Groups = [
  {
    title: 'What is learnt',
    options: {
      task: {
        type: 'choice',
        choices: runTasks,
        default: 'text',
        help: 'to go on with a text; to label each token; to tell the class of a text; to forecast a column of a table',
      },
      out: { type: 'text', value: 'DIR', required: true, help: 'the folder that the model is saved in' },
      validation: {
        type: 'number',
        value: 'SHARE',
        least: 0,
        most: 0.9,
        defaultText: byTask('validation'),
        help: 'share that is held out, 0 for none: of a text and a table the end, of sentences any, of texts some of each class',
      },
      'validation-file': { type: 'text', value: 'FILE', help: 'held-out data of their own instead' },
    },
  },
  {
    title: 'Text, and texts to classify',
    options: {
      level: {
        type: 'choice',
        choices: ['char', 'byte', 'word'],
        default: 'char',
        help: 'what a token is; byte is for text alone',
      },
      'min-count': {
        type: 'integer',
        least: 1,
        defaultText: '1; label 2, classify 2 with words',
        help: 'words: those that occur less often become <unk>; so do spellings of words to be labeled',
      },
      pretokenized: { type: 'flag', help: 'text: words are split at white space only (Penn Treebank, WikiText)' },
      ...reading,
    },
  },
  {
    title: 'Tokens to label (--task label)',
    options: {
      column: {
        type: 'text',
        value: 'COLUMN',
        defaultText: 'upos in CoNLL-U, else the last',
        help: 'the labels: a column of CoNLL-U by its name, of other files by its number from 1',
      },
    },
  },
  {
    title: 'Texts to classify (--task classify)',
    options: {
      'label-column': {
        type: 'text',
        value: 'NAME',
        defaultText: 'label',
        help: 'the column of the classes in a table',
      },
      'text-column': { type: 'text', value: 'NAME', defaultText: 'text', help: 'the column of the texts in a table' },
      pooling: {
        type: 'choice',
        choices: ['last', 'mean'],
        defaultText: taskDefaults.classify.pooling,
        help: 'the state that decides: the last, or the mean of all',
      },
    },
  },
  {
    title: 'A column to forecast (--task forecast)',
    options: {
      target: { type: 'text', value: 'COLUMN', help: 'what to forecast' },
      horizon: { type: 'integer', value: 'K', least: 1, defaultText: '1', help: 'how many rows ahead' },
      inputs: { type: 'text', value: 'A,B,…', defaultText: 'all of numbers', help: 'the columns to read' },
      window: { type: 'integer', value: 'T', least: 1, defaultText: '64', help: 'rows that the gradient goes back' },
    },
  },
  {
    title: 'Model',
    options: {
      cell: {
        type: 'choice',
        choices: cellNames,
        defaultText: byTask('cell'),
        help: 'the recurrent cell; rnn is Elman’s network',
      },
      bidirectional: {
        type: 'flag',
        defaultText: 'with --task label',
        help: 'tokens and texts are read from both ends; for label and classify, as such a model cannot generate',
      },
      'no-bidirectional': { type: 'flag', help: 'from the beginning only' },
      nonlinearity: {
        type: 'choice',
        choices: nonlinearities,
        default: 'tanh',
        help: 'f in h(t) = f(b + W h(t−1) + U x(t)), for the cell rnn',
      },
      hidden: { type: 'integer', least: 1, defaultText: byTask('hidden'), help: 'H: units in a layer' },
      layers: { type: 'integer', least: 1, most: 1000, default: 1, help: 'L: recurrent layers' },
      embedding: {
        type: 'integer',
        least: 0,
        defaultText: byTask('embedding'),
        help: 'E: size of the token embedding; 0 for one-hot input',
      },
      tied: {
        type: 'flag',
        help: 'the output weights are the embedding itself; needs --embedding as large as --hidden',
      },
      dropout: {
        type: 'number',
        value: 'P',
        least: 0,
        most: 0.99,
        defaultText: byTask('dropout'),
        help: 'share of values dropped between layers while training, never in the recurrence',
      },
      softmax: {
        type: 'choice',
        choices: softmaxes,
        default: 'full',
        help: 'words: adaptive spends less on rare ones, several times as fast from some 10,000 words on',
      },
      init: { type: 'choice', choices: initializations, default: 'orthogonal', help: 'the first values of W' },
      'init-from': { type: 'text', value: 'DIR', help: 'start from the weights and the vocabulary of another model' },
    },
  },
  {
    title: 'Training',
    options: {
      batch: {
        type: 'integer',
        least: 1,
        defaultText: byTask('batch'),
        help: 'B: streams that the text is cut into, or sequences side by side',
      },
      bptt: { type: 'integer', least: 1, default: 64, help: 'T: steps that the gradient goes back in a text' },
      longest: { type: 'integer', value: 'STEPS', least: 1, help: 'label, classify: longer sequences are cut there' },
      epochs: { type: 'integer', least: 0, defaultText: byTask('epochs'), help: 'passes over the data' },
      updates: {
        type: 'integer',
        least: 0,
        help: 'updates in all, over as many epochs as that takes, instead of --epochs',
      },
      optimizer: { type: 'choice', choices: optimizerNames, default: 'adam', help: 'how a gradient becomes an update' },
      lr: {
        type: 'number',
        value: 'RATE',
        least: 0,
        above: true,
        defaultText:
          '0.004 for adam and adamw and 0.002 for rmsprop, 2.5 times as much for gated cells, divided by the layers; 0.05 adagrad, 0.5 sgd, 0.1 momentum and nesterov; label 0.002, classify 0.003',
        help: 'α, the learning rate',
      },
      momentum: {
        type: 'number',
        value: 'MU',
        least: 0,
        most: 1,
        defaultText: '0.9',
        help: 'μ of momentum and nesterov',
      },
      'weight-decay': { type: 'number', value: 'LAMBDA', least: 0, default: 0, help: 'λ, decoupled with adamw' },
      clip: { type: 'number', value: 'NORM', least: 0, default: 5, help: 'largest norm of the gradient; 0 for any' },
      schedule: { type: 'choice', choices: scheduleNames, default: 'cosine', help: 'the learning rate over time' },
      patience: {
        type: 'integer',
        least: 0,
        default: 0,
        help: 'stop after N epochs in a row without a better held-out loss; 0 never',
      },
      seed: {
        type: 'integer',
        ...seedRange,
        default: 1,
        help: 'of the first weights, of dropout, and of the order of sequences',
      },
    },
  },
  {
    title: 'Running',
    options: {
      resume: { type: 'flag', help: 'go on with the run in --out, bit for bit as if it had not been stopped' },
      overwrite: { type: 'flag', help: 'replace a model that is in --out already' },
      'save-every': {
        type: 'integer',
        value: 'UPDATES',
        least: 1,
        defaultText: 'each epoch and each minute',
        help: 'save this often',
      },
      threads,
      backend,
      blas,
      'checkpoint-every': {
        type: 'text',
        value: 'auto|K',
        defaultText: 'all states are kept',
        help: 'keep every K-th state of a window only and compute the others again: less memory, the same gradient; auto takes √T',
      },
      memory: {
        type: 'text',
        value: 'SIZE',
        defaultText: 'what the machine has',
        help: 'most memory for training, such as 200MB or 1.5GB: as few states are kept as that takes',
      },
      ...json('one JSON object a line on stdout, nothing else'),
      quiet: { type: 'flag', help: 'nothing but errors' },
    },
  },
];
