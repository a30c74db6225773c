// What the defaults make of series that people have: they beat the last value where there is a pattern, and lose nothing to it where there is none.

import { expect, test } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { type ForecastOptions, forecast } from '../../src/tasks/forecast/forecast.ts';
import { evaluate } from '../../src/tasks/kinds.ts';
import { fit } from '../../src/tasks/train.ts';

/** Numbers from 0 to 1, of a seed. */
function numbers(seed: number): () => number {
  let at = seed >>> 0;
  return () => {
    at = (Math.imul(at, 1664525) + 1013904223) >>> 0;
    return at / 2 ** 32;
  };
}

/** A number that is nearly normal. */
const normal = (next: () => number) => Array.from({ length: 12 }, next).reduce((sum, one) => sum + one, -6);
const range = <Value>(length: number, of: (t: number) => Value) => Array.from({ length }, (_, t) => of(t));
const wave = (t: number, period: number) => Math.sin((2 * Math.PI * t) / period);

async function skillOf(header: string, rows: readonly (readonly (string | number)[])[], options: ForecastOptions) {
  const table = parseTable(`${header}\n${rows.map((row) => row.join(',')).join('\n')}\n`);
  const task = forecast(table, options);
  const model = createModel(task);
  await fit(model, task);
  return evaluate(model, task.heldOut!);
}

test('a trend with a season', async () => {
  const noise = numbers(2);
  const rows = range(400, (t) => [(100 + 0.5 * t + 6 * wave(t, 24) + 0.05 * normal(noise)).toFixed(3)]);
  expect((await skillOf('y', rows, { target: 'y' })).skill).toBeGreaterThan(0.95);
});

test.each([1, 2, 3])('growth of 1 %% a step with a season, seed %s', async (seed) => {
  const noise = numbers(seed);
  const rows = range(300, (t) => [(100 * 1.01 ** t * (1 + 0.3 * wave(t, 12)) * (1 + 0.01 * normal(noise))).toFixed(4)]);
  expect((await skillOf('y', rows, { target: 'y' })).skill).toBeGreaterThan(0.9);
});

test.each([7919, 15838, 23757])('a random walk, seed %s', async (seed) => {
  const next = numbers(seed);
  let at = 100;
  const rows = range(400, () => [(at += normal(next)).toFixed(4)]);
  expect((await skillOf('y', rows, { target: 'y' })).skill).toBeGreaterThan(-0.05);
});

test('a pattern without a trace in a linear model', async () => {
  let x = 0.3;
  const rows = range(400, () => [(x = 3.9 * x * (1 - x)).toFixed(6)]);
  expect((await skillOf('y', rows, { target: 'y' })).skill).toBeGreaterThan(0.9);
});

test('shops one below the other, each with a size and a season of its own', async () => {
  const shops = ['A', 'B', 'C'].flatMap((shop, s) =>
    range(120, (t) => [
      shop,
      t,
      ([100, 10000, 1][s] * (1 + 0.004 * t * (s - 1) + 0.1 * wave(t, 9 + 5 * s))).toFixed(4),
    ]),
  );
  const { series } = await skillOf('shop,week,sales', shops, { target: 'sales', group: 'shop' });
  for (const { name, skill } of series) expect(skill, name).toBeGreaterThan(0.3);
});

test('a promotion that is known ahead', async () => {
  const next = numbers(4);
  const rows = range(300, (t) => {
    const promo = next() < 0.4 ? 1 : 0;
    return [`d${t}`, promo, (100 + 80 * promo + 5 * normal(next)).toFixed(2)];
  });
  expect((await skillOf('day,promo,sales', rows, { target: 'sales', known: ['promo'] })).skill).toBeGreaterThan(0.9);
});
