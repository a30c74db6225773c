// The options of every command: names, types, ranges, defaults and what they mean. Nothing is computed here.

import { cellNames, nonlinearities, softmaxes } from '../model/config.ts';
import { initializations } from '../model/initialize.ts';
import { optimizerNames } from '../training/optimizers.ts';
import { scheduleNames } from '../training/schedules.ts';
import type { Command, Option } from './options.ts';

type Groups = Command['groups'];

const json = (help: string): Record<string, Option> => ({ json: { type: 'flag', help } });
const seedRange = { least: 0, most: 2 ** 32 - 1 };
const backend: Option = {
  type: 'choice',
  choices: ['auto', 'wasm', 'javascript'],
  default: 'auto',
  help: 'what computes: auto is the fastest that works here',
};
const threads: Option = {
  type: 'integer',
  least: 1,
  most: 256,
  defaultText: 'as many cores as there are, fewer where they would not help',
  help: 'threads that share the work; WebAssembly gives the same bits for any number',
};
const blas: Option = {
  type: 'text',
  value: 'auto|none|PATH',
  defaultText: 'auto; none with --backend',
  help: 'a native BLAS for the large products: auto takes OpenBLAS or Accelerate where it usually is, PATH the library there; without one WebAssembly goes on',
};
const reading: Record<string, Option> = {
  unknown: {
    type: 'choice',
    choices: ['error', 'skip'],
    default: 'error',
    help: 'characters that are not in the vocabulary: name them and stop, or leave them out',
  },
  'replace-invalid': { type: 'flag', help: 'put U+FFFD where the bytes are not UTF-8, instead of stopping' },
};

export const trainOptions: Groups = [
  {
    title: 'Text',
    options: {
      out: { type: 'text', value: 'DIR', required: true, help: 'the folder that the model is saved in' },
      level: { type: 'choice', choices: ['char', 'byte', 'word'], default: 'char', help: 'what a token is' },
      pretokenized: { type: 'flag', help: 'words: split at white space only (Penn Treebank, WikiText)' },
      'min-count': { type: 'integer', least: 1, default: 1, help: 'words: those that occur less often become <unk>' },
      validation: {
        type: 'number',
        value: 'SHARE',
        least: 0,
        most: 0.9,
        default: 0.05,
        help: 'share of the end of the text that is held out; 0 for none',
      },
      'validation-file': { type: 'text', value: 'FILE', help: 'a held-out text of its own instead' },
      ...reading,
    },
  },
  {
    title: 'Model',
    options: {
      cell: { type: 'choice', choices: cellNames, default: 'rnn', help: 'the recurrent cell; rnn is Elman’s network' },
      nonlinearity: {
        type: 'choice',
        choices: nonlinearities,
        default: 'tanh',
        help: 'f in h(t) = f(b + W h(t−1) + U x(t)), for the cell rnn',
      },
      hidden: { type: 'integer', least: 1, default: 256, help: 'H: units in a layer' },
      layers: { type: 'integer', least: 1, most: 1000, default: 1, help: 'L: recurrent layers' },
      embedding: { type: 'integer', least: 0, default: 0, help: 'E: size of the token embedding; 0 for one-hot input' },
      tied: {
        type: 'flag',
        help: 'the output weights are the embedding itself; needs --embedding as large as --hidden',
      },
      dropout: {
        type: 'number',
        value: 'P',
        least: 0,
        most: 0.99,
        default: 0,
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
      batch: { type: 'integer', least: 1, default: 32, help: 'B: streams that the text is cut into' },
      bptt: { type: 'integer', least: 1, default: 64, help: 'T: steps that the gradient goes back' },
      epochs: { type: 'integer', least: 0, default: 10, help: 'passes over the text' },
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
          '0.004 for adam and adamw and 0.002 for rmsprop, 2.5 times as much for gated cells, divided by the layers; 0.05 adagrad, 0.5 sgd, 0.1 momentum and nesterov',
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
      seed: { type: 'integer', ...seedRange, default: 1, help: 'of the first weights and of dropout' },
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

export const sampleOptions: Groups = [
  {
    title: 'Text',
    options: {
      prompt: { type: 'text', help: 'text to go on from', defaultText: 'the start of a line' },
      length: { type: 'integer', least: 0, default: 500, help: 'tokens to make' },
      count: {
        type: 'integer',
        least: 1,
        most: 10_000,
        help: 'this many texts, written side by side; the seeds are SEED, SEED + 1, …',
      },
      stop: { type: 'text', repeatable: true, help: 'stop before this text; may be given several times' },
      unknown: {
        ...reading.unknown,
        help: 'prompt characters that the model does not know: name them and stop, or leave them out',
      },
    },
  },
  {
    title: 'Choice of tokens',
    options: {
      temperature: {
        type: 'number',
        value: 'T',
        least: 0,
        default: 0.8,
        help: 'lower is safer, higher wilder; 0 takes the most probable',
      },
      'top-k': {
        type: 'integer',
        value: 'K',
        least: 0,
        default: 0,
        help: 'draw from the K most probable tokens; 0 from all',
      },
      'top-p': {
        type: 'number',
        value: 'P',
        least: 0,
        most: 1,
        default: 1,
        help: 'draw from the fewest tokens of probability P together',
      },
      'min-p': {
        type: 'number',
        value: 'P',
        least: 0,
        most: 1,
        default: 0,
        help: 'leave out tokens less probable than P times the best',
      },
      'repetition-penalty': {
        type: 'number',
        value: 'F',
        least: 0,
        above: true,
        default: 1,
        help: 'above 1: recent tokens become less probable',
      },
      beam: {
        type: 'integer',
        value: 'WIDTH',
        least: 1,
        most: 1000,
        help: 'search for the most probable text instead of drawing',
      },
      seed: {
        type: 'integer',
        ...seedRange,
        help: 'the same seed gives the same text',
        defaultText: 'another each time',
      },
    },
  },
  {
    title: 'Running',
    options: {
      backend,
      threads: { ...threads, defaultText: 'with --count as many as help, else 1' },
      ...json('one JSON object a text: text, tokens and their log-probabilities'),
    },
  },
];

export const evalOptions: Groups = [
  {
    title: 'Options',
    options: {
      each: { type: 'flag', help: 'every file by itself, side by side, and all of them together' },
      ...reading,
      backend,
      threads: { ...threads, defaultText: 'with --each as many as help, else 1' },
      ...json('one JSON object; with --each one a file and one for all'),
    },
  },
];

export const gradcheckOptions: Groups = [
  {
    title: 'Options',
    options: {
      steps: { type: 'integer', least: 1, default: 8, help: 'T: steps of the window' },
      batch: { type: 'integer', least: 1, default: 3, help: 'B: sequences in it' },
      samples: { type: 'integer', least: 1, default: 40, help: 'elements of each tensor that are compared one by one' },
      seed: { type: 'integer', ...seedRange, default: 1, help: 'of tokens, states, elements and directions' },
      ...json('one JSON object'),
    },
  },
];

export const inspectOptions: Groups = [
  {
    title: 'Options',
    options: {
      system: { type: 'flag', help: 'show what this machine has and what training would use, instead of a model' },
      batch: { type: 'integer', least: 1, defaultText: 'as in its training, else 32', help: 'B of the memory formula' },
      bptt: { type: 'integer', least: 1, defaultText: 'as in its training, else 64', help: 'T of the memory formula' },
      optimizer: {
        type: 'choice',
        choices: optimizerNames,
        defaultText: 'as in its training, else adam',
        help: 'of the memory formula',
      },
      ...reading,
      backend,
      ...json('one JSON object'),
    },
  },
];
