// Tables, CoNLL-U and pipes as people have them, from the command line: each option reads what it says, every column that is not read is named, and
// every advice of a message can be followed.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { rowsOf } from '../../src/cli/options.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { jsonLines, root, shell, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const small = ['--updates', '1', '--hidden', '3', '--overwrite'];
const train = (file: string, target: string, ...more: string[]) =>
  unrolled(['train', file, '--task', 'forecast', '--target', target, '--out', 'model', ...small, ...more], folder);
const inputsOf = () => (loadModel(join(folder, 'model')).task as { inputs: { column: string; mean: number }[] }).inputs;

const hour = (i: number) => `0${1 + Math.floor(i / 24)}.03.2024 ${String(i % 24).padStart(2, '0')}:00`;
const value = (i: number) => (i % 7) + i / 10;
const comma = (x: number) => x.toFixed(2).replace('.', ',');
const count = 40;
const lines = (line: (i: number) => string) => Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
const mean = Array.from({ length: count }, (_, i) => Number(value(i).toFixed(2))).reduce((a, b) => a + b) / count;

beforeAll(() => {
  const files: Record<string, string | Uint8Array> = {
    'euro.csv': `zeit;temp\n${lines((i) => `${hour(i)};${comma(value(i))}`)}`,
    'odd.csv': `%x\n~a~|b\n${lines((i) => `${value(i).toFixed(2)}|~${i}~`)}`,
    'bare.csv': lines((i) => `${value(i).toFixed(2)} ${i}`),
    'wide.csv': Buffer.from(`\ufeffy\n${lines((i) => value(i).toFixed(2))}`, 'utf16le'),
    'newest.csv': `time,y\n${lines((i) => `2024-03-01T${String(23 - (i % 24)).padStart(2, '0')}:00,1`).slice(0, 24 * 19)}`,
    'lag.csv': `y,lag,note\n${lines((i) => `${value(i).toFixed(2)},${i === 0 ? '' : value(i - 1).toFixed(2)},q`)}`,
    'shop.csv': 'Text,LABEL\ngood,pos\nbad,neg\nfine,pos\npoor,neg\n',
    'a.conllu':
      '# one\r\n1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_\r\n1\tde\t_\tADP\t_\t_\t0\troot\t_\tx=1\r\n2\tle\t_\tDET\t_\t_\t1\tx\t_\t_\r\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});

describe('a table to forecast', () => {
  test('with decimal commas and times: its calendar is read, and forecasts have their time', async () => {
    const run = await train('euro.csv', 'temp', '--calendar', 'hour', '--validation', '0');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('\nNote: euro.csv: numbers with marks: temp, where "0,00" is read as 0.00.\n');
    expect([...new Set(inputsOf().map(({ column }) => column))]).toEqual(['temp', 'hour sine', 'hour cosine']);
    expect(inputsOf()[0].mean).toBeCloseTo(mean, 12);
    const predicted = await unrolled(['predict', 'model', 'euro.csv'], folder);
    const rows = predicted.stdout.split('\n').slice(0, -1);
    expect(rows[0]).toBe('row\ttime\tforecast\tactual');
    expect(rows[1]).toMatch(/^2\t01\.03\.2024 01:00\t[-\d.e]+\t1\.1$/);
    expect(rows.at(-1)).toMatch(/^41\t02\.03\.2024 16:00\t[-\d.e]+\t$/);
    const json = await unrolled(['predict', 'model', 'euro.csv', '--format', 'json'], folder);
    expect(jsonLines(json.stdout).at(-1)).toMatchObject({ row: 41, time: '02.03.2024 16:00', actual: null });
    const piped = await shell(`head -3 euro.csv | unrolled predict model -`, folder);
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    expect(piped.stdout).toBe(
      `${rows
        .slice(1, 3)
        .map((row) => row.split('\t').slice(0, 3).join('\t'))
        .join('\n')}\n`,
    );
  });

  test('with bars, other quotes and comments; without a header', async () => {
    expect(await train('odd.csv', 'a', '--delimiter', 'bar', '--quote', '~', '--comment', '%')).toMatchObject({
      code: 0,
    });
    expect([...new Set(inputsOf().map(({ column }) => column))]).toEqual(['a', 'b']);
    expect(await train('bare.csv', '1', '--no-header', '--delimiter', 'space')).toMatchObject({ code: 0 });
    expect([...new Set(inputsOf().map(({ column }) => column))]).toEqual(['1', '2']);
    const again = await unrolled(
      ['eval', 'model', 'bare.csv', '--no-header', '--delimiter', 'space', '--json'],
      folder,
    );
    expect(JSON.parse(again.stdout)).toMatchObject({ task: 'forecast', count: count - 1 });
  });

  test('in UTF-16, which its mark tells', async () => {
    expect(await train('wide.csv', 'y', '--validation', '0')).toMatchObject({ code: 0, stderr: '' });
    expect(inputsOf()[0].mean).toBeCloseTo(mean, 12);
  });

  test('with gaps in the first row', async () => {
    const refused = await train('lag.csv', 'y');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^unrolled: lag\.csv, line 2, column lag: expected a number, got an empty cell; .*\n$/,
    );
    const run = await train('lag.csv', 'y', '--missing', 'previous');
    expect(run.stdout).toContain('columns that are not read: note, which has "q" in line 2');
    expect(run.stdout).toContain('in column lag 1 gap is filled by the rule previous');
    expect([...new Set(inputsOf().map(({ column }) => column))]).toEqual(['y', 'lag']);
  });

  test('from a pipe, and gone on with from the same bytes only', async () => {
    const args = '--task forecast --target temp --out piped --hidden 3 --updates 1 --quiet';
    const first = await shell(`cat euro.csv | unrolled train - ${args}`, folder);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(await shell('cat euro.csv | unrolled train - --out piped --resume --quiet', folder)).toMatchObject({
      code: 0,
    });
    const other = await shell('head -30 euro.csv | unrolled train - --out piped --resume --quiet', folder);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      /^unrolled: resume: standard input: expected file 1 of those that the run in piped was started with/,
    );
    const measured = await shell('cat euro.csv | unrolled eval piped - --json', folder);
    const file = await unrolled(['eval', 'piped', 'euro.csv', '--json'], folder);
    expect(measured.stdout).toBe(file.stdout);
    const twice = await shell(`cat euro.csv | unrolled train - --validation-file - ${args} --overwrite`, folder);
    expect(twice.stderr).toMatch(/^unrolled: standard input: expected - once, got it twice/);
  });
});

test('texts and classes are found whatever the case of their columns', async () => {
  const args = ['train', 'shop.csv', '--task', 'classify', '--validation', '0', '--out', 'namer', ...small];
  expect(await unrolled(args, folder)).toMatchObject({ code: 0, stderr: '' });
  const { stdout } = await unrolled(['predict', 'namer', 'shop.csv', '--format', 'json'], folder);
  expect(jsonLines(stdout).map(({ text }) => text)).toEqual(['good', 'bad', 'fine', 'poor']);
});

test('CoNLL-U comes back with its column filled, and else as it was', async () => {
  const args = ['train', '@tagged', '--task', 'label', '--out', 'tagger', '--embedding', '3', ...small];
  expect(await unrolled(args, folder)).toMatchObject({ code: 0, stderr: '' });
  const text = readFileSync(join(folder, 'a.conllu'), 'utf8');
  const labels = (await unrolled(['predict', 'tagger', 'a.conllu', '--format', 'tsv'], folder)).stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[1]);
  expect(labels).toHaveLength(2);
  const { stdout } = await unrolled(['predict', 'tagger', 'a.conllu'], folder);
  expect(stdout).toBe(text.replace('ADP', labels[0]).replace('DET', labels[1]));
  const misc = await unrolled(['predict', 'tagger', 'a.conllu', '--column', 'misc', '--out', 'b.conllu'], folder);
  expect(misc).toMatchObject({ code: 0, stderr: '', stdout: '1 sequence in b.conllu\n' });
  expect(readFileSync(join(folder, 'b.conllu'), 'utf8')).toBe(
    text.replace('x=1', labels[0]).replace('x\t_\t_\r', `x\t_\t${labels[1]}\r`),
  );
  const refused = await unrolled(['predict', 'tagger', 'a.conllu', '--column', 'tag'], folder);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(/^unrolled: --column: expected one of id, form, .*, got tag\n$/);
});

describe('an advice', () => {
  const options = new Set(commands.flatMap(({ groups }) => Object.keys(rowsOf(groups))));
  /** Options of Node.js and of V8, those of no command in particular, of mpirun and sbatch, a prefix, and a variable that is counted down. */
  const foreign =
    /^(max-old-space-size|(no-)?experimental-wasm-.*|(no-)?wasm-(sync-tier-up|tiering-budget)|no-liftoff|bind-to|array|help|version|end|no)$/;
  const sources = (readdirSync(join(root, 'src'), { recursive: true }) as string[]).filter(
    (name) => name.endsWith('.ts') && !/report.(page|charts)/.test(name), // these have variables of style sheets
  );

  test('names options that there are', () => {
    // the scripts for clusters have options of other programs
    const unknown = sources
      .filter((name) => name !== 'cli/sweep/scripts.ts')
      .flatMap((name) => {
        const source = readFileSync(join(root, 'src', name), 'utf8').replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');
        const named = [...source.matchAll(/[ ('"`]--([a-z][a-z-]*[a-z])/g)].map(([, option]) => option);
        return named
          .filter((option) => !options.has(option) && !options.has(option.replace(/^no-/, '')) && !foreign.test(option))
          .map((option) => `${name}: --${option}`);
      });
    expect(unknown).toEqual([]);
  });

  test.each([
    ['if the table has no header', '--no-header'],
    ['name another delimiter', '--delimiter'],
    ['quotes as characters like others', '--quote none'],
    ['are comments', '--comment'],
    ['which mark is before the decimals', '--decimal'],
    ['have them filled', '--missing'],
    ['(--time, in a program time)', '--time'],
    ['say what its encoding is', '--encoding'],
  ])('about "%s" says how: %s', (_, option) => {
    expect(options.has(/^--([a-z-]+)/.exec(option)![1])).toBe(true);
    const advised = sources.some((name) => readFileSync(join(root, 'src', name), 'utf8').includes(`(${option}`));
    expect(advised).toBe(true);
  });
});
