// The words of the view Debugger.

import { describeOptimizer, type OptimizerName } from '../../../src/core.ts';
import { formatCount, formatNumber } from '../../format.ts';
import { catalogue } from '../../language.ts';

export const debuggerStrings = catalogue('views/debugger', {
  waiting: 'Computing the numbers of this window.',
  controls: 'Steps of the computation',
  place: 'Operation',
  first: 'To the start',
  back: 'Back',
  forward: 'Forward',
  last: 'To the end',
  mirror: 'Matching step',
  mirrorHint: 'The same operation in the other pass (B)',
  nextTime: 'Next time step',
  until: 'Run until',
  breakpoints: {
    nan: 'a number overflows (NaN or ∞)',
    saturated: '|h| is above 0.97',
    clipped: 'the gradient is clipped',
    sign: 'this number changes its sign',
  },
  run: 'Run',
  found: (what: string, unit: number | null) => `Here ${what}${unit === null ? '' : `, unit ${unit + 1}`}.`,
  notFound: (what: string) => `Up to the end of this window there is no place where ${what}.`,
  searching: 'Searching.',
  count: (n: number, of: number) => `Operation ${formatCount(n)} of ${formatCount(of)}`,
  passes: { forward: 'forward', backward: 'backward', total: 'the sums over time' },
  /** The pass, the time where there is one, and the token that is read there. */
  where: (pass: string, t: number | null, token: string | null) =>
    `${pass}${t === null ? '' : ` at t = ${t}`}${token === null ? '' : `, x is ${token}`}`,
  map: 'What is computed when: a row for each operation, a column for each t',
  mapKeys: ['computed, forward', 'computed, backward', 'not yet'] as const,
  mapCell: (name: string, t: number) => `${name} at t = ${t}`,
  mapStates: ['not there', 'not yet computed', 'computed'] as const,
  afterwards: 'Then, once for the window',
  updates: { clip: 'clip', optimizer: 'optimizer', weights: 'new weights' },
  numbers: 'The same with the numbers',
  numbersNote:
    'Click a number to have it explained. Press E, double-click it or hold it to change a weight, a state or a token.',
  operands: 'What it reads',
  result: 'What it makes',
  resultOf: (name: string) => `${name}, all units: choose one`,
  strip: (symbol: string) => `${symbol}, all that are read`,
  unit: (unit: number) => `unit ${unit + 1}`,
  unitLabel: 'Unit',
  tokenLabel: 'Token',
  column: (column: string) => `from ${column}`,
  column1: 'column',
  time: (t: number) => `t = ${t}`,
  nothing: 'There is nothing to add here: the window has no such step, so the result is 0.',
  describe: (n: number, of: number, pass: string, text: string, who: string, value: string) =>
    `Operation ${formatCount(n)} of ${formatCount(of)}, ${pass}: ${text}; ${who ? `${who} is` : 'it is'} ${value}.`,
  describeUpdate: (n: number, of: number, sentence: string) =>
    `Operation ${formatCount(n)} of ${formatCount(of)}, after the backward pass: ${sentence}`,
  clipTitle: 'Clip the gradient',
  clipNorm: (norm: number) =>
    `All gradients of this window together have the norm ‖∇θ‖ = ${formatNumber(norm)}, with L summed over its steps.`,
  clipMean: (norm: number, T: number, mean: number) =>
    `Training counts the mean over the steps, not the sum: ${formatNumber(norm)} ÷ ${T} = ${formatNumber(mean)}.`,
  clipOff: 'Clipping is off in the settings.',
  clipBelow: (mean: number, clip: number) =>
    `${formatNumber(mean)} is not above the limit ${formatNumber(clip)}, so nothing would change.`,
  clipAbove: (mean: number, clip: number) =>
    `${formatNumber(mean)} is above the limit ${formatNumber(clip)}, so every gradient would be multiplied by ${formatNumber(clip)} ÷ ${formatNumber(mean)} = ${formatNumber(clip / mean)}.`,
  batch: (B: number) =>
    `This is one window. A step of training takes the mean over a batch of ${B} ${B === 1 ? 'window' : 'windows'}, so its norm is different.`,
  trained: (step: number, norm: number, clipped: boolean) =>
    `Training’s own gradient near step ${formatCount(step)} had the norm ${formatNumber(norm)}${clipped ? ' and was clipped' : ''}.`,
  optimizerTitle: 'The optimizer',
  optimizer: (name: string, rate: number) =>
    `The optimizer is ${name}, with the learning rate α = ${formatNumber(rate)}.`,
  rule: (name: OptimizerName): string => describeOptimizer(name).rule,
  averages: 'What it keeps from earlier steps is not in one window, so the next operation shows plain descent.',
  weightsTitle: 'New weights',
  weightsNote: (symbol: string) =>
    `Plain descent with this window alone, for the weight whose gradient is the largest, ${symbol}:`,
  weightsLine: (weight: number, rate: number, scale: number, gradient: number, T: number, after: string) =>
    `${formatNumber(weight)} − ${formatNumber(rate)} × ${scale < 1 ? `${formatNumber(scale)} × ` : ''}${gradient < 0 ? `(${formatNumber(gradient)})` : formatNumber(gradient)} ÷ ${T} = ${after}`,
  weightsSummary: (symbol: string, before: number, after: string) =>
    `plain descent would take ${symbol} from ${formatNumber(before)} to ${after}.`,
  noGradients: 'This window has no gradients.',
  whatIf: 'What if',
  whatIfEmpty: 'To change a weight, a state or a token, focus its number and press E, double-click it, or hold it.',
  changeNumber: (symbol: string) => `Change ${symbol}…`,
  remove: 'Remove',
  removeName: (edit: string) => `Remove: ${edit}`,
  reset: 'Undo all changes',
  lossChange: (before: number, after: number) => {
    const change = after - before;
    const by = `${change > 0 ? '+' : ''}${formatNumber(change)}`;
    return `The loss of the window goes from ${formatNumber(before, 5)} to ${formatNumber(after, 5)} nats: ${by}.`;
  },
  checkTitle: 'Check numerically',
  checkNote:
    'Make a parameter a little larger, then a little smaller, and compute the loss each time. Their difference is the derivative, with no back-propagation in it.',
  checkOne: (symbol: string) => `Check ${symbol}`,
  checkMany: (count: number) => `Check ${count} random ones`,
  checking: (count: number) => `Computing ${formatCount(2 * count)} losses.`,
  checkGood: (count: number, worst: number) =>
    `${count === 1 ? 'It agrees: the' : `All ${count} agree: the worst`} relative error is ${formatNumber(worst)}.`,
  checkBad: (bad: number, count: number, worst: number) =>
    `${count === 1 ? 'It disagrees: the' : `${bad} of ${count} disagree: the worst`} relative error is ${formatNumber(worst)}.`,
  checkError:
    'Relative error: the distance of the two, divided by the larger, or by 0.0001 where both are smaller. Up to 0.001 they agree; the trained one has 32 bits.',
  checkColumns: ['parameter', 'by differences', 'by back-propagation', 'relative error'] as const,
});
