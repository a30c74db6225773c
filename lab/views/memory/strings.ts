// The words of the view Memory.

import { formatCount, formatNumber, formatShare } from '../../format.ts';
import { catalogue } from '../../language.ts';
import type { Memory } from '../../protocol.ts';
import type { Settings } from '../../settings.ts';

const nouns: Partial<Record<Settings['level'], readonly [one: string, many: string]>> = {
  char: ['character', 'characters'],
  word: ['word', 'words'],
  byte: ['byte', 'bytes'],
};
const nounOf = (level: Settings['level'], count = 1): string =>
  (nouns[level] ?? ['token', 'tokens'])[count === 1 ? 0 : 1];
const counted = (count: number, level: Settings['level']): string => `${formatCount(count)} ${nounOf(level, count)}`;
const withSign = (value: number, format: (value: number) => string = formatNumber): string =>
  `${value > 0 ? '+' : ''}${format(value)}`;

export const memoryStrings = catalogue('views/memory', {
  waiting: 'Measuring which earlier characters each guess depends on.',
  noun: nounOf,
  withSign,
  model: ({ step, window, windows }: Memory) =>
    `Model of step ${formatCount(step)}, window ${formatCount(window + 1)} of ${formatCount(windows)}`,
  previousWindow: 'Previous window',
  nextWindow: 'Next window',
  edited: 'What if: the model is edited. These are not the numbers of the trained model.',
  reset: 'Reset',
  guess: (t: number, asked: string, share: number) =>
    `At t = ${t} the network gives ${asked} a probability of ${formatShare(share)}.`,
  depends: (best: string, back: number, half: number, level: Settings['level']) =>
    `That depends most on ${best}, ${back === 0 ? `the ${nounOf(level)} just read` : `${counted(back, level)} before the last one`}; half of the dependence lies within the last ${half === 1 ? nounOf(level) : counted(half, level)}.`,
  figures: {
    title: 'This guess in figures',
    asked: 'asked about',
    probability: 'its probability',
    strongest: 'depends most on',
    half: 'half within the last',
    most: 'nine tenths within',
    agree: 'both ways, same sign',
  },
  tokens: counted,
  agree: (count: number, of: number) => `${formatCount(count)} of ${formatCount(of)}`,
  about: {
    label: 'The guess',
    next: 'what comes next',
    guess: 'its best guess',
  },
  scale: {
    label: 'Scale',
    abs: 'size, logarithmic',
    row: 'share of the row',
    signed: 'with its sign',
  },
  text: {
    title: 'What the guess depends on',
    slider: 'The guess: choose the character after which it is made',
    value: (t: number, token: string, asked: string) => `t = ${t}, after ${token}, about ${asked}`,
    note: 'Choose any character to see the guess that the network makes after it.',
    asked: (asked: string, share: number) => `then ${asked}? ${formatShare(share)}`,
    abs: 'By the gradient: how much a small change of each character could do, ‖∂ log ŷ(t)/∂x(k)‖',
    row: 'By the gradient, as a share of the largest: ‖∂ log ŷ(t)/∂x(k)‖',
    signed: 'By the gradient: what this very character does, to first order, ∂ log ŷ(t)/∂x(k) · x(k)',
    change: {
      out: 'By a test: what having read it did for the guess, found by leaving it out',
      replaced: (token: string) => `By a test: what having read it did for the guess, found by putting ${token} there`,
    },
    speaks: 'Orange speaks for the guess, blue against it.',
    own: (step: number, how: string) => `A: step ${formatCount(step)}. ${how}`,
    other: (name: string) => `B: ${name}`,
  },
  test: {
    label: 'Test',
    out: 'leave it out',
    by: (token: string) => `put ${token} there`,
  },
  cell: {
    title: (k: number, token: string) => `x(${k}) = ${token}`,
    later: 'A guess depends on nothing that comes after it.',
    place: (count: number, level: Settings['level']) =>
      count === 0
        ? `the ${nounOf(level)} read last before the guess`
        : `${counted(count, level)} before the last one that was read`,
    norm: (t: number, asked: string, k: number) => `‖∂ log ŷ(${t})[${asked}] / ∂x(${k})‖, any small change`,
    effect: 'gradient · input, this character, to first order',
    change: {
      out: 'helped by, tested by leaving it out',
      replaced: (token: string) => `helped by, tested with ${token} there`,
    },
    nats: (value: number) => `${withSign(value)} nats`,
    test: (t: number, asked: string, before: number, without: number) =>
      `log ŷ(${t})[${asked}] = ${formatNumber(before)} as read, ${formatNumber(without)} without it: ${formatNumber(before)} − (${formatNumber(without)}) = ${withSign(before - without)} nats, a probability of ${formatShare(Math.exp(before))} instead of ${formatShare(Math.exp(without))}.`,
  },
  decay: {
    title: 'How it fades with distance',
    label: (t: number) => `How much the guess at t = ${t} depends on each x(k), on a logarithmic axis`,
    norm: (isTwo: boolean) => `gradient${isTwo ? ' of A' : ''}, ‖∂ log ŷ(t)/∂x(k)‖`,
    change: (isTwo: boolean) => `test${isTwo ? ' of A' : ''}: size of the change in nats`,
    other: (name: string) => `gradient of B: ${name}`,
    x: 'k, the character x(k)',
    y: 'size',
  },
  map: {
    title: 'Every guess of the window',
    label: 'How each guess depends on each character: a row for each guess t, a column for each character x(k)',
    cell: (t: number, k: number, token: string) => `guess at t = ${t}, x(${k}) = ${token}`,
    note: 'Row: the guess at t. Column: the character x(k) that was read. A vertical stripe is a character that is remembered for long. Blank: exactly zero.',
  },
  beside: {
    title: 'A | B: another model on the same text',
    off: 'off',
    step: (step: number) => `step ${formatCount(step)}`,
    note: 'An earlier step comes from the time machine. Another cell trains beside this one, from step 0 to the same step, with the same text, seed and settings; only while it is on.',
    training: (cell: string, step: number, target: number) =>
      `${cell}: step ${formatCount(step)} of ${formatCount(target)}`,
    name: (what: string, step: number) => `${what}, step ${formatCount(step)}`,
    model: 'this model',
  },
  columns: (noun: string) => ['k', noun, 'gradient norm', 'gradient · input', 'helped by, nats'],
  columnOfOther: (name: string) => `B: gradient norm, ${name}`,
});
