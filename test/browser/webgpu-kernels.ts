// Every kernel on WebGPU beside the portable backend's, in a page: the same calls on the same numbers, in every size of the conformance suite, with
// guards around each array. What differs by more than roundings is told in a sentence.

import type { Allocator, Backend, Device, Floats, Kernels, Workspace } from '../../src/engine/backend.ts';
import { javascriptBackend } from '../../src/engine/javascript.ts';

/** Around every width that the kernels treat apart, as in test/engine/conformance/support.ts. */
const sizes = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33];
const lengths = [...sizes, 65, 100, 128, 512];
const u = 2 ** -24;
const sentinel = 12345.5;
const guard = 5;

type View = Floats | Int32Array;
type Next = () => number;

/** An array of a call: its numbers, of which kind they are, and whether they are small whole ones. */
interface Part {
  readonly length: number;
  readonly kind?: 'integers' | 'doubles';
  readonly first: (next: Next, i: number) => number;
}

/** A call of a kernel, and by how many roundings of 1, or of what is larger, the numbers may differ. */
interface Case {
  readonly label: string;
  readonly parts: readonly Part[];
  readonly call: (k: Kernels, views: unknown) => void;
  readonly units: number;
}

function numbers(seed: number): Next {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const floats = (length: number, first: Part['first'] = (next) => next()): Part => ({ length, first });
const wide = (length: number): Part => floats(length, (next) => 4 * next());
const inside = (length: number): Part => floats(length, (next) => 0.5 + next() / 2);
const integers = (length: number, below: number): Part => ({
  length,
  kind: 'integers',
  first: (next) => Math.floor(((next() + 1) / 2) * below) % below,
});
const doubles = (values: readonly number[]): Part => ({
  length: values.length,
  kind: 'doubles',
  first: (_, i) => values[i],
});
/** Weights, of which every third is 0. */
const weights = (length: number): Part => floats(length, (_, i) => (i % 3) / 2);

const pairs = sizes.flatMap((rows) => sizes.map((width) => [rows, width] as const));
const shapes = [...pairs, [65, 100], [50, 128], [5, 512]] as const;
const triples = sizes.flatMap((m, i) =>
  sizes.flatMap((n, j) => sizes.filter((_, l) => (i + j + l) % 4 === 0).map((k) => [m, n, k] as const)),
);
const products = [
  ...triples,
  ...([
    [1, 100, 100],
    [2, 65, 128],
    [5, 9, 65],
    [7, 33, 512],
    [50, 17, 128],
    [66, 20, 530],
    [3, 40, 1100],
    [600, 9, 12],
    [9, 1100, 12],
  ] as const),
];
const table = 6;

const onLengths = <Views>(
  units: number,
  parts: (length: number) => Part[],
  call: (k: Kernels, views: Views, length: number) => void,
) =>
  lengths.map(
    (length): Case => ({
      label: `${length}`,
      parts: parts(length),
      units,
      call: (k, views) => call(k, views as Views, length),
    }),
  );
const onShapes = <Views>(
  units: number,
  parts: (rows: number, width: number) => Part[],
  call: (k: Kernels, views: Views, rows: number, width: number) => void,
  some: readonly (readonly [number, number])[] = shapes,
) =>
  some.map(
    ([rows, width]): Case => ({
      label: `${rows} × ${width}`,
      parts: parts(rows, width),
      units,
      call: (k, views) => call(k, views as Views, rows, width),
    }),
  );

type F = [Floats, Floats, Floats, Floats, Floats, Floats];
const classes = pairs
  .filter(([, width]) => width > 0)
  .concat([
    [5, 65],
    [3, 256],
    [3, 1000],
  ]);

const optimizer = (
  s: readonly number[],
  call: (k: Kernels, views: [Floats, Floats, Floats, Floats, Float64Array], length: number) => void,
): Case[] =>
  [0, 0.3].flatMap((decay) =>
    onLengths(
      16,
      (length) => [
        floats(length),
        floats(length),
        floats(length),
        floats(length, (next) => 0.1 + Math.abs(next())),
        doubles([decay ? 0.25 : 1, s[0], decay, ...s.slice(1)]),
      ],
      call,
    ),
  );

/** Every kernel's cases. */
const cases: Readonly<Record<string, () => Case[]>> = {
  zero: () =>
    onLengths(
      0,
      (n) => [floats(n)],
      (k, [x]: F, n) => k.zero(x, n),
    ),
  copy: () =>
    onLengths(
      0,
      (n) => [floats(n), floats(n)],
      (k, [x, y]: F, n) => k.copy(x, y, n),
    ),
  tanh: () =>
    onLengths(
      8,
      (n) => [wide(n)],
      (k, [x]: F, n) => k.tanh(x, n),
    ),
  relu: () =>
    onLengths(
      0,
      (n) => [floats(n)],
      (k, [x]: F, n) => k.relu(x, n),
    ),
  sigmoid: () =>
    onLengths(
      8,
      (n) => [wide(n)],
      (k, [x]: F, n) => k.sigmoid(x, n),
    ),
  tanhBackward: () =>
    onLengths(
      4,
      (n) => [floats(n), floats(n)],
      (k, [h, d]: F, n) => k.tanhBackward(h, d, n),
    ),
  reluBackward: () =>
    onLengths(
      0,
      (n) => [floats(n), floats(n)],
      (k, [h, d]: F, n) => k.reluBackward(h, d, n),
    ),
  sigmoidBackward: () =>
    onLengths(
      8,
      (n) => [floats(n), floats(n)],
      (k, [h, d]: F, n) => k.sigmoidBackward(h, d, n),
    ),
  dropout: () =>
    [0, 1, 2 ** 30, 2 ** 31, 3_000_000_000].flatMap((threshold) =>
      onLengths(
        4,
        (n) => [floats(n), floats(n), { length: 2, kind: 'integers', first: (_, i) => [-123456789, 987654321][i] }],
        (k, [x, out, seed]: [Floats, Floats, Int32Array], n) => k.dropout(x, out, n, seed, n - 40, threshold, n * 3),
      ),
    ),
  fillRows: () =>
    onShapes(
      0,
      (r, w) => [floats(w), floats(r * w)],
      (k, [x, y]: F, r, w) => k.fillRows(x, y, r, w),
    ),
  gatherRows: () =>
    onShapes(
      2,
      (r, w) => [floats(table * w), integers(r, table), floats(w), floats(r * w)],
      (k, [t, ids, row, out]: [Floats, Int32Array, Floats, Floats], r, w) => k.gatherRows(t, ids, row, out, r, w),
    ),
  addRows: () =>
    onShapes(
      2,
      (r, w) => [floats(table * w), integers(r, table), floats(r * w)],
      (k, [t, ids, out]: [Floats, Int32Array, Floats], r, w) => k.addRows(t, ids, out, r, w),
    ),
  copyRows: () =>
    onShapes(
      0,
      (r, w) => [floats(table * (w + 3)), integers(r, table), floats(r * (w + 2))],
      (k, [from, ids, to]: [Floats, Int32Array, Floats], r, w) => k.copyRows(from, ids, to, r, w, w + 3, w + 2),
    ),
  scaleRows: () =>
    onShapes(
      1,
      (r, w) => [floats(r * w, (next, i) => (i % 5 ? next() : Infinity)), floats(r, (next, i) => (i % 3 ? next() : 0))],
      (k, [x, factors]: F, r, w) => k.scaleRows(x, factors, r, w),
    ),
  scatterAddRows: () =>
    onShapes(
      80,
      (r, w) => [floats(r * (w + 3)), integers(r, table), floats(table * (w + 1))],
      (k, [x, ids, t]: [Floats, Int32Array, Floats], r, w) => k.scatterAddRows(x, ids, t, r, w, w + 3, w + 1),
    ),
  sumRows: () =>
    [false, true].flatMap((accumulate) =>
      onShapes(
        80,
        (r, w) => [floats(r * (w + 2)), floats(w)],
        (k, [x, out]: F, r, w) => k.sumRows(x, out, r, w, accumulate, w + 2),
      ),
    ),
  product: () =>
    products.flatMap(([m, n, k]) =>
      (['packTransposed', 'packPlain'] as const).flatMap((pack) =>
        [false, true].map(
          (accumulate): Case => ({
            label: `${pack} ${m} × ${n} × ${k}`,
            parts: [floats(m * k), floats(n * k), floats(n * k), floats(m * n)],
            units: k + 2,
            call: (kernels, views) => {
              const [a, w, panels, c] = views as F;
              const cut = Math.floor(n / 16) * 8;
              kernels[pack](w, panels, n, k, 0, cut);
              kernels[pack](w, panels, n, k, cut, n);
              kernels.product(a, panels, c, m, n, k, accumulate);
            },
          }),
        ),
      ),
    ),
  productTN: () =>
    products.flatMap(([m, n, k]) =>
      [false, true].map(
        (accumulate): Case => ({
          label: `${m} × ${n} × ${k}`,
          parts: [floats(k * (m + 2)), floats(k * (n + 1)), floats(m * (n + 1))],
          units: k + 2,
          call: (kernels, views) => {
            const [a, b, c] = views as F;
            kernels.productTN(a, b, c, m, n, k, accumulate, a, m + 2, n + 1);
          },
        }),
      ),
    ),
  lstmForward: () =>
    onShapes(
      40,
      (r, w) => [wide(4 * r * w), wide(r * w), floats(r * w), floats(r * w)],
      (k, [a, s, t, h]: F, r, w) => k.lstmForward(a, s, t, h, r, w),
    ),
  lstmBackward: () =>
    onShapes(
      80,
      (r, w) => [inside(4 * r * w), floats(r * w), floats(r * w), floats(r * w), floats(r * w)],
      (k, [a, s, t, dh, later]: F, r, w) => k.lstmBackward(a, s, t, dh, later, r, w),
    ),
  gruForward: () =>
    onShapes(
      120,
      (r, w) => [wide(3 * r * w), floats(3 * r * w), floats(w), floats(r * w), floats(r * w)],
      (k, [a, p, bias, s, h]: F, r, w) => k.gruForward(a, p, bias, s, h, r, w),
    ),
  gruBackward: () =>
    onShapes(
      80,
      (r, w) => [inside(3 * r * w), floats(3 * r * w), floats(r * w), floats(r * w), floats(r * w)],
      (k, [a, p, s, dh, later]: F, r, w) => k.gruBackward(a, p, s, dh, later, r, w),
    ),
  minGruForward: () =>
    onShapes(
      40,
      (r, w) => [wide(2 * r * w), floats(r * w), floats(r * w)],
      (k, [a, s, h]: F, r, w) => k.minGruForward(a, s, h, r, w),
    ),
  minGruBackward: () =>
    onShapes(
      40,
      (r, w) => [inside(2 * r * w), floats(r * w), floats(r * w), floats(r * w)],
      (k, [a, s, dh, later]: F, r, w) => k.minGruBackward(a, s, dh, later, r, w),
    ),
  softmaxNll: () =>
    [5, 1e4].flatMap((size) =>
      onShapes(
        24,
        (r, w) => [
          floats(r * w, (next) => (size > 5 ? Math.sign(next()) * size + next() : size * next())),
          integers(r, w),
          weights(r),
          floats(r),
        ],
        (k, [o, y, weight, nll]: [Floats, Int32Array, Floats, Floats], r, w) => k.softmaxNll(o, y, weight, nll, r, w),
        classes,
      ),
    ),
  squaredError: () =>
    onShapes(
      80,
      (r, w) => [wide(r * w), wide(r * w), weights(r), floats(r)],
      (k, [o, y, weight, loss]: F, r, w) => k.squaredError(o, y, weight, loss, r, w),
      classes,
    ),
  pinball: () =>
    onShapes(
      80,
      (r, w) => [wide(r * w), wide(r * w), weights(r), floats(r), inside(w)],
      (k, [o, y, weight, loss, q]: F, r, w) => k.pinball(o, y, weight, loss, q, r, w),
      classes,
    ),
  sgd: () => optimizer([0.1], (k, [p, g, , , s], n) => k.sgd(p, g, n, s)),
  momentum: () =>
    [0, 1].flatMap((nesterov) => optimizer([0.1, 0.9, nesterov], (k, [p, g, , v, s], n) => k.momentum(p, g, v, n, s))),
  adagrad: () => optimizer([0.1, 1e-10], (k, [p, g, , v, s], n) => k.adagrad(p, g, v, n, s)),
  rmsprop: () => optimizer([0.01, 1e-8, 0.99, 1 - 0.99], (k, [p, g, , v, s], n) => k.rmsprop(p, g, v, n, s)),
  adam: () =>
    [1, 0.998].flatMap((shrink) =>
      optimizer(
        [0.02 / (1 - 0.9 ** 3), 1e-8, 0.9, 0.999, shrink, 1 / Math.sqrt(1 - 0.999 ** 3)],
        (k, [p, g, m, v, s], n) => k.adam(p, g, m, v, n, s),
      ),
    ),
  clipElements: () =>
    onLengths(
      0,
      (n) => [
        floats(n, (next) => [next(), Infinity, -Infinity, Number.NaN, 5 * next()][Math.floor((next() + 1) * 2.5)]),
        doubles([0.5]),
      ],
      (k, [g, s]: [Floats, Float64Array], n) => k.clipElements(g, n, s),
    ),
  sumOfSquares: () =>
    [1, 1e-30, 1e30, Number.NaN, Infinity].flatMap((size) =>
      onLengths(
        40,
        (n) => [
          floats(n, (next, i) => next() * (Number.isFinite(size) ? size : i === n >> 1 ? size : 1)),
          doubles([7, 7]),
        ],
        (k, [x, out]: [Floats, Float64Array], n) => k.sumOfSquares(x, n, out),
      ),
    ),
  weightedSum: () =>
    onLengths(
      60,
      (n) => [floats(n, (next, i) => (i % 3 ? next() : Number.NaN)), weights(n), doubles([7, 7])],
      (k, [x, weight, out]: [Floats, Floats, Float64Array], n) => k.weightedSum(x, weight, n, out),
    ),
  clipScale: () =>
    [
      [[1, 3, 5], 0, 2],
      [[1, 3, 5], 4, 2],
      [[1, 3, 5], 1.5, 2],
      [[1e60, 3, 5], 1.5, 2],
      [[1e-60, 3e-60, 0], 1e-9, 2],
      [[1, Infinity, 5], 1, 2],
      [[1, Number.NaN, 5], 0, 2],
      [[1, 2, 5], 1, Number.NaN],
      [[1, 2, 5], 1, Infinity],
    ].map(([sums, limit, loss]) => ({
      label: `${sums} to ${limit}, loss ${loss}`,
      parts: [
        doubles(sums as number[]),
        doubles([limit as number]),
        doubles([loss as number]),
        doubles([0, 0]),
        { length: 1, kind: 'integers', first: () => 5 },
      ],
      units: 8,
      call: (k, views) => {
        const [s, l, nats, out, go] = views as [Float64Array, Float64Array, Float64Array, Float64Array, Int32Array];
        k.clipScale(s, 3, l, nats, out, go);
      },
    })),
};

/** The kernels that have cases here. */
export const kernelCases = Object.keys(cases);

const take = (allocate: Allocator, { kind, length }: Part): View => {
  if (kind === 'integers') return allocate.integers(length + 2 * guard);
  if (kind === 'doubles') return allocate.doubles(length + 2 * guard);
  return allocate.floats(length + 2 * guard);
};

/** Runs every case on an opened workspace; what a call may write is between the guards. */
function open(opener: Pick<Backend, 'open'>, all: readonly Case[], abs: boolean): Workspace<View[][]> {
  const workspace = opener.open((allocate) => all.map(({ parts }) => parts.map((part) => take(allocate, part))));
  workspace.plan.forEach((blocks, at) => {
    const next = numbers(at * 1009 + 17);
    blocks.forEach((block, part) => {
      const { length, first, kind } = all[at].parts[part];
      if (block instanceof Int32Array) block.fill(77);
      else block.fill(sentinel);
      for (let i = 0; i < length; i++) {
        const value = first(next, i);
        block[guard + i] = abs && kind === undefined ? Math.abs(value) : value;
      }
    });
  });
  return workspace;
}

const views = (blocks: readonly View[], parts: readonly Part[]): View[] =>
  blocks.map((block, i) => block.subarray(guard, guard + parts[i].length));

/** What differs between the device and the portable backend, in a sentence for each case; the first few. */
export async function compareKernel(device: Device, name: string): Promise<string[]> {
  const all = cases[name]();
  const expected = open(javascriptBackend('float32'), all, false);
  all.forEach(({ call, parts }, at) => void call(expected.kernels, views(expected.plan[at], parts)));
  // of sums the roundings are relative to the terms: the same call on absolute values
  const sizesOf = /^product/.test(name) ? open(javascriptBackend('float64'), all, true) : undefined;
  if (sizesOf) all.forEach(({ call, parts }, at) => void call(sizesOf.kernels, views(sizesOf.plan[at], parts)));
  const actual = open(device, all, false);
  actual.remote!.write(...actual.plan.flat());
  actual.record((k, { index, count }) => {
    all.forEach(({ call, parts }, at) => {
      if (at % count === index) call(k, views(actual.plan[at], parts));
    });
  })();
  await actual.remote!.read(...actual.plan.flat());
  const complaints: string[] = [];
  all.forEach(({ label, units }, at) => {
    expected.plan[at].forEach((block, part) => {
      for (let i = 0; i < block.length; i++) {
        const [is, was] = [actual.plan[at][part][i], block[i]];
        // a number below the smallest normal one may be 0
        const size = sizesOf
          ? Math.abs(sizesOf.plan[at][part][i])
          : Math.max(block instanceof Float64Array ? Math.abs(was) : 1, Math.abs(was));
        const isSame =
          Object.is(is, was) ||
          Math.abs(is - was) <= units * u * size ||
          (!Number.isFinite(was) && block instanceof Float64Array && !Number.isFinite(is));
        if (!isSame && complaints.length < 5)
          complaints.push(`${name} ${label}: array ${part} [${i - guard}] is ${is}, expected ${was}`);
      }
    });
  });
  return complaints;
}
