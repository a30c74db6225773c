// The ceilings, measured beside what is to come near them: multiply-adds on registers in WebAssembly (bench/kernels/ceiling.ts, compiled on
// demand), on one core and on all at once; streaming through arrays; and the sgemm of the native BLAS that the library would take.

import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { library } from './unrolled.mjs';

const turns = 20_000;

/** The quicker form of multiply-adds: where the engine joins pairs of vectors to 256 bits the wide one, with twice the sums. */
function quickest(kernels) {
  const forms = [
    { operations: turns * 96, call: () => kernels.multiplyAdds(turns, 1e-3) },
    { operations: turns * 192, wide: true, call: () => kernels.multiplyAddsWide(turns, 1e-3, 65536) },
  ];
  const rates = forms.map(({ operations, call }) => {
    let best = Infinity;
    for (let sample = 0; sample < 60; sample++) {
      const start = performance.now();
      call();
      if (sample >= 30) best = Math.min(best, performance.now() - start);
    }
    return operations / best;
  });
  return forms[rates[1] > rates[0] ? 1 : 0];
}

function instantiate(module) {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536 });
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

/** The best of some short samples, in GFLOP/s: the neighbors on a shared machine can only slow it down. */
function multiplyAdds({ call, operations }) {
  let best = Infinity;
  for (let sample = 0; sample < 60; sample++) {
    const start = performance.now();
    for (let i = 0; i < 20; i++) call();
    best = Math.min(best, performance.now() - start);
  }
  return (20 * operations) / best / 1e6;
}

/** What one thread gets done within 100 ms, in GFLOP/s: for all threads at once, where the best moment of each would not do. */
function steadily({ call, operations }) {
  let done = 0;
  const start = performance.now();
  while (performance.now() < start + 100) {
    for (let i = 0; i < 20; i++) call();
    done += 20;
  }
  return (done * operations) / (performance.now() - start) / 1e6;
}

if (!isMainThread && workerData?.ceiling) {
  const form = quickest(instantiate(workerData.ceiling));
  steadily(form); // until the optimizing compiler has it
  parentPort.on('message', () => parentPort.postMessage(steadily(form)));
  parentPort.postMessage('ready');
}

/** { kind, multiplyAdds(), call, work, stream }: GFLOP/s of one core; one call and its operations; the streaming kernel on a memory of its own. */
export async function openCeiling(onlyPlain = false) {
  await import('../dist/node/relaxed-simd.js'); // Node 20 wants to be told before the first module is compiled
  await import('../dist/node/wide-simd.js');
  const { joined } = await import('../dist/engine/wide.js');
  const { compile } = await import('../scripts/build-kernels.mjs');
  for (const relaxed of onlyPlain ? [false] : [true, false]) {
    const binary = await compile('bench/kernels/ceiling.ts', relaxed);
    if (!WebAssembly.validate(binary)) continue;
    const [module, kernels, form] = joined(() => {
      const module = new WebAssembly.Module(binary);
      const kernels = instantiate(module);
      return [module, kernels, quickest(kernels)];
    });
    multiplyAdds(form);
    return {
      kind: `${relaxed ? 'relaxed-simd' : 'simd'}${form.wide ? ', 256 bits' : ''}`,
      module,
      multiplyAdds: () => multiplyAdds(form),
      call: form.call,
      work: form.operations,
      stream: (length) => kernels.stream(65536, 65536 + 4 * length, length),
    };
  }
  throw new Error('this engine has no WebAssembly SIMD');
}

/** { all(count), close() }: GFLOP/s of so many threads at once, this one included. */
export async function openThreadsCeiling(ceiling, count = availableParallelism()) {
  const form = quickest(instantiate(ceiling.module));
  steadily(form);
  const workers = Array.from({ length: count - 1 }, () => {
    return new Worker(new URL(import.meta.url), { workerData: { ceiling: ceiling.module } });
  });
  const answer = (worker) => new Promise((resolve) => worker.once('message', resolve));
  await Promise.all(workers.map(answer));
  return {
    async all(threads) {
      const answers = workers.slice(0, threads - 1).map((worker) => {
        worker.postMessage('go');
        return answer(worker);
      });
      const own = steadily(form);
      return (await Promise.all(answers)).reduce((sum, gflops) => sum + gflops, own);
    },
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}

/**
 * (m, n, k) => GFLOP/s of the native BLAS on one thread, a [m, k] times wᵀ [k, n] as in the recurrence, the best of some samples; null where
 * there is no BLAS. The library is called directly, not through this one's backend.
 */
export async function openSgemm() {
  const { openBlas } = await library();
  let path;
  try {
    const blas = openBlas(); // set to one thread
    path = blas.source;
  } catch {
    return null;
  }
  const sgemm = createRequire(import.meta.url)('koffi')
    .load(path)
    .func(
      'void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)',
    );
  return (m, n, k) => {
    const [a, w, c] = [m * k, n * k, m * n].map((length) => new Float32Array(length).fill(0.5));
    const calls = Math.max(1, Math.round(2e7 / (m * n * k)));
    let best = Infinity;
    const end = performance.now() + 60;
    for (let sample = 0; sample < 3 || performance.now() < end; sample++) {
      const start = performance.now();
      for (let i = 0; i < calls; i++) sgemm(101, 111, 112, m, n, k, 1, a, k, w, k, 0, c, n);
      best = Math.min(best, (performance.now() - start) / calls);
    }
    return (2 * m * n * k) / best / 1e6;
  };
}
