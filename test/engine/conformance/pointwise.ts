// Pointwise kernels against Math in float64, over all sizes and over the whole range of float32.

import { expect, test } from 'vitest';
import type { Backend, Floats, Kernels } from '../../../src/engine/backend.ts';
import { expectClose, expectSame, fill, Guards, numbers, roundoff, sizes } from './support.ts';

const SMALLEST = 2 ** -149; // the smallest float32 above 0
const lengths = [...sizes, 65, 100, 128, 512];

/** The finalizer of MurmurHash3, as in the interface. */
function mix(x: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Every 65521st bit pattern of float32 (65521 is prime: all exponents, both signs), and the special ones. */
function wholeRange(): Float32Array {
  const patterns = Uint32Array.from({ length: Math.floor(2 ** 32 / 65521) }, (_, i) => i * 65521);
  const special = [
    0,
    -0,
    SMALLEST,
    -SMALLEST,
    2 ** -126,
    1,
    -1,
    9.01,
    -9.01,
    88.7,
    -88.7,
    -103.9,
    -104.1,
    3.4e38,
    -3.4e38,
  ];
  return new Float32Array([...special, Infinity, -Infinity, Number.NaN, ...new Float32Array(patterns.buffer)]);
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

export function pointwiseConform(backend: Backend): void {
  const u = roundoff(backend);

  /** Runs a kernel on `values`. */
  function run(values: ArrayLike<number>, kernel: (kernels: Kernels, x: Floats) => void): Floats {
    const { plan, kernels } = backend.open((allocate) => allocate.floats(values.length));
    plan.set(values);
    kernel(kernels, plan);
    return plan;
  }

  test('each pointwise kernel computes its function in every length and writes nothing else', () => {
    const { plan, kernels } = backend.open((allocate) => {
      const guards = new Guards(allocate);
      return {
        guards,
        cases: lengths.map((length) => ({ length, x: guards.floats(length), d: guards.floats(length) })),
      };
    });
    for (const { length, x, d } of plan.cases) {
      const next = numbers(length);
      // at most eight roundings of a relative error each, of quantities not above 1 or |d|
      const expectFunction = (label: string, actual: Floats, expected: Float64Array) =>
        expectClose(`${label} ${length}`, actual, expected, (i) => 8 * u * Math.abs(expected[i]));

      let xv = fill(x, () => 4 * next());
      kernels.tanh(x, length);
      expectFunction('tanh', x, xv.map(Math.tanh));
      xv = fill(x, () => 4 * next());
      kernels.sigmoid(x, length);
      expectFunction('sigmoid', x, xv.map(sigmoid));
      xv = fill(x, next);
      kernels.relu(x, length);
      expectSame(
        `relu ${length}`,
        x,
        xv.map((value) => Math.max(0, value)),
      );

      const hv = fill(x, next);
      let dv = fill(d, next);
      kernels.tanhBackward(x, d, length);
      // 1 − h² may cancel: the bound is on its terms
      expectClose(
        `tanhBackward ${length}`,
        d,
        dv.map((value, i) => value * (1 - hv[i] ** 2)),
        (i) => 4 * u * Math.abs(dv[i]),
      );
      dv = fill(d, next);
      kernels.sigmoidBackward(x, d, length);
      expectFunction(
        'sigmoidBackward',
        d,
        dv.map((value, i) => value * hv[i] * (1 - hv[i])),
      );
      dv = fill(d, next);
      kernels.reluBackward(x, d, length);
      expectSame(
        `reluBackward ${length}`,
        d,
        dv.map((value, i) => (hv[i] > 0 ? value : 0)),
      );

      kernels.copy(x, d, length);
      expectSame(`copy ${length}`, d, hv);
      kernels.zero(d, length);
      expectSame(`zero ${length}`, d, new Float64Array(length));
    }
    plan.guards.expectIntact();
  });

  test('a ReLU that stands at 0 lets no gradient through, and one just above it lets all of it', () => {
    const h = [0, -0, SMALLEST, 1, 0, 0, 0, 2, 0];
    const { plan, kernels } = backend.open((allocate) => ({ h: allocate.floats(9), d: allocate.floats(9) }));
    plan.h.set(h);
    plan.d.fill(-3);
    kernels.reluBackward(plan.h, plan.d, 9);
    expectSame('reluBackward', plan.d, [0, 0, -3, -3, 0, 0, 0, -3, 0]);
  });

  test('tanh is accurate to a few units in the last place over the whole range of float32', () => {
    const x = wholeRange();
    const actual = run(x, (kernels, view) => kernels.tanh(view, x.length));
    const expected = Float64Array.from(x, Math.tanh);
    // two ulps of the quotient and two of its parts; a subnormal result may be one step off
    expectClose('tanh', actual, expected, (i) => Math.max(4 * u * Math.abs(expected[i]), SMALLEST));
    expectSame('sign of tanh', Float64Array.from(actual, Math.sign), Float64Array.from(x, Math.sign));
    expect(Array.from(actual).every((value) => Number.isNaN(value) || Math.abs(value) <= 1)).toBe(true);
  });

  test('sigmoid, and with it the exponential, is accurate over the whole range of float32', () => {
    const x = wholeRange();
    const actual = run(x, (kernels, view) => kernels.sigmoid(view, x.length));
    const expected = Float64Array.from(x, sigmoid);
    expectClose('sigmoid', actual, expected, (i) => Math.max(8 * u * expected[i], SMALLEST));
  });

  test('NaN passes through every activation and its derivative', () => {
    const nan = new Array(7).fill(Number.NaN);
    for (const name of ['tanh', 'sigmoid', 'relu'] as const) {
      expectSame(
        name,
        run(nan, (kernels, x) => kernels[name](x, 7)),
        nan,
      );
    }
    for (const name of ['tanhBackward', 'sigmoidBackward', 'reluBackward'] as const) {
      const d = run([...nan, ...new Array(7).fill(0.5)], (kernels, x) =>
        kernels[name](x.subarray(7), x.subarray(0, 7), 7),
      );
      expectSame(name, d.subarray(0, 7), nan);
    }
  });

  test('dropout keeps what the mask of the interface keeps, scaled, on every backend alike', () => {
    for (const length of [...lengths, 10_000]) {
      for (const threshold of [0, 1, 2 ** 30, 2 ** 31, 3_000_000_000]) {
        const { plan, kernels } = backend.open((allocate) => {
          const guards = new Guards(allocate);
          return { guards, x: guards.floats(length), out: guards.floats(length), seed: allocate.integers(2) };
        });
        const { guards, x, out, seed } = plan;
        seed.set([-123456789, 987654321]);
        const stream = length - 40;
        const xv = fill(x, numbers(length));
        const key = mix((seed[0] + mix((seed[1] + stream) | 0)) | 0);
        const p = threshold / 2 ** 32;
        const expected = xv.map((value, i) =>
          mix((Math.imul(i, 0x9e3779b9) + key) | 0) >= threshold ? value / (1 - p) : 0,
        );
        kernels.dropout(x, out, length, seed, stream, threshold, 0);
        expectClose(`dropout ${length}`, out, expected, (i) => 2 * u * Math.abs(expected[i]));
        // zeros are exact: a bound relative to 0 is 0
        if (length === 10_000) {
          const kept = expected.filter((value) => value !== 0).length;
          // five standard deviations of a fair mask
          expect(Math.abs(kept - length * (1 - p))).toBeLessThanOrEqual(5 * Math.sqrt(length * p * (1 - p)));
        }
        kernels.dropout(x, x, length, seed, stream, threshold, 0);
        expectSame(`dropout ${length} in place`, x, out);
        guards.expectIntact();
      }
    }
  });

  test('dropout from an element on continues the mask', () => {
    const { plan, kernels } = backend.open((allocate) => ({
      x: allocate.floats(100),
      out: [allocate.floats(100), allocate.floats(100)],
      seed: allocate.integers(2),
    }));
    const { x, out, seed } = plan;
    fill(x, numbers(5));
    seed.set([9, 4]);
    kernels.dropout(x, out[0], 100, seed, 3, 2 ** 31, 0);
    kernels.dropout(x, out[1], 37, seed, 3, 2 ** 31, 0);
    kernels.dropout(x.subarray(37), out[1].subarray(37), 63, seed, 3, 2 ** 31, 37);
    expectSame('in two parts', out[1], out[0]);
  });
}
