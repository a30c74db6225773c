// The long short-term memory, PyTorch's form (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), rows i, f, g, o:
//
//   i, f, o = σ(a)   g = tanh(a)   s(t) = f ⊙ s(t−1) + i ⊙ g   h(t) = o ⊙ tanh s(t)       with a = b + W h(t−1) + U x(t)
//
// The forget gate's bias starts at 1, so that a new network remembers (Jozefowicz et al. 2015).

import type { Cell } from './cell.ts';

export const lstmCell: Cell = {
  gates: 4,
  recurrence: 'added',
  inPlace: false,
  past: 'cell',
  firstBias: { gate: 1, value: 1 },
  forward: (k, { a, cellBefore, cell, h, rows, units }) => k.lstmForward(a, cellBefore, cell, h, rows, units),
  backward: (k, { a, cellBefore, cell, dh, later, rows, units }) =>
    k.lstmBackward(a, cellBefore, cell, dh, later, rows, units),
};
