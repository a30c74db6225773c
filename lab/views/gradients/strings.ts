// The words of the view Gradient flow.

import type { Decay, Verdict } from '../../../src/insight.ts';
import { formatCount, formatNumber, formatShare, formatShort } from '../../format.ts';
import { catalogue } from '../../language.ts';
import type { GradientFlow } from '../../protocol.ts';

const steps = (value: number): string => `${formatNumber(Math.abs(value))} steps`;

export const gradientsStrings = catalogue('views/gradients', {
  waiting: 'Measuring how far back each error reaches.',
  layer: 'Layer',
  model: ({ step, window, windows }: GradientFlow) =>
    `Model of step ${formatCount(step)}, window ${formatCount(window + 1)} of ${formatCount(windows)}`,
  previousWindow: 'Previous window',
  nextWindow: 'Next window',
  edited: (gain: number | null) =>
    gain === null
      ? 'What if: the model is edited. These are not the numbers of the trained model.'
      : `What if: W × ${formatNumber(gain)}. These are not the numbers of the trained model.`,
  reset: 'Reset',
  figures: {
    verdict: 'Verdict',
    factor: 'factor ρ̂ of a step',
    halfLife: 'halves in',
    doubling: 'doubles in',
    reach: 'to a hundredth in',
    growth: 'a hundredfold in',
    residual: 'scatter of ln G',
  },
  steps,
  ends: (t: number, near: number, far: number) =>
    `Of the last error, ${formatNumber(near)} reaches h(${t}) and ${formatNumber(far)} reaches h(0).`,
  /** How the gradient decays over a window of so many steps; in English the library’s own sentence. */
  verdict: ({ sentence }: Decay, _steps: number): string => sentence,
  verdicts: {
    vanishing: 'vanishing',
    fading: 'fading',
    steady: 'steady',
    growing: 'growing',
    exploding: 'exploding',
    'no gradient': 'no gradient',
    'not finite': 'not finite',
  } satisfies Record<Verdict, string>,
  decay: {
    title: 'How it decays',
    label: (k: number) => `The gradient's norm at each state h(k), k = 0 to ${k}, on a logarithmic axis`,
    total: 'from all losses, ‖∂L/∂h(k)‖',
    row: (t: number) => `from the loss at t = ${t}, ‖∂L(t)/∂h(k)‖`,
    fitted: (factor: number) => `fitted: × ${formatNumber(factor)} for each step back`,
    bound: 'theoretical upper bound: product of σ_max(J)',
    rival: (cell: string, step: number, t: number) => `${cell} at step ${formatCount(step)}: from the loss at t = ${t}`,
    x: 'k, the state h(k)',
    y: 'norm',
  },
  triangle: {
    title: 'How far back each error reaches',
    note: 'G[t, k] = ‖∂L(t)/∂h(k)‖ says how strongly the loss at t depends on the state h(k). Row: the error L(t). Column: the state h(k) that it reaches. Blank: exactly zero.',
    label: 'Norms ‖∂L(t)/∂h(k)‖: a row for each error t, a column for each state k',
    cell: (t: number, k: number, token: string) => `error at t = ${t}, state h(${k}) after ${token}`,
    start: 'the state before the window',
    later: 'An error reaches no state after it.',
    vanished: 'below a hundredth of the diagonal',
    exploded: 'above a hundredfold',
    text: (t: number, wanted: string) => `The error at t = ${t}, where ${wanted} should come next, reaches back to`,
    more: 'h(0)',
    notFinite: 'not finite',
  },
  why: {
    title: 'Why',
    broken: 'Where numbers are not finite, nothing more can be measured.',
    product: (slope: number, gain: number) =>
      `Each step back multiplies the gradient by the slopes 1 − h², ${formatNumber(slope)} on average, and by W, which stretches by at most ${formatNumber(gain)}: ${formatNumber(slope)} × ${formatNumber(gain)} = ${formatNumber(slope * gain)}.`,
    productRelu: (slope: number, gain: number) =>
      `Each step back passes the gradient through the units that are on, ${formatNumber(slope)} of them, and through W, which stretches by at most ${formatNumber(gain)}: ${formatNumber(slope)} × ${formatNumber(gain)} = ${formatNumber(slope * gain)}.`,
    gated: (carry: number, gate: string) =>
      `At each step ${formatShare(carry)} of the state is carried past W by ${gate}: on that way the gradient is only multiplied by ${formatNumber(carry)}.`,
    bound: (factor: number, isTop: boolean) =>
      factor < 1
        ? `Measured at every step, it is at most ${formatNumber(factor)}: below 1, so the gradient must vanish${isTop ? '' : ' along this layer'}.`
        : `Measured at every step, it is at most ${formatNumber(factor)}: above 1, so the gradient need not vanish, and may explode.`,
    fromAbove: 'Errors reach this layer by the one above it as well.',
    found: (factor: number) => `What is found is ρ̂\u00a0=\u00a0${formatNumber(factor)}.`,
    slope: 'mean slope',
    carry: 'carried over',
    saturated: 'units saturated',
    gain: 'σ_max(W), the most W stretches',
    radius: 'spectral radius, in the long run',
    jacobian: 'σ_max(J(t)), one step',
    perStep: 'At each step of the window',
    perStepLabel: 'The mean slope, the largest stretch of a step and the share of saturated units at each t',
    gates: 'W of gate',
    eigenvalues: 'Eigenvalues of W',
    eigenvaluesOf: (count: number, largest: number, outside: number) =>
      `${formatCount(count)} eigenvalues; the largest has size ${formatNumber(largest)}; ${formatCount(outside)} outside the unit circle`,
    real: 'real part',
    imaginary: 'imaginary part',
    none: 'This cell has no W.',
    t: 't, step of the window',
  },
  units: {
    title: 'Unit by unit',
    label: 'Gradients ∂L/∂h(k)[u]: a row for each unit, a column for each state k',
    cell: (unit: number, k: number) => `∂L/∂h(${k})[${unit + 1}]`,
    scale: 'Scale',
    magnitude: 'size, logarithmic',
    signed: 'with its sign',
    note: 'Choose a cell for its formula, at the right; Enter does the same.',
    clip: 'The gradient of the newest step',
    before: 'norm, as it came',
    after: 'after clipping',
    noClip: 'Clipping is off.',
    clipAt: (clip: number, isClipped: boolean) =>
      isClipped ? `It was clipped at ${formatNumber(clip)}.` : `Clipping at ${formatNumber(clip)} left it as it was.`,
    none: 'No step has been trained yet.',
  },
  cause: {
    title: 'Experiment',
    gain: 'Scale of W, what if',
    gainNote: 'W is multiplied in the model that is shown, not in the one that trains.',
    fresh: 'These start a new run:',
    live: 'These act from the next step on:',
    explode: 'Make it explode',
    vanish: 'Make it vanish',
    carryFar: 'Carry it far',
    freshNote: (vanish: number, explode: number) =>
      `To vanish: tanh, gain ${formatShort(vanish)}. To carry far: ReLU, W = identity. To explode: ReLU, gain ${formatShort(explode)}, no clipping, SGD, one step a second.`,
    clipOn: 'clip at 5',
    clipOff: 'clip off',
    versus: 'A | B: the same text and seed with another cell',
    alone: 'off',
    versusNote:
      'The second network trains beside this one, from step 0 to the same step, with the settings as they are now; only while it is on.',
    training: (cell: string, step: number, target: number) =>
      `${cell}: step ${formatCount(step)} of ${formatCount(target)}`,
    verdictOf: (cell: string, step: number) => `${cell}, step ${formatCount(step)}`,
  },
  failure: {
    title: (step: number) => `Training stopped at step ${formatCount(step)}`,
    many: 'Each text of the batch is finite by itself; their sum, or its norm, is not.',
    hatched: 'Hatched cells are not finite.',
  },
  columns: {
    k: 'k',
    after: 'after',
    total: '‖∂L/∂h(k)‖',
    row: (t: number) => `‖∂L(${t})/∂h(k)‖`,
    bound: 'at most',
    rival: (cell: string) => `${cell}: ‖∂L/∂h(k)‖`,
  },
});
