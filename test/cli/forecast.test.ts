// Forecasts on the command line: several series in a table or in files, what is known of the future, paths of quantiles, and the last rows as origins.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadModel } from '../../src/node/model-folder.ts';
import { readTable } from '../../src/node/read-examples.ts';
import { evaluate, predict } from '../../src/tasks/kinds.ts';
import { jsonLines, shell, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const path = (name: string) => join(folder, name);
const answers = (input: string, model: string) =>
  shell(`printf '${input.replaceAll('\n', '\\n')}' | unrolled predict ${model} -`, folder);
const wave = (t: number) => 10 * Math.sin((2 * Math.PI * t) / 7);
const weeks = Array.from({ length: 60 }, (_, t) => t);
const write = (name: string, lines: readonly string[]) => writeFileSync(path(name), `${lines.join('\n')}\n`);
const small = ['--task', 'forecast', '--target', 'sales', '--hidden', '4', '--epochs', '2'];

beforeAll(async () => {
  const north = weeks.map((t) => `${t},${(t * t) % 3},${(100 + t + wave(t)).toFixed(2)}`);
  const south = weeks.map((t) => `${t},${(t * t) % 3},${(5000 - 30 * t + 20 * wave(t)).toFixed(2)}`);
  write('north.csv', ['week,promo,sales', ...north]);
  write('south.csv', ['week,promo,sales', ...south]);
  write('shops.csv', ['shop,week,promo,sales', ...north.map((row) => `N,${row}`), ...south.map((row) => `S,${row}`)]);
  write('plan.csv', ['week,promo,sales', ...north, '60,1,', '61,0,']);
  for (const [name, ...args] of [
    ['shops', 'shops.csv', '--group', 'shop'],
    ['files', 'north.csv', 'south.csv'],
    ['known', 'plan.csv', '--known', 'promo', '--inputs', 'sales'],
    ['path', 'north.csv', '--horizon', '1-3', '--quantiles', '0.1,0.5,0.9', '--season', '7'],
  ]) {
    const run = await unrolled(['train', ...args, ...small, '--out', name, '--json'], folder);
    expect({ name, code: run.code, stderr: run.stderr }).toEqual({ name, code: 0, stderr: '' });
    expect(jsonLines(run.stdout).at(-2)).toMatchObject({ event: 'heldOut', skill: expect.any(Number) });
  }
});

describe('several series', () => {
  test('are told apart by a column, in predict and in eval', async () => {
    const rows = jsonLines((await unrolled(['predict', 'shops', 'shops.csv', '--format', 'json'], folder)).stdout);
    expect(rows).toEqual(predict(loadModel(path('shops')), readTable(path('shops.csv'))));
    expect(rows.filter(({ actual }) => actual === null).map(({ series, row }) => [series, row])).toEqual([
      ['N', 61],
      ['S', 61],
    ]);
    const { stdout } = await unrolled(['eval', 'shops', 'shops.csv'], folder);
    expect(stdout).toMatch(
      /\nseries +squared error +absolute error +MASE +skill\nN +.*\nS +.*\n118 forecasts of sales/,
    );
    for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(80);
  });

  test('or by the names of their files, which a single file keeps', async () => {
    const both = await unrolled(['predict', 'files', 'north.csv', 'south.csv'], folder);
    const one = await unrolled(['predict', 'files', 'south.csv'], folder);
    const lines = both.stdout.split('\n');
    expect(lines[0]).toBe('series\trow\tforecast\tactual');
    expect(lines.filter((line) => line.startsWith('south'))).toEqual(
      one.stdout.replace(/\n$/, '').split('\n').slice(1),
    );
    const other = await unrolled(['predict', 'files', 'shops.csv'], folder);
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/expected series that the model was trained on, north, south, got shops/),
    });
  });

  test('answer a pipe, each line with the name of the series', async () => {
    const input = 'shop,week,sales,promo\nN,0,100,0\nN,1,101,1\n';
    const answered = await answers(input, 'shops');
    expect(answered.stdout).toMatch(/^2\t-?[\d.]+\n3\t-?[\d.]+\n$/);
    const mixed = await answers(`${input}S,2,3,4\n`, 'shops');
    expect(mixed).toMatchObject({ code: 2, stderr: expect.stringMatching(/a session reads one series/) });
  });
});

test('rows with a blank target are forecast from what is known of them', async () => {
  const lines = (await unrolled(['predict', 'known', 'plan.csv'], folder)).stdout.replace(/\n$/, '').split('\n');
  expect(lines.at(-1)).toMatch(/^61\t[\d.]+\t$/);
  const { stdout } = await unrolled(['inspect', 'known'], folder);
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /forecast sales 1 row ahead, from sales, promo, in windows of \d+; learned is /,
  );
  const piped = await answers('sales,promo+1\n100,1\n', 'known');
  expect(piped).toMatchObject({ code: 0, stdout: expect.stringMatching(/^2\t[\d.]+\n$/) });
});

test('a path of quantiles is printed row by row, and measured from the last rows', async () => {
  const lines = (await unrolled(['predict', 'path', 'north.csv'], folder)).stdout.replace(/\n$/, '').split('\n');
  expect(lines[0]).toBe('row\tforecast\tactual\t0.1\t0.5\t0.9');
  expect(lines.slice(1).map((line) => line.split('\t')[0])).toEqual(['61', '62', '63']);
  const told = await unrolled(['eval', 'path', 'north.csv', '--origins', '4', '--json'], folder);
  const model = loadModel(path('path'));
  const found = JSON.parse(told.stdout);
  expect(found).toMatchObject({ horizon: '1-3', count: 12, coverage: expect.any(Number) });
  expect(found.steps.map(({ ahead }: { ahead: number }) => ahead)).toEqual([1, 2, 3]);
  expect(found.mse).not.toBe(evaluate(model, readTable(path('north.csv'))).mse);
  const shown = (await unrolled(['eval', 'path', 'north.csv', '--origins', '4'], folder)).stdout;
  expect(shown).toMatch(
    /\nHolt-Winters +[\d.]+ .*\n[\s\S]*between the lowest and the highest: [\d.]+ %, expected 80.0 %\nbefore they were calibrated: [\d.]+ %\n/,
  );
  for (const line of shown.split('\n')) expect([...line].length).toBeLessThanOrEqual(80);
  const card = readFileSync(path('path/task.json'), 'utf8');
  expect(JSON.parse(card)).toMatchObject({
    from: 1,
    horizon: 3,
    quantiles: [0.1, 0.5, 0.9],
    season: 7,
    target: { change: 7 },
    calibration: [expect.any(Array), expect.any(Array), expect.any(Array)],
  });
});

test.each<[string, string[], RegExp]>([
  [
    'a horizon of nothing',
    ['--horizon', '0'],
    /^unrolled: --horizon: expected a number of rows, such as 3, or the first .*, got "0"\n$/,
  ],
  [
    'a quantile of words',
    ['--quantiles', '0.1,high'],
    /^unrolled: --quantiles: expected numbers above 0 and below 1.*high"\]\n$/,
  ],
  ['no such group', ['--group', 'town'], /^unrolled: shops\.csv: expected a column town, got the columns shop/],
  ['no such known column', ['--known', 'rain'], /^unrolled: shops\.csv: expected a column rain/],
  [
    'both forms of a change',
    ['--difference', '--no-difference'],
    /^unrolled: --difference cannot be combined with --no-difference/,
  ],
])('%s is one sentence', async (_, args, sentence) => {
  const run = await unrolled(['train', 'shops.csv', ...small, ...args, '--out', 'never'], folder);
  expect(run.stderr).toMatch(sentence);
  expect(run).toMatchObject({ code: 2, stdout: '' });
});

test('a model of a language has no origins', async () => {
  const run = await unrolled(['eval', 'shops', 'shops.csv', '--origins', '0'], folder);
  expect(run.stderr).toMatch(/^unrolled: --origins: expected a whole number of 1 or more, got 0\n$/);
});
