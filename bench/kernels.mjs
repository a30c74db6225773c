// Each kernel's speed as a share of what this core gives to multiply-adds in registers (bench/kernels/ceiling.ts), measured in turns in one
// run: `node --experimental-wasm-relaxed-simd bench/kernels.mjs [part of a name]` (Node 20; without the flag later). CPU time, so that other processes disturb less; medians.
// Compiles assembly/ afresh. For kernels without products the share says little, and nanoseconds per element are given.

import '../dist/node/wide-simd.js';
import { joined, prefersWide } from '../dist/engine/wide.js';
import { compile } from '../scripts/build-kernels.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 61);
const SAMPLE = 3; // milliseconds of one measurement: short, so that some fall where nothing disturbs them
const filter = process.argv[2] ?? '';
const hasRelaxed = WebAssembly.validate(await compile('bench/kernels/ceiling.ts', true));
const kinds = process.env.KIND
  ? process.env.KIND.split(',')
  : [...(hasRelaxed ? ['wide', 'relaxed-simd'] : []), 'simd'];

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

/** Milliseconds of `times` calls. */
function time(call, times) {
  const start = cpu();
  for (let i = 0; i < times; i++) call();
  return cpu() - start;
}

function load(bytes, pages) {
  const memory = new WebAssembly.Memory({ initial: pages });
  return { memory, ...new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports };
}

/** The cases: [name, units of work in one call, 'GFLOP/s' or 'ns/element', call]. */
function cases(kernels) {
  let end = kernels.heapBase();
  const floats = (length, value = (i) => ((i * 7919) % 1000) / 1000 - 0.5) => {
    end = Math.ceil(end / 64) * 64;
    const view = new Float32Array(kernels.memory.buffer, end, length);
    end += length * 4;
    for (let i = 0; i < length; i++) view[i] = value(i);
    return view.byteOffset;
  };
  const shared = floats(16e6); // operands of all products: a case at a time uses it
  const list = [];
  const product = (m, n, k, form = 'NT', steps = 1) => {
    const a = shared;
    const panels = a + align(m * k);
    const c = panels + align((n + 8) * k);
    const w = c + align(m * n);
    const pack = form === 'NT' ? kernels.packTransposed : kernels.packPlain;
    const call = () => {
      for (let t = 0; t < steps; t++) kernels.product(a, panels, c, m, n, k, 0);
    };
    list.push([`product ${form} ${m} ${n} ${k}`, 2 * m * n * k * steps, 'GFLOP/s', call, () => pack(w, panels, n, k)]);
    list.push([`pack ${form} ${n} ${k}`, n * k, 'ns/element', () => pack(w, panels, n, k)]);
  };
  const productTN = (m, n, k) => {
    const a = shared;
    const b = a + align(m * k);
    const c = b + align(n * k);
    const scratch = c + align(m * n);
    const call = () => kernels.productTN(a, b, c, m, n, k, 0, scratch);
    list.push([`productTN ${m} ${n} ${k}`, 2 * m * n * k, 'GFLOP/s', call]);
  };
  product(64, 512, 512);
  product(64, 512, 512, 'NN');
  product(64, 1024, 1024);
  product(50, 128, 128);
  product(2500, 65, 128);
  product(256, 10000, 256);
  product(256, 256, 10000, 'NN');
  product(1, 100, 100, 'NT', 25);
  product(1, 512, 512, 'NT', 25);
  product(25, 65, 100);
  productTN(512, 512, 8192);
  productTN(65, 512, 8192);
  productTN(10000, 256, 256);
  productTN(128, 128, 2500);
  productTN(100, 100, 25);

  const size = 65536;
  const x = floats(size);
  const y = floats(size);
  const z = floats(size);
  const u = floats(size);
  const source = floats(size, (i) => ((i * 7919) % 8000) / 1000 - 4);
  const s = Math.ceil(end / 8) * 8;
  new Float64Array(kernels.memory.buffer, s, 8).set([1, 1e-9, 0, 1e-8, 0.9, 0.999, 1, 1]);
  const ids = s + 64;
  const pointwise = (name, call) => list.push([name, size, 'ns/element', call]);
  const fresh = (call) => () => {
    kernels.copy(source, x, size);
    call();
  };
  pointwise(
    'copy',
    fresh(() => {}),
  );
  pointwise(
    'tanh (and copy)',
    fresh(() => kernels.tanh(x, size)),
  );
  pointwise(
    'sigmoid (and copy)',
    fresh(() => kernels.sigmoid(x, size)),
  );
  pointwise(
    'relu (and copy)',
    fresh(() => kernels.relu(x, size)),
  );
  pointwise('tanhBackward', () => kernels.tanhBackward(x, y, size));
  pointwise('dropout', () => kernels.dropout(source, x, size, ids, 1, 1 << 30));
  pointwise(
    'softmaxNll 65 (and copy)',
    fresh(() => kernels.softmaxNll(x, ids, z, u, 1008, 65)),
  );
  pointwise(
    'softmaxNll 4096 (and copy)',
    fresh(() => kernels.softmaxNll(x, ids, z, u, 16, 4096)),
  );
  pointwise('sumRows', () => kernels.sumRows(source, x, 128, 512, 0));
  pointwise('gatherRows', () => kernels.gatherRows(source, ids, z, x, 128, 512));
  pointwise('sgd', () => kernels.sgd(x, y, size, s));
  pointwise('adam', () => kernels.adam(source, y, z, u, size, s));
  pointwise('sumOfSquares', () => kernels.sumOfSquares(source, size, ids));
  return list.filter(([name]) => name.includes(filter));
}

function align(floats) {
  return Math.ceil(floats / 16) * 64;
}

for (const kind of kinds) {
  const wide = kind === 'wide';
  const binaries = [
    await compile('bench/kernels/ceiling.ts', kind !== 'simd'),
    await compile('assembly/index.ts', kind !== 'simd'),
  ];
  const open = () => {
    const [ceiling, kernels] = [load(binaries[0], 1), load(binaries[1], 2048)];
    if (wide && !prefersWide(kernels)) return {};
    if (!wide) return { ceiling: ceiling.multiplyAdds, kernels };
    for (let i = 0; i < 10; i++) ceiling.multiplyAddsWide(20000, 1e-3, 1024); // while vectors are joined
    return { ceiling: ceiling.multiplyAddsWide, kernels };
  };
  const { ceiling, kernels } = wide ? joined(open) : open();
  if (!kernels) continue; // this engine does not join vectors
  const roof = () => ceiling(20000, 1e-3, 1024);
  const roofWork = 20000 * (wide ? 192 : 96);
  const warm = (call) => {
    let times = 1;
    while (time(call, times) < SAMPLE) times *= 2;
    for (let i = 0; i < 3; i++) time(call, times);
    return times;
  };
  const roofTimes = warm(roof);
  console.log(`\n${kind}`.padEnd(36), 'median  best   share of the ceiling (median, best)');
  const roofs = [];
  for (const [name, work, unit, call, prepare] of cases(kernels)) {
    prepare?.();
    const times = warm(call);
    const speeds = [];
    const shares = [];
    for (let round = 0; round < ROUNDS; round++) {
      const top = (roofWork * roofTimes) / time(roof, roofTimes) / 1e6;
      const speed = (work * times) / time(call, times) / 1e6;
      roofs.push(top);
      speeds.push(speed);
      shares.push(speed / top);
    }
    const best = Math.max(...speeds);
    const share = `${(100 * median(shares)).toFixed(1).padStart(6)} % ${((100 * best) / Math.max(...roofs)).toFixed(1).padStart(6)} %`;
    if (unit === 'GFLOP/s')
      console.log(name.padEnd(34), median(speeds).toFixed(1).padStart(6), best.toFixed(1).padStart(6), share);
    else
      console.log(
        name.padEnd(34),
        (1 / median(speeds)).toFixed(3).padStart(6),
        (1 / best).toFixed(3).padStart(6),
        ' ns/element',
      );
  }
  console.log(
    'ceiling'.padEnd(34),
    median(roofs).toFixed(1).padStart(6),
    Math.max(...roofs)
      .toFixed(1)
      .padStart(6),
  );
}
