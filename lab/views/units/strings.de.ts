// The words of the view Units in German.

import { formatCount, formatNumber, formatShare, formatToken } from '../../format.ts';
import type { PredicateName } from '../../predicate-names.ts';
import type { unitsStrings } from './strings.ts';

const withSign = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value)}`;

const predicates: Readonly<Record<Exclude<PredicateName, 'token'>, string>> = {
  vowel: 'ein Vokal',
  consonant: 'ein Konsonant',
  capital: 'ein Großbuchstabe',
  digit: 'eine Ziffer',
  mark: 'ein Satzzeichen',
  blank: 'ein Leerzeichen',
  newline: 'ein Zeilenende',
  'after-blank': 'nach einem Leerzeichen',
  'after-vowel': 'nach einem Vokal',
  'after-mark': 'nach einem Satzzeichen',
  'first-letter': 'der erste Buchstabe eines Wortes',
  'second-letter': 'der zweite Buchstabe eines Wortes',
  'later-letters': 'der dritte Buchstabe eines Wortes oder ein späterer',
  'in-brackets': 'in Klammern',
  'deep-brackets': 'in drei Klammern oder mehr',
  'opening-bracket': 'eine öffnende Klammer',
  'closing-bracket': 'eine schließende Klammer',
  'in-quotes': 'in Anführungszeichen',
  'line-start': 'am Anfang einer Zeile',
  'line-end': 'weit hinten in einer Zeile',
  'same-twice': 'dasselbe wie davor',
  'sentence-start': 'am Anfang eines Satzes',
  'capital-word': 'in einem großgeschriebenen Wort',
  'long-word': 'weit hinten in einem langen Wort',
};

export const words: typeof unitsStrings = {
  waiting: 'Der Text wird mit jeder Einheit gelesen.',
  predicate: (name, token) => (name === 'token' ? `„${formatToken(token)}“` : predicates[name]),
  unit: (unit) => `Einheit ${unit + 1}`,
  layer: 'Schicht',
  nats: (value) => `${withSign(value)} Nats`,
  withSign,
  model: ({ step, begin, tokens }) =>
    `Modell bei Schritt ${formatCount(step)}, ${formatCount(tokens.length)} Tokens ab Stelle ${formatCount(begin + 1)}`,
  previousWindow: 'Voriges Fenster',
  nextWindow: 'Nächstes Fenster',
  edited: 'Was wäre, wenn: Das Modell ist verändert. Das sind nicht die Zahlen des trainierten Modells.',
  reset: 'Zurücksetzen',
  explained: (unit, layer, isHigh, what, area) =>
    `Einheit ${unit + 1} der Schicht ${layer} ist am ${isHigh ? 'höchsten' : 'niedrigsten'} bei „${what.replace(/[„“]/g, '')}“: Von allen einfachen Beschreibungen passt diese am besten (Fläche unter der Kurve ${formatNumber(area)}).`,
  unexplained: (unit, layer) =>
    `Nichts Einfaches, das die Seite probiert, sagt, wo Einheit ${unit + 1} der Schicht ${layer} hoch ist.`,
  lossOf: (change) =>
    ` Ohne sie ${change >= 0 ? 'steigt' : 'sinkt'} der Verlust um ${formatNumber(Math.abs(change))} Nats.`,
  text: {
    title: (unit) => `Der Text, gefärbt nach h von Einheit ${unit + 1}`,
    slider: 'Der Text: Pfeiltasten wählen eine Stelle, mit Umschalt einen Bereich',
    note: 'Wähl ein Zeichen, um seinen Wert zu sehen; wähl mehrere, um die Einheiten zu finden, die genau dort an sind.',
    value: (place, token, value) => `Stelle ${formatCount(place + 1)}, ${token}: ${formatNumber(value)}`,
    selected: (from, to, text) => `Stellen ${formatCount(from + 1)} bis ${formatCount(to + 1)} gewählt: ${text}`,
    here: (place, token) => `nach ${token} an Stelle ${formatCount(place + 1)}`,
  },
  figures: {
    value: 'hier',
    mean: 'Mittel',
    spread: 'Streuung',
    saturated: 'gesättigt',
    ablation: 'Verlust ohne sie',
    area: 'Fläche unter der Kurve',
  },
  match: {
    title: 'Auswählen und vergleichen',
    none: 'Wähl im Text einige Zeichen aus, mit dem Zeiger oder mit Umschalt und den Pfeiltasten, um die Einheiten zu finden, die genau dort an sind.',
    threshold: 'An ab',
    found: (count, of, text) =>
      `${formatCount(count)} von ${formatCount(of)} Einheiten sind bei ganz ${text} an und davor und danach aus.`,
    places: 'Wo diese auf dieselbe Weise an sind',
    noPlaces: 'Sonst nirgends in diesem Abschnitt.',
    clear: 'Auswahl aufheben',
    share: (share) => `${formatShare(share)} von ihnen`,
    high: 'hoch',
    low: 'niedrig',
  },
  list: {
    title: 'Alle Einheiten der Schicht',
    columns: {
      unit: 'Einheit',
      area: 'am einfachsten',
      spread: 'Streuung',
      saturated: 'gesättigt',
      ablation: 'Verlust ohne sie, Nats',
    },
    sortBy: (column) => `Nach „${column}“ ordnen`,
    all: (count) => `Alle ${formatCount(count)} zeigen`,
    fewer: 'Weniger zeigen',
    note: (tokens) =>
      `Am einfachsten: von etwa dreißig schlichten Beschreibungen die, die auf der ersten Hälfte des Abschnitts am besten passt, mit ihrer Fläche unter der Kurve auf der zweiten: 1 ist genau, 0,5 ist Zufall. Verlust ohne sie: Die Einheit wird auf 0 gesetzt, während ${formatCount(tokens)} Tokens gelesen werden.`,
    high: (what, area) => `hoch: ${what} ${area}`,
    low: (what, area) => `niedrig: ${what} ${area}`,
  },
  detail: {
    histogram: 'Wie oft sie welchen Wert hat',
    histogramLabel: (unit, low, high, saturated) =>
      `Histogramm von h der Einheit ${unit + 1}, von ${formatNumber(low)} bis ${formatNumber(high)}; ${formatShare(saturated)} gesättigt`,
    response: 'Was jedes Zeichen mit ihr macht',
    responseNote:
      'h(t) − h(t−1), wo das Zeichen gelesen wurde, für die Zeichen, die sie am meisten bewegen: das Mittel, die mittlere Hälfte und, dünn, von 9 bis 91 %.',
    responseOf: (mean, low, high, count) =>
      `Mittel ${withSign(mean)}, die Hälfte zwischen ${withSign(low)} und ${withSign(high)}, ${formatCount(count)}-mal`,
    explanations: 'Einfache Beschreibungen',
    explanationsNote:
      'Fläche unter der Kurve auf der ersten Hälfte des Abschnitts: wie oft die Einheit an so einer Stelle höher ist als an einer anderen.',
    highest: 'Wo sie am höchsten ist',
    lowest: 'Wo sie am niedrigsten ist',
    hold: 'Festhalten',
    holdAt: 'h festhalten bei',
    cut: 'Ausschalten (0)',
    holdNote:
      'Was wäre, wenn diese Einheit in jedem Schritt denselben Wert hätte? Der Text wird noch einmal gelesen; das Modell, das trainiert, bleibt, wie es ist.',
    holding: 'Der Text wird mit der festgehaltenen Einheit gelesen.',
    held: (value, loss, change, tokens) =>
      `Bei ${formatNumber(value)} festgehalten beträgt der Verlust ${formatNumber(loss + change)} statt ${formatNumber(loss)} Nats: ${withSign(change)}, über ${formatCount(tokens)} Tokens.`,
  },
};
