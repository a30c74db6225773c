// The words of the view Two basins.

import { formatCount, formatNumber } from '../../format.ts';
import { catalogue } from '../../language.ts';
import type { TwoBasins } from '../../protocol.ts';

const tokens = (count: number): string => `${formatCount(count)} ${count === 1 ? 'token' : 'tokens'}`;

export const basinsStrings = catalogue('views/basins', {
  waiting: 'Reading the text from the state h and from its opposite, −h.',
  tooShort: 'The text is too short: at least 64 tokens are needed to read it from two states.',
  figures: {
    meets: 'come together after',
    cosine: 'cosine at the end',
    loss: 'loss from h, nats',
    oppositeLoss: 'loss from −h, nats',
    lost: 'lost starts from 0',
  },
  never: 'never',
  tokens,
  lost: (lost: number, tried: number) => `${formatCount(lost)} of ${formatCount(tried)}`,
  angle: {
    title: 'The angle between the two states',
    cosine: 'cosine',
    same: 'the same state',
    opposite: 'the opposite state',
  },
  losses: {
    title: 'Loss, mean of ten tokens, in nats',
    from: 'from h',
    opposite: 'from −h',
  },
  text: 'The text, shaded by its surprise',
  from: 'Read from h',
  opposite: 'Read from −h',
  surprise: 'Surprise',
  columns: ['token', 'text', 'cosine', 'loss from h', 'loss from −h'],
  place: ({ step, place, tokens: read }: TwoBasins) =>
    `Model of step ${formatCount(step)}, ${tokens(read.length)} from place ${formatCount(place + 1)} of the training text`,
  together: (step: number, after: number) =>
    `At step ${formatCount(step)}, a reading that begins with −h instead of h comes to the same state after ${tokens(after)}: the network has one basin here.`,
  apart: (step: number, read: number, cosine: number) =>
    `At step ${formatCount(step)}, a reading that begins with −h instead of h is still on the other side after ${tokens(read)}, with a cosine of ${formatNumber(cosine)}: the network has a second basin.`,
  starts: (lost: number, tried: number) =>
    lost === 0
      ? ` None of ${formatCount(tried)} starts from the state zero is lost.`
      : ` Of ${formatCount(tried)} starts from the state zero, ${formatCount(lost)} ${lost === 1 ? 'is' : 'are'} lost there.`,
});
