// The options of the commands that exchange models with other programs: export and import. Tables alone, as in option-tables.ts.

import { cellNames, nonlinearities, poolings } from '../network/config.ts';
import type { Command } from './options.ts';

type Groups = Command['groups'];

export const exportOptions: Groups = [
  {
    title: 'Options',
    options: {
      to: {
        type: 'choice',
        choices: ['pytorch', 'onnx', 'huggingface'],
        value: 'pytorch|onnx|huggingface',
        required: true,
        help: 'pytorch: a folder with the model in Python; onnx: one file; huggingface: a folder for the Hub, with a model card',
      },
      out: { type: 'text', value: 'PATH', required: true, help: 'the new folder, or with --to onnx the new file' },
    },
  },
];

export const importOptions: Groups = [
  {
    title: 'Options',
    options: {
      out: { type: 'text', value: 'DIR', required: true, help: 'the new model folder' },
      tokenizer: {
        type: 'text',
        value: 'FILE',
        defaultText: 'the tokenizer.json of the folder, if there is one',
        help: 'a tokenizer.json: what the tokens are',
      },
    },
  },
  {
    title: 'What shapes do not tell, where there is no config.json',
    options: {
      cell: {
        type: 'choice',
        choices: cellNames,
        defaultText: 'as many gates as there are',
        help: 'the recurrent cell',
      },
      nonlinearity: { type: 'choice', choices: nonlinearities, defaultText: 'tanh', help: 'of the cell rnn' },
      pooling: { type: 'choice', choices: poolings, defaultText: 'none', help: 'what of the states the output reads' },
      input: {
        type: 'choice',
        choices: ['tokens', 'vectors'],
        defaultText: 'tokens where there are as many as outputs, or as the tokenizer has',
        help: 'what a model without an embedding reads',
      },
    },
  },
];
