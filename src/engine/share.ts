// The division of work among threads: each takes one stretch of a length, and the stretches have nearly the same size.

import type { Share } from './backend.ts';

/** The share of a single thread: all of the work. */
export const alone: Share = { index: 0, count: 1 };

/** The stretch [from, to) of [0, length) that a thread takes, `from` a multiple of `unit`. */
export function stretch({ index, count }: Share, length: number, unit = 1): readonly [from: number, to: number] {
  const units = Math.ceil(length / unit);
  const end = (thread: number): number => Math.min(length, Math.floor((units * thread) / count) * unit);
  return [end(index), end(index + 1)];
}
