// The benchmark's arithmetic, which nobody sees when it is wrong; and that docs/performance.md says what the figures say. Nothing is timed.

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
/** The benchmark is JavaScript without types. */
const load = (name: string) => import(/* @vite-ignore */ at(`bench/${name}`).href);

test('quartiles are interpolated, and rounds without a turn are left out', async () => {
  const { median, quartiles } = await load('measure.mjs');
  expect(quartiles([4, 1, 3, 2])).toEqual({ lower: 1.75, median: 2.5, upper: 3.25 });
  expect(quartiles([7])).toEqual({ lower: 7, median: 7, upper: 7 });
  expect(median([3, null, 1, 2])).toBe(2);
  expect(quartiles([null])).toBeNull();
});

test('a ratio is taken within each round that both have', async () => {
  const { ratio } = await load('measure.mjs');
  expect(ratio([10, 40, 9], [5, 10, 3]).median).toBe(3);
  expect(ratio([10, null, 9], [5, 1, null])).toEqual({ lower: 2, median: 2, upper: 2 });
  expect(ratio(undefined, [1])).toBeNull();
});

test('the exponent of a power is found, whatever its factor', async () => {
  const { exponent } = await load('measure.mjs');
  const xs = [16, 64, 256, 4096];
  expect(
    exponent(
      xs,
      xs.map((x) => 0.3 * x ** 1.7),
    ),
  ).toBeCloseTo(1.7, 12);
});

test('contestants take turns, each round beginning with another one', async () => {
  const { takeTurns } = await load('measure.mjs');
  const order: string[] = [];
  const contestant = (name: string, turns?: number) => ({ name, turns, turn: () => order.push(name) });
  const values = await takeTurns([contestant('a'), contestant('b'), contestant('c', 1)], 2);
  expect(order).toEqual(['a', 'b', 'c', 'b', 'a']);
  expect(values).toEqual([
    [1, 5],
    [2, 4],
    [3, null],
  ]);
});

test('useful operations are those of the products, three times over', async () => {
  const { operations } = await load('cases.mjs');
  expect(operations({ B: 2, T: 3, H: 5, C: 7 })).toBe(6 * 2 * 3 * (5 * 5 + 5 * 7));
  expect(operations({ B: 2, T: 3, H: 5, C: 7, cell: 'gru' })).toBe(6 * 2 * 3 * (3 * 5 * 5 + 5 * 7));
  expect(operations({ B: 2, T: 3, H: 5, C: 7, embedding: true })).toBe(6 * 2 * 3 * (5 * 5 + 5 * 7 + 5 * 5));
});

test('a figure below its target is told as missed', async () => {
  const { verdict } = await load('markdown.mjs');
  expect(verdict(1.5, 1.5)).toBe('1.50 / 1.5 met');
  expect(verdict(1.4999, 1.5)).toBe('1.49 / 1.5 **missed**');
  expect(verdict(undefined, 1.5)).toBe('not measured / 1.5');
});

test('the ids and weights of the contestants are those that data.py makes', async () => {
  const { texts, weights } = await load('peers/data.mjs');
  // from data.py: network(2, 2, 4, 10, False)
  expect([...texts({ B: 2, T: 2, C: 10 }).ids]).toEqual([0, 0, 9, 6]);
  expect([...weights({ H: 4, C: 10 }).W.slice(0, 4)]).toEqual(
    Array.from(Float32Array.of(0.23425094783306122, -0.17500156164169312, -0.21470394730567932, 0.037955157458782196)),
  );
});

const results = 'bench/results.json';

test.skipIf(!existsSync(at(results)))(
  'docs/performance.md is the page of bench/results.json and the notes',
  async () => {
    const { page } = await load('report.mjs');
    const read = (path: string) => readFileSync(at(path), 'utf8');
    expect(read('docs/performance.md')).toBe(page(JSON.parse(read(results)), read('bench/performance-notes.md')));
  },
);
