// The gated recurrent unit, PyTorch's form (Cho et al. 2014, with the reset gate after the product), rows r, z, n; p = W h(t−1):
//
//   r, z = σ(a + p)   n = tanh(a + r ⊙ (p + b_n))   h(t) = (1 − z) ⊙ n + z ⊙ h(t−1)       with a = b + U x(t)
//
// Since r acts on W h(t−1), that product stands beside a, and the hidden bias b_n of n by itself. m is p + b_n of n.
//
//   ∂h/∂h⁻ = diag(z) + diag((h⁻ − n) z(1−z)) W_z + diag((1−z)(1−n²)) (diag(r) W_n + diag(m r(1−r)) W_r)

import { type Cell, preActivations, sigmoidSlope, tanhSlope } from './cell.ts';

export const gruCell: Cell = {
  title: 'GRU',
  gates: ['r', 'z', 'n'],
  recurrence: 'beside',
  inPlace: false,
  past: 'state',
  forward: (k, { a, beside, bias, before, h, rows, units }) => k.gruForward(a, beside, bias, before, h, rows, units),
  backward: (k, { a, beside, before, dh, carriedGradient, rows, units }) =>
    k.gruBackward(a, beside, before, dh, carriedGradient, rows, units),

  takesIdentity: false,
  orthogonalGain: 1,
  learningRateScale: 2.5,

  bounds: [-1, 1],
  saturation: { state: 'h', isSaturated: (h) => Math.abs(h) > 0.97, formula: '|h| > 0.97' },
  saturationRemark: 'a gated state near ±1 is no dead end: where the gate holds it, its gradient goes on unchanged',
  derivative({ gate, hBefore, m }) {
    const [r, z, n] = [gate('r'), gate('z'), gate('n')];
    const candidate = (1 - z) * tanhSlope(n);
    return {
      h: {
        throughW: { z: (hBefore - n) * sigmoidSlope(z), n: candidate * r, r: candidate * m * sigmoidSlope(r) },
        past: z,
      },
    };
  },
  flow: ({ gate }) => ({ slope: tanhSlope(gate('n')), entry: 1 - gate('z'), carry: gate('z') }),
  carrier: 'z',
  equations: {
    forward: [
      ...preActivations(['r', 'z']),
      ['gate.r[t,u] = sigmoid(a.r[t,u])'],
      ['gate.z[t,u] = sigmoid(a.z[t,u])'],
      ['m[t,u] = bn[u] + W.n[u,j] h[t-1,j]'],
      ['a.n[t,u] = b.n[u] + U.n[u,i] x[t,i] + gate.r[t,u] m[t,u]'],
      ['gate.n[t,u] = tanh(a.n[t,u])'],
      ['h[t,u] = one-minus(gate.z[t,u]) gate.n[t,u] + gate.z[t,u] h[t-1,u]'],
    ],
    fromLater: 'gate.z[t+1,u] dh[t+1,u] + W.r[j,u] da.r[t+1,j] + W.z[j,u] da.z[t+1,j] + W.n[j,u] dm[t+1,j]',
    backward: [
      ['da.z[t,u] = dh[t,u] h[t-1,u] times-rest(gate.z[t,u]) - dh[t,u] gate.n[t,u] times-rest(gate.z[t,u])'],
      ['da.n[t,u] = dh[t,u] one-minus(gate.z[t,u]) one-square(gate.n[t,u])'],
      ['da.r[t,u] = da.n[t,u] m[t,u] times-rest(gate.r[t,u])'],
      ['dm[t,u] = da.n[t,u] gate.r[t,u]'],
    ],
  },
};
