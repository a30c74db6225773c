// Every operation of a window, forward and backward, as one table; a cell brings its own lines (network/cells/). They are the equations of docs/math.md (10.8 to 10.28 of Goodfellow et al.
// 2016), one element at a time, in the order in which they can be computed. From these lines alone come formulas, contributors and consumers
// (explain.ts), so that nothing can go stale. notation.ts reads them:
//
//   a.r[t,u] = b.r[u] + W.r[u,j] h[t-1,j]       an index that is not on the left is summed over; a.r is the a of gate r
//   o[t,k] = c[k] + V[k,j] h[t,j,top]           a last index is the layer: l if left out; a term with a step outside the window is absent
//   da[t,u] = dh[t,u] one-square(h[t,u])        a function of one number: 1 − h²

import type { EquationText } from '../network/cells/cell.ts';
import { cellOf } from '../network/cells/table.ts';
import { isOneHot, type ModelConfig } from '../network/config.ts';

/** The passes of a window: forward; backward through time; and the totals, which are sums over all steps. */
export type Pass = 'forward' | 'backward' | 'total';

/** A line of the table. */
export interface EquationLine {
  readonly pass: Pass;
  readonly equation: string;
  /** Its number in the book, where it has one. */
  readonly number?: string;
}

const over = (gates: readonly string[], term: (gate: string) => string): string => gates.map(term).join(' + ');

/** All lines of a model, in order. */
export function equationsOf(config: ModelConfig): EquationLine[] {
  const { gates, recurrence, equations } = cellOf(config);
  const { forward, fromLater, backward } = equations;
  /** What W h(t−1) of a gate receives. */
  const throughW = (g: string): string => (recurrence === 'beside' && g === gates.at(-1) ? 'dm' : `da.${g}`);
  const lines = (pass: Pass, list: readonly EquationText[]): EquationLine[] =>
    list.map(([equation, number]) => ({ pass, equation, ...(number && { number }) }));
  const totals: EquationText[] = [
    ['dc[k] = do[t,k]', '10.22'],
    ...gates.map((g): EquationText => [`db.${g}[u] = da.${g}[t,u]`, '10.23']),
    ...(recurrence === 'beside' ? [['dbn[u] = dm[t,u]'] as const] : []),
    ...(config.tieWeights ? [] : [['dV[k,u] = do[t,k] h[t,u,top]', '10.24'] as const]),
    ...(recurrence === 'none'
      ? []
      : gates.map((g): EquationText => [`dW.${g}[u,j] = ${throughW(g)}[t,u] h[t-1,j]`, '10.26'])),
    ...gates.map((g): EquationText => [`dU.${g}[u,i] = da.${g}[t,u] x[t,i]`, '10.28']),
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
      [`dhLater[t,u] = ${fromLater}`, '10.21'],
      ['dh[t,u] = dhAbove[t,u] + dhLater[t,u]', '10.21'],
      ...backward,
      [`dx[t,i] = ${over(gates, (g) => `U.${g}[j,i] da.${g}[t,j]`)}`],
    ]),
    ...lines('total', totals),
  ];
}
