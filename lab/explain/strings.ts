// The words of the inspector, and of numbers wherever they are explained.

import { type Quantity, quantities } from '../../src/insight.ts';
import { catalogue } from '../language.ts';

export const inspectorStrings = catalogue('explain', {
  waiting: 'Computing the numbers of this window.',
  gone: 'The model or the window no longer has this number.',
  path: 'Numbers explained before',
  back: 'Back',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied.',
  formula: 'Formula',
  terms: 'What it is the sum of',
  logits: 'The softmax is over these',
  consumers: 'What is computed from it',
  noConsumers: 'Nothing more is computed from it.',
  its: (symbol: string) => `Its gradient: ${symbol}`,
  more: (count: number) => `${count} more`,
  moreTerms: (count: number, sum: string) => (sum ? `+ ${count} more = ${sum}` : `and ${count} more`),
  moreTermsName: (count: number) => `Show the next of the ${count} more`,
  sum: (value: string) => `Computed from all of these in 64 bits: ${value}.`,
  rounding: 'The engine computes in 32 bits, so the last digits differ.',
  held: (value: string) =>
    `You hold it where it is; its formula would give ${value}, and no error goes back through it.`,
  heldBack: (value: string) => `You hold the state, so no error goes back through it; the formula would give ${value}.`,
  given: 'It is an input, so no formula gives it.',
  parameter: 'It is a parameter: no formula gives it; training moves it against its gradient.',
  token: 'It comes from the text.',
  carried: 'It is the state after the text before this window.',
  /** What a number is, and of which unit, time and so on. */
  named(quantity: Quantity, parts: readonly string[]): string {
    const { name } = quantities[quantity];
    return `${name[0].toUpperCase()}${name.slice(1)}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
  },
  unit: (unit: number) => `unit ${unit + 1}`,
  layer: (layer: number) => `layer ${layer}`,
  gate: (gate: string) => `gate ${gate}`,
  from: (what: string) => `from ${what}`,
  time: (t: number, token: string) => `at t = ${t}, where x is ${token}`,
  before: 'before the window, t = 0',
  said: (symbol: string, value: string, name: string) => `${symbol} is ${value}. ${name}. It is explained.`,
  explain: (symbol: string, value: string) => `${symbol} = ${value}, explain`,
  changedMark: 'changed by you',
  change: 'Change…',
  changeFrom: (symbol: string, value: string) => `${symbol} is ${value}. Make it`,
  apply: 'Apply',
  cancel: 'Cancel',
  notNumber: 'Expected a number, such as −0.5 or 2e-3.',
  changed: (symbol: string, value: string, was: string) => `${symbol} = ${value}${was ? `, was ${was}` : ''}`,
  clamped: (symbol: string, value: string) => `${symbol} = ${value} at every step`,
  scaled: (name: string, factor: string) => `${name} × ${factor}`,
  check: 'Check numerically',
  checking: 'Computing the loss twice.',
  checkNote: (symbol: string) =>
    `${symbol} is made a little larger, then a little smaller, and the loss of the window computed each time, in 64 bits.`,
  numeric: '(L(θ + ε) − L(θ − ε)) ÷ 2ε',
  bptt: 'back-propagation, 64 bits',
  engine: 'back-propagation, as trained',
  lossAbove: 'L(θ + ε)',
  lossBelow: 'L(θ − ε)',
  epsilon: 'ε',
  error: 'relative error, as trained',
});
