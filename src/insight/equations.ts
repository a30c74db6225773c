// Every operation of a window, forward and backward, as one table for each cell: the equations of docs/math.md (10.8 to 10.28 of Goodfellow et al.
// 2016), one element at a time, in the order in which they can be computed. From these lines alone come formulas, contributors and consumers
// (explain.ts), so that nothing can go stale. notation.ts reads them:
//
//   a.r[t,u] = b.r[u] + W.r[u,j] h[t-1,j]       an index that is not on the left is summed over; a.r is the a of gate r
//   o[t,k] = c[k] + V[k,j] h[t,j,top]           a last index is the layer: l if left out; a term with a step outside the window is absent
//   da[t,u] = dh[t,u] one-square(h[t,u])        a function of one number: 1 − h²

import { cellOf } from '../network/cells/table.ts';
import { isOneHot, type ModelConfig } from '../network/config.ts';
import { gateNames } from './gates.ts';

export type Pass = 'forward' | 'backward' | 'total';

/** A line of the table. */
export interface EquationLine {
  readonly pass: Pass;
  readonly equation: string;
  /** Its number in the book, where it has one. */
  readonly number?: string;
}

type Line = readonly [equation: string, number?: string];

/** a(t) of every gate that has W h(t−1) in it. */
const preActivations = (gates: readonly string[], hasW = true): Line[] =>
  gates.map((g) => [`a.${g}[t,u] = b.${g}[u]${hasW ? ` + W.${g}[u,j] h[t-1,j]` : ''} + U.${g}[u,i] x[t,i]`, '10.8']);

const over = (gates: readonly string[], term: (gate: string) => string): string => gates.map(term).join(' + ');

const slopes = { tanh: 'one-square', relu: 'positive', sigmoid: 'times-rest' } as const;

/** The cell's own lines: forward from x(t), h(t−1) and s(t−1) to h(t); backward from ∇h(t) without its part from later to ∇a(t). */
const cells: Record<
  ModelConfig['cell'],
  (config: ModelConfig) => { forward: Line[]; later: string; backward: Line[] }
> = {
  rnn: ({ nonlinearity: f }) => ({
    forward: [...preActivations(['']), [`h[t,u] = ${f}(a[t,u])`, '10.9']],
    later: 'W[j,u] da[t+1,j]',
    backward: [[`da[t,u] = dh[t,u] ${slopes[f]}(h[t,u])`, '10.21']],
  }),
  gru: () => ({
    forward: [
      ...preActivations(['r', 'z']),
      ['gate.r[t,u] = sigmoid(a.r[t,u])'],
      ['gate.z[t,u] = sigmoid(a.z[t,u])'],
      ['m[t,u] = bn[u] + W.n[u,j] h[t-1,j]'],
      ['a.n[t,u] = b.n[u] + U.n[u,i] x[t,i] + gate.r[t,u] m[t,u]'],
      ['gate.n[t,u] = tanh(a.n[t,u])'],
      ['h[t,u] = one-minus(gate.z[t,u]) gate.n[t,u] + gate.z[t,u] h[t-1,u]'],
    ],
    later: 'gate.z[t+1,u] dh[t+1,u] + W.r[j,u] da.r[t+1,j] + W.z[j,u] da.z[t+1,j] + W.n[j,u] dm[t+1,j]',
    backward: [
      ['da.z[t,u] = dh[t,u] h[t-1,u] times-rest(gate.z[t,u]) - dh[t,u] gate.n[t,u] times-rest(gate.z[t,u])'],
      ['da.n[t,u] = dh[t,u] one-minus(gate.z[t,u]) one-square(gate.n[t,u])'],
      ['da.r[t,u] = da.n[t,u] m[t,u] times-rest(gate.r[t,u])'],
      ['dm[t,u] = da.n[t,u] gate.r[t,u]'],
    ],
  }),
  lstm: () => ({
    forward: [
      ...preActivations(['i', 'f', 'g', 'o']),
      ['gate.i[t,u] = sigmoid(a.i[t,u])'],
      ['gate.f[t,u] = sigmoid(a.f[t,u])'],
      ['gate.g[t,u] = tanh(a.g[t,u])'],
      ['gate.o[t,u] = sigmoid(a.o[t,u])'],
      ['s[t,u] = gate.f[t,u] s[t-1,u] + gate.i[t,u] gate.g[t,u]'],
      ['h[t,u] = gate.o[t,u] tanh(s[t,u])'],
    ],
    later: over(gateNames.lstm, (g) => `W.${g}[j,u] da.${g}[t+1,j]`),
    backward: [
      ['dsLater[t,u] = gate.f[t+1,u] ds[t+1,u]'],
      ['ds[t,u] = dsLater[t,u] + dh[t,u] gate.o[t,u] tanh-slope(s[t,u])'],
      ['da.i[t,u] = ds[t,u] gate.g[t,u] times-rest(gate.i[t,u])'],
      ['da.f[t,u] = ds[t,u] s[t-1,u] times-rest(gate.f[t,u])'],
      ['da.g[t,u] = ds[t,u] gate.i[t,u] one-square(gate.g[t,u])'],
      ['da.o[t,u] = dh[t,u] tanh(s[t,u]) times-rest(gate.o[t,u])'],
    ],
  }),
  mingru: () => ({
    forward: [
      ...preActivations(['z', 'n'], false),
      ['gate.z[t,u] = sigmoid(a.z[t,u])'],
      ['gate.n[t,u] = a.n[t,u]'],
      ['h[t,u] = one-minus(gate.z[t,u]) h[t-1,u] + gate.z[t,u] gate.n[t,u]'],
    ],
    later: 'one-minus(gate.z[t+1,u]) dh[t+1,u]',
    backward: [
      ['da.z[t,u] = dh[t,u] gate.n[t,u] times-rest(gate.z[t,u]) - dh[t,u] h[t-1,u] times-rest(gate.z[t,u])'],
      ['da.n[t,u] = dh[t,u] gate.z[t,u]'],
    ],
  }),
};

/** All lines of a model, in order. */
export function equationsOf(config: ModelConfig): EquationLine[] {
  const { forward, later, backward } = cells[config.cell](config);
  const gates = gateNames[config.cell];
  const { recurrence } = cellOf(config);
  /** What W h(t−1) of a gate receives. */
  const throughW = (g: string): string => (recurrence === 'beside' && g === 'n' ? 'dm' : `da.${g}`);
  const lines = (pass: Pass, list: readonly Line[]): EquationLine[] =>
    list.map(([equation, number]) => ({ pass, equation, ...(number && { number }) }));
  const totals: Line[] = [
    ['dc[k] = do[t,k]', '10.22'],
    ...gates.map((g): Line => [`db.${g}[u] = da.${g}[t,u]`, '10.23']),
    ...(recurrence === 'beside' ? [['dbn[u] = dm[t,u]'] as const] : []),
    ...(config.tieWeights ? [] : [['dV[k,u] = do[t,k] h[t,u,top]', '10.24'] as const]),
    ...(recurrence === 'none' ? [] : gates.map((g): Line => [`dW.${g}[u,j] = ${throughW(g)}[t,u] h[t-1,j]`, '10.26'])),
    ...gates.map((g): Line => [`dU.${g}[u,i] = da.${g}[t,u] x[t,i]`, '10.28']),
  ];
  if (config.embeddingSize !== null)
    totals.push([`dembedding[k,i] = token[t,k] dx[t,i,0]${config.tieWeights ? ' + do[t,k] h[t,i,top]' : ''}`]);
  return [
    ...lines('forward', [
      [isOneHot(config) ? 'x[t,i,0] = token[t,i]' : 'x[t,i,0] = token[t,k] embedding[k,i]'],
      ['x[t,i] = h[t,i,l-1]'],
      ...forward,
      ['o[t,k] = c[k] + V[k,j] h[t,j,top]', '10.10'],
      ['y[t,k] = softmax(o[t,n])', '10.11'],
      ['loss[t] = target[t,k] minus-log(y[t,k])', '10.14'],
    ]),
    ...lines('backward', [
      ['do[t,k] = weight[t] y[t,k] - weight[t] target[t,k]', '10.18'],
      ['dhAbove[t,u,top] = V[k,u] do[t,k]', '10.19'],
      ['dhAbove[t,u] = dx[t,u,l+1]'],
      [`dhLater[t,u] = ${later}`, '10.21'],
      ['dh[t,u] = dhAbove[t,u] + dhLater[t,u]', '10.21'],
      ...backward,
      [`dx[t,i] = ${over(gates, (g) => `U.${g}[j,i] da.${g}[t,j]`)}`],
    ]),
    ...lines('total', totals),
  ];
}
