// Readers that learn from what they read: what they do to the loss of each token, by their equations, and that none of them looks ahead.

import { describe, expect, test } from 'vitest';
import { createBackend } from '../../src/engine/create.ts';
import { trace } from '../../src/insight/trace.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { evaluate } from '../../src/tasks/kinds.ts';
import { mixedLosses, type TokenLossesOptions, tokenLosses } from '../../src/tasks/text/token-losses.ts';

const model = createModel({ vocabSize: 5, hiddenSize: 6, numLayers: 2, seed: 4 });
for (let i = 0; i < model.parameters.length; i++) model.parameters[i] *= 2;
const ids = Uint8Array.from({ length: 90 }, (_, i) => (i * i + (i >> 2)) % 5);
const mean = (losses: Float64Array): number => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;

test('the losses are those whose mean evaluate gives', () => {
  const losses = tokenLosses(model, ids);
  expect(losses).toHaveLength(89);
  expect(mean(losses)).toBeCloseTo(evaluate(model, ids).nll, 12);
});

const ways: Record<string, TokenLossesOptions> = {
  'dynamic evaluation': { dynamic: { rate: 0.5, steps: 10 } },
  'a cache': { cache: { size: 30, weight: 0.4, flatness: 0.5 } },
  both: { dynamic: { rate: 0.5, steps: 10 }, cache: { size: 30, weight: 0.4 } },
};

test.each(Object.keys(ways))('%s does not look ahead, and leaves the model alone', (name) => {
  const before = model.parameters.slice();
  const losses = tokenLosses(model, ids, ways[name]);
  for (const cut of [15, 47, 60]) {
    const other = ids.slice();
    for (let i = cut + 1; i < other.length; i++) other[i] = (other[i] + 1) % 5;
    expect(tokenLosses(model, other, ways[name]).subarray(0, cut)).toEqual(losses.subarray(0, cut));
  }
  expect(model.parameters).toEqual(before);
  expect(mean(losses)).not.toBeCloseTo(mean(tokenLosses(model, ids)), 3);
});

describe('dynamic evaluation', () => {
  test('is a step down the gradient of the mean loss of each window, and a share of the way back', () => {
    const [steps, rate, decay] = [10, 0.5, 0.1];
    const losses = tokenLosses(model, ids, { dynamic: { rate, decay, steps } });
    const weights = model.parameters.slice();
    const { numLayers: L, hiddenSize: H } = model.config;
    let state: ReadonlyMap<string, ArrayLike<number>> | undefined;
    for (let start = 0; start + steps < ids.length; start += steps) {
      const [tokens, targets] = [ids.subarray(start, start + steps), ids.subarray(start + 1, start + steps + 1)];
      // a window by itself, which keeps all that it began with
      const window = trace({ ...model, parameters: weights.slice() }, tokens, targets, state && { state });
      for (let t = 0; t < steps; t++) expect(losses[start + t]).toBeCloseTo(window.loss[t], 4);
      for (let i = 0; i < weights.length; i++)
        weights[i] += decay * (model.parameters[i] - weights[i]) - (rate * window.gradients!.parameters[i]) / steps;
      const last = (l: number) => window.h.subarray((steps * L + l) * H, (steps * L + l + 1) * H);
      state = new Map(Array.from({ length: L }, (_, l) => [`state${l}`, last(l)]));
    }
  });

  test('learns a text that repeats itself', () => {
    const again = Uint8Array.from({ length: 400 }, (_, i) => [0, 3, 1, 4, 2][i % 5]);
    const losses = tokenLosses(model, again, { dynamic: { rate: 0.5, decay: 0 } });
    expect(mean(losses.subarray(300))).toBeLessThan(0.3 * mean(tokenLosses(model, again).subarray(300)));
  });

  test('that runs away is a failure, in one sentence', () => {
    expect(() => tokenLosses(model, ids, { dynamic: { rate: 1e300, steps: 5 } })).toThrow(
      /^evaluation: expected losses that are finite numbers, got/,
    );
    expect(() => tokenLosses(model, ids, { dynamic: { rate: -1 } })).toThrow(/^dynamic: rate: expected/);
  });
});

test('the cache is its equation', () => {
  const [size, weight, flatness] = [7, 0.4, 0.9];
  const losses = tokenLosses(model, ids, { cache: { size, weight, flatness } });
  const plain = tokenLosses(model, ids);
  const T = ids.length - 1;
  const net = new Unrolled(createBackend(), model.config, { steps: T, batch: 1, frozen: true });
  net.setParameters(model.parameters);
  net.tokens.set(ids.subarray(0, T));
  net.targets.set(ids.subarray(1));
  net.forward();
  const h = Array.from({ length: T }, (_, t) => [...net.state(1, t + 1)]);
  expect(losses[0]).toBe(plain[0]);
  for (let t = 1; t < T; t++) {
    const remembered = Array.from({ length: Math.min(size, t) }, (_, i) => t - 1 - i);
    const score = (i: number): number => Math.exp(flatness * h[t].reduce((sum, x, j) => sum + x * h[i][j], 0));
    const all = remembered.reduce((sum, i) => sum + score(i), 0);
    const same = remembered.filter((i) => ids[i + 1] === ids[t + 1]).reduce((sum, i) => sum + score(i), 0);
    expect(losses[t]).toBeCloseTo(-Math.log((1 - weight) * Math.exp(-plain[t]) + (weight * same) / all), 5);
  }
});

test('a mixture is the mean of the probabilities', () => {
  const half = -Math.log(0.5);
  const [loss] = mixedLosses([
    { losses: Float64Array.of(half), weight: 3 },
    { losses: Float64Array.of(-Math.log(0.1)), weight: 1 },
  ]);
  expect(loss).toBeCloseTo(-Math.log(0.4), 12);
});

test('a mixture of texts of different length, and of none, is refused', () => {
  expect(() => mixedLosses([])).toThrow(/^mixedLosses: expected readers of one text, got none$/);
  const [one, two] = [1, 2].map((length) => ({ losses: new Float64Array(length), weight: 1 }));
  expect(() => mixedLosses([one, two])).toThrow(/got losses of 1 and 2 tokens$/);
});

test('an option that there is none of is named', () => {
  expect(() => tokenLosses(model, ids, { dynamc: {} } as TokenLossesOptions)).toThrow(/dynamc/);
  expect(() => tokenLosses(model, ids, { cache: { sise: 3 } } as TokenLossesOptions)).toThrow(/sise/);
});

test('a text of one token is refused', () => {
  expect(() => tokenLosses(model, Uint8Array.of(1))).toThrow(/expected a text of at least 2 tokens, got 1/);
});
