// Every wrong request about a task is one sentence on standard error and exit code 2, and nothing is written.

import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect } from 'vitest';
import { eachRequest, root, shortText, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();

beforeAll(async () => {
  cpSync(join(root, 'texts'), join(folder, 'texts'), { recursive: true });
  shortText(folder, 1000);
  const files: Record<string, string> = {
    'word.csv': 'a,b\n1,2\n3,x\n5,6\n7,8\n',
    'nan.csv': 'a,b\n1,2\n3,4\nNaN,6\n7,8\n',
    'ragged.csv': 'a,b\n1,2\n3\n',
    'good.csv': 'a,b\n1,2\n3,4\n5,6\n7,8\n1,2\n3,4\n',
    'negative.csv': 'a,b\n1,2\n-3,4\n5,6\n-7,8\n1,2\n3,4\n',
    'empty.csv': '',
    'header.csv': 'a,b\n',
    'short.conllu': '1\tThe\t_\tDET\n',
    'order.conllu': `1\tThe\t_\tDET${'\t_'.repeat(6)}\n3\tcat\t_\tNOUN${'\t_'.repeat(6)}\n`,
    'none.conllu': '# only a comment\n',
    'one-class.csv': 'label,text\nx,hello\nx,there\n',
    'no-text.csv': 'label,text\nx,hello\ny,\n',
    'tags.tsv': 'The\tD\ncat\tN\n\nA\tD\ndog\tN\n',
    'unseen.tsv': 'The\tD\nran\tV\n',
    'one-tag.tsv': 'The\tD\nA\tD\n',
    'hole.tsv': 'The\tD\n\tN\n',
    'blank.txt': '\n\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const small = ['--hidden', '4', '--updates', '1', '--quiet'];
  const make = async (...args: string[]) =>
    expect((await unrolled(['train', ...args, ...small], folder)).stderr).toBe('');
  await make('texts/weather.csv', '--task', 'forecast', '--target', 'temperature', '--out', 'weather');
  await make('texts/tagged.conllu', '--task', 'label', '--out', 'tagger');
  await make('texts/names', '--task', 'classify', '--out', 'namer');
  await make('short.txt', '--batch', '4', '--out', 'text');
});

describe.concurrent('one sentence and exit code 2', () => {
  const forecast = (file: string, ...args: string[]) => [
    'train',
    file,
    '--task',
    'forecast',
    '--target',
    'a',
    '--out',
    'never',
    ...args,
  ];
  const label = (file: string, ...args: string[]) => ['train', file, '--task', 'label', '--out', 'never', ...args];
  const classify = (file: string, ...args: string[]) => [
    'train',
    file,
    '--task',
    'classify',
    '--out',
    'never',
    ...args,
  ];
  const text = (...args: string[]) => ['train', 'short.txt', '--out', 'never', ...args];
  eachRequest<[string, string[], RegExp]>([
    [
      'a word in a column of numbers',
      forecast('word.csv', '--validation', '0'),
      /word\.csv, line 3, column b: expected a number, got "x"/,
    ],
    [
      'NaN in a column of numbers',
      forecast('nan.csv', '--validation', '0'),
      /nan\.csv, line 4, column a: expected a number, got "NaN"/,
    ],
    ['a ragged table', forecast('ragged.csv'), /ragged\.csv, line 3: expected 2 columns, as in the header, got 1/],
    ['an empty table', forecast('empty.csv'), /empty\.csv: no text \(0 bytes\)/],
    ['a table without rows', forecast('header.csv'), /header\.csv: expected rows below the header, got none/],
    [
      'an unknown target',
      ['train', 'good.csv', '--task', 'forecast', '--target', 'c', '--out', 'never'],
      /good\.csv: expected a column c, got the columns a, b/,
    ],
    [
      'a change of the logarithm of what is not positive',
      forecast('negative.csv', '--log-difference'),
      /leave the option out \(--log-difference, in a program logDifference\)\n/,
    ],
    [
      'a season longer than the series',
      forecast('good.csv', '--season', '9'),
      /^unrolled: --season: expected fewer than the \d rows/,
    ],
    ['an unknown input', forecast('good.csv', '--inputs', 'a,c'), /expected a column c, got the columns a, b/],
    [
      'no target',
      ['train', 'good.csv', '--task', 'forecast', '--out', 'never'],
      /--target: expected the column to forecast, one of a, b, got none/,
    ],
    [
      'a horizon longer than the series',
      forecast('good.csv', '--horizon', '50'),
      /good\.csv: expected more than 50 rows to train on for the horizon 50, got 6; .*shorter horizon/,
    ],
    [
      'two tables of one name',
      ['train', 'good.csv', 'good.csv', '--task', 'forecast', '--target', 'a', '--out', 'never'],
      /good\.csv, good\.csv: expected files of different names, which name the series, got "good" twice/,
    ],
    [
      'two directions of a forecast',
      forecast('good.csv', '--bidirectional'),
      /--bidirectional: .*a forecast must not read what comes after it/,
    ],
    [
      'CoNLL-U of four columns',
      label('short.conllu'),
      /short\.conllu, line 1: expected 10 columns separated by tabs, got 4/,
    ],
    ['CoNLL-U out of order', label('order.conllu'), /order\.conllu, line 2: expected the id 2, got 3/],
    ['CoNLL-U without a sentence', label('none.conllu'), /none\.conllu: expected at least 1 sentence, got none/],
    [
      'a column that CoNLL-U has not',
      label('texts/tagged.conllu', '--column', 'pos'),
      /column: expected one of id, form, .*upos.*, got pos/,
    ],
    [
      'a column that a table has not',
      label('tags.tsv', '--column', '7'),
      /^unrolled: --column: expected the number of a column behind the tokens, up to 2, got 7/,
    ],
    [
      'a label unseen in training',
      label('tags.tsv', '--validation-file', 'unseen.tsv'),
      /unseen\.tsv, line 2: expected a label seen in training \(D, N\), got "V"/,
    ],
    [
      'one label only',
      label('one-tag.tsv', '--validation', '0'),
      /one-tag\.tsv: expected at least 2 classes, got only "D"/,
    ],
    ['an empty token', label('hole.tsv'), /hole\.tsv, line 2: expected a token in the first column, got an empty cell/],
    ['one class only', classify('one-class.csv'), /one-class\.csv: expected at least 2 classes, got only "x"/],
    ['an empty text', classify('no-text.csv'), /no-text\.csv, line 3: expected a text, got none/],
    [
      'bytes of a text to classify',
      classify('texts/names', '--level', 'byte'),
      /--level byte works only with --task text, got --task classify/,
    ],
    [
      'columns of a folder',
      classify('texts/names', '--text-column', 'name'),
      /--text-column: expected a table, which it is for, got the folder texts\/names/,
    ],
    [
      'a bidirectional model of text',
      text('--bidirectional'),
      /--bidirectional: .*a bidirectional model cannot generate/,
    ],
    [
      'a column of a text',
      text('--column', 'upos'),
      /--column: expected --task label, which it is for, got --task text, the default/,
    ],
    [
      'windows of a text for labels',
      label('tags.tsv', '--bptt', '5'),
      /--bptt: expected --task text, .*--longest cuts it/,
    ],
    [
      'an adaptive softmax for labels',
      label('tags.tsv', '--softmax', 'adaptive'),
      /--softmax: expected --task text, which it is for, got --task label/,
    ],
    [
      'a target for labels',
      label('tags.tsv', '--target', 'a'),
      /--target: expected --task forecast, which it is for, got --task label/,
    ],
    [
      'both directions and one',
      label('tags.tsv', '--bidirectional', '--no-bidirectional'),
      /--bidirectional cannot be combined with --no-bidirectional; give one of them/,
    ],
    [
      'tanh of an LSTM',
      text('--cell', 'lstm', '--nonlinearity', 'relu'),
      /--nonlinearity works only with --cell rnn, got --cell lstm; leave it out/,
    ],
    [
      'a task that there is not',
      text('--task', 'translate'),
      /--task: expected one of text, label, classify, forecast, got translate/,
    ],
    [
      'a text written by a tagger',
      ['sample', 'tagger'],
      /tagger: expected a language model, which can generate text, got one made to label tokens; use unrolled predict/,
    ],
    [
      'predictions of a model of text',
      ['predict', 'text', 'short.txt'],
      /text: expected a model made to label, .*got a language model; use unrolled sample/,
    ],
    [
      'a table without the columns',
      ['predict', 'weather', 'good.csv'],
      /good\.csv: expected a column hour, got the columns a, b/,
    ],
    [
      'probabilities of numbers',
      ['predict', 'weather', 'texts/weather.csv', '--probabilities'],
      /--probabilities: expected a model trained with --task label or classify, .*--task forecast/,
    ],
    [
      'blank lines to classify',
      ['predict', 'namer', 'blank.txt'],
      /blank\.txt: expected a text in each line, got blank lines only/,
    ],
    ['blank lines to label', ['predict', 'tagger', 'blank.txt'], /blank\.txt: expected at least 1 sequence, got none/],
    [
      'a label to measure unseen in training',
      ['eval', 'tagger', 'tags.tsv', '--column', '2'],
      /tags\.tsv, line 1: expected a label seen in training .*got "D"/,
    ],
    [
      'each file of a table',
      ['eval', 'weather', 'texts/weather.csv', '--each'],
      /--each: expected a language model, which it is for, got a model trained with --task forecast/,
    ],
    [
      'a column of a model of text',
      ['eval', 'text', 'short.txt', '--column', 'upos'],
      /--column: expected a model trained with --task label, .*got a language model/,
    ],
  ])('%s', async (_, args, pattern) => {
    const { code, stdout, stderr } = await unrolled(args, folder);
    expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
    expect(stderr).toMatch(pattern);
    expect(stderr).not.toMatch(/node:internal|undefined|\[object/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });
});
