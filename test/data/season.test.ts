// What is found in the past of a series, and the linear model in closed form.

import { expect, test } from 'vitest';
import { leastSquares } from '../../src/data/least-squares.ts';
import { changesGrow, drifts, findSeason } from '../../src/data/season.ts';

const wave = (period: number, length: number, trend = 0) =>
  Array.from({ length }, (_, t) => trend * t + Math.sin((2 * Math.PI * t) / period));

test('a season is found in one series and in the mean of several, and none where there is none', () => {
  expect(findSeason([wave(12, 200)])).toBe(12);
  expect(findSeason([wave(7, 100, 0.5), wave(7, 120)])).toBe(7);
  expect(findSeason([Array.from({ length: 60 }, (_, t) => [3, 1, 4, 1, 5][t % 5])])).toBe(5);
  expect(findSeason([Array.from({ length: 100 }, (_, t) => t * t)])).toBeUndefined();
  expect(findSeason([[1, 1, 1, 1, 1, 1, 1, 1, 1]])).toBeUndefined();
  expect(findSeason([[1, 2]])).toBeUndefined();
});

test('a series drifts that leaves the range it had', () => {
  expect(drifts(wave(12, 200))).toBe(false);
  expect(drifts(wave(12, 200, 1))).toBe(true);
});

test('changes grow where they are a share of the value, and not where a trend goes on by the same steps', () => {
  expect(changesGrow(Array.from({ length: 60 }, (_, t) => 1.02 ** t))).toBe(true);
  expect(changesGrow(Array.from({ length: 60 }, (_, t) => 1.001 ** t))).toBe(false);
  expect(changesGrow(wave(12, 200, 1))).toBe(false);
  expect(changesGrow([1, 2])).toBe(false);
});

test('least squares gives the weights of a linear target', () => {
  const x = [1, 2, 1, 5, 1, 3, 1, -4]; // [4, 2]
  const y = [2, 5, 3, -4].flatMap((v) => [3 + 2 * v, -v]); // [4, 2]
  const weights = leastSquares(Float64Array.from(x), Float64Array.from(y), 4, 0);
  [3, 0, 2, -1].forEach((w, i) => void expect(weights[i]).toBeCloseTo(w, 10)); // [2, 2]
});
