// Exponential smoothing against numbers worked out by hand, and what it is fitted to.

import { describe, expect, test } from 'vitest';
import { fitHoltWinters, HoltWinters, leastOf } from '../../src/data/holt-winters.ts';

describe('exponential smoothing', () => {
  test('goes from value to value as the equations say', () => {
    // seasons of 2: the first has the mean 4, the second 8, so the trend is 2 a row; before the first row the level is 4 − 2 · 1.5 = 1, and what the
    // first season adds to the line 1 + 2 (t + 1) is 2 − 3 = −1 and 6 − 5 = 1
    const state = new HoltWinters([2, 6, 6, 10], 2, { level: 0.5, trend: 0.5, season: 0.5 });
    expect([1, 2, 3, 4].map((k) => state.ahead(k))).toEqual([2, 6, 6, 10]);
    state.read(4);
    // l = ½ (4 − −1) + ½ (1 + 2) = 4, b = ½ (4 − 1) + ½ · 2 = 2.5, s₀ = ½ (4 − 4) + ½ · −1 = −0.5
    expect(state.ahead(1)).toBe(4 + 2.5 + 1);
    expect(state.ahead(2)).toBe(4 + 5 - 0.5);
    state.read(7);
    // l = ½ (7 − 1) + ½ (4 + 2.5) = 6.25, b = ½ (6.25 − 4) + ½ · 2.5 = 2.375, s₁ = ½ (7 − 6.25) + ½ · 1 = 0.875
    expect(state.ahead(1)).toBe(6.25 + 2.375 - 0.5);
    expect(state.ahead(2)).toBe(6.25 + 4.75 + 0.875);
  });

  test('without a season is Holt’s', () => {
    const state = new HoltWinters([1, 3, 5], 1, { level: 1, trend: 1, season: 0 });
    for (const value of [1, 3, 6]) state.read(value);
    // with α = β = 1 the last value and the last change go on
    expect([1, 2].map((k) => state.ahead(k))).toEqual([9, 12]);
  });

  test('is fitted to follow a random walk closely, and to smooth noise', () => {
    let seed = 7;
    const noise = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32 - 0.5;
    };
    const level = Array.from({ length: 300 }, noise);
    let at = 0;
    const walk = Array.from({ length: 300 }, () => (at += noise()));
    expect(fitHoltWinters(walk, 1).level).toBeGreaterThan(0.8);
    expect(fitHoltWinters(level, 1).level).toBeLessThan(0.2);
    expect(leastOf(12)).toBe(24);
  });
});
