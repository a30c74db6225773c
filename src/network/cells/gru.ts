// The gated recurrent unit, PyTorch's form (Cho et al. 2014, with the reset gate after the product), rows r, z, n; p = W h(t−1):
//
//   r, z = σ(a + p)   n = tanh(a + r ⊙ (p + b_n))   h(t) = (1 − z) ⊙ n + z ⊙ h(t−1)       with a = b + U x(t)
//
// Since r acts on W h(t−1), that product stands beside a, and the hidden bias b_n of n by itself.

import type { Cell } from './cell.ts';

export const gruCell: Cell = {
  gates: 3,
  recurrence: 'beside',
  inPlace: false,
  past: 'state',
  forward: (k, { a, beside, bias, before, h, rows, units }) => k.gruForward(a, beside, bias, before, h, rows, units),
  backward: (k, { a, beside, before, dh, later, rows, units }) =>
    k.gruBackward(a, beside, before, dh, later, rows, units),
};
