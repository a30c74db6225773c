// What is trained, what of it counts as work, and what the project set itself to reach.

/**
 * Whole training steps: B sequences of T steps, H units, C classes. `word` reads through an embedding of size H, the others read one-hot ids.
 * rate: α of SGD, such that a few updates show in the loss and thousands do not upset it.
 */
export const cases = {
  minchar: { B: 1, T: 25, H: 100, C: 65, rate: 0.1 }, // min-char-rnn's shape
  char: { B: 50, T: 50, H: 128, C: 65, rate: 0.3 }, // char-rnn's shape, one layer
  charbig: { B: 64, T: 128, H: 512, C: 65, rate: 1 },
  word: { B: 32, T: 35, H: 256, C: 10000, embedding: true, rate: 1 },
  wide: { B: 64, T: 64, H: 1024, C: 256, rate: 1 },
};

/** The shapes `char` and `charbig` with gated cells, which this library and PyTorch have. */
export const gatedCases = {
  'char-gru': { ...cases.char, cell: 'gru' },
  'char-lstm': { ...cases.char, cell: 'lstm' },
  'charbig-gru': { ...cases.charbig, cell: 'gru' },
  'charbig-lstm': { ...cases.charbig, cell: 'lstm' },
};
export const allCases = { ...cases, ...gatedCases };

/** G: U has G H rows, and W as many where there is one. */
export const gates = { rnn: 1, mingru: 2, gru: 3, lstm: 4 };

/**
 * Useful operations of one training step: the products with W, V and, behind an embedding, U, forward and twice that backward. A token id costs
 * none, and neither do tanh, gates, softmax, the biases and the update.
 */
export function operations({ B, T, H, C, embedding, cell = 'rnn' }) {
  const G = gates[cell];
  return 3 * 2 * ((cell === 'mingru' ? 0 : G * H * H) + (embedding ? G * H * H : 0) + H * C) * B * T;
}

/**
 * Bytes that one training step moves at least, in float32, if everything larger than a row is fetched once for each use. A parameter is read forward and
 * backward, its gradient written and read, itself read and written again. Of the window the gates, the states and the logits are written and read, and so
 * are their gradients. (W in registers is read once; where it is streamed, it is read again in each of T steps, from a cache if there is room.)
 */
export function leastBytes({ B, T, H, C, embedding, cell = 'rnn' }) {
  const G = gates[cell];
  const inputs = embedding ? H : C;
  const parameters = G * H * (inputs + (cell === 'mingru' ? 0 : H) + 1) + C * (H + 1) + (embedding ? C * H : 0);
  return 4 * (6 * parameters + 4 * B * T * ((G + 1) * H + C));
}

/**
 * × PyTorch on one thread, on all threads (both with the same number), and × the fastest other JavaScript library. `best`: whichever of
 * WebAssembly and BLAS is faster.
 */
export const targets = {
  minchar: { torch: { best: 25 }, javascript: { wasm: 60 } },
  char: { torch: { blas: 2.2, wasm: 1.8 }, threads: { best: 2.2 }, javascript: { wasm: 17 } },
  charbig: { torch: { blas: 1.5, wasm: 1 }, threads: { best: 1.5 }, javascript: { wasm: 15, blas: 25 } },
  word: { torch: { blas: 1.8, wasm: 1.15 }, threads: { best: 1.8 }, javascript: { wasm: 10 } },
  wide: { torch: { blas: 1.6, wasm: 1 }, threads: { best: 1.6 }, javascript: { wasm: 15 } },
  'char-gru': { torch: { blas: 1.5, wasm: 1.5 } },
  'char-lstm': { torch: { blas: 1.5, wasm: 1.5 } },
  'charbig-gru': { torch: { blas: 1, wasm: 1 } },
  'charbig-lstm': { torch: { blas: 1, wasm: 1 } },
};

/** The targets as shares of the ceilings, in the cases named. */
export const shareTargets = { wasm: 0.88, blas: 0.88, cases: ['charbig', 'wide'] };
/** Two threads × one, where B is at least 32. */
export const threadTarget = { ratio: 1.9, leastBatch: 32 };
/** How much the cost per token may vary with T. */
export const lengthTarget = 0.05;
/** Sampling a token × PyTorch's RNN + Linear step. */
export const samplingTarget = { H: 512, ratio: 3 };
