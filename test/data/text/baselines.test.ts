// The two baselines that only count tokens, by their formulas.

import { expect, test } from 'vitest';
import { baselines } from '../../../src/data/text/baselines.ts';

test('the baselines are the formulas, by hand: a b a b a | a b', () => {
  const { unigram, bigram } = baselines(Uint8Array.of(0, 1, 0, 1, 0), Uint8Array.of(0, 1), 2);
  expect(unigram).toBeCloseTo(-Math.log((2 + 1) / (5 + 2)), 12);
  expect(bigram).toBeCloseTo(-Math.log((2 + 1 * (3 / 7)) / (2 + 1)), 12);
});

test('pairs give every token a probability, together 1, after tokens that were never followed too', () => {
  const training = Uint8Array.of(0, 1, 1, 2, 0, 3); // nothing follows 3
  for (const v of [0, 1, 2, 3, 4]) {
    let sum = 0;
    for (const w of [0, 1, 2, 3, 4]) sum += Math.exp(-baselines(training, Uint8Array.of(v, w), 5).bigram);
    expect(sum).toBeCloseTo(1, 12);
  }
});
