// The minimal gated recurrent unit (Feng et al. 2024, "Were RNNs all we needed?"), rows z, n:
//
//   z = σ(a_z)   h(t) = (1 − z) ⊙ h(t−1) + z ⊙ a_n       with a = b + U x(t)       ∂h/∂h⁻ = diag(1 − z)
//
// Neither gate nor candidate looks at h(t−1), so there is no W.

import { type Cell, preActivations } from './cell.ts';

export const minGruCell: Cell = {
  title: 'minGRU',
  gates: ['z', 'n'],
  recurrence: 'none',
  inPlace: false,
  past: 'state',
  forward: (k, { a, before, h, rows, units }) => k.minGruForward(a, before, h, rows, units),
  backward: (k, { a, before, dh, carriedGradient, rows, units }) =>
    k.minGruBackward(a, before, dh, carriedGradient, rows, units),

  takesIdentity: false,
  orthogonalGain: 1,
  learningRateScale: 2.5,

  bounds: null,
  saturation: null,
  saturationRemark: 'the states have no bound: the candidate is linear',
  derivative: ({ gate }) => ({ h: { throughW: {}, past: 1 - gate('z') } }),
  flow: ({ gate }) => ({ slope: 1, entry: gate('z'), carry: 1 - gate('z') }),
  carrier: '1 − z',
  equations: {
    forward: [
      ...preActivations(['z', 'n'], false),
      ['gate.z[t,u] = sigmoid(a.z[t,u])'],
      ['gate.n[t,u] = a.n[t,u]'],
      ['h[t,u] = one-minus(gate.z[t,u]) h[t-1,u] + gate.z[t,u] gate.n[t,u]'],
    ],
    fromLater: 'one-minus(gate.z[t+1,u]) dh[t+1,u]',
    backward: [
      ['da.z[t,u] = dh[t,u] gate.n[t,u] times-rest(gate.z[t,u]) - dh[t,u] h[t-1,u] times-rest(gate.z[t,u])'],
      ['da.n[t,u] = dh[t,u] gate.z[t,u]'],
    ],
  },
};
