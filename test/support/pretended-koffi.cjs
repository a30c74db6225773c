// Preloaded into a run, its workers and the process in which a library is tried (node --require): stands for the package koffi, and for libraries of
// many kinds, written in JavaScript. `load('/pretended/hang')` gives the one that hangs. They show on any machine, without a compiler, what
// a library may do.

const Module = require('node:module');
const { basename } = require('node:path');

const load = Module._load;
Module._load = function (name, ...rest) {
  return name === 'koffi' ? koffi : load.call(this, name, ...rest);
};

/** Whether this is the process in which a library is tried. */
const isTrial = process.argv[1]?.endsWith('blas-trial.js') === true;
/** The core that OpenBLAS is told to take is read once, when it is loaded. */
let core;

const koffi = {
  load(path) {
    const kind = basename(path);
    if (!path.startsWith('/pretended/') || !(kind in kinds)) throw new Error(`${path}: cannot open shared object file`);
    core = (process.env.OPENBLAS_CORETYPE ?? 'Prescott').toLowerCase();
    const functions = { cblas_sgemm: kinds[kind], ...(kind.startsWith('openblas') && openBlas) };
    return {
      func(definition) {
        const name = /(\w+)\(/.exec(definition)[1];
        if (!(name in functions)) throw new Error(`Cannot find function '${name}' in shared library`);
        return functions[name];
      },
    };
  },
};

const openBlas = {
  openblas_set_num_threads() {},
  openblas_get_corename: () => core,
  openblas_get_config: () => 'OpenBLAS 0.3.99 DYNAMIC_ARCH',
};

/** c = α a · b + β c in plain loops, with what `changed` says of a library that does otherwise. */
function sgemm(_, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, changed = {}) {
  const [ta, tb] = [changed.ta ?? transA === 112, changed.tb ?? transB === 112];
  const factor = changed.beta ?? beta;
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[ta ? p * lda + i : i * lda + p] * b[tb ? j * ldb + p : p * ldb + j];
      c[i * ldc + j] = (changed.alpha ?? alpha) * sum + (factor ? factor * c[i * ldc + j] : 0);
    }
}

/** Takes longer than WebAssembly ever does. */
function wait(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** The products that were computed already: in its trial a library that is fast does not compute them again. */
const computed = new Set();
function quick(...args) {
  const [, transA, transB, m, n, k, , , , , , beta] = args;
  const key = ((m * 4096 + n) * 65_536 + k) * 8 + (transA === 112 ? 4 : 0) + (transB === 112 ? 2 : 0) + beta;
  if (isTrial && computed.has(key)) return;
  computed.add(key);
  sgemm(...args);
}

const slow = (...args) => {
  if (isTrial) wait(1);
  quick(...args);
};

const kinds = {
  right: sgemm,
  quick,
  slow,
  /** Is fast, but for aᵀ b; or with SLOW_FORM=nt for a bᵀ, and so on. */
  mixed(...args) {
    const [, transA, transB] = args;
    const form = `${transA === 112 ? 't' : 'n'}${transB === 112 ? 't' : 'n'}`;
    (form === (process.env.SLOW_FORM ?? 'tn') ? slow : quick)(...args);
  },
  /** OpenBLAS that does not know the processor: quick for others than the one that it takes. */
  'openblas-old': (...args) => (core === 'prescott' ? slow : quick)(...args),
  /** The same, whose newer kernels crash on this processor. */
  'openblas-crashing': (...args) => (core === 'prescott' ? sgemm(...args) : process.kill(process.pid, 'SIGILL')),
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  abort: () => process.abort(),
  hang() {
    for (;;);
  },
  exit: () => process.reallyExit(0),
  'no-transposition': (...args) => sgemm(...args, { tb: false }),
  'no-beta': (...args) => sgemm(...args, { beta: 0 }),
  'always-beta': (...args) => sgemm(...args, { beta: 1 }),
  /** One percent too much from 64 × 64 × 64 on. */
  percent: (...args) => sgemm(...args, { alpha: args[3] * args[4] * args[5] > 2 ** 18 ? 1.01 : 1 }),
};
