// Every reader is given inputs that are damaged in thousands of ways, and keeps its promise (test/support/attack.ts). MUTATIONS=200000 sets how many
// inputs each reader gets, and MUTATIONS_FROM the number of the first, so that a longer attack need not begin with the same ones.

import process from 'node:process';
import { expect, test } from 'vitest';
import { attack } from '../support/attack.ts';
import { readers } from '../support/readers.ts';

const count = Number(process.env.MUTATIONS ?? 1000);
const first = Number(process.env.MUTATIONS_FROM ?? 1);

test.each(readers.map((reader) => [reader.name, reader] as const))(
  '%s',
  (_, reader) => {
    const { read, refused } = attack(reader, count, first);
    expect(read + refused).toBe(count);
    // both happen, so that neither the damage nor the reader is a formality
    expect(read).toBeGreaterThan(0);
    if (!reader.isTolerant) expect(refused).toBeGreaterThan(0);
  },
  60_000 + 100 * count,
);
