// Each kernel beside its ceiling, measured in pairs: the ceiling and at once the kernel, many times. The products' ceiling is multiply-adds on
// registers (bench/kernels/ceiling.ts), or with a BLAS its sgemm at 1024³. A kernel that looks at each number once is held against the slower of
// two: its operations at the rate of multiply-adds, and the numbers it reads and writes at the rate of c += a on arrays of the same length.

import { openCeiling, openSgemm } from './ceiling.mjs';
import { number, percent, spread, table } from './markdown.mjs';
import { note, quartiles, ratio, stopwatch, warn } from './measure.mjs';
import { library, openBackend } from './unrolled.mjs';

export const title = 'Kernels';

/** c [m, n] = a [m, k] · right [k, n]: the time loop's products, the output's, and those of the way back. */
const products = [
  ['product NT', 64, 512, 512],
  ['product NN', 64, 512, 512],
  ['product NT', 64, 1024, 1024],
  ['product NT', 50, 128, 128],
  ['product NT', 2500, 65, 128],
  ['product NT', 256, 10000, 256],
  ['product NN', 256, 256, 10000],
  ['product NT', 1, 100, 100],
  ['product NT', 1, 512, 512],
  ['product NT', 25, 65, 100],
  ['productTN', 512, 512, 8192],
  ['productTN', 65, 512, 8192],
  ['productTN', 10000, 256, 256],
  ['productTN', 128, 128, 2500],
  ['productTN', 100, 100, 25],
].map(([form, m, n, k]) => ({ name: `${form} ${m} ${n} ${k}`, form, m, n, k }));

/** Length of the arrays of the other kernels: 128 KiB each, in the second-level cache. */
const length = 32768;
const rows = { wide: 64, width: 512 };
/** Gated cells: 64 sequences of 128 units, whose four gates fill an array. Their figures are for a unit. */
const cell = { sequences: 64, units: 128 };

/**
 * The other kernels: numbers moved and operations (a multiply-add is two) for each element, the call, and how many elements if not `length`. x and y change, `data` is small random
 * numbers, `zeros` makes a backward pass change nothing, s are hyperparameters that leave parameters all but as they are.
 */
const pointwise = [
  ['copy', 2, 0, (k, a) => k.copy(a.data, a.x, length)],
  ['zero', 1, 0, (k, a) => k.zero(a.x, length)],
  ['tanh', 2, 26, (k, a) => k.tanh(a.x, length)],
  ['sigmoid', 2, 24, (k, a) => k.sigmoid(a.x, length)],
  ['relu', 2, 1, (k, a) => k.relu(a.x, length)],
  ['tanhBackward', 3, 3, (k, a) => k.tanhBackward(a.zeros, a.y, length)],
  ['dropout', 2, 9, (k, a) => k.dropout(a.data, a.x, length, a.ids, 1, 1 << 30, 0)],
  ['softmaxNll 65', 2, 29, (k, a) => k.softmaxNll(a.x, a.ids, a.data, a.y, Math.floor(length / 65), 65)],
  ['softmaxNll 4096', 2, 29, (k, a) => k.softmaxNll(a.x, a.ids, a.data, a.y, length / 4096, 4096)],
  ['squaredError', 3, 4, (k, a) => k.squaredError(a.x, a.data, a.y, a.z, rows.wide, rows.width)],
  ['fillRows', 1, 0, (k, a) => k.fillRows(a.data, a.x, rows.wide, rows.width)],
  ['gatherRows', 2, 1, (k, a) => k.gatherRows(a.data, a.ids, a.zeros, a.x, rows.wide, rows.width)],
  ['addRows', 3, 1, (k, a) => k.addRows(a.zeros, a.ids, a.x, rows.wide, rows.width)],
  ['copyRows', 2, 0, (k, a) => k.copyRows(a.data, a.ids, a.x, rows.wide, rows.width, rows.width, rows.width)],
  ['scaleRows', 2, 1, (k, a) => k.scaleRows(a.zeros, a.y, rows.wide, rows.width)],
  [
    'scatterAddRows',
    3,
    1,
    (k, a) => k.scatterAddRows(a.data, a.ids, a.x, rows.wide, rows.width, rows.width, rows.width),
  ],
  ['sumRows', 1, 1, (k, a) => k.sumRows(a.data, a.x, rows.wide, rows.width, false, rows.width)],
  ['sgd', 3, 5, (k, a) => k.sgd(a.x, a.data, length, a.s)],
  ['momentum', 5, 7, (k, a) => k.momentum(a.x, a.data, a.y, length, a.s)],
  ['adagrad', 5, 11, (k, a) => k.adagrad(a.x, a.data, a.y, length, a.s)],
  ['rmsprop', 5, 11, (k, a) => k.rmsprop(a.x, a.data, a.y, length, a.s)],
  ['adam', 7, 15, (k, a) => k.adam(a.x, a.data, a.y, a.z, length, a.s)],
  ['clipElements', 2, 2, (k, a) => k.clipElements(a.x, length, a.s)],
  ['sumOfSquares', 1, 2, (k, a) => k.sumOfSquares(a.data, length, a.sum)],
  ...[
    ['lstmForward', 11, 128, (k, a) => k.lstmForward(a.x, a.data, a.y, a.z, cell.sequences, cell.units)],
    ['lstmBackward', 13, 48, (k, a) => k.lstmBackward(a.x, a.data, a.y, a.zeros, a.zeros, cell.sequences, cell.units)],
    ['gruForward', 12, 83, (k, a) => k.gruForward(a.x, a.y, a.zeros, a.data, a.z, cell.sequences, cell.units)],
    ['gruBackward', 14, 17, (k, a) => k.gruBackward(a.x, a.y, a.data, a.zeros, a.zeros, cell.sequences, cell.units)],
  ].map((kernel) => [...kernel, cell.sequences * cell.units]),
].map(([name, moved, operations, call, elements = length]) => ({ name, moved, operations, call, elements }));

export async function measure({ rounds, kernels: filter = '' }) {
  const pairs = 4 * rounds; // a pair takes milliseconds
  const { createBackend } = await library();
  const { wasmBackend } = await import('../dist/engine/wasm.js');
  const chosen = products.filter(({ name }) => name.includes(filter));
  const ceiling = await openCeiling();
  const groups = [
    { kind: ceiling.kind, ...(await ofProducts(createBackend('wasm'), chosen, registers(ceiling), pairs)) },
  ];
  if (ceiling.kind.startsWith('relaxed'))
    groups.push({
      kind: 'simd',
      ...(await ofProducts(wasmBackend('simd'), chosen, registers(await openCeiling(true)), pairs)),
    });
  const sgemm = await openSgemm();
  if (sgemm) {
    const { backend } = await openBackend({ blas: true });
    const large = chosen.filter(({ m }) => m >= 8); // single rows are WebAssembly's all the same
    groups.push({ kind: 'BLAS', ...(await ofProducts(backend, large, constant(bestOf(sgemm)), pairs)) });
  } else warn('kernels: no native BLAS');
  const others = pointwise.filter(({ name }) => name.includes(filter));
  groups.push({ kind: ceiling.kind, ...(await ofPointwise(createBackend('wasm'), others, ceiling, pairs)) });
  note('');
  return groups.filter(({ figures }) => figures.length > 0);
}

/** Functions that measure a rate, in operations a millisecond. */
const registers = ({ call, work }) => {
  const { turn } = stopwatch('ceiling', call, 0.003);
  return () => work / turn();
};
const constant = (gflops) => () => 1e6 * gflops;

async function ofProducts(backend, list, rate, pairs) {
  const figures = list.map(({ name, form, m, n, k }) => {
    note(`kernels: ${name}`);
    const times = Math.max(1, Math.round(4e6 / (m * n * k))); // enough to hide the call of the program
    const work = 2 * m * n * k;
    const result = inPairs(productOf(backend, form, [m, n, k], times), times, () => work / rate(), pairs);
    return { name, ...result, gflops: work / result.ms.median / 1e6 };
  });
  return { unit: 'GFLOP/s', figures };
}

async function ofPointwise(backend, list, ceiling, pairs) {
  const rate = registers(ceiling);
  const stream = stopwatch('stream', () => ceiling.stream(length), 0.003);
  const figures = list.map(({ name, moved, operations, call, elements }) => {
    note(`kernels: ${name}`);
    const share = elements / length;
    const floor = () => share * Math.max((stream.turn() * moved) / 3, (operations * length) / rate());
    const result = inPairs(pointwiseOf(backend, call, 4), 4, floor, pairs);
    return { name, ...result, nsPerElement: (1e6 * result.ms.median) / elements };
  });
  return { unit: 'ns an element or unit', figures };
}

/** Milliseconds of a kernel that `program` calls so many times, and its share of the ceiling, which would take floor() milliseconds. */
function inPairs(program, times, floor, pairs) {
  const kernel = stopwatch('', program, 0.003);
  const least = [];
  const ms = [];
  for (let pair = 0; pair < pairs; pair++) {
    least.push(floor());
    ms.push(kernel.turn() / times);
  }
  return { ms: quartiles(ms), share: ratio(least, ms) };
}

const bestOf = (sgemm) => Math.max(...Array.from({ length: 8 }, () => sgemm(1024, 1024, 1024)));

/** A program of so many products, the right operand packed. */
function productOf(backend, form, [m, n, k], times) {
  const isGradient = form === 'productTN';
  const body = (kernels, { a, w, panels, c, scratch }) => {
    for (let i = 0; i < times; i++) {
      if (isGradient) kernels.productTN(a, w, c, m, n, k, false, scratch, m, n);
      else kernels.product(a, panels, c, m, n, k, false);
    }
  };
  const pack = (kernels, { w, panels }) => {
    if (!isGradient) kernels[form === 'product NT' ? 'packTransposed' : 'packPlain'](w, panels, n, k, 0, n);
  };
  const { plan, packing, program } = record(backend, { body, pack }, (allocate) => ({
    a: allocate.floats(m * k),
    w: allocate.floats(n * k),
    panels: isGradient ? null : allocate.panels(n, k),
    c: allocate.floats(m * n),
    scratch: isGradient ? allocate.scratch(m, n, k)[0] : null,
  }));
  for (const view of [plan.a, plan.w]) fillSmall(view);
  packing();
  return program;
}

function fillSmall(view) {
  for (let i = 0; i < view.length; i++) view[i] = ((i * 7919) % 1000) / 1000 - 0.5;
}

function pointwiseOf(backend, kernel, times) {
  const body = (kernels, arrays) => {
    for (let i = 0; i < times; i++) kernel(kernels, arrays);
  };
  const { plan, program } = record(backend, { body, pack: () => {} }, (allocate) => ({
    x: allocate.floats(length),
    y: allocate.floats(length),
    z: allocate.floats(length),
    data: allocate.floats(length),
    zeros: allocate.floats(length),
    ids: allocate.integers(length),
    s: allocate.doubles(8),
    sum: allocate.doubles(1),
  }));
  for (const view of [plan.x, plan.data]) fillSmall(view);
  plan.y.fill(0.5);
  plan.z.fill(0.5);
  for (let i = 0; i < length; i++) plan.ids[i] = i % rows.wide;
  plan.s.set([1, 1e-9, 0, 1, 0.9, 0.999, 1, 1]);
  return program;
}

/** A plan, and two programs on it. */
function record(backend, { body, pack }, plan) {
  const workspace = backend.open((allocate) => {
    const arrays = plan(allocate);
    for (const part of [pack, body]) allocate.program((kernels) => part(kernels, arrays));
    return arrays;
  });
  const [packing, program] = [pack, body].map((part) => workspace.record((kernels) => part(kernels, workspace.plan)));
  return { plan: workspace.plan, packing, program };
}

export function render(groups) {
  const tables = groups.map(({ kind, unit, figures }) =>
    table(
      [kind, `>${unit}`, '>spread', '>of its ceiling'],
      figures.map(({ name, gflops, nsPerElement, ms, share }) => {
        const figure = gflops === undefined ? nsPerElement.toFixed(3) : number(gflops);
        return [name, figure, spread(ms), percent(share.median)];
      }),
    ),
  );
  return [explanation, ...tables].join('\n\n');
}

const explanation = `All kernels run on one thread. A product is described by m, n, k of c [m, n] = a [m, k] · right [k, n]. NT and NN have a packed weight, transposed or not, and TN is the gradient of
a weight. The ceiling of a product is the rate of multiply-adds on registers, or for the BLAS sgemm at 1024³. The ceiling of the other kernels is set by the slower of their operations, at the rate of
multiply-adds, and their numbers, at the rate of c += a. A kernel above 100 % has an easier mix of reads and writes, or is done by the engine itself (copy, zero); kernels with divisions, roots and comparisons
cannot come close. The share of the ceiling is the median of the shares within pairs of measurements.`;
