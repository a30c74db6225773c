// The words of the view Two basins in German.

import { formatCount, formatNumber } from '../../format.ts';
import type { basinsStrings } from './strings.ts';

const tokens = (count: number): string => `${formatCount(count)} ${count === 1 ? 'Token' : 'Tokens'}`;

export const words: typeof basinsStrings = {
  waiting: 'Der Text wird vom Zustand h aus gelesen und von seinem Gegenteil −h aus.',
  tooShort: 'Der Text ist zu kurz: Um ihn von zwei Zuständen aus zu lesen, braucht es mindestens 64 Tokens.',
  figures: {
    meets: 'treffen sich nach',
    cosine: 'Kosinus am Ende',
    loss: 'Verlust von h aus, Nats',
    oppositeLoss: 'Verlust von −h aus, Nats',
    lost: 'verlorene Starts bei 0',
  },
  never: 'nie',
  tokens,
  lost: (lost, tried) => `${formatCount(lost)} von ${formatCount(tried)}`,
  angle: {
    title: 'Der Winkel zwischen den beiden Zuständen',
    cosine: 'Kosinus',
    same: 'derselbe Zustand',
    opposite: 'der entgegengesetzte Zustand',
  },
  losses: {
    title: 'Verlust in Nats, Mittel über zehn Tokens',
    from: 'von h aus',
    opposite: 'von −h aus',
  },
  text: 'Der Text, gefärbt nach seiner Überraschung',
  from: 'Von h aus gelesen',
  opposite: 'Von −h aus gelesen',
  surprise: 'Überraschung',
  columns: ['Token', 'Text', 'Kosinus', 'Verlust von h aus', 'Verlust von −h aus'],
  place: ({ step, place, tokens: read }) =>
    `Modell bei Schritt ${formatCount(step)}, ${tokens(read.length)} ab Stelle ${formatCount(place + 1)} des Trainingstextes`,
  together: (step, after) =>
    `Bei Schritt ${formatCount(step)} kommt ein Lesen, das mit −h statt mit h beginnt, nach ${tokens(after)} beim selben Zustand an: Das Netz hat hier ein einziges Becken.`,
  apart: (step, read, cosine) =>
    `Bei Schritt ${formatCount(step)} ist ein Lesen, das mit −h statt mit h beginnt, nach ${tokens(read)} noch immer auf der anderen Seite, mit einem Kosinus von ${formatNumber(cosine)}: Das Netz hat ein zweites Becken.`,
  starts: (lost, tried) =>
    lost === 0
      ? ` Von ${formatCount(tried)} Starts beim Zustand null geht keiner verloren.`
      : ` Von ${formatCount(tried)} Starts beim Zustand null ${lost === 1 ? 'geht dort einer' : `gehen dort ${formatCount(lost)}`} verloren.`,
};
