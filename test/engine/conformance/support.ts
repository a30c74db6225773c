// What the conformance suite shares: the sizes, arrays with guards around them, and comparisons.

import { expect } from 'vitest';
import type { Allocator, Backend, Floats } from '../../../src/engine/backend.ts';

/** Around every width that the kernels treat apart: 4 lanes, panels of 8, groups of 16 and 32. */
export const sizes = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33];

/** The unit roundoff: the relative error of one rounding. */
export function roundoff(backend: Backend): number {
  return backend.precision === 'float64' ? 2 ** -53 : 2 ** -24;
}

const GUARD = 5; // numbers on either side; odd, so that the arrays under test do not start on a multiple of 16 bytes
const SENTINEL = 12345.5;

/** Arrays whose neighbors must not change. */
export class Guards {
  readonly #blocks: { block: Floats; length: number }[] = [];
  readonly #allocate: Allocator;

  constructor(allocate: Allocator) {
    this.#allocate = allocate;
  }

  /** An array of `length` numbers with guards on both sides. */
  floats(length: number): Floats {
    const block = this.#allocate.floats(length + 2 * GUARD);
    this.#blocks.push({ block, length });
    block.fill(SENTINEL);
    return block.subarray(GUARD, GUARD + length);
  }

  /** Fails where a kernel wrote outside its array. */
  expectIntact(): void {
    for (const { block, length } of this.#blocks) {
      for (let i = 0; i < GUARD; i++) {
        if (block[i] !== SENTINEL) expect.fail(`a kernel wrote ${GUARD - i} before an array of ${length}`);
        if (block[GUARD + length + i] !== SENTINEL) expect.fail(`a kernel wrote ${i} behind an array of ${length}`);
      }
    }
  }
}

/** A seeded stream of numbers from −1 to 1 (a linear congruential generator is enough here). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Fills an array, and returns its numbers (rounded to its precision) as float64. */
export function fill(array: Floats, next: () => number): Float64Array {
  for (let i = 0; i < array.length; i++) array[i] = next();
  return Float64Array.from(array);
}

/** Fails, naming the place, unless every |actual − expected| is within its bound; NaN equals NaN. */
export function expectClose(
  label: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: (i: number) => number,
): void {
  for (let i = 0; i < expected.length; i++) {
    const same = Object.is(actual[i], expected[i]) || Math.abs(actual[i] - expected[i]) <= bound(i);
    if (!same) expect.fail(`${label}: [${i}] is ${actual[i]}, expected ${expected[i]} within ${bound(i)}`);
  }
}

/** Fails, naming the place, unless the numbers are the same, signs of zero included. */
export function expectSame(label: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expectClose(label, actual, expected, () => -1);
}
