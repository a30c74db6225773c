// The minimal gated recurrent unit (Feng et al. 2024, "Were RNNs all we needed?"), rows z, n:
//
//   z = σ(a_z)   h(t) = (1 − z) ⊙ h(t−1) + z ⊙ a_n       with a = b + U x(t)
//
// Neither gate nor candidate looks at h(t−1), so there is no W.

import type { Cell } from './cell.ts';

export const minGruCell: Cell = {
  gates: 2,
  recurrence: 'none',
  inPlace: false,
  past: 'state',
  forward: (k, { a, before, h, rows, units }) => k.minGruForward(a, before, h, rows, units),
  backward: (k, { a, before, dh, later, rows, units }) => k.minGruBackward(a, before, dh, later, rows, units),
};
