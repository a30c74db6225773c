// When a run counts as one that diverged: never by a few updates or by what one batch differs from another. The sentence of a whole run is in train.test.ts.

import { expect, test } from 'vitest';
import { DivergenceWatch } from '../../src/cli/divergence.ts';

/** What is found of a run with these losses. */
function found(losses: readonly number[], epochUpdates: number) {
  const watch = new DivergenceWatch(epochUpdates);
  for (const loss of losses) watch.add(loss);
  return watch.found(losses[0] ?? null);
}
const steady = (length: number, loss: number) => Array.from({ length }, () => loss);

test('a few updates say nothing, whatever an epoch has', () => {
  expect(found([3.686, 3.69], 200)).toBeUndefined();
  expect(found([0.91, 1.2, 0.9, 1.1, 0.95], 5)).toBeUndefined();
  expect(found([1, ...steady(18, 50)], 5)).toBeUndefined();
  expect(found([1, ...steady(98, 50)], 5000)).toBeUndefined();
  expect(found([], 5)).toBeUndefined();
});

test('the last epoch counts, of a long one the last hundred updates', () => {
  expect(found([1, ...steady(20, 3)], 5)).toEqual({ updates: 20, mean: 3 });
  expect(found([1, ...steady(40, 0.5), ...steady(40, 3)], 40)).toEqual({ updates: 40, mean: 3 });
  expect(found([1, ...steady(500, 0.5), ...steady(100, 3)], 5000)).toEqual({ updates: 100, mean: 3 });
  expect(found([1, ...steady(50, 90), ...steady(40, 0.5)], 40)).toBeUndefined();
});

test('noise is no divergence: a first batch that happens to be easy, or a few that are very hard', () => {
  const noisy = Array.from({ length: 200 }, (_, i) => 1.02 + 0.05 * Math.sin(i * i));
  expect(found([1, ...noisy], 100)).toBeUndefined();
  expect(found([1, ...Array.from({ length: 200 }, (_, i) => (i % 10 === 0 ? 30 : 0.8))], 100)).toBeUndefined();
  // one that swings between bad and worse is one
  expect(found([4, ...Array.from({ length: 200 }, (_, i) => 9 + 4 * Math.sin(i))], 100)).toMatchObject({
    updates: 100,
  });
});
