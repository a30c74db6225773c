// Optimizers against PyTorch's formulas in float64, one step at a time from the same state, and what clipping needs.

import { expect, test } from 'vitest';
import type { Backend, Floats, Kernels } from '../../../src/engine/backend.ts';
import { expectClose, expectSame, fill, Guards, numbers, roundoff, sizes } from './support.ts';

const lengths = [...sizes, 65, 100, 128, 512];
const { abs, sqrt } = Math;

interface State {
  p: number;
  g: number;
  m: number;
  v: number;
}

/** An optimizer: its hyperparameters behind the scale, its kernel, and its formula on one element. `g` arrives scaled and decayed. */
interface Rule {
  name: string;
  s: (decay: number) => number[];
  run: (kernels: Kernels, a: Record<'p' | 'g' | 'm' | 'v', Floats>, length: number, s: Float64Array) => void;
  step: (state: State) => State;
}

/** One row for each optimizer. */
export const rules: Rule[] = [
  {
    name: 'sgd',
    s: (decay) => [0.1, decay],
    run: (kernels, { p, g }, length, s) => kernels.sgd(p, g, length, s),
    step: ({ p, g, m, v }) => ({ p: p - 0.1 * g, g, m, v }),
  },
  ...[0, 1].map((nesterov) => ({
    name: nesterov ? 'momentum with nesterov' : 'momentum',
    s: (decay: number) => [0.1, decay, 0.9, nesterov],
    run: (kernels: Kernels, { p, g, v }: Record<'p' | 'g' | 'v', Floats>, length: number, s: Float64Array) =>
      kernels.momentum(p, g, v, length, s),
    step: ({ p, g, m, v }: State) => {
      const velocity = 0.9 * v + g;
      return { p: p - 0.1 * (nesterov ? g + 0.9 * velocity : velocity), g, m, v: velocity };
    },
  })),
  {
    name: 'adagrad',
    s: (decay) => [0.1, decay, 1e-10],
    run: (kernels, { p, g, v }, length, s) => kernels.adagrad(p, g, v, length, s),
    step: ({ p, g, m, v }) => ({ p: p - (0.1 * g) / (sqrt(v + g * g) + 1e-10), g, m, v: v + g * g }),
  },
  {
    name: 'rmsprop',
    s: (decay) => [0.01, decay, 1e-8, 0.99, 1 - 0.99],
    run: (kernels, { p, g, v }, length, s) => kernels.rmsprop(p, g, v, length, s),
    step: ({ p, g, m, v }) => {
      const square = 0.99 * v + (1 - 0.99) * g * g;
      return { p: p - (0.01 * g) / (sqrt(square) + 1e-8), g, m, v: square };
    },
  },
  ...[1, 0.998].map((shrink) => ({
    name: shrink === 1 ? 'adam' : 'adamw',
    s: (decay: number) => [0.02 / (1 - 0.9 ** 3), decay, 1e-8, 0.9, 0.999, shrink, 1 / sqrt(1 - 0.999 ** 3)],
    run: (kernels: Kernels, { p, g, m, v }: Record<'p' | 'g' | 'm' | 'v', Floats>, length: number, s: Float64Array) =>
      kernels.adam(p, g, m, v, length, s),
    step: ({ p, g, m, v }: State) => {
      const mean = 0.9 * m + (1 - 0.9) * g;
      const square = 0.999 * v + (1 - 0.999) * g * g;
      // torch.optim.Adam: bias-corrected moments, third step
      const direction = mean / (1 - 0.9 ** 3) / (sqrt(square / (1 - 0.999 ** 3)) + 1e-8);
      return { p: p * shrink - 0.02 * direction, g, m: mean, v: square };
    },
  })),
];

export function optimizersConform(backend: Backend): void {
  const u = roundoff(backend);

  for (const { name, s, run, step } of rules) {
    test(`${name} takes PyTorch's step in every length, with and without weight decay, and writes nothing else`, () => {
      const { plan, kernels } = backend.open((allocate) => {
        const guards = new Guards(allocate);
        const cases = lengths.map((length) => ({
          p: guards.floats(length),
          g: guards.floats(length),
          m: guards.floats(length),
          v: guards.floats(length),
        }));
        return { guards, cases, s: allocate.doubles(8) };
      });
      plan.cases.forEach(({ p, g, m, v }, index) => {
        for (const decay of [0, 0.3]) {
          const scale = decay ? 0.25 : 1;
          const length = lengths[index];
          const next = numbers(length);
          const [pv, gv, mv] = [fill(p, next), fill(g, next), fill(m, next)];
          const vv = fill(v, () => 0.1 + abs(next()));
          const expected = { p: pv.slice(), m: mv.slice(), v: vv.slice() };
          for (let i = 0; i < length; i++) {
            const state = step({ p: pv[i], g: gv[i] * scale + decay * pv[i], m: mv[i], v: vv[i] });
            expected.p[i] = state.p;
            expected.m[i] = state.m;
            expected.v[i] = state.v;
          }
          plan.s.set([scale, ...s(decay)]);
          run(kernels, { p, g, m, v }, length, plan.s);
          // hyperparameters and results are rounded to float32: some ten roundings of terms that are not above 3
          for (const key of ['p', 'm', 'v'] as const) {
            expectClose(`${name} ${key} ${length}`, { p, m, v }[key], expected[key], () => 16 * u);
          }
          expectSame('the gradient is only read', g, gv);
        }
      });
      plan.guards.expectIntact();
    });

    test(`${name} without decay leaves a parameter of gradient 0 and empty moments as it is, bit for bit`, () => {
      if (name === 'adamw') return; // it shrinks p by its own factor
      const { plan, kernels } = backend.open((allocate) => ({
        ...{ p: allocate.floats(19), g: allocate.floats(19), m: allocate.floats(19), v: allocate.floats(19) },
        s: allocate.doubles(8),
      }));
      const before = fill(plan.p, numbers(1));
      plan.s.set([0.5, ...s(0)]);
      run(kernels, plan, 19, plan.s);
      expectSame('p', plan.p, before);
    });
  }

  test('clipElements cuts at the limit and lets NaN through', () => {
    for (const length of lengths) {
      const { plan, kernels } = backend.open((allocate) => {
        const guards = new Guards(allocate);
        return { guards, g: guards.floats(length), s: allocate.doubles(1) };
      });
      const next = numbers(length);
      const before = fill(
        plan.g,
        () => [next(), Infinity, -Infinity, Number.NaN, 5 * next()][Math.floor((next() + 1) * 2.5)],
      );
      plan.s[0] = 0.5;
      kernels.clipElements(plan.g, length, plan.s);
      expectSame(
        `clip ${length}`,
        plan.g,
        before.map((value) => Math.min(0.5, Math.max(-0.5, value))),
      );
      plan.guards.expectIntact();
    }
  });

  test('sumOfSquares sums in float64, without overflow, and is not finite exactly when an element is not', () => {
    for (const length of lengths) {
      const { plan, kernels } = backend.open((allocate) => ({
        x: allocate.floats(length + 8),
        out: allocate.doubles(2),
      }));
      const { x, out } = plan;
      const values = fill(x, numbers(length)).subarray(0, length);
      out.fill(7);
      kernels.sumOfSquares(x, length, out);
      const expected = values.reduce((sum, value) => sum + value * value, 0);
      // float64 sums of fewer than 600 terms, in another order
      expectClose(`sum ${length}`, out, [expected, 7], () => 600 * 2 ** -53 * expected);
      if (length === 0) continue;
      x[length - 1] = backend.precision === 'float32' ? 3.4e38 : 1e150;
      kernels.sumOfSquares(x, length, out);
      expect(Number.isFinite(out[0])).toBe(true);
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        for (const place of [0, length >> 1, length - 1]) {
          const kept = x[place];
          x[place] = bad;
          kernels.sumOfSquares(x, length, out);
          expect(Number.isFinite(out[0])).toBe(false);
          x[place] = kept;
        }
      }
    }
  });

  test('weightedSum leaves out what has no weight, whatever it is', () => {
    const { plan, kernels } = backend.open((allocate) => ({
      x: allocate.floats(5),
      weights: allocate.floats(5),
      out: allocate.doubles(1),
    }));
    plan.x.set([1, Number.NaN, 3, Infinity, -0.5]);
    plan.weights.set([0.5, 0, 2, 0, 4]);
    kernels.weightedSum(plan.x, plan.weights, 5, plan.out);
    expect(plan.out[0]).toBe(4.5);
  });

  test('clipScale adds the parts up, gives the scale to the limit, and says whether all is finite', () => {
    const { plan, kernels } = backend.open((allocate) => ({
      sums: allocate.doubles(3),
      limit: allocate.doubles(1),
      loss: allocate.doubles(1),
      out: allocate.doubles(2),
      go: allocate.integers(1),
    }));
    const { sums, limit, loss, out, go } = plan;
    const verdict = (parts: number[], most: number, nats: number) => {
      sums.set(parts);
      limit[0] = most;
      loss[0] = nats;
      kernels.clipScale(sums, 3, limit, loss, out, go);
      return [...out, go[0]];
    };
    expect(verdict([1, 3, 5], 0, 2)).toEqual([9, 1, 1]);
    expect(verdict([1, 3, 5], 4, 2)).toEqual([9, 1, 1]);
    const [sum, scale, went] = verdict([1, 3, 5], 1.5, 2);
    expect([sum, went]).toEqual([9, 1]);
    expect(scale).toBeCloseTo(0.5, 6);
    expect(verdict([1, Infinity, 5], 1, 2)[2]).toBe(0);
    expect(verdict([1, Number.NaN, 5], 0, 2)[2]).toBe(0);
    expect(verdict([1, 2, 5], 1, Number.NaN)[2]).toBe(0);
    expect(verdict([1, 2, 5], 1, Infinity)[2]).toBe(0);
  });
}
