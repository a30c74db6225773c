// Inputs, most of them of megabytes, that readers were once found to take minutes, gigabytes or an error of JavaScript for: each is read, or refused in
// one sentence.

import { expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { readSafetensors } from '../../src/formats/safetensors.ts';
import { importPyTorch } from '../../src/index.ts';
import { withinTime } from '../support/attack.ts';
import { withHeader } from '../support/containers.ts';
import { type Reader, readers } from '../support/readers.ts';

function readerOf(name: string): Reader {
  const found = readers.find((reader) => reader.name === name);
  if (!found) throw new Error(`there is no reader of ${name}`);
  return found;
}

/** The sentence with which a reader refuses an input. */
function refusal(read: () => void): string {
  let sentence = 'none';
  withinTime(() => {
    try {
      read();
    } catch (error) {
      expect(error).toBeInstanceOf(UnrolledError);
      sentence = (error as Error).message;
    }
  });
  return sentence;
}

const digits = '1'.repeat(1_000_000);
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const megabyte = 'x'.repeat(1_000_000);

test.each<[reader: string, what: string, input: string, sentence: RegExp | 'none']>([
  [
    'a table to forecast',
    'a cell of a megabyte of digits and a letter',
    `t,u\n1,2\n${digits}x,3\n4,5\n`,
    /line 3, column t: expected a number, got "1{59}…"/,
  ],
  ['a table', 'a cell of a megabyte of digits', `a,b\n${digits},2\n`, 'none'],
  ['a table to forecast', 'a megabyte of blanks', `t,u\n1,2\n${' '.repeat(1e6)},3\n4,5\n`, /got an empty cell/],
  [
    'a table to forecast',
    'a decimal comma after a megabyte of digits',
    `t;u\n1;2\n${digits},5;3\n4;5\n`,
    /line 3, column t: expected a number, got "1{59}…"; correct the cell/,
  ],
  ['a table', 'quotes without end', `a,b\n"${'"'.repeat(1e6)}`, /expected a cell in quotes to end/],
  [
    'a table',
    'a megabyte of quotes within a cell',
    `a,b\n"${'x"'.repeat(5e5)},2\n`,
    /expected a cell in quotes to end/,
  ],
  ['a link', 'a rate of a megabyte of digits', `#lr=${digits}x`, 'none'],
  ['config.json', '5,000 brackets', `{"cutoffs":${nested(5000)}}`, /at most 100 brackets/],
  ['tokenizer.json', '5,000 brackets', `{"model":${nested(5000)}}`, /at most 100 brackets/],
  [
    'the files of a model',
    '5,000 brackets in task.json',
    `task.json\n{"labels":${nested(5000)}}`,
    /task\.json: expected at most 100 brackets/,
  ],
  [
    'tokenizer.json',
    'a string of ten megabytes',
    `{"model":"${'x'.repeat(1e7)}"}`,
    /expected model to be an object, got x{119}…$/,
  ],
  [
    'tokenizer.json',
    'a token of ten megabytes of escapes',
    `{"model":{"type":"BPE","merges":[],"vocab":{"${'\\n'.repeat(5e6)}":0}}}`,
    /got "(\\n){59}…" for id 0/,
  ],
  [
    'config.json',
    'a key twice',
    '{"vocab_size":3,"hidden_size":4,"hidden_size":5}',
    /each key once, got "hidden_size" twice/,
  ],
  [
    'config.json',
    'more units than can be counted',
    '{"vocab_size":3,"hidden_size":3e9}',
    /hidden_size: expected at most 2147483647, got 3000000000/,
  ],
  [
    'config.json',
    'a size that cannot become a text',
    '{"vocab_size":3,"hidden_size":{"toString":1}}',
    /hidden_size: .* got {"toString":1}/,
  ],
  ['CoNLL-U', 'an id of a megabyte', `${digits}\t_\t_\t_\t_\t_\t_\t_\t_\t_\n`, /expected the id 1, got 1{59}…/],
  ['columns of tokens and labels', 'a megabyte of tabs', `a\tb\n${'\t'.repeat(1e6)}\n`, 'none'],
  [
    'a line of a pipe to forecast',
    'a megabyte of digits and a letter',
    `${digits}x,1`,
    /^header: expected the names of the columns, t, u, got 1{59}…, 1;/,
  ],
  [
    'the state of a session of text',
    'a model that cannot become a text',
    '{"model":{"toString":1,"valueOf":1},"steps":1,"values":""}',
    /expected a state of the model/,
  ],
  [
    'the header of safetensors from PyTorch',
    'a name of a megabyte',
    `{"${megabyte}.${megabyte}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`,
    /^model\.safetensors: expected 0 bytes of data/,
  ],
])('%s: %s', (name, _, input, sentence) => {
  const reader = readerOf(name);
  const found = refusal(() => void (reader.read as (input: string) => void)(input));
  if (sentence === 'none') expect(found).toBe('none');
  else expect(found).toMatch(sentence);
});

test('a session of the lab whose settings cannot become a text', () => {
  const reader = readerOf('the state of a session of the lab');
  const state = JSON.parse(reader.inputs[0] as string);
  for (const hostile of [{ toString: 1, valueOf: 1 }, [], { __proto__: null }])
    for (const name of ['optimizer', 'learningRate', 'seed']) {
      const forged = structuredClone(state);
      forged.run.snapshot.settings[name] = hostile;
      expect(refusal(() => void (reader.read as (input: string) => void)(JSON.stringify(forged)))).toMatch(
        new RegExp(`^s\\.safetensors, run, settings, ${name}: expected a number or a name, got [{[]`),
      );
    }
});

test('a header of megabytes of escapes takes memory in proportion', () => {
  const header = `{"__metadata__":{"a":"${'\\u0041'.repeat(1e6)}"}}`;
  let length = 0;
  withinTime(() => {
    length = readSafetensors(withHeader(header, 0), 'f').metadata.get('a')!.length;
  });
  expect(length).toBe(1e6);
});

test('a hundred thousand layers are too many, and not too many for the stack', () => {
  const names = Array.from(
    { length: 150_000 },
    (_, l) => `"rnn.weight_ih_l${l}":{"dtype":"F32","shape":[4,4],"data_offsets":[0,0]}`,
  );
  // of no size, so that the file is small
  const header = `{${names.join(',').replaceAll('[4,4]', '[0,4]')}}`;
  expect(refusal(() => void importPyTorch(withHeader(header, 0)))).toMatch(
    /^model\.safetensors, hiddenSize: expected a whole number of 1 or more, got 0$/,
  );
});
