// What `unrolled mpi-info` expects of a sum, in numbers that can be computed by hand, and what it says to a process that no launcher has started. What it
// measures between processes is in mpi.long.test.ts.

import { expect, test } from 'vitest';
import { expectedMs, plausibleRate } from '../../src/cli/mpi-info.ts';
import { temporaryFolder, unrolled } from './support.ts';

test('a sum takes two messages at each distance, each half as long as those before, and an addition', () => {
  const near = { distance: 1, milliseconds: 1, rate: 1e6 };
  const far = { distance: 2, milliseconds: 10, rate: 1e5 };
  expect(expectedMs([near], Infinity, 1000)).toBeCloseTo(2 * (1 + 0.5), 9);
  expect(expectedMs([near], 1e6, 1000)).toBeCloseTo(2 * (1 + 0.5) + 0.5, 9);
  expect(expectedMs([near, far], 1e6, 1000)).toBeCloseTo(3 + 0.5 + 2 * (10 + 2.5) + 0.25, 9);
  expect(expectedMs([near, { ...far, rate: null }], 1e6, 1000)).toBe(null);
  expect(expectedMs([], 1e6, 1000)).toBe(0);
});

test('a process by itself is told which libraries there are, and how to start several', async () => {
  const { code, stdout, stderr } = await unrolled(['mpi-info'], temporaryFolder());
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^One process.*\n {2}Open MPI +\S.*\n {2}MPICH +\S.*\nmpirun -n 2 /);
});

test('a rate is left out where a long message took hardly longer than an empty one', () => {
  expect(plausibleRate(0.5, 1.5)).toBe(2 ** 20 * 1000); // 1 MiB in a millisecond
  expect(plausibleRate(0.1, 0.1)).toBe(null);
  expect(plausibleRate(0.2, 0.1)).toBe(null);
  expect(plausibleRate(0.1, 0.104)).toBe(null); // 1 MiB in 4 µs, 262 GB/s
});
