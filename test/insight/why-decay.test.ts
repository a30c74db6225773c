// Eigenvalues, singular values and Jacobians against what is known of them, and against the gradients of a trace.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { eigenvalues } from '../../src/insight/eigenvalues.ts';
import { gradientByDistance } from '../../src/insight/gradient-by-distance.ts';
import { jacobian, largestSingularValue } from '../../src/insight/jacobian.ts';
import { spectralRadius } from '../../src/insight/spectral-radius.ts';
import { trace } from '../../src/insight/trace.ts';
import { whyDecay } from '../../src/insight/why-decay.ts';
import { checkConfig } from '../../src/network/config.ts';
import { initialize } from '../../src/network/initialize.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { Random } from '../../src/random.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { runs } from '../support/exhaustive.ts';
import { insightModels, sampleOf } from '../support/insight.ts';
import { relativeError } from '../support/numbers.ts';

const double = javascriptBackend('float64');
const gaussian = (n: number, seed: number) => {
  const random = new Random(seed);
  return Float64Array.from({ length: n * n }, () => random.normal() / Math.sqrt(n));
};
const product = (a: Float64Array, b: Float64Array, n: number) => {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) c[i * n + j] += a[i * n + k] * b[k * n + j];
  return c;
};
const traceOf = (a: Float64Array, n: number) => a.reduce((sum, value, i) => sum + (i % (n + 1) === 0 ? value : 0), 0);
/** The roots as sorted strings of few digits. */
const shown = ({ real, imaginary }: { real: Float64Array; imaginary: Float64Array }, digits = 6) =>
  Array.from(real, (x, i) =>
    `${(x + 0).toFixed(digits)} ${(imaginary[i] + 0).toFixed(digits)}`.replaceAll('-0.000000', '0.000000'),
  ).sort();

describe('eigenvalues', () => {
  test('of small matrices are what one computes by hand', () => {
    expect(shown(eigenvalues([2], 1))).toEqual(['2.000000 0.000000']);
    expect(shown(eigenvalues([0, -1, 1, 0], 2))).toEqual(['0.000000 -1.000000', '0.000000 1.000000']);
    expect(shown(eigenvalues([2, 1, 1, 2], 2))).toEqual(['1.000000 0.000000', '3.000000 0.000000']);
    expect(shown(eigenvalues([0, 1, 0, 0], 2))).toEqual(['0.000000 0.000000', '0.000000 0.000000']);
    expect(shown(eigenvalues(new Float64Array(9), 3))).toEqual(new Array(3).fill('0.000000 0.000000'));
    // a cyclic permutation: the cube, and fourth, roots of 1, where unshifted QR would stand still
    expect(shown(eigenvalues([0, 0, 1, 1, 0, 0, 0, 1, 0], 3), 3)).toEqual([
      '-0.500 -0.866',
      '-0.500 0.866',
      '1.000 0.000',
    ]);
    const four = eigenvalues([0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], 4);
    for (let i = 0; i < 4; i++) expect(Math.hypot(four.real[i], four.imaginary[i])).toBeCloseTo(1, 12);
  });

  test('of the companion matrix of a polynomial are its roots', () => {
    // (x − 1)(x − 2) … (x − 8)
    let coefficients = [1];
    for (let root = 1; root <= 8; root++)
      coefficients = [...coefficients, 0].map((c, i) => c - root * (coefficients[i - 1] ?? 0));
    const companion = new Float64Array(64);
    for (let i = 0; i < 8; i++) {
      companion[i] = -coefficients[i + 1];
      if (i > 0) companion[i * 8 + i - 1] = 1;
    }
    const { real, imaginary } = eigenvalues(companion, 8);
    real.forEach((value, i) => void expect(value).toBeCloseTo(8 - i, 6));
    expect(imaginary.every((value) => value === 0)).toBe(true);
  });

  test('of any matrix have its trace, and the traces of its powers, and come in pairs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), fc.integer(), (n, seed) => {
        const a = gaussian(n, seed);
        const { real, imaginary } = eigenvalues(a, n);
        let power = a;
        let [re, im] = [real.slice(), imaginary.slice()];
        for (let k = 1; k <= 6; k++) {
          expect(re.reduce((sum, value) => sum + value, 0)).toBeCloseTo(traceOf(power, n), 9);
          expect(im.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
          power = product(power, a, n);
          [re, im] = [
            re.map((x, i) => x * real[i] - im[i] * imaginary[i]),
            im.map((x, i) => x * real[i] + re[i] * imaginary[i]),
          ];
        }
      }),
      { numRuns: runs(60) },
    );
  });

  test('of a large matrix agree with the spectral radius, and of an orthogonal one stand on the unit circle', () => {
    const a = gaussian(128, 3);
    const { real, imaginary } = eigenvalues(a, 128);
    expect(Math.hypot(real[0], imaginary[0]) / spectralRadius(a, 128)).toBeCloseTo(1, 4);
    const config = checkConfig({ vocabSize: 3, hiddenSize: 96 });
    const { W0 } = tensorsOf(config, initialize(config, { gain: 0.8 }));
    const circle = eigenvalues(W0, 96);
    for (let i = 0; i < 96; i++) expect(Math.hypot(circle.real[i], circle.imaginary[i])).toBeCloseTo(0.8, 5);
  });

  test('of what is not finite are not', () => {
    expect([...eigenvalues([1, Number.NaN, 0, 1], 2).real]).toEqual([Number.NaN, Number.NaN]);
    expect(largestSingularValue([1, Number.NaN, 0, 1], 2, 2)).toBeNaN();
  });
});

test('the largest singular value is the square root of the spectral radius of AᵀA', () => {
  for (const n of [1, 2, 17, 60]) {
    const a = gaussian(n, n);
    const gram = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) gram[i * n + j] += a[k * n + i] * a[k * n + j];
    expect(largestSingularValue(a, n, n) / Math.sqrt(eigenvalues(gram, n).real[0])).toBeCloseTo(1, 6);
  }
  expect(largestSingularValue(new Float64Array(4), 2, 2)).toBe(0);
});

describe.each(insightModels)('%s', (_, options) => {
  const T = 6;
  const { model, tokens, targets, state } = sampleOf(options, T, 9);
  const { numLayers: L, hiddenSize: H } = model.config;

  test('J(t)ᵀ takes the gradient of a state to what the state before receives from it', () => {
    const seen = trace(model, tokens, targets, { state, backend: double });
    const { h, s, hFromLater, sFromLater } = seen.gradients!;
    const part = (x: ArrayLike<number>, t: number, l: number) =>
      Array.from({ length: x.length > 0 ? H : 0 }, (__, u) => x[(t * L + l) * H + u]);
    for (let l = 0; l < L; l++)
      for (let t = 1; t <= T; t++) {
        const { matrix, size } = jacobian(seen, l, t);
        // of an LSTM the two states are handed on side by side: what h(t) says to s(t) is inside of the step
        const above = [...part(h, t, l), ...(s.length > 0 ? part(sFromLater, t, l) : [])];
        const wanted = [...part(hFromLater, t - 1, l), ...(s.length > 0 ? part(sFromLater, t - 1, l) : [])];
        const got = wanted.map((__, j) => above.reduce((sum, value, i) => sum + matrix[i * size + j] * value, 0));
        expect(relativeError(got, wanted)).toBeLessThan(1e-12);
      }
  });

  test('the product of the norms bounds the gradient that comes back', () => {
    const why = whyDecay(model, tokens, { state, backend: double });
    const triangle = gradientByDistance(model, tokens, targets, { state, backend: double });
    expect(why).toHaveLength(L);
    const top = L - 1;
    if (options.cell !== 'lstm')
      // of an LSTM h alone is not the whole state
      for (let t = 1; t <= T; t++)
        for (let k = 0; k <= t; k++) {
          const norm = triangle[top].norms[(t - 1) * (T + 1) + k];
          const bound =
            triangle[top].norms[(t - 1) * (T + 1) + t] * Math.exp(why[top].logBound[k] - why[top].logBound[t]);
          expect(norm).toBeLessThanOrEqual(bound * (1 + 1e-6));
        }
    for (const { slope, carry, saturated, gates, jacobianNorm, weights } of why) {
      for (const share of [slope, carry, saturated, ...(options.cell === 'mingru' ? [gates.z] : [])])
        expect(share.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(jacobianNorm.every((value) => value >= 0)).toBe(true);
      expect(weights.map(({ gate }) => gate)).toEqual(options.cell === 'mingru' ? [] : trace(model, tokens).gates);
      for (const weight of weights)
        expect(weight.spectralRadius).toBeLessThanOrEqual(weight.largestSingularValue * (1 + 1e-9));
    }
  });
});

test('a network that is saturated, or whose W is small, is told apart', () => {
  const ids = Array.from({ length: 20 }, (_, i) => (i * 3) % 5);
  const small = createModel({ vocabSize: 5, hiddenSize: 16, gain: 0.5 });
  const [why] = whyDecay(small, ids);
  expect(why.weights[0].largestSingularValue).toBeCloseTo(0.5, 5);
  expect(why.weights[0].spectralRadius).toBeCloseTo(0.5, 5);
  expect(Math.max(...why.saturated)).toBe(0);
  expect(why.factor).toBeLessThan(0.5);
  const saturated = createModel({ vocabSize: 5, hiddenSize: 16 });
  const { b0 } = tensorsOf(saturated.config, saturated.parameters);
  b0.forEach((_, i) => void (b0[i] = i % 2 ? 4 : -4));
  const [flat] = whyDecay(saturated, ids, { eigenvalues: false });
  expect(Math.min(...flat.saturated)).toBeGreaterThan(0.9);
  expect(Math.max(...flat.slope)).toBeLessThan(0.1);
  expect(flat.weights[0]).toMatchObject({ eigenvalues: null });
  expect(flat.weights[0].spectralRadius).toBeCloseTo(1, 3);
});
