// The words of the view Train in German.

import { formatCount, formatNumber } from '../../format.ts';
import type { trainStrings } from './strings.ts';

export const words: typeof trainStrings = {
  loss: 'Verlust, Nats je Token',
  norm: 'Norm des Gradienten',
  each: 'jeder Schritt',
  smoothed: 'geglättet',
  heldOut: 'zurückgehalten',
  clipLine: 'Kappgrenze',
  ratio: 'relative Größe des Updates',
  perplexity: 'Perplexität, zurückgehalten',
  accuracy: 'Trefferquote, zurückgehalten',
  skill: 'Skill, zurückgehalten',
  error: 'mittlerer Fehler, zurückgehalten',
  normNow: 'Norm des Gradienten',
  machine: 'Zeitmaschine: gezeigter Schritt',
  newest: 'Neuester',
  isNewest: 'der neueste',
  fork: 'Von hier aus weiter',
  samples: 'Was es schreibt',
  surprise: 'Überraschung',
  earlier: 'Früher',
  start:
    'Drück „Trainieren“ oder die Leertaste. Der Text unten ist, was das Netz schreibt, bevor es etwas gelernt hat.',
  opened: (refusal) =>
    `Der Text unten ist, was das geöffnete Modell schreibt. ${refusal ?? 'Drück „Trainieren“ oder die Leertaste, um es mit dem Text dieser Seite weiter zu trainieren.'}`,
  summary: (step, loss, guess) =>
    `Nach ${formatCount(step)} ${step === 1 ? 'Schritt' : 'Schritten'} beträgt der Verlust ${formatNumber(loss)} Nats je Token; bloßes Raten ergäbe ${formatNumber(guess)}.`,
  atStart: (step) => `Das ist das Netz bei Schritt ${formatCount(step)}, vor seinem ersten Schritt in diesem Lauf.`,
  heldOutSummary: (loss) => ` Auf Text, den es nicht kennt: ${formatNumber(loss)}.`,
};
