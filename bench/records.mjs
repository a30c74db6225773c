// The figures of docs/results.md that take long, each as one run that can be stopped and gone on with:
//
//   node bench/records.mjs                          the records that there are
//   node bench/records.mjs NAME DATA OUT            trains in OUT/NAME, measures, and adds each figure to OUT/NAME.log as a line of JSON
//
// DATA is the folder or the file of the record's data. The same command goes on where a run was stopped, and measures only what OUT/NAME.log lacks. It
// works on what is built in dist/, through the command line and the programs of examples/.

import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const main = path('dist/cli/main.js');

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
  const file = (name) => join(out, `${name}.txt`);
  for (const [name, part] of Object.entries(parts)) if (part !== '') writeFileSync(file(name), part);
  return { train: file('train'), valid: file('valid'), test: file(parts.test === '' ? 'valid' : 'test') };
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

/**
 * A text: one training run, and a measurement of each reader. A record makes a list of figures, each of which is the last line of JSON that a program
 * prints.
 */
const text = ({ says, data, train, readers }) => ({
  says,
  figures(from, folder, model) {
    const files = data(from, folder);
    const args = ['train', files.train, '--out', model, '--validation-file', files.valid, ...train];
    run([main, ...args, ...(existsSync(model) ? ['--resume'] : [])]);
    const skip = train.includes('--unknown') ? ['--unknown', 'skip'] : [];
    return Object.entries(readers).map(([figure, options]) => ({
      figure,
      command: [main, 'eval', model, files.test, ...options(files), ...skip, '--json'],
      pick: ({ nll, perplexity }) => ({ nll, perplexity }),
      args,
    }));
  },
});

/** A program of examples/ that trains networks of several seeds, keeps them in `--out`, and measures each alone and the mean of all. */
const seeds = ({ says, program, data, options, runs }) => ({
  says,
  figures(from, _, model) {
    const args = [program, ...data(from), ...options, '--out', model];
    const each = Array.from({ length: runs }, (__, i) => [`seed ${i + 1}`, ['--seed', String(i + 1)]]);
    return [...each, [`mean of ${runs}`, ['--runs', String(runs)]]].map(([figure, which]) => ({
      figure,
      command: [...args, ...which, '--json'],
      pick: ({ who, ...measures }) => measures,
      args,
    }));
  },
});

/** The mean of what several records have trained in the same OUT. */
const mean = ({ says, of, data, readers }) => ({
  says,
  figures(from, folder) {
    const [first, ...others] = of.map((name) => join(folder, name));
    for (const name of of)
      if (!existsSync(join(folder, name)))
        fail(`expected ${join(folder, name)}, got none; make the record ${name} first`);
    const files = data(from, folder);
    return Object.entries(readers).map(([figure, options]) => ({
      figure,
      command: [
        main,
        'eval',
        first,
        files.test,
        ...others.flatMap((model) => ['--also', model]),
        ...options(files),
        '--json',
      ],
      pick: ({ nll, perplexity }) => ({ nll, perplexity }),
      args: of,
    }));
  },
});

/** Words by one network: small steps for long, with more units where the cell has no gates. */
const words = (kind, cell, hidden, rate) =>
  text({
    says: `words of State of the Union addresses, ${kind}: DATA has train.txt, valid.txt and test.txt`,
    data: inFolder,
    train: [
      ...['--level', 'word', '--pretokenized', ...cell, '--hidden', hidden, '--dropout', '0.2'],
      ...['--optimizer', 'muon', '--lr', rate, '--batch', '32', '--epochs', '14'],
    ],
    readers: wordReaders,
  });

const records = {
  'sotu-relu': words('ReLU', ['--weight-decay', '0.3', '--restart', '0.05', '--nonlinearity', 'relu'], '512', '0.001'),
  'sotu-tanh': words('tanh', ['--weight-decay', '0', '--nonlinearity', 'tanh'], '512', '0.001'),
  'sotu-gru': words('a GRU', ['--weight-decay', '0', '--cell', 'gru'], '256', '0.0015'),
  'sotu-lstm': words('an LSTM', ['--weight-decay', '0', '--cell', 'lstm'], '256', '0.0015'),
  'sotu-mean': mean({
    says: 'the mean of sotu-gru, sotu-lstm, sotu-relu and sotu-tanh, which are made before in the same OUT',
    of: ['sotu-gru', 'sotu-lstm', 'sotu-relu', 'sotu-tanh'],
    data: inFolder,
    readers: wordReaders,
  }),
  'warandpeace-rnn': text({
    says: 'characters of War and Peace, 128 tanh units, three epochs; the last tenth is measured: DATA is the text',
    data: cut(0.8, 0.1),
    train: [
      ...['--hidden', '128', '--batch', '8', '--optimizer', 'muon', '--lr', '0.008', '--restart', '0.05'],
      ...['--epochs', '3', '--unknown', 'skip'],
    ],
    readers: characterReaders,
  }),
  tinyshakespeare: text({
    says: 'characters of tinyshakespeare with the defaults; the last 5 % are measured: DATA is the text',
    data: cut(0.95, 0.05), // nothing is left to tune on
    train: [],
    readers: {
      alone: () => [],
      'dynamic evaluation': ({ train }) => ['--dynamic', 'auto', '--dynamic-text', train],
    },
  }),
  'tinyshakespeare-gru': text({
    says: 'the same by a GRU of 256 units',
    data: cut(0.95, 0.05),
    train: ['--cell', 'gru', '--dropout', '0.2', '--epochs', '6'],
    readers: { alone: () => [] },
  }),
  tagging: seeds({
    says: 'parts of speech, words read by their characters; the test is measured: DATA has the files of UD English EWT',
    program: path('examples/tagging-characters.mjs'),
    data: (folder) => ['train', 'test'].map((part) => join(folder, `en_ewt-ud-${part}.conllu`)),
    options: [],
    runs: 3,
  }),
  names: seeds({
    says: 'languages of names; a tenth of each is measured: DATA is a folder with a file for each language',
    program: path('examples/names.mjs'),
    data: (folder) => [folder],
    options: ['--hidden', '128', '--embedding', '64', '--lr', '0.002', '--epochs', '20'],
    runs: 4,
  }),
};

/** Runs a program; what it prints goes on to the terminal, or is returned. */
function run(args, { returns = false } = {}) {
  const { status, signal, stdout } = spawnSync(process.execPath, args, {
    stdio: ['ignore', returns ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (signal) process.kill(process.pid, signal);
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}

function fail(sentence) {
  console.error(`records: ${sentence}`);
  process.exit(2);
}

const [name, data, out] = process.argv.slice(2);
if (name === undefined) {
  console.log(
    Object.entries(records)
      .map(([key, { says }]) => `${key.padEnd(21)}${says}`)
      .join('\n'),
  );
} else if (!Object.hasOwn(records, name) || data === undefined || out === undefined) {
  const wanted = Object.hasOwn(records, name) ? 'DATA and OUT' : `one of ${Object.keys(records).join(', ')}`;
  fail(`expected ${wanted}, got ${process.argv.slice(2).join(' ')}`);
} else measure(records[name]);

function measure(record) {
  const folder = resolve(out);
  mkdirSync(folder, { recursive: true });
  const log = join(folder, `${name}.log`);
  const done = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean).map(JSON.parse) : [];
  for (const { figure, command, pick, args } of record.figures(resolve(data), folder, join(folder, name))) {
    let found = done.find((line) => line.figure === figure);
    if (!found) {
      const began = performance.now();
      const said = run(command, { returns: true });
      const measures = pick(JSON.parse(said.trim().split('\n').at(-1)));
      const seconds = Math.round((performance.now() - began) / 1000);
      found = { record: name, figure, ...measures, seconds, args };
      appendFileSync(log, `${JSON.stringify(found)}\n`);
    }
    const { record: _, figure: __, seconds, args: ___, ...measures } = found;
    const told = Object.entries(measures).map(([key, value]) => `${key} ${value.toFixed(4)}`);
    console.log(`${figure.padEnd(28)}${told.join('  ')}  ${seconds} s`);
  }
}
