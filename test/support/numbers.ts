// Comparing lists of numbers.

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/** ‖a − b‖₂ / ‖b‖₂: the relative distance of a whole tensor. Not a number counts as infinite. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  const ratio = Math.sqrt(difference) / (Math.sqrt(size) || 1);
  return Number.isNaN(ratio) ? Infinity : ratio;
}

/** All numbers of nested lists, in order. */
export function flatten(nested: unknown): number[] {
  return Array.isArray(nested) ? nested.flatMap(flatten) : [nested as number];
}

/** Expects the same bits in the same places. `toEqual` says where they differ, but takes a microsecond and more for each number. */
export function expectSameBits(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}
