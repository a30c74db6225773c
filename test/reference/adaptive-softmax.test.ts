// The reference of the adaptive softmax against central differences and PyTorch's numbers, and that its probabilities are probabilities.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/random.ts';
import * as adaptive from '../../src/reference/adaptive-softmax.ts';
import type { Matrix, Vector } from '../../src/reference/matrix.ts';
import { centralDifferences } from '../../src/reference/network.ts';
import * as rnn from '../../src/reference/rnn.ts';
import { readGolden } from '../support/golden.ts';
import { flatten, relativeError } from '../support/numbers.ts';

const random = new Random(5);
const vector = (n: number): Vector => Float64Array.from({ length: n }, () => random.uniform(-0.8, 0.8));
const matrix = (r: number, c: number): Matrix => Array.from({ length: r }, () => vector(c));

/** 3 frequent classes and clusters of 4 and 2, of widths 2 and 1; H = 5. */
const output: adaptive.AdaptiveSoftmax = {
  V: matrix(5, 5),
  c: vector(5),
  clusters: [
    { P: matrix(2, 5), V: matrix(4, 2) },
    { P: matrix(1, 5), V: matrix(2, 1) },
  ],
};

test('the probabilities of all classes add up to 1', () => {
  const all = adaptive.probabilities(output, vector(5));
  expect(all).toHaveLength(9);
  expect(all.every((p) => p > 0)).toBe(true);
  expect(all.reduce((sum, p) => sum + p)).toBeCloseTo(1, 14);
});

describe('the gradient', () => {
  const h = Array.from({ length: 12 }, () => vector(5));
  const y = [0, 1, 2, 3, 4, 5, 6, 7, 8, 3, 8, 0];
  const weight = y.map((_, t) => (t === 9 ? 0 : 1 + t / 4));
  const loss = () =>
    h.reduce((sum, state, t) => sum + weight[t] * adaptive.negativeLogLikelihood(output, state, y[t]), 0);
  const exact = adaptive.backward(output, h, y, weight);
  const pairs: [string, Vector[], Vector[]][] = [
    ['V', output.V, exact.V],
    ['c', [output.c], [exact.c]],
    ['h', h, exact.h],
    ...output.clusters.flatMap(({ P, V }, i): [string, Vector[], Vector[]][] => [
      [`P${i + 1}`, P, exact.clusters[i].P],
      [`V${i + 1}`, V, exact.clusters[i].V],
    ]),
  ];

  test.each(pairs)('of %s is that of central differences', (_, theta, gradient) => {
    const numeric = theta.flatMap((row) => [...centralDifferences(loss, row)]);
    const analytic = gradient.flatMap((row) => [...row]);
    // as for the reference network: 1e-10 and rounding, with room for cancellation
    expect(relativeError(analytic, numeric)).toBeLessThan(1e-7);
    analytic[0] += 1e-3 * Math.abs(analytic[0]) + 1e-5;
    expect(relativeError(analytic, numeric)).toBeGreaterThan(1e-7);
  });
});

test('the log-probabilities are PyTorch’s', () => {
  const golden = readGolden('adaptive_softmax');
  const rows = (name: string) => (golden.params[name] as number[][]).map((row) => Float64Array.from(row));
  const theirs: adaptive.AdaptiveSoftmax = {
    V: rows('decoder.head.weight'),
    c: Float64Array.from(golden.params['decoder.head.bias'] as number[]),
    clusters: [0, 1].map((i) => ({ P: rows(`decoder.tail.${i}.0.weight`), V: rows(`decoder.tail.${i}.1.weight`) })),
  };
  const bias = [0, 1].map((i) => golden.params[`rnn.bias_${['ih', 'hh'][i]}_l0`] as number[]);
  const layer: rnn.Elman = {
    U: rows('rnn.weight_ih_l0'),
    W: rows('rnn.weight_hh_l0'),
    b: Float64Array.from(bias[0], (value, i) => value + bias[1][i]),
    f: 'tanh',
  };
  const embedding = rows('encoder.weight');
  const { steps, batch } = golden.config;
  for (let b = 0; b < batch; b++) {
    const x = golden.tokens.map((row: number[]) => embedding[row[b]]);
    const h = rnn.forward(layer, x, Float64Array.from(golden.h0[0][b] as number[]));
    for (let t = 0; t < steps; t++) {
      const ours = adaptive.probabilities(theirs, h[t + 1]).map(Math.log);
      expect(relativeError(ours, flatten(golden.log_prob[t * batch + b]))).toBeLessThan(1e-13); // float64, few steps
    }
  }
});
