// The Elman network's cell: h(t) = f(a(t)), f = tanh, ReLU or the logistic sigmoid (eq. 10.9), and its derivative as a function of h.

import type { Cell } from './cell.ts';

export const nonlinearities = ['tanh', 'relu', 'sigmoid'] as const;
export type Nonlinearity = (typeof nonlinearities)[number];

const shape = { gates: 1, recurrence: 'added', inPlace: true, past: 'nothing' } as const;

const elman: Record<Nonlinearity, Cell> = {
  tanh: {
    ...shape,
    forward: (k, { h, rows, units }) => k.tanh(h, rows * units),
    backward: (k, { h, dh, rows, units }) => k.tanhBackward(h, dh, rows * units), // f′ = 1 − h²
  },
  relu: {
    ...shape,
    forward: (k, { h, rows, units }) => k.relu(h, rows * units),
    backward: (k, { h, dh, rows, units }) => k.reluBackward(h, dh, rows * units), // f′ = 1[h > 0]
  },
  sigmoid: {
    ...shape,
    forward: (k, { h, rows, units }) => k.sigmoid(h, rows * units),
    backward: (k, { h, dh, rows, units }) => k.sigmoidBackward(h, dh, rows * units), // f′ = h (1 − h)
  },
};

/** The cell of a plain recurrent network. */
export function rnnCell(nonlinearity: Nonlinearity): Cell {
  return elman[nonlinearity];
}
