// The figures of docs/results.md that take long, each as one run that can be stopped and gone on with:
//
//   node bench/records.mjs                          the records that there are
//   node bench/records.mjs NAME DATA OUT            trains in OUT/NAME, measures, and adds each figure to OUT/NAME.log as a line of JSON
//
// DATA is the folder or the file of the record's data. The same command goes on where a run was stopped, and measures only what OUT/NAME.log lacks. It
// works on what is built in dist/, through the command line alone.

import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** Train, validation and test texts that lie in a folder. */
const inFolder = (data) => ({
  train: join(data, 'train.txt'),
  valid: join(data, 'valid.txt'),
  test: join(data, 'test.txt'),
});

/** One text cut into three by shares of its characters. */
const cut = (first, second) => (data, out) => {
  const text = readFileSync(data, 'utf8');
  const [a, b] = [first, first + second].map((share) => Math.floor(text.length * share));
  const parts = { train: text.slice(0, a), valid: text.slice(a, b), test: text.slice(b) };
  const path = (name) => join(out, `${name}.txt`);
  for (const [name, part] of Object.entries(parts)) if (part !== '') writeFileSync(path(name), part);
  return { train: path('train'), valid: path('valid'), test: path(parts.test === '' ? 'valid' : 'test') };
};

/** What words are measured with: alone, and with what is learned while the text is read. */
const wordReaders = {
  alone: () => [],
  cache: () => ['--cache', '2000'],
  'dynamic evaluation': ({ train, valid }) => ['--dynamic', 'auto', '--dynamic-text', train, '--tune', valid],
  'dynamic evaluation, cache': ({ train, valid }) => [
    ...['--dynamic', 'auto', '--dynamic-text', train, '--tune', valid],
    ...['--cache', '2000'],
  ],
  '5-grams beside it': ({ train }) => ['--mix', train, '--order', '5'],
};
const characterReaders = {
  alone: () => [],
  'dynamic evaluation': ({ train, valid }) => ['--dynamic', 'auto', '--dynamic-text', train, '--tune', valid],
};

const words = (cell) => ({
  says: `words of State of the Union addresses, ${cell}: DATA has train.txt, valid.txt and test.txt`,
  data: inFolder,
  train: ['--level', 'word', '--pretokenized', '--cell', cell, '--hidden', '256', '--epochs', '8'],
  readers: wordReaders,
});

const records = {
  'sotu-rnn': words('rnn'),
  'sotu-gru': words('gru'),
  'sotu-lstm': words('lstm'),
  'warandpeace-rnn': {
    says: 'characters of War and Peace, 128 tanh units, three epochs; the last tenth is measured: DATA is the text',
    data: cut(0.8, 0.1),
    train: [
      '--hidden',
      '128',
      '--batch',
      '8',
      '--lr',
      '0.008',
      '--restart',
      '0.05',
      '--epochs',
      '3',
      '--unknown',
      'skip',
    ],
    readers: characterReaders,
  },
  tinyshakespeare: {
    says: 'characters of tinyshakespeare with the defaults; the last 5 % are measured: DATA is the text',
    data: cut(0.95, 0.05),
    train: [],
    readers: characterReaders,
  },
};

/** Runs `unrolled`; what it prints goes on to the terminal, or is returned. */
function unrolled(args, { returns = false } = {}) {
  const { status, signal, stdout } = spawnSync(process.execPath, [main, ...args], {
    stdio: ['ignore', returns ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (signal) process.kill(process.pid, signal);
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}

const [name, data, out] = process.argv.slice(2);
if (name === undefined) {
  console.log(
    Object.entries(records)
      .map(([key, { says }]) => `${key.padEnd(18)}${says}`)
      .join('\n'),
  );
} else if (!(name in records) || data === undefined || out === undefined) {
  const wanted = name in records ? 'DATA and OUT' : `one of ${Object.keys(records).join(', ')}`;
  console.error(`records: expected ${wanted}, got ${process.argv.slice(2).join(' ')}`);
  process.exitCode = 2;
} else measure(records[name]);

function measure(record) {
  const folder = resolve(out);
  mkdirSync(folder, { recursive: true });
  const files = record.data(resolve(data), folder);
  const model = join(folder, name);
  const log = join(folder, `${name}.log`);
  const done = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').map(JSON.parse) : [];
  const args = [files.train, '--out', model, '--validation-file', files.valid, ...record.train];
  unrolled(['train', ...args, ...(existsSync(model) ? ['--resume'] : [])]);
  for (const [reader, options] of Object.entries(record.readers)) {
    let found = done.find((line) => line.reader === reader);
    if (!found) {
      const began = performance.now();
      const skip = record.train.includes('--unknown') ? ['--unknown', 'skip'] : [];
      const said = unrolled(['eval', model, files.test, ...options(files), ...skip, '--json'], { returns: true });
      const { nll, perplexity } = JSON.parse(said.trim().split('\n').at(-1));
      found = { record: name, reader, nll, perplexity, seconds: Math.round((performance.now() - began) / 1000), args };
      appendFileSync(log, `${JSON.stringify(found)}\n`);
    }
    const { nll, perplexity, seconds } = found;
    console.log(`${reader.padEnd(28)}${nll.toFixed(4)} nats  perplexity ${perplexity.toFixed(2)}  ${seconds} s`);
  }
}
