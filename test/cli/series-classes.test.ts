// Classes of series on the command line: train, predict, eval and a pipe, in the words of the library.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines, shell, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const rows = Array.from({ length: 160 }, (_, i) => {
  const series = Math.floor(i / 4);
  const rises = series % 2 === 0;
  return `s${series},${rises ? 'up' : 'down'},${(i % 4) * (rises ? 5 : -5)},${series}`;
});
writeFileSync(join(folder, 'table.csv'), `series,shape,x,y\n${rows.join('\n')}\n`);
const series = ['--task', 'classify', '--group', 'series', '--label-column', 'shape'];

test('a class for each series is trained, predicted, measured, and answered row by row', async () => {
  const train = ['train', 'table.csv', ...series, '--inputs', 'x', '--hidden', '4', '--no-bidirectional', '--out', 'm'];
  const made = await unrolled([...train, '--json'], folder);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const [start] = jsonLines(made.stdout);
  expect(start).toMatchObject({ task: 'classify', group: 'series', label: 'shape', inputs: ['x'] });
  expect(start).toMatchObject({ sequences: 32, heldOutSequences: 8, settings: { batchSize: 3, learningRate: 0.003 } });
  const { stdout } = await unrolled(['predict', 'm', 'table.csv'], folder);
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    'series\tlabel\tprobability',
    expect.stringMatching(/^s0\tup\t[01]\.\d{4}$/),
    expect.stringMatching(/^s1\tdown\t[01]\.\d{4}$/),
  ]);
  const [first] = jsonLines(
    (await unrolled(['predict', 'm', 'table.csv', '--format', 'json', '--probabilities'], folder)).stdout,
  );
  expect(first).toMatchObject({ group: 's0', label: 'up', probabilities: { up: first.probability } });
  const found = JSON.parse((await unrolled(['eval', 'm', 'table.csv', '--json'], folder)).stdout);
  expect(found).toMatchObject({ accuracy: 1, count: 40 });
});

const lines = (text: string) => text.trimEnd().split('\n');

/** Asks a model in a pipe. */
function ask(model: string, input: string, options = '') {
  writeFileSync(join(folder, 'input'), input);
  return shell(`unrolled predict ${model} - ${options} < input`, folder);
}
/** Answers in JSON. */
const answersOf = (text: string) =>
  jsonLines(text) as {
    group: string;
    row: number;
    label: string;
    probability: number;
    probabilities: Record<string, number>;
  }[];

test('a class for each row is trained, predicted, measured, and answered in a pipe', async () => {
  const written = rows.map((row) => row.replace(/,(-?\d+),/, (_, x) => `,"${x},5 €",`));
  writeFileSync(join(folder, 'euro.csv'), `series,shape,x,y\n${written.join('\n')}\n`);
  const of = ['--task', 'label', '--group', 'series', '--label-column', 'shape', '--decimal', 'comma'];
  const made = await unrolled(['train', 'euro.csv', ...of, '--inputs', 'x', '--hidden', '4', '--out', 'l'], folder);
  expect(made).toMatchObject({ code: 0 });
  const table = lines((await unrolled(['predict', 'l', 'euro.csv'], folder)).stdout);
  expect(table.length).toBe(161);
  expect(table.slice(0, 2)).toEqual([
    'series\trow\tlabel\tprobability',
    expect.stringMatching(/^s0\t1\t\w+\t0\.\d{4}$/),
  ]);
  const found = JSON.parse((await unrolled(['eval', 'l', 'euro.csv', '--json'], folder)).stdout);
  expect(found).toMatchObject({ task: 'series', count: 160, balancedAccuracy: expect.any(Number) });

  // a pipe knows nothing of the rows to come, so it is the table of the rows so far; another series begins anew
  writeFileSync(join(folder, 'start.csv'), 'series,x\na,"5,5 €"\na,"10,5 €"\n');
  const start = answersOf((await unrolled(['predict', 'l', 'start.csv', '--format', 'json'], folder)).stdout);
  const input = 'series,x\na,"5,5 €"\na,"10,5 €"\nb,"5,5 €"\n';
  const answers = answersOf((await ask('l', input, '--format json')).stdout);
  expect(answers.map(({ group, row }) => [group, row])).toEqual([
    ['a', 1],
    ['a', 2],
    ['b', 1],
  ]);
  expect(answers[1].probability).toBeCloseTo(start[1].probability, 6);
  expect(answers[2]).toEqual({ ...answers[0], group: 'b' });
});

test.each(['--bidirectional', '--no-bidirectional'])(
  'a class for each series is answered row by row, %s',
  async (direction) => {
    const out = `pipe${direction}`;
    const train = ['train', 'table.csv', ...series, '--inputs', 'x', '--hidden', '4', '--epochs', '3', direction];
    expect((await unrolled([...train, '--out', out], folder)).code).toBe(0);
    writeFileSync(join(folder, 'two.csv'), 'series,x\na,0\na,5\n');
    const [whole] = answersOf((await unrolled(['predict', out, 'two.csv', '--format', 'json'], folder)).stdout);
    const input = 'series,x\na,0\na,5\nb,0\n';
    const [first, second, other] = answersOf((await ask(out, input, '--format json --probabilities')).stdout);
    expect(second).toMatchObject({ group: 'a', rows: 2, label: whole.label });
    expect(second.probability).toBeCloseTo(whole.probability, 6);
    expect(second.probabilities.up + second.probabilities.down).toBeCloseTo(1, 6);
    expect(other).toEqual({ ...first, group: 'b' });
    // without names a row is the numbers, with its series before them or without
    expect(lines((await ask(out, '0\n5\n')).stdout).at(-1)).toBe(`${second.label}\t${second.probability.toFixed(4)}`);
    expect(lines((await ask(out, 'a,0\na,5\n')).stdout).at(-1)).toBe(
      `${second.label}\t${second.probability.toFixed(4)}`,
    );
    const wrong = await ask(out, 'series,z\na,1\n');
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('line 1, header: expected a column x, got'),
    });
  },
);

test('what cannot be is one sentence', async () => {
  const refused = async (args: string[], sentence: RegExp) => {
    const { code, stderr } = await unrolled(['train', 'table.csv', ...args, '--out', 'never'], folder);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
    expect(code).toBe(2);
  };
  await refused([...series, '--level', 'word'], /--level: expected none with --group, whose series are vectors/);
  await refused(
    ['--task', 'classify', '--inputs', 'x'],
    /--inputs: expected --group, whose series have columns, got none/,
  );
  for (const [name, value] of [
    ['missing', 'previous'],
    ['time', 'y'],
    ['calendar', 'hour'],
    ['decimal', 'comma'],
  ])
    await refused(
      ['--task', 'classify', `--${name}`, value],
      new RegExp(`--${name}: expected --group, whose series have columns`),
    );
  await refused(['--task', 'label', '--delimiter', 'tab'], /--delimiter: expected a table of series, as --group has/);
  await refused(['--task', 'label', '--label-column', 'shape'], /--label-column: expected --group, whose table has it/);
  await refused(
    ['--group', 'series'],
    /--group: expected --task label, classify or forecast, which it is for, got --task text/,
  );
});
