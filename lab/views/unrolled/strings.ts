// The words of the view Unrolled.

import { formatCount, formatNumber } from '../../format.ts';
import { catalogue } from '../../language.ts';

export const unrolledStrings = catalogue('views/unrolled', {
  waiting: 'Computing the numbers of this window.',
  read: (T: number, text: string, guess: string, t: number, share: string) =>
    `${T === 1 ? 'One copy' : `${formatCount(T)} copies`} of one cell read “${text}”; the surest guess was ${guess} at t = ${t} (${share})`,
  sums: (loss: string) => `the loss sums to ${loss} nats`,
  gradient: (way: 'falls' | 'rises' | 'stays', last: string, t: number, first: string, layers: number) =>
    `the gradient${layers > 1 ? ' of the top layer' : ''} ${{ falls: 'falls', rises: 'rises', stays: 'goes' }[way]} from ${last} at t = ${t} to ${first} at t = 1`,
  /** What is read and guessed, the loss, and the gradient. */
  sentence: (...parts: string[]) => `${parts.join('; ')}.`,
  ofLayer: (name: string, l: number) => `${name} of layer ${l}`,
  table: { token: 'token', target: 'target', p: 'p(target)', loss: 'L(t)', guess: 'top guess' },
  copies: {
    label: 'Copies of the cell',
    value: (k: number, T: number) => `${k} of ${T} ${T === 1 ? 'copy' : 'copies'}`,
    unroll: 'Unroll',
    roll: 'Roll up',
    more: 'One more copy',
    fewer: 'One copy fewer',
  },
  windows: {
    label: 'Window of the text',
    previous: 'Previous window',
    next: 'Next window',
    place: (w: number, windows: number) => `Window ${formatCount(w + 1)} of ${formatCount(windows)}`,
    tokens: (first: number, last: number) => `tokens ${formatCount(first)} – ${formatCount(last)}`,
  },
  mode: { label: 'Show', forward: 'Forward', backward: 'Backward', both: 'Both' },
  play: { play: 'Play', stop: 'Show all', step: 'Next step' },
  wave: {
    begins: 'Playing. Forward: the tokens go from left to right.',
    turns: 'Backward: the gradient goes from right to left.',
    ends: 'Everything is shown.',
    forward: (t: number) => `Forward, t = ${t}: h(${t}) from h(${t - 1}) and x(${t}); from it ŷ(${t}) and L(${t}).`,
    backward: (t: number, T: number) =>
      t === T
        ? `Backward, t = ${t}: ∇h(${t}) from its own error alone; nothing comes over the edge.`
        : `Backward, t = ${t}: ∇h(${t}) from its own error and, through W, from ∇h(${t + 1}).`,
  },
  parts: {
    label: 'The same numbers in every copy',
    hint: 'Point at U, W or V: every copy has the same numbers.',
    name: (letter: string, layer: number, layers: number) =>
      layers > 1 && letter !== 'V' ? `${letter}${layer}` : letter,
    shared: (name: string, rows: number, columns: number, T: number) =>
      `${name} [${formatCount(rows)}, ${formatCount(columns)}]: the same ${formatCount(rows * columns)} numbers, used ${T === 1 ? 'once' : `${formatCount(T)} times`}.`,
    changed: 'changed',
  },
  picture: {
    region: 'The cells side by side, which scroll sideways',
    grid: 'Loss, guesses, states and tokens: a column for each step t',
    start: 'h(0)',
    carried: ['carried', 'over'],
    zero: ['zero'],
    edge: 'edge',
    cut: 'cut',
    next: ['on to', 'the next'],
    end: ['end of', 'the text'],
    dropped: ['not', 'carried'],
    loop: (from: number, to: number) => (from === to ? `t = ${from}` : `t = ${from} … ${to}`),
    steps: (n: number) => `${n}×`,
    layer: (l: number) => `layer ${l}`,
  },
  cell: {
    loss: (t: number) => `L(${t}) in nats`,
    y: (t: number, token: string, place: number) =>
      `ŷ(${t}) of ${token}, ${place === 5 ? 'the target' : `guess ${place + 1}`}`,
    x: (t: number) => `x(${t})`,
    unit: (unit: number, layer: number, layers: number, t: number) =>
      `unit ${unit + 1}${layers > 1 ? ` of layer ${layer}` : ''}, t = ${t}`,
    edited: 'changed by you',
  },
  scales: {
    h: 'h(t)',
    s: 's(t)',
    dh: '∇h(t)',
    norm: '‖∇h(t)‖, log',
    loss: (guess: number) => `guessing: ${formatNumber(guess)} nats`,
  },
  target: 'the target',
  readout: {
    title: (t: number, T: number) => `t = ${t} of ${T}`,
    x: 'x, reads',
    y: 'y, next is',
    guesses: 'ŷ, guesses',
    loss: 'L = −log ŷ[y]',
    norm: '‖h‖',
    gradient: '‖∇h‖',
    unit: (unit: number) => `unit ${unit + 1}`,
  },
  edits: {
    what: (n: number, before: number, after: number) =>
      `What if: ${n === 1 ? 'one change' : `${n} changes`}; the loss goes from ${formatNumber(before)} to ${formatNumber(after)} nats.`,
    reset: 'Undo the changes',
  },
});
