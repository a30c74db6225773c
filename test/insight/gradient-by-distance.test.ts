// The triangle is, row by row, the gradient of one error alone; the decay of a known factor is found.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { fitDecay } from '../../src/insight/decay.ts';
import { gradientByDistance } from '../../src/insight/gradient-by-distance.ts';
import { trace } from '../../src/insight/trace.ts';
import { checkConfig } from '../../src/network/config.ts';
import { initialize } from '../../src/network/initialize.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { gradients } from '../../src/reference/network.ts';
import { insightModels, referenceOf, sampleOf } from '../support/insight.ts';
import { relativeError } from '../support/numbers.ts';

const T = 6;

describe.each(insightModels)('%s', (_, options) => {
  const sample = sampleOf(options, T, 8);
  const { model, tokens, targets, state } = sample;
  const { numLayers: L, hiddenSize: H } = model.config;
  const seen = gradientByDistance(model, tokens, targets, { state });
  const only = (t: number) => targets.map((__, i) => (i === t ? 1 : 0));
  const norm = (x: ArrayLike<number>) => Math.hypot(...Array.from(x));

  test('row t has the norms of the gradient of L(t) alone, and nothing comes from the future', () => {
    for (let t = 0; t < T; t++) {
      const g = trace(model, tokens, targets, { state, weights: only(t) }).gradients!;
      for (let l = 0; l < L; l++) {
        const wanted = Array.from({ length: T + 1 }, (__, k) =>
          norm(g.h.subarray((k * L + l) * H, (k * L + l + 1) * H)),
        );
        const row = seen[l].norms.subarray(t * (T + 1), (t + 1) * (T + 1));
        expect(relativeError(row, wanted)).toBeLessThan(1e-5);
        expect([...row.subarray(t + 2)].every((x) => x === 0)).toBe(true);
      }
    }
  });

  test('its first column is the reference’s ∇h(0), and the totals are the gradient of the sum', () => {
    for (let t = 0; t < T; t++) {
      const { network, sequence } = referenceOf(sample, only(t));
      gradients(network, sequence).layers.forEach(({ h0 }, l) => {
        expect(Math.abs(seen[l].norms[t * (T + 1)] - norm(h0))).toBeLessThan(1e-5 * norm(h0) + 1e-12);
      });
    }
    const g = trace(model, tokens, targets, { state, backend: javascriptBackend('float64') }).gradients!;
    for (let l = 0; l < L; l++)
      for (let k = 0; k <= T; k++) {
        const total = norm(g.h.subarray((k * L + l) * H, (k * L + l + 1) * H));
        expect(Math.abs(seen[l].total[k] - total)).toBeLessThan(1e-5 * total + 1e-12);
      }
  });
});

test('a linear network with W = ρ · rotation decays by exactly ρ', () => {
  // ReLU of positive numbers never bends, and the identity's columns do not mix: every step multiplies by ρ
  const config = checkConfig({ vocabSize: 5, hiddenSize: 8, nonlinearity: 'relu' });
  for (const rho of [0.5, 1, 1.4]) {
    const parameters = initialize(config, { init: 'identity', gain: rho });
    const { U0, b0, V } = tensorsOf(config, parameters);
    b0.fill(1);
    U0.forEach((value, i) => void (U0[i] = Math.abs(value)));
    V.forEach((value, i) => void (V[i] = 1e-3 * value));
    const ids = Array.from({ length: 20 }, (_, i) => (i * 3) % 5);
    const [{ decay, norms }] = gradientByDistance(
      { config, parameters },
      ids,
      ids.map((id) => (id + 1) % 5),
    );
    for (let t = 1; t <= 20; t++)
      for (let k = 0; k < t; k++)
        expect(norms[(t - 1) * 21 + k] / norms[(t - 1) * 21 + t] / rho ** (t - k)).toBeCloseTo(1, 4);
    expect(decay.factor / rho).toBeCloseTo(1, 1); // the errors themselves are of different size
    expect(decay.verdict).toBe(rho < 1 ? 'vanishing' : rho > 1 ? 'exploding' : 'steady');
  }
});

describe('the fitted decay', () => {
  const line = (rho: number, scale: number, n: number) => {
    const distances = Array.from({ length: n }, (_, d) => d);
    return [distances, distances.map((d) => scale * rho ** d)] as const;
  };

  test.each([
    [-8, 'fading', 'The gradient halves every 8.00 steps: fading, 16.0 times smaller over the 32 steps of the window.'],
    [
      8,
      'growing',
      'The gradient doubles every 8.00 steps: growing, 16.0 times larger over the 32 steps of the window.',
    ],
    [-3, 'vanishing', 'The gradient halves every 3.00 steps: vanishing beyond about 20.'],
    [-64, 'steady', 'The gradient is carried over the 32 steps of the window, 0.99 times as large after each.'],
  ] as const)('which halves (or doubles) every %i steps is %s over 32', (steps, verdict, sentence) => {
    expect(fitDecay(...line(2 ** (1 / steps), 1, 32), 32)).toMatchObject({ verdict, sentence });
  });

  test('finds any factor', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (rho, scale) => {
          const { factor, halfLife, residual } = fitDecay(...line(rho, scale, 20), 20);
          expect(factor / rho).toBeCloseTo(1, 6);
          if (Math.abs(rho - 1) > 1e-3) expect(rho ** halfLife).toBeCloseTo(0.5, 5);
          expect(residual).toBeLessThan(1e-6);
        },
      ),
    );
  });

  test('says it in words', () => {
    expect(fitDecay(...line(0.72, 1, 30), 30).sentence).toBe(
      'The gradient halves every 2.11 steps: vanishing beyond about 14.',
    );
    expect(fitDecay(...line(1.5, 1, 30), 30).sentence).toBe(
      'The gradient doubles every 1.71 steps: exploding, a hundredfold in about 11.',
    );
    expect(fitDecay(...line(0.99, 1, 30), 30).sentence).toMatch(/carried over the 30 steps of the window, 0.99 times/);
    expect(fitDecay([0, 1], [0, 0], 2)).toMatchObject({ verdict: 'no gradient' });
    expect(fitDecay([0, 1], [1, Infinity], 2)).toMatchObject({ verdict: 'not finite' });
    expect(fitDecay([3, 3], [1, 2], 2).factor).toBeNaN();
  });

  test('takes no notice of what float32 has lost', () => {
    const [distances, norms] = line(0.01, 1, 30);
    expect(fitDecay(distances, norms.map(Math.fround), 30).factor).toBeCloseTo(0.01, 6);
  });
});
