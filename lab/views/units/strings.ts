// The words of the view Units.

import { formatCount, formatNumber, formatShare, formatToken } from '../../format.ts';
import { catalogue } from '../../language.ts';
import type { PredicateName } from '../../predicate-names.ts';
import type { Units } from '../../protocol.ts';

const withSign = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value)}`;

const predicates: Readonly<Record<Exclude<PredicateName, 'token'>, string>> = {
  vowel: 'a vowel',
  consonant: 'a consonant',
  capital: 'a capital letter',
  digit: 'a digit',
  mark: 'a punctuation mark',
  blank: 'a blank',
  newline: 'a new line',
  'after-blank': 'after a blank',
  'after-vowel': 'after a vowel',
  'after-mark': 'after a punctuation mark',
  'first-letter': 'the first letter of a word',
  'second-letter': 'the second letter of a word',
  'later-letters': 'the third letter of a word or a later one',
  'in-brackets': 'inside brackets',
  'deep-brackets': 'inside three brackets or more',
  'opening-bracket': 'an opening bracket',
  'closing-bracket': 'a closing bracket',
  'in-quotes': 'inside quotation marks',
  'line-start': 'at the start of a line',
  'line-end': 'far along a line',
  'same-twice': 'the same as the one before',
  'sentence-start': 'at the start of a sentence',
  'capital-word': 'in a word with a capital',
  'long-word': 'deep in a long word',
};

export const unitsStrings = catalogue('views/units', {
  waiting: 'Reading the text with every unit.',
  predicate: (name: PredicateName, token: string) => (name === 'token' ? `“${formatToken(token)}”` : predicates[name]),
  unit: (unit: number) => `Unit ${unit + 1}`,
  layer: 'Layer',
  nats: (value: number) => `${withSign(value)} nats`,
  withSign,
  model: ({ step, begin, tokens }: Units) =>
    `Model of step ${formatCount(step)}, ${formatCount(tokens.length)} tokens from place ${formatCount(begin + 1)}`,
  previousWindow: 'Previous window',
  nextWindow: 'Next window',
  edited: 'What if: the model is edited. These are not the numbers of the trained model.',
  reset: 'Reset',
  explained: (unit: number, layer: number, isHigh: boolean, what: string, area: number) =>
    `Unit ${unit + 1} of layer ${layer} is ${isHigh ? 'highest' : 'lowest'} at “${what.replace(/[“”]/g, '')}”: of all simple descriptions this fits best (area under the curve ${formatNumber(area)}).`,
  unexplained: (unit: number, layer: number) =>
    `Nothing simple that the page tries says where unit ${unit + 1} of layer ${layer} is high.`,
  lossOf: (change: number) =>
    ` Without it the loss ${change >= 0 ? 'rises' : 'falls'} by ${formatNumber(Math.abs(change))} nats.`,
  text: {
    title: (unit: number) => `The text, colored by h of unit ${unit + 1}`,
    slider: 'The text: arrows choose a place, with Shift a range',
    note: 'Choose a character for its value; select a few to find the units that are on exactly there.',
    value: (place: number, token: string, value: number) =>
      `place ${formatCount(place + 1)}, ${token}: ${formatNumber(value)}`,
    selected: (from: number, to: number, text: string) =>
      `places ${formatCount(from + 1)} to ${formatCount(to + 1)} selected: ${text}`,
    here: (place: number, token: string) => `after ${token} at place ${formatCount(place + 1)}`,
  },
  figures: {
    value: 'here',
    mean: 'mean',
    spread: 'spread',
    saturated: 'saturated',
    ablation: 'loss without it',
    area: 'area under the curve',
  },
  match: {
    title: 'Select and match',
    none: 'Select some characters in the text, with the pointer or with Shift and the arrows, to find the units that are on exactly there.',
    threshold: 'On above',
    found: (count: number, of: number, text: string) =>
      `${formatCount(count)} of ${formatCount(of)} units are on for all of ${text} and off before and after it.`,
    places: 'Where these are on in the same way',
    noPlaces: 'Nowhere else in this stretch.',
    clear: 'Clear',
    share: (share: number) => `${formatShare(share)} of them`,
    high: 'high',
    low: 'low',
  },
  list: {
    title: 'All units of the layer',
    columns: {
      unit: 'unit',
      area: 'most simply',
      spread: 'spread',
      saturated: 'saturated',
      ablation: 'loss without it, nats',
    },
    sortBy: (column: string) => `Sort by ${column}`,
    all: (count: number) => `Show all ${formatCount(count)}`,
    fewer: 'Show fewer',
    note: (tokens: number) =>
      `Most simply: of some thirty plain descriptions the one that fits best on the first half of the stretch, with its area under the curve on the second: 1 is exact, 0.5 is chance. Loss without it: the unit is set to 0 while ${formatCount(tokens)} tokens are read.`,
    high: (what: string, area: string) => `high: ${what} ${area}`,
    low: (what: string, area: string) => `low: ${what} ${area}`,
  },
  detail: {
    histogram: 'How often it has which value',
    histogramLabel: (unit: number, low: number, high: number, saturated: number) =>
      `Histogram of h of unit ${unit + 1} from ${formatNumber(low)} to ${formatNumber(high)}; ${formatShare(saturated)} saturated`,
    response: 'What each character does to it',
    responseNote:
      'h(t) − h(t−1) where the character was read, for those that move it most: the mean, the middle half and, thin, from 9 to 91 %.',
    responseOf: (mean: number, low: number, high: number, count: number) =>
      `mean ${withSign(mean)}, half between ${withSign(low)} and ${withSign(high)}, ${formatCount(count)} times`,
    explanations: 'Simple descriptions',
    explanationsNote:
      'Area under the curve on the first half of the stretch: how often the unit is higher at such a place than at another.',
    highest: 'Where it is highest',
    lowest: 'Where it is lowest',
    hold: 'Hold it',
    holdAt: 'Hold h at',
    cut: 'Cut it out (0)',
    holdNote:
      'What if this unit had one value at every step? The text is read again; the model in training stays as it is.',
    holding: 'Reading the text with the unit held.',
    held: (value: number, loss: number, change: number, tokens: number) =>
      `Held at ${formatNumber(value)}, the loss is ${formatNumber(loss + change)} instead of ${formatNumber(loss)} nats: ${withSign(change)}, over ${formatCount(tokens)} tokens.`,
  },
});
