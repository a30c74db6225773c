// The three products against triple loops in float64.

import { test } from 'vitest';
import type { Backend } from '../../../src/engine/backend.ts';
import { isExhaustive, some } from '../../support/exhaustive.ts';
import { expectClose, expectSame, fill, Guards, numbers, roundoff, sizes } from './support.ts';

type Shape = readonly [m: number, n: number, k: number];

/** Shapes of the trainings, and beyond every block size of the fast kernels. */
const real: Shape[] = [
  [1, 100, 100],
  [2, 65, 128],
  [5, 9, 65],
  [7, 33, 512],
  [50, 17, 128],
  [66, 20, 530],
  [3, 40, 1100],
  [600, 9, 12],
  [9, 1100, 12],
];
/** Every three sizes; in a quick run a quarter of them, in which every two sizes still meet in any two places. */
const square = sizes.flatMap((m, i) =>
  sizes.flatMap((n, j) => sizes.filter((_, l) => isExhaustive || (i + j + l) % 4 === 0).map((k): Shape => [m, n, k])),
);
const shapes: Shape[] = [...square, ...real];

/** Σ a b of every element of a product, and Σ |a b|. */
interface Sums {
  readonly sum: Float64Array;
  readonly size: Float64Array;
}

/** The sums of plain loops: every backend of a precision is compared with the same ones. */
const known = new Map<string, Sums>();

/**
 * The sums of a matrix [m, k] and one [k, n], each with the distance of two numbers down a column and along a row.
 * @param key says which matrices they are
 */
function sumsOf(
  key: string,
  [m, n, k]: Shape,
  a: Float64Array,
  [aDown, aAlong]: readonly [number, number],
  b: Float64Array,
  [bDown, bAlong]: readonly [number, number],
): Sums {
  const before = known.get(key);
  if (before) return before;
  const sums: Sums = { sum: new Float64Array(m * n), size: new Float64Array(m * n) };
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let p = 0; p < k; p++) {
        const term = a[i * aDown + p * aAlong] * b[p * bDown + j * bAlong];
        sums.sum[i * n + j] += term;
        sums.size[i * n + j] += Math.abs(term);
      }
  known.set(key, sums);
  return sums;
}

/** Any order of summation stays within k + 1 roundings of Σ |a b|: the classical bound. */
function compare(
  label: string,
  c: ArrayLike<number>,
  [m, n, k]: Shape,
  u: number,
  { sum, size }: Sums,
  start?: Float64Array,
): void {
  const expected = start ? sum.map((value, i) => value + start[i]) : sum;
  const magnitude = start ? size.map((value, i) => value + Math.abs(start[i])) : size;
  expectClose(`${label} ${m} × ${n} × ${k}`, c, expected, (i) => (k + 2) * u * magnitude[i]);
}

export function productsConform(backend: Backend): void {
  const u = roundoff(backend);

  test('product computes a wᵀ and a w, alone and added to c, in every shape, and writes nothing else', () => {
    const { plan, kernels } = backend.open((allocate) => {
      const guards = new Guards(allocate);
      const cases = shapes.map(([m, n, k]) => ({
        shape: [m, n, k] as Shape,
        a: guards.floats(m * k),
        w: guards.floats(n * k),
        panels: allocate.panels(n, k),
        behind: guards.floats(0),
        c: guards.floats(m * n),
      }));
      return { guards, cases };
    });
    for (const { shape, a, w, panels, c } of plan.cases) {
      const [m, n, k] = shape;
      const next = numbers(m * 10007 + n * 101 + k);
      const av = fill(a, next);
      const wv = fill(w, next);
      const key = `${backend.precision} ${shape}`;
      const transposed = sumsOf(`a wᵀ ${key}`, shape, av, [k, 1], wv, [1, k]);
      const plain = sumsOf(`a w ${key}`, shape, av, [k, 1], wv, [n, 1]);
      panels.fill(Number.NaN); // the packing writes all that the product reads
      c.fill(Number.NaN);
      kernels.packTransposed(w, panels, n, k, 0, n);
      kernels.product(a, panels, c, m, n, k, false);
      compare('a wᵀ', c, shape, u, transposed);
      let start = fill(c, next);
      kernels.product(a, panels, c, m, n, k, true);
      compare('c + a wᵀ', c, shape, u, transposed, start);
      panels.fill(Number.NaN);
      kernels.packPlain(w, panels, n, k, 0, n);
      kernels.product(a, panels, c, m, n, k, false);
      compare('a w', c, shape, u, plain);
      start = fill(c, next);
      kernels.product(a, panels, c, m, n, k, true);
      compare('c + a w', c, shape, u, plain, start);
    }
    plan.guards.expectIntact();
  });

  test('productTN computes aᵀ b, alone and added to c, in every shape, and writes nothing else', () => {
    const { plan, kernels } = backend.open((allocate) => {
      const guards = new Guards(allocate);
      const cases = shapes.map(([m, n, k]) => ({
        shape: [m, n, k] as Shape,
        a: guards.floats(m * k),
        b: guards.floats(n * k),
        c: guards.floats(m * n),
        scratch: allocate.scratch(m, n, k)[0],
      }));
      return { guards, cases };
    });
    for (const { shape, a, b, c, scratch } of plan.cases) {
      const [m, n, k] = shape;
      const next = numbers(m * 10007 + n * 101 + k);
      const av = fill(a, next);
      const bv = fill(b, next);
      const sums = sumsOf(`aᵀ b ${backend.precision} ${shape}`, shape, av, [1, m], bv, [n, 1]);
      scratch.fill(Number.NaN);
      c.fill(Number.NaN);
      kernels.productTN(a, b, c, m, n, k, false, scratch, m, n);
      compare('aᵀ b', c, shape, u, sums);
      const start = fill(c, next);
      kernels.productTN(a, b, c, m, n, k, true, scratch, m, n);
      compare('c + aᵀ b', c, shape, u, sums, start);
    }
    plan.guards.expectIntact();
  });

  test('infinities and NaN in one row or column stay in that row or column', () => {
    const [m, n, k] = [6, 11, 10];
    const { plan, kernels } = backend.open((allocate) => ({
      a: allocate.floats(m * k),
      w: allocate.floats(n * k),
      panels: allocate.panels(n, k),
      c: allocate.floats(m * n),
    }));
    const { a, w, panels, c } = plan;
    a.fill(1);
    w.fill(1);
    a[2 * k + 3] = Number.POSITIVE_INFINITY;
    w[10 * k + 4] = Number.NaN;
    kernels.packTransposed(w, panels, n, k, 0, n);
    kernels.product(a, panels, c, m, n, k, false);
    const expected = Array.from(c, (_, i) => (i % n === 10 ? Number.NaN : Math.floor(i / n) === 2 ? Infinity : k));
    expectSame('product', c, expected);
  });
}

/** The promises of our own backends that a native BLAS does not make. */
export function productRowsConform(backend: Backend): void {
  test('a row of a product has the same bits alone, in any batch and in any place', () => {
    const most = 67;
    const batches = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 33, most];
    const tried = backend.name === 'javascript' ? some(batches, 4) : batches; // plain loops have no tiles of rows
    for (const [n, k] of [
      [1, 5],
      [8, 16],
      [9, 100],
      [33, 300],
      [50, 40],
      [65, 128],
      [85, 20],
      [100, 700],
    ]) {
      const { plan, kernels } = backend.open((allocate) => ({
        a: allocate.floats(most * k),
        w: allocate.floats(n * k),
        panels: allocate.panels(n, k),
        alone: allocate.floats(most * n),
        batch: allocate.floats(most * n),
      }));
      const { a, w, panels, alone, batch } = plan;
      fill(a, numbers(n));
      fill(w, numbers(k));
      kernels.packTransposed(w, panels, n, k, 0, n);
      for (const accumulate of [false, true]) {
        const start = fill(alone, numbers(n * k));
        for (let r = 0; r < most; r++) {
          kernels.product(a.subarray(r * k), panels, alone.subarray(r * n), 1, n, k, accumulate);
        }
        for (const m of tried) {
          batch.set(start);
          kernels.product(a, panels, batch, m, n, k, accumulate);
          expectSame(`${m} × ${n} × ${k}`, batch.subarray(0, m * n), alone.subarray(0, m * n));
          const from = most - m;
          batch.set(start);
          kernels.product(a.subarray(from * k), panels, batch.subarray(from * n), m, n, k, accumulate);
          expectSame(`${m} × ${n} × ${k} at ${from}`, batch.subarray(from * n), alone.subarray(from * n));
        }
      }
    }
  });

  test('packing in parts is packing', () => {
    for (const [n, k] of [
      [8, 3],
      [33, 20],
      [65, 128],
    ]) {
      const { plan, kernels } = backend.open((allocate) => ({
        w: allocate.floats(n * k),
        whole: allocate.panels(n, k),
        parts: allocate.panels(n, k),
      }));
      fill(plan.w, numbers(n));
      for (const pack of ['packTransposed', 'packPlain'] as const) {
        kernels[pack](plan.w, plan.whole, n, k, 0, n);
        const cut = Math.floor(n / 16) * 8;
        kernels[pack](plan.w, plan.parts, n, k, 0, cut);
        kernels[pack](plan.w, plan.parts, n, k, cut, n);
        expectSame(`${pack} ${n} × ${k}`, plan.parts, plan.whole);
      }
    }
  });

  test('productTN of some rows or columns has the bits of the whole', () => {
    for (const [m, n, k] of [
      [5, 9, 3],
      [40, 65, 70],
      [300, 17, 600],
      [24, 600, 40],
    ]) {
      const { plan, kernels } = backend.open((allocate) => ({
        a: allocate.floats(m * k),
        b: allocate.floats(n * k),
        whole: allocate.floats(m * n),
        parts: allocate.floats(m * n),
        scratch: allocate.scratch(m, n, k)[0],
      }));
      const { a, b, whole, parts, scratch } = plan;
      fill(a, numbers(m));
      fill(b, numbers(n));
      kernels.productTN(a, b, whole, m, n, k, false, scratch, m, n);
      const row = Math.ceil(m / 3);
      kernels.productTN(a, b, parts, row, n, k, false, scratch, m, n);
      kernels.productTN(a.subarray(row), b, parts.subarray(row * n), m - row, n, k, false, scratch, m, n);
      expectSame(`rows of ${m} × ${n} × ${k}`, parts, whole);
      parts.fill(Number.NaN);
      const column = Math.ceil(n / 3);
      kernels.productTN(a, b, parts, m, column, k, false, scratch, m, n);
      kernels.productTN(a, b.subarray(column), parts.subarray(column), m, n - column, k, false, scratch, m, n);
      expectSame(`columns of ${m} × ${n} × ${k}`, parts, whole);
    }
  });

  test('productTN and sumRows in stretches of time, the last first, have the bits of the whole', () => {
    if (backend.name === 'javascript' && backend.precision === 'float32') return; // it rounds its float64 sums after each stretch
    for (const [m, n, k] of [
      [5, 9, 7],
      [40, 33, 1300],
    ]) {
      const { plan, kernels } = backend.open((allocate) => ({
        a: allocate.floats(m * k),
        b: allocate.floats(n * k),
        c: [allocate.floats(m * n), allocate.floats(m * n)],
        sums: [allocate.floats(m), allocate.floats(m)],
        scratch: allocate.scratch(m, n, k)[0],
      }));
      const { a, b, c, sums, scratch } = plan;
      fill(a, numbers(m));
      fill(b, numbers(n));
      kernels.productTN(a, b, c[0], m, n, k, false, scratch, m, n);
      kernels.sumRows(a, sums[0], k, m, false, m);
      for (let end = k, begin = k; end > 0; end = begin) {
        begin = Math.max(0, end - 257);
        const [x, y] = [a.subarray(begin * m), b.subarray(begin * n)];
        kernels.productTN(x, y, c[1], m, n, end - begin, end < k, scratch, m, n);
        kernels.sumRows(x, sums[1], end - begin, m, end < k, m);
      }
      expectSame(`productTN ${m} × ${n} × ${k}`, c[1], c[0]);
      expectSame(`sumRows ${k} × ${m}`, sums[1], sums[0]);
    }
  });
}
