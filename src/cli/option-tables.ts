// The options of every command but train: names, types, ranges, defaults and what they mean. Nothing is computed here.

import { optimizerNames } from '../training/optimizers.ts';
import type { Option } from './options.ts';
import { backend, type Groups, json, reading, seedRange, threads } from './shared-options.ts';

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

const textColumn: Option = {
  type: 'text',
  value: 'NAME',
  defaultText: 'text',
  help: 'models that classify: the column of the texts in a table',
};
const columns: Record<string, Option> = {
  column: {
    type: 'text',
    value: 'COLUMN',
    defaultText: 'as in training',
    help: 'models that label: the column of the labels, by its name in CoNLL-U, by its number elsewhere',
  },
  'label-column': {
    type: 'text',
    value: 'NAME',
    defaultText: 'label',
    help: 'models that classify: the column of the classes in a table',
  },
  'text-column': textColumn,
};

export const predictOptions: Groups = [
  {
    title: 'Options',
    options: {
      format: {
        type: 'choice',
        choices: ['tsv', 'json'],
        default: 'tsv',
        help: 'columns separated by tabs; or one JSON object a line, for each sequence, text or forecast',
      },
      probabilities: {
        type: 'flag',
        help: 'how probable the label is, after each token; of a text the probability of every class',
      },
      out: { type: 'text', value: 'FILE', defaultText: 'standard output', help: 'the file to write' },
      'text-column': textColumn,
      backend,
      threads: { ...threads, defaultText: 'as many as help' },
    },
  },
];

export const evalOptions: Groups = [
  {
    title: 'Options',
    options: {
      each: { type: 'flag', help: 'texts: every file by itself, side by side, and all of them together' },
      ...reading,
      ...columns,
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
