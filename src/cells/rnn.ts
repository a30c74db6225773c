// The Elman network's cell: h(t) = f(a(t)), f = tanh, ReLU or the logistic sigmoid (eq. 10.9), and its derivative as a function of h.

import type { Cell } from './cell.ts';

const elman: Record<'tanh' | 'relu' | 'sigmoid', Cell> = {
  tanh: {
    gates: 1,
    forward: (kernels, h, length) => kernels.tanh(h, length),
    backward: (kernels, h, d, length) => kernels.tanhBackward(h, d, length), // f′ = 1 − h²
  },
  relu: {
    gates: 1,
    forward: (kernels, h, length) => kernels.relu(h, length),
    backward: (kernels, h, d, length) => kernels.reluBackward(h, d, length), // f′ = 1[h > 0]
  },
  sigmoid: {
    gates: 1,
    forward: (kernels, h, length) => kernels.sigmoid(h, length),
    backward: (kernels, h, d, length) => kernels.sigmoidBackward(h, d, length), // f′ = h (1 − h)
  },
};

/** The cell of a plain recurrent network. */
export function rnnCell(nonlinearity: 'tanh' | 'relu' | 'sigmoid'): Cell {
  return elman[nonlinearity];
}
