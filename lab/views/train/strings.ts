// The words of the view Train.

import { formatCount, formatNumber } from '../../format.ts';
import { catalogue } from '../../language.ts';

export const trainStrings = catalogue('views/train', {
  loss: 'Loss, nats per token',
  norm: 'Gradient norm',
  each: 'each step',
  smoothed: 'smoothed',
  heldOut: 'held-out',
  clipLine: 'clip',
  ratio: 'relative size of update',
  perplexity: 'held-out perplexity',
  accuracy: 'held-out accuracy',
  skill: 'held-out skill',
  error: 'held-out mean error',
  normNow: 'gradient norm',
  machine: 'Time machine: step shown',
  newest: 'Newest',
  isNewest: 'newest',
  fork: 'Continue from here',
  samples: 'What it writes',
  surprise: 'Surprise',
  earlier: 'Earlier',
  start: 'Press Train, or the space bar. The text below is what the network writes before it has learned anything.',
  opened: (refusal: string | null) =>
    `The text below is what the model that was opened writes. ${refusal ?? 'Press Train, or the space bar, to train it further on the text of this page.'}`,
  summary: (step: number, loss: number, guess: number) =>
    `After ${formatCount(step)} ${step === 1 ? 'step' : 'steps'} the loss is ${formatNumber(loss)} nats per token; guessing would be ${formatNumber(guess)}.`,
  atStart: (step: number) => `This is the network of step ${formatCount(step)}, before its first step of this run.`,
  heldOutSummary: (loss: number) => ` On text it has not seen: ${formatNumber(loss)}.`,
});
