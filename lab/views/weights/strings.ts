// The words of the view Weights.

import { formatCount, formatNumber } from '../../format.ts';
import { catalogue } from '../../language.ts';

export const weightsStrings = catalogue('views/weights', {
  waiting: 'Looking at the weights.',
  which: 'Which weights',
  matrices: {
    U: 'U, from the input',
    W: 'W, from the state before',
    b: 'b, bias',
    bn: 'bias of the candidate',
    V: 'V, to the output',
    c: 'c, bias of the output',
    P: 'projection',
    embedding: 'E, embedding',
  } as Record<string, string>,
  nameOf: (kind: string, layer: number, layers: number): string =>
    layers > 1 && ['U', 'W', 'b', 'bn'].includes(kind) ? `, layer ${layer}` : '',
  gate: 'Gate',
  shown: 'What is shown',
  values: 'the weights',
  change: 'their change',
  since: 'since step',
  order: 'Rows',
  orders: { own: 'in their order', norm: 'by norm', column: 'by the chosen column' },
  unit: (i: number) => `unit ${i + 1}`,
  rows: (name: string) => `Rows: ${name}`,
  axes: {
    unit: 'units',
    token: 'tokens',
    one: 'one row',
  },
  axis: (rows: string, columns: string) =>
    `Rows are ${rows}, columns are ${columns}. Choose a cell for its formula; Enter does the same.`,
  cell: (name: string, row: string, column: string) => (row ? `${name}, ${row} from ${column}` : `${name}, ${column}`),
  figures: {
    norm: 'norm',
    largest: 'largest size',
    mean: 'mean',
    deviation: 'standard deviation',
    gain: 'largest σ',
    rank: 'half of the squares in',
  },
  directions: (count: number, of: number) => `${formatCount(count)} of ${formatCount(of)}`,
  histogram: 'How the values are spread',
  histogramLabel: (count: number, low: number, high: number) =>
    `A histogram of ${formatCount(count)} values from ${formatNumber(low)} to ${formatNumber(high)}`,
  singular: 'Singular values, the largest first',
  singularAxis: 'number',
  singularAt: (i: number) => `σ number ${i}`,
  eigen: 'Eigenvalues in the complex plane',
  summary: (name: string, step: number, norm: number, largest: number) =>
    `${name} at step ${formatCount(step)}: its norm is ${formatNumber(norm)}, its largest weight has the size ${formatNumber(largest)}.`,
  changeSummary: (name: string, from: number, to: number, norm: number, share: number) =>
    `From step ${formatCount(from)} to ${formatCount(to)} ${name} changed by ${formatNumber(norm)}, which is ${formatNumber(100 * share)} % of what it was.`,
  stretches: (largest: number) => ` It stretches no direction more than ${formatNumber(largest)} times.`,
});
