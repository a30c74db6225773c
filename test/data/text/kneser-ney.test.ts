// Counted n-grams beside a slow truth: the equations with a map for each length, and sums over the vocabulary that must be 1.

import { describe, expect, test } from 'vitest';
import { KneserNey, NgramCounts } from '../../../src/data/text/kneser-ney.ts';
import { Random } from '../../../src/random.ts';

const C = 7;

/** A text in which some n-grams come again and again, and some once. */
function text(length: number, seed: number): Uint8Array {
  const random = new Random(seed);
  const ids = new Uint8Array(length);
  // token 6 is left to the held-out text
  for (let i = 0; i < length; i++)
    ids[i] =
      random.uniform() < 0.6 && i > 1 ? (ids[i - 1] * 2 + ids[i - 2]) % 6 : Math.floor(6 * random.uniform() ** 2);
  return ids;
}

/** p(w | h) of modified Kneser-Ney, by its equations: counts are maps from n-grams as text. */
function slowTruth(ids: Uint8Array, order: number): (h: readonly number[], w: number) => number {
  const runs = (length: number): string[] =>
    Array.from({ length: ids.length - length + 1 }, (_, i) => ids.subarray(i, i + length).join());
  const counts = Array.from({ length: order + 1 }, (_, length) => {
    const count = new Map<string, number>();
    if (length === 0) return count;
    if (length === order) for (const run of runs(length)) count.set(run, (count.get(run) ?? 0) + 1);
    else {
      // before how many different tokens; the beginning of the text is one
      const before = new Set([`start,${runs(length)[0]}`, ...runs(length + 1)]);
      for (const run of before) {
        const own = run.slice(run.indexOf(',') + 1);
        count.set(own, (count.get(own) ?? 0) + 1);
      }
    }
    return count;
  });
  const discounts = counts.map((count) => {
    const n = (k: number): number => [...count.values()].filter((c) => c === k).length;
    const Y = n(1) / (n(1) + 2 * n(2));
    return (c: number): number => {
      const k = Math.min(c, 3);
      if (k === 0) return 0;
      const wanted = k - ((k + 1) * Y * n(k + 1)) / n(k);
      return n(1) > 0 && n(2) > 0 && wanted > 0 ? Math.min(k, wanted) : k / 2;
    };
  });
  const p = (h: readonly number[], w: number): number => {
    const length = h.length + 1;
    const shorter = (): number => (h.length === 0 ? 1 / C : p(h.slice(1), w));
    const after = Array.from({ length: C }, (_, v) => counts[length].get([...h, v].join()) ?? 0);
    const all = after.reduce((sum, c) => sum + c, 0);
    if (all === 0) return shorter();
    const rest = after.reduce((sum, c) => sum + discounts[length](c), 0);
    return (after[w] - discounts[length](after[w])) / all + (rest / all) * shorter();
  };
  return p;
}

describe.each([1, 2, 3, 4])('n-grams of up to %d tokens', (order) => {
  const training = text(400, order);
  // the longest counts of all are more than the model uses
  const model = new KneserNey(new NgramCounts(training, C, 4), order);
  const truth = slowTruth(training, order);

  test('have the probabilities of the equations', () => {
    const heldOut = Uint8Array.of(3, ...text(60, 9), 6, 0, 1, 6);
    const losses = model.losses(heldOut);
    expect(losses).toHaveLength(heldOut.length - 1);
    losses.forEach((loss, i) => {
      const h = [...heldOut.subarray(Math.max(0, i + 2 - order), i + 1)];
      expect(loss).toBeCloseTo(-Math.log(truth(h, heldOut[i + 1])), 10);
    });
  });

  test('have them add up to 1, after contexts that were never seen too', () => {
    for (const context of [[], [0], [6], [1, 2, 3], [6, 6, 6], [...training.subarray(50, 53)]]) {
      const all = model.distribution(Uint8Array.from(context));
      expect(all.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      expect(Math.min(...all)).toBeGreaterThan(0);
    }
  });
});

test('thousands of n-grams are counted as few are', () => {
  const random = new Random(3);
  const ids = Uint32Array.from({ length: 20_000 }, () => Math.floor(5000 * random.uniform() ** 3));
  const counts = new NgramCounts(ids, 5000, 2);
  const pairs = new Map<number, number>();
  for (let i = 1; i < ids.length; i++) {
    const key = ids[i - 1] * 5000 + ids[i];
    pairs.set(key, (pairs.get(key) ?? 0) + 1);
  }
  expect(counts.size).toBe(1 + new Set(ids).size + pairs.size);
  for (const [key, count] of pairs) {
    const first = counts.find(0, Math.floor(key / 5000));
    expect(counts.occurrences[counts.find(first, key % 5000)]).toBe(count);
  }
});

test('an order that is none is refused', () => {
  const ids = Uint8Array.of(0, 1, 0);
  expect(() => new NgramCounts(ids, 2, 13)).toThrow(/^order: expected a whole number from 1 to 12, got 13$/);
  expect(() => new NgramCounts(ids, 1, 2)).toThrow(/^n-grams: expected ids below 1, .* got 1$/);
  expect(() => new KneserNey(new NgramCounts(ids, 2, 2), 3)).toThrow(
    /^order: expected a whole number from 1 to 2, got 3$/,
  );
});
