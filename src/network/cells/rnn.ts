// The Elman network's cell: h(t) = f(a(t)), f = tanh, ReLU or the logistic sigmoid (eq. 10.9), and its derivative as a function of h.
// ∂h/∂h⁻ = diag(f′) W.

import { type Cell, preActivations, type Saturation, sigmoidSlope, tanhSlope } from './cell.ts';

/** All functions f of the plain cell by name. */
export const nonlinearities = ['tanh', 'relu', 'sigmoid'] as const;
/** f of the plain cell, h(t) = f(a(t)): tanh, max(0, a), or 1 / (1 + e^−a). */
export type Nonlinearity = (typeof nonlinearities)[number];

/** What the three functions differ in. */
interface Elman extends Pick<Cell, 'title' | 'forward' | 'backward' | 'bounds' | 'orthogonalGain'> {
  /** f′ told from h. */
  slope(h: number): number;
  /** f′ in the notation of the equations. */
  readonly slopeName: string;
  readonly saturation: Saturation;
}

function elman(name: Nonlinearity, { slope, slopeName, ...own }: Elman): Cell {
  return {
    gates: [''],
    recurrence: 'added',
    inPlace: true,
    past: 'nothing',
    takesIdentity: true,
    learningRateScale: 1,
    saturationRemark: null,
    derivative: ({ h }) => ({ h: { throughW: { '': slope(h) }, past: 0 } }),
    flow: ({ h }) => ({ slope: slope(h), entry: 1, carry: 0 }),
    carrier: null,
    equations: {
      forward: [...preActivations(['']), [`h[t,u] = ${name}(a[t,u])`, '10.9']],
      fromLater: 'W[j,u] da[t+1,j]',
      backward: [[`da[t,u] = dh[t,u] ${slopeName}(h[t,u])`, '10.21']],
    },
    ...own,
  };
}

const cells: Record<Nonlinearity, Cell> = {
  tanh: elman('tanh', {
    title: 'RNN',
    forward: (k, { h, rows, units }) => k.tanh(h, rows * units),
    backward: (k, { h, dh, rows, units }) => k.tanhBackward(h, dh, rows * units), // f′ = 1 − h²
    slope: tanhSlope,
    slopeName: 'one-square',
    bounds: [-1, 1],
    orthogonalGain: 1,
    saturation: { state: 'h', isSaturated: (h) => Math.abs(h) > 0.97, formula: '|h| > 0.97' },
  }),
  relu: elman('relu', {
    title: 'RNN with ReLU',
    forward: (k, { h, rows, units }) => k.relu(h, rows * units),
    backward: (k, { h, dh, rows, units }) => k.reluBackward(h, dh, rows * units), // f′ = 1[h > 0]
    slope: (h) => (h > 0 ? 1 : 0),
    slopeName: 'positive',
    bounds: null,
    orthogonalGain: 1.1,
    saturation: { state: 'h', isSaturated: (h) => h <= 0, formula: 'h = 0' },
  }),
  sigmoid: elman('sigmoid', {
    title: 'RNN with sigmoid',
    forward: (k, { h, rows, units }) => k.sigmoid(h, rows * units),
    backward: (k, { h, dh, rows, units }) => k.sigmoidBackward(h, dh, rows * units), // f′ = h (1 − h)
    slope: sigmoidSlope,
    slopeName: 'times-rest',
    bounds: [0, 1],
    orthogonalGain: 1,
    saturation: { state: 'h', isSaturated: (h) => h < 0.03 || h > 0.97, formula: 'h < 0.03 or > 0.97' },
  }),
};

/** The cell of a plain recurrent network. */
export function rnnCell(nonlinearity: Nonlinearity): Cell {
  return cells[nonlinearity];
}
