// Readers that learn from what they read: what they do to the loss of each token, by their equations, and that none of them looks ahead.

import { describe, expect, test } from 'vitest';
import { createBackend } from '../../src/engine/create.ts';
import { trace } from '../../src/insight/trace.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { evaluate } from '../../src/tasks/kinds.ts';
import { gradientScales } from '../../src/tasks/text/dynamic-evaluation.ts';
import {
  mixedLosses,
  readLosses,
  type TokenLossesOptions,
  tokenLosses,
  weighedLosses,
} from '../../src/tasks/text/token-losses.ts';
import { tuneDynamic } from '../../src/tasks/text/tune-dynamic.ts';
import { backends } from '../support/backends.ts';

const model = createModel({ vocabSize: 5, hiddenSize: 6, numLayers: 2, seed: 4 });
for (let i = 0; i < model.parameters.length; i++) model.parameters[i] *= 2;
const ids = Uint8Array.from({ length: 90 }, (_, i) => (i * i + (i >> 2)) % 5);
const mean = (losses: Float64Array): number => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;

test('the losses are those whose mean evaluate gives', () => {
  const losses = tokenLosses(model, ids);
  expect(losses).toHaveLength(89);
  expect(mean(losses)).toBeCloseTo(evaluate(model, ids).nll, 12);
});

const scales = gradientScales(model, ids, { steps: 10 });
const ways: Record<string, TokenLossesOptions> = {
  'dynamic evaluation': { dynamic: { rate: 0.5, steps: 10 } },
  'dynamic evaluation with scales': { dynamic: { rate: 1, steps: 10, scales } },
  'a cache': { cache: { size: 30, weight: 0.4, flatness: 0.5 } },
  'a cache whose numbers are found': { cache: { size: 30 } },
  'a cache with a weight': { cache: { size: 30, weight: 0.3 } },
  'a cache with a flatness': { cache: { size: 30, flatness: 0.2 } },
  both: { dynamic: { rate: 0.5, steps: 10 }, cache: { size: 30, weight: 0.4 } },
};

test.each(Object.keys(ways))('%s: the probabilities of all tokens add up to 1', (name) => {
  for (const place of [1, 11, 40, 75]) {
    const all = Array.from({ length: 5 }, (_, token) => {
      const text = Uint8Array.from([...ids.subarray(0, place), token]);
      return Math.exp(-tokenLosses(model, text, ways[name])[place - 1]);
    });
    // the network's own part is float32
    expect(all.reduce((sum, p) => sum + p)).toBeCloseTo(1, 6);
  }
});

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

describe('with gradients of a training text', () => {
  const [steps, windows] = [10, 4];

  test('the scales are the roots of the mean squares of gradients, each after a window that gives the state', () => {
    const sums = new Float64Array(model.parameters.length);
    const { numLayers: L, hiddenSize: H } = model.config;
    for (let w = 0; w < windows; w++) {
      const start = Math.floor(((ids.length - 1 - 2 * steps) * w) / (windows - 1));
      const window = (from: number, state?: ReadonlyMap<string, ArrayLike<number>>) =>
        trace(model, ids.subarray(from, from + steps), ids.subarray(from + 1, from + steps + 1), state && { state });
      const before = window(start);
      const last = (l: number) => before.h.subarray((steps * L + l) * H, (steps * L + l + 1) * H);
      const after = window(start + steps, new Map(Array.from({ length: L }, (_, l) => [`state${l}`, last(l)])));
      after.gradients!.parameters.forEach((g, i) => void (sums[i] += (g / steps) ** 2));
    }
    const found = gradientScales(model, ids, { steps, windows });
    sums.forEach((sum, i) => void expect(found[i]).toBeCloseTo(Math.sqrt(sum / windows), 6));
  });

  test('a step is divided by them, and the way back is longer where they are larger', () => {
    const [rate, decay] = [0.8, 0.3];
    const given = Float64Array.from(model.parameters, (_, i) => (i % 5 === 0 ? 0 : 0.01 * (i % 7)));
    const losses = tokenLosses(model, ids.subarray(0, 22), { dynamic: { rate, decay, steps, scales: given } });
    const mean = given.reduce((sum, r) => sum + r) / given.length;
    const first = trace(model, ids.subarray(0, steps), ids.subarray(1, steps + 1));
    const weights = model.parameters.map(
      (w, i) => w - (rate * first.gradients!.parameters[i]) / steps / (1 + given[i] / (2 * mean)),
    );
    const { numLayers: L, hiddenSize: H } = model.config;
    const last = (l: number) => first.h.subarray((steps * L + l) * H, (steps * L + l + 1) * H);
    const state = new Map(Array.from({ length: L }, (_, l) => [`state${l}`, last(l)]));
    const window = trace({ ...model, parameters: weights }, ids.subarray(10, 20), ids.subarray(11, 21), { state });
    for (let t = 0; t < steps; t++) expect(losses[steps + t]).toBeCloseTo(window.loss[t], 4);
    // after the first step the weights are where they began, so the second shows the way back
    const other = weights.map(
      (w, i) =>
        w +
        Math.min(1, (decay * given[i]) / mean) * (model.parameters[i] - w) -
        (rate * window.gradients!.parameters[i]) / steps / (1 + given[i] / (2 * mean)),
    );
    const end = (l: number) => window.h.subarray((steps * L + l) * H, (steps * L + l + 1) * H);
    const next = trace({ ...model, parameters: other }, ids.subarray(20, 21), ids.subarray(21, 22), {
      state: new Map(Array.from({ length: L }, (_, l) => [`state${l}`, end(l)])),
    });
    expect(losses[20]).toBeCloseTo(next.loss[0], 4);
  });

  test('scales of another model, of no size and of no number are refused', () => {
    const wrong = (all: ArrayLike<number>) => () => tokenLosses(model, ids, { dynamic: { scales: all } });
    expect(wrong(new Float32Array(3))).toThrow(/^dynamic: scales: expected one for each of \d+ weights, got 3$/);
    expect(wrong(new Float32Array(scales.length))).toThrow(/expected a number above 0 among them, got none$/);
    expect(wrong(scales.map(() => -1))).toThrow(/expected finite numbers of at least 0, got -1 at 0$/);
    expect(() => gradientScales(model, ids.subarray(0, 20), { steps })).toThrow(/at least 21 tokens, got 20$/);
  });
});

describe('tuning', () => {
  const again = Uint8Array.from({ length: 300 }, (_, i) => [0, 3, 1, 4, 2][i % 5]);
  test('finds a rate and a decay that are better than the defaults, and leaves what is given', () => {
    const loss = (dynamic: object) => mean(tokenLosses(model, again, { dynamic }));
    const found = tuneDynamic(model, again);
    expect(found.rate).toBeGreaterThan(0.1);
    expect(loss(found)).toBeLessThan(loss({}));
    for (const other of [{ rate: 2 * found.rate }, { rate: found.rate / 2 }])
      expect(loss({ ...found, ...other, decay: 0.002 })).toBeGreaterThanOrEqual(
        loss({ rate: found.rate, decay: 0.002 }),
      );
    expect(tuneDynamic(model, again, { decay: 0.03 }).decay).toBe(0.03);
    expect(tuneDynamic(model, again, { rate: 0.03 }).rate).toBe(0.03);
  });
});

describe('the cache', () => {
  const plain = tokenLosses(model, ids);
  const T = ids.length - 1;
  const net = new Unrolled(createBackend(), model.config, { steps: T, batch: 1, frozen: true });
  net.setParameters(model.parameters);
  net.tokens.set(ids.subarray(0, T));
  net.targets.set(ids.subarray(1));
  net.forward();
  const h = Array.from({ length: T }, (_, t) => [...net.state(1, t + 1)]);
  /** p of the token after step t by the cache alone. */
  const cached = (t: number, size: number, flatness: number): number => {
    const remembered = Array.from({ length: Math.min(size, t) }, (_, i) => t - 1 - i);
    const score = (i: number): number => Math.exp(flatness * h[t].reduce((sum, x, j) => sum + x * h[i][j], 0));
    const all = remembered.reduce((sum, i) => sum + score(i), 0);
    return remembered.filter((i) => ids[i + 1] === ids[t + 1]).reduce((sum, i) => sum + score(i), 0) / all;
  };

  test.each([1, 7, 30, 200])('of %i states is its equation', (size) => {
    const [weight, flatness] = [0.4, 0.9];
    const losses = tokenLosses(model, ids, { cache: { size, weight, flatness } });
    expect(losses[0]).toBe(plain[0]);
    for (let t = 1; t < T; t++)
      expect(losses[t]).toBeCloseTo(
        -Math.log((1 - weight) * Math.exp(-plain[t]) + weight * cached(t, size, flatness)),
        5,
      );
  });

  test('without numbers is a mixture of candidates, each weighed by what it has predicted', () => {
    const { losses, cache } = readLosses(model, ids, { cache: { size: 30 } }, createBackend());
    const candidates = [0, ...Array.from({ length: 11 }, (_, i) => 2 ** (i - 10))].flatMap((flatness) =>
      [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5].map((weight) => ({ flatness, weight, sum: 0 })),
    );
    for (let t = 1; t < T; t++) {
      const before = candidates.map(({ sum }) => Math.exp(sum));
      const p = candidates.map(
        ({ flatness, weight }) => (1 - weight) * Math.exp(-plain[t]) + weight * cached(t, 30, flatness),
      );
      const all = before.reduce((sum, one) => sum + one);
      expect(losses[t]).toBeCloseTo(-Math.log(before.reduce((sum, one, j) => sum + (one / all) * p[j], 0)), 5);
      candidates.forEach((one, j) => void (one.sum += Math.log(p[j])));
    }
    const total = candidates.reduce((sum, one) => sum + Math.exp(one.sum), 0);
    const found = candidates.reduce((sum, one) => sum + (Math.exp(one.sum) / total) * one.weight, 0);
    expect(cache!.weight).toBeCloseTo(found, 5);
    expect(mean(losses)).toBeLessThan(mean(plain));
  });

  test.each(backends)('gives the same in $label', ({ backend, tolerance }) => {
    const losses = tokenLosses(model, ids, { cache: { size: 20, weight: 0.3, flatness: 0.5 } }, backend);
    const reference = tokenLosses(model, ids, { cache: { size: 20, weight: 0.3, flatness: 0.5 } }, backends[0].backend);
    losses.forEach((loss, t) => void expect(Math.abs(loss - reference[t])).toBeLessThan(20 * tolerance));
  });

  test('that has all the weight is refused where a token is new, in one sentence', () => {
    expect(() => tokenLosses(model, ids, { cache: { weight: 1 } })).toThrow(
      /^cache: weight: expected a number below 1, as not every token is in the cache, got 1$/,
    );
  });
});

test('a mixture whose weight is found comes close to the best of fixed ones', () => {
  const some = Float64Array.from({ length: 400 }, (_, t) => (t % 3 === 0 ? 2 : 0.5));
  const others = Float64Array.from({ length: 400 }, (_, t) => (t % 3 === 0 ? 0.4 : 1.5));
  const { losses, weight } = weighedLosses(some, others);
  const fixed = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7].map((share) =>
    mean(
      mixedLosses([
        { losses: some, weight: 1 - share },
        { losses: others, weight: share },
      ]),
    ),
  );
  expect(mean(losses)).toBeLessThan(Math.min(...fixed) + Math.log(21) / 400);
  expect(weight).toBeCloseTo(0.1 * fixed.indexOf(Math.min(...fixed)), 1);
  expect(() => weighedLosses(some, new Float64Array(3))).toThrow(/^weighedLosses: .*400 and 3 tokens$/);
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
