// The rounds of `unrolled train --search`: how many begin, for how long, and who goes on.

import { expect, test } from 'vitest';
import { firstRound, laterRound, leastSeconds, type SearchRecord } from '../../src/cli/sweep/rounds.ts';

const means = { cost: 0.1, start: 0, whole: 900 };
const search = (losses: readonly (number | null)[], updates = 30): SearchRecord => ({
  ...{ files: [], fixed: {}, seconds: 0 },
  candidates: losses.map((loss) => ({ settings: {}, losses: [loss] })),
  rounds: [{ updates, candidates: losses.map((_, i) => i), isDone: true }],
});

test('the first round has as many candidates as the time lets make enough updates', () => {
  // 9 × u + 3 × 3 u updates of 0.16 s
  expect(firstRound({ ...means, left: 18 * 20 * 0.16 + 1e-9 })).toMatchObject({
    updates: 20,
    candidates: { length: 9 },
  });
  expect(firstRound({ ...means, left: 18 * 20 * 0.16 - 0.1 })).toBe(null);
  expect(leastSeconds(means)).toBeCloseTo(18 * 20 * 0.16, 9);
  // 27 u + 9 × 3 u + 3 × 9 u
  expect(firstRound({ ...means, left: 81 * 20 * 0.16 + 1e-9 })).toMatchObject({
    updates: 20,
    candidates: { length: 27 },
  });
  // twelve candidates of two rounds start, each in a second
  expect(firstRound({ ...means, start: 1, left: 18 * 20 * 0.16 + 11 })).toBe(null);
  expect(firstRound({ ...means, start: 1, left: 18 * 20 * 0.16 + 12 + 1e-9 })).toMatchObject({
    candidates: { length: 9 },
  });
});

test('no candidate makes more updates than the whole run', () => {
  const first = firstRound({ ...means, whole: 90, left: 1e9 })!;
  expect(first).toMatchObject({ updates: 30, candidates: { length: 9 } });
  expect(laterRound(search([1, 2, 3, 4, 5, 6, 7, 8, 9]), { ...means, whole: 90, left: 1e9 })!.updates).toBe(90);
});

test('the best third goes on, with the defaults, and one that failed is the last', () => {
  const losses = [9, 3, null, 1, 5, 2, 8, 7, 6];
  const next = laterRound(search(losses), { ...means, left: 3 * 90 * 0.1 })!;
  expect(next).toEqual({ updates: 90, candidates: [3, 5, 0], isDone: false });
  expect(laterRound(search([1, null, 3]), { ...means, left: 1e9 })).toBe(null);
});
