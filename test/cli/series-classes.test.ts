// Classes of series on the command line: train, predict, eval and a pipe, in the words of the library.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines, temporaryFolder, unrolled } from './support.ts';

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
  await refused(['--task', 'label', '--label-column', 'shape'], /--label-column: expected --group, whose table has it/);
  await refused(
    ['--group', 'series'],
    /--group: expected --task label, classify or forecast, which it is for, got --task text/,
  );
});
