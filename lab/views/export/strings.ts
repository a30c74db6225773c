// The words of the view Export.

import { formatCount } from '../../format.ts';
import { catalogue } from '../../language.ts';
import type { Lack } from './code.ts';

export const exportStrings = catalogue('views/export', {
  summary: (updates: number, series: number) =>
    `The run as code, ${formatCount(updates)} ${updates === 1 ? 'update' : 'updates'} long, and its numbers as ${formatCount(series)} tables. Pictures of a view are saved below that view.`,
  code: {
    title: 'The run as code',
    kinds: { library: 'Library', command: 'Command line', pytorch: 'PyTorch' },
    label: 'Language',
    about: {
      library:
        'For Node, after npm install unrolled. It makes this very run, to the last bit where the same kernels compute.',
      command: 'For a terminal with Node. It makes this very run and keeps the best weights by held-out loss.',
      pytorch:
        'For Python with torch. Give it the model that the lab saved at step 0, and its losses are those of the lab but for rounding.',
    },
    saveText: 'Save text.txt',
    changed: 'Settings were changed during this run; the code has those of now.',
    lacks: {
      gain: 'The command line has no option for the initial scale of W; take the library’s code.',
      carry: 'The command line always keeps the state between windows; take the library’s code.',
      weights:
        'The run began with a trained model: save it in the group Files as model.safetensors (for the command line, unrolled import makes a folder of it).',
      random: 'Without that model PyTorch draws other random numbers from the same distributions.',
      words: 'Words of scripts with combining marks may be split in another way.',
    } satisfies Record<Lack, string>,
  },
  formulas: {
    title: 'Formulas as LaTeX',
    which: 'Formula',
    all: 'all of them',
    passes: { forward: 'forward', backward: 'backward', total: 'sums over time' },
  },
  numbers: {
    title: 'Numbers as CSV',
    which: 'Table',
    save: 'Save CSV',
    preview: 'The first rows',
    size: (rows: number, columns: number) =>
      `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}, ${formatCount(columns)} ${columns === 1 ? 'column' : 'columns'}, with all their digits.`,
    groups: { run: 'The run', weights: 'Weights', window: 'The window at the cursor' },
    names: {
      losses: 'losses, norms and rates',
      heldOut: 'held-out losses',
      decay: 'gradient norms ‖∂L(t)/∂h(k)‖',
      states: 'states h',
      gradients: 'gradients ∇h',
      predictions: 'predictions ŷ',
      errors: 'errors L(t)',
    },
    none: 'There is nothing to save yet.',
  },
  copy: 'Copy',
  copied: 'Copied.',
  notCopied: 'The browser did not let the page copy. Select the text instead.',
  columns: ['table', 'rows', 'columns'],
});
