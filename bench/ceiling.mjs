// The ceiling of one core for WebAssembly: multiply-adds on registers alone (bench/kernels/ceiling.ts), compiled on demand.

import '../dist/node/relaxed-simd.js';
import { compile } from '../scripts/build-kernels.mjs';

const rounds = 20_000;
const operations = rounds * 96;
let contestant;

async function open() {
  for (const relaxed of [true, false]) {
    const binary = await compile('bench/kernels/ceiling.ts', relaxed);
    if (!WebAssembly.validate(binary)) continue;
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { multiplyAdds } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } }).exports;
    for (let i = 0; i < 200; i++) multiplyAdds(rounds, 1e-3); // until the optimizing compiler has it
    return { multiplyAdds, kind: relaxed ? 'relaxed-simd' : 'simd' };
  }
  throw new Error('this engine has no WebAssembly SIMD');
}

/** The best of some short samples, in GFLOP/s: the neighbors on a shared machine can only slow it down. */
export async function measureCeiling() {
  contestant ??= await open();
  let best = Infinity;
  for (let sample = 0; sample < 60; sample++) {
    const start = performance.now();
    for (let i = 0; i < 20; i++) contestant.multiplyAdds(rounds, 1e-3);
    best = Math.min(best, performance.now() - start);
  }
  return { gflops: (20 * operations) / best / 1e6, kind: contestant.kind };
}
