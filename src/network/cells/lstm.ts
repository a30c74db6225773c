// The long short-term memory, PyTorch's form (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), rows i, f, g, o:
//
//   i, f, o = σ(a)   g = tanh(a)   s(t) = f ⊙ s(t−1) + i ⊙ g   h(t) = o ⊙ tanh s(t)       with a = b + W h(t−1) + U x(t)
//
// The forget gate's bias starts at 1, so that a new network remembers (Jozefowicz et al. 2015).
//
//   ∂s/∂h⁻ = diag(g i(1−i)) W_i + diag(s⁻ f(1−f)) W_f + diag(i (1−g²)) W_g      ∂s/∂s⁻ = diag(f)
//   ∂h/∂· = diag(o (1 − tanh² s)) ∂s/∂·,  and by h⁻ also diag(tanh s  o(1−o)) W_o

import { tanh } from '../../elementary.ts';
import { type Cell, preActivations, sigmoidSlope, tanhSlope, type UnitAtStep } from './cell.ts';

const outputSlope = ({ gate, s }: UnitAtStep): number => {
  const squashed = tanh(s);
  return gate('o') * tanhSlope(squashed);
};

export const lstmCell: Cell = {
  title: 'LSTM',
  gates: ['i', 'f', 'g', 'o'],
  recurrence: 'added',
  inPlace: false,
  past: 'cell',
  forward: (k, { a, cellBefore, cell, h, rows, units }) => k.lstmForward(a, cellBefore, cell, h, rows, units),
  backward: (k, { a, cellBefore, cell, dh, carriedGradient, rows, units }) =>
    k.lstmBackward(a, cellBefore, cell, dh, carriedGradient, rows, units),

  firstBias: { gate: 'f', value: 1 },
  takesIdentity: false,
  orthogonalGain: 1,
  learningRateScale: 2.5,

  bounds: [-1, 1],
  // artanh 0.97 = 2.0923
  saturation: { state: 's', isSaturated: (s) => Math.abs(s) > 2.0923, formula: '|tanh s| > 0.97' },
  saturationRemark:
    's: the cell state; where tanh s is flat no gradient comes in from h, but along s it goes on, through the forget gate',
  derivative(unit) {
    const { gate, s, sBefore } = unit;
    const [i, f, g, o] = [gate('i'), gate('f'), gate('g'), gate('o')];
    const through = (factor: number) => ({
      i: factor * g * sigmoidSlope(i),
      f: factor * sBefore * sigmoidSlope(f),
      g: factor * i * tanhSlope(g),
    });
    const down = outputSlope(unit);
    return {
      h: { throughW: { ...through(down), o: tanh(s) * sigmoidSlope(o) }, past: down * f },
      s: { throughW: through(1), past: f },
    };
  },
  outputSlope,
  flow: ({ gate }) => ({ slope: tanhSlope(gate('g')), entry: gate('i'), carry: gate('f') }),
  carrier: 'f',
  equations: {
    forward: [
      ...preActivations(['i', 'f', 'g', 'o']),
      ['gate.i[t,u] = sigmoid(a.i[t,u])'],
      ['gate.f[t,u] = sigmoid(a.f[t,u])'],
      ['gate.g[t,u] = tanh(a.g[t,u])'],
      ['gate.o[t,u] = sigmoid(a.o[t,u])'],
      ['s[t,u] = gate.f[t,u] s[t-1,u] + gate.i[t,u] gate.g[t,u]'],
      ['h[t,u] = gate.o[t,u] tanh(s[t,u])'],
    ],
    fromLater: 'W.i[j,u] da.i[t+1,j] + W.f[j,u] da.f[t+1,j] + W.g[j,u] da.g[t+1,j] + W.o[j,u] da.o[t+1,j]',
    backward: [
      ['dsLater[t,u] = gate.f[t+1,u] ds[t+1,u]'],
      ['ds[t,u] = dsLater[t,u] + dh[t,u] gate.o[t,u] tanh-slope(s[t,u])'],
      ['da.i[t,u] = ds[t,u] gate.g[t,u] times-rest(gate.i[t,u])'],
      ['da.f[t,u] = ds[t,u] s[t-1,u] times-rest(gate.f[t,u])'],
      ['da.g[t,u] = ds[t,u] gate.i[t,u] one-square(gate.g[t,u])'],
      ['da.o[t,u] = dh[t,u] tanh(s[t,u]) times-rest(gate.o[t,u])'],
    ],
  },
};
