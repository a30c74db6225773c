// The words of the view Debugger in German.

import type { OptimizerName } from '../../../src/core.ts';
import { formatCount, formatNumber } from '../../format.ts';
import type { debuggerStrings } from './strings.ts';

const adam = 'Er führt laufende Mittel des Gradienten und seines Quadrats, m und r: θ ← θ − α m ÷ √r';
const rules: Readonly<Record<OptimizerName, string>> = {
  sgd: 'Er geht gegen den Gradienten: θ ← θ − α ∇θ.',
  momentum: 'Er führt eine Geschwindigkeit: v ← 0,9 v + ∇θ, dann θ ← θ − α v.',
  nesterov: 'Er führt eine Geschwindigkeit und schaut voraus: v ← 0,9 v + ∇θ, dann θ ← θ − α (∇θ + 0,9 v).',
  adagrad: 'Er teilt durch alle bisherigen Größen: r ← r + ∇θ², dann θ ← θ − α ∇θ ÷ √r.',
  rmsprop: 'Er teilt durch die Größe, die ein Gradient gewöhnlich hat: r ← 0,95 r + 0,05 ∇θ², dann θ ← θ − α ∇θ ÷ √r.',
  adam: `${adam}.`,
  adamw: `${adam}, und macht θ ein wenig kleiner.`,
  muon: 'Er macht den gemittelten Gradienten von W orthogonal, sodass W sich in alle Richtungen gleich weit bewegt; alles andere bewegt sich wie mit AdamW.',
};

export const words: typeof debuggerStrings = {
  waiting: 'Die Zahlen dieses Fensters werden berechnet.',
  controls: 'Schritte der Rechnung',
  place: 'Operation',
  first: 'An den Anfang',
  back: 'Zurück',
  forward: 'Weiter',
  last: 'Ans Ende',
  mirror: 'Passender Schritt',
  mirrorHint: 'Dieselbe Operation im anderen Lauf (B)',
  nextTime: 'Nächster Zeitschritt',
  until: 'Laufen, bis',
  breakpoints: {
    nan: 'eine Zahl überläuft (NaN oder ∞)',
    saturated: '|h| über 0,97 liegt',
    clipped: 'der Gradient gekappt wird',
    sign: 'diese Zahl ihr Vorzeichen wechselt',
  },
  run: 'Los',
  found: (what, unit) => `Gefunden, wo ${what}${unit === null ? '' : `: Einheit ${unit + 1}`}.`,
  notFound: (what) => `Bis zum Ende dieses Fensters gibt es keine Stelle, wo ${what}.`,
  searching: 'Es wird gesucht.',
  count: (n, of) => `Operation ${formatCount(n)} von ${formatCount(of)}`,
  passes: { forward: 'vorwärts', backward: 'rückwärts', total: 'die Summen über die Zeit' },
  where: (pass, t, token) => `${pass}${t === null ? '' : ` bei t = ${t}`}${token === null ? '' : `, x ist ${token}`}`,
  map: 'Was wann berechnet wird: eine Zeile je Operation, eine Spalte je t',
  mapKeys: ['berechnet, vorwärts', 'berechnet, rückwärts', 'noch nicht'],
  mapCell: (name, t) => `${name} bei t = ${t}`,
  mapStates: ['gibt es nicht', 'noch nicht berechnet', 'berechnet'],
  afterwards: 'Danach, einmal je Fenster',
  updates: { clip: 'kappen', optimizer: 'Optimierer', weights: 'neue Gewichte' },
  numbers: 'Dasselbe mit den Zahlen',
  numbersNote:
    'Klick auf eine Zahl, um sie erklärt zu bekommen. Mit E, einem Doppelklick oder langem Drücken änderst du ein Gewicht, einen Zustand oder ein Token.',
  operands: 'Was sie liest',
  result: 'Was sie ergibt',
  resultOf: (name) => `${name}, alle Einheiten: wähl eine`,
  strip: (symbol) => `${symbol}, alle, die gelesen werden`,
  unit: (unit) => `Einheit ${unit + 1}`,
  unitLabel: 'Einheit',
  tokenLabel: 'Token',
  column: (column) => `von ${column}`,
  column1: 'Spalte',
  time: (t) => `t = ${t}`,
  nothing: 'Hier gibt es nichts zu addieren: Das Fenster hat keinen solchen Schritt, also ist das Ergebnis 0.',
  describe: (n, of, pass, text, who, value) =>
    `Operation ${formatCount(n)} von ${formatCount(of)}, ${pass}: ${text}; ${who ? `${who} ist` : 'das ist'} ${value}.`,
  describeUpdate: (n, of, sentence) =>
    `Operation ${formatCount(n)} von ${formatCount(of)}, nach dem Rückwärtslauf: ${sentence}`,
  clipTitle: 'Den Gradienten kappen',
  clipNorm: (norm) =>
    `Alle Gradienten dieses Fensters zusammen haben die Norm ‖∇θ‖ = ${formatNumber(norm)}, mit L über seine Schritte summiert.`,
  clipMean: (norm, T, mean) =>
    `Im Training zählt das Mittel über die Schritte, nicht die Summe: ${formatNumber(norm)} ÷ ${T} = ${formatNumber(mean)}.`,
  clipOff: 'Das Kappen ist in den Einstellungen ausgeschaltet.',
  clipBelow: (mean, clip) =>
    `${formatNumber(mean)} liegt nicht über der Grenze ${formatNumber(clip)}, also würde sich nichts ändern.`,
  clipAbove: (mean, clip) =>
    `${formatNumber(mean)} liegt über der Grenze ${formatNumber(clip)}, also würde jeder Gradient mit ${formatNumber(clip)} ÷ ${formatNumber(mean)} = ${formatNumber(clip / mean)} multipliziert.`,
  batch: (B) =>
    `Das ist ein einzelnes Fenster. Ein Trainingsschritt nimmt das Mittel über einen Batch von ${B} ${B === 1 ? 'Fenster' : 'Fenstern'}, deshalb ist seine Norm eine andere.`,
  trained: (step, norm, clipped) =>
    `Der Gradient des Trainings hatte in der Nähe von Schritt ${formatCount(step)} die Norm ${formatNumber(norm)}${clipped ? ' und wurde gekappt' : ''}.`,
  optimizerTitle: 'Der Optimierer',
  optimizer: (name, rate) => `Der Optimierer ist ${name}, mit der Lernrate α = ${formatNumber(rate)}.`,
  rule: (name) => rules[name],
  averages:
    'Was er aus früheren Schritten aufhebt, steht nicht in einem einzelnen Fenster; die nächste Operation zeigt deshalb den einfachen Abstieg.',
  weightsTitle: 'Neue Gewichte',
  weightsNote: (symbol) =>
    `Einfacher Abstieg mit diesem Fenster allein, für das Gewicht mit dem größten Gradienten, ${symbol}:`,
  weightsLine: (weight, rate, scale, gradient, T, after) =>
    `${formatNumber(weight)} − ${formatNumber(rate)} × ${scale < 1 ? `${formatNumber(scale)} × ` : ''}${gradient < 0 ? `(${formatNumber(gradient)})` : formatNumber(gradient)} ÷ ${T} = ${after}`,
  weightsSummary: (symbol, before, after) =>
    `Der einfache Abstieg würde ${symbol} von ${formatNumber(before)} auf ${after} bringen.`,
  noGradients: 'Dieses Fenster hat keine Gradienten.',
  whatIf: 'Was wäre, wenn',
  whatIfEmpty:
    'Um ein Gewicht, einen Zustand oder ein Token zu ändern, geh auf seine Zahl und drück E, klick sie doppelt an oder halt sie gedrückt.',
  changeNumber: (symbol) => `${symbol} ändern …`,
  remove: 'Entfernen',
  removeName: (edit) => `Entfernen: ${edit}`,
  reset: 'Alle Änderungen zurücknehmen',
  lossChange: (before, after) => {
    const change = after - before;
    const by = `${change > 0 ? '+' : ''}${formatNumber(change)}`;
    return `Der Verlust des Fensters geht von ${formatNumber(before, 5)} auf ${formatNumber(after, 5)} Nats: ${by}.`;
  },
  checkTitle: 'Numerisch prüfen',
  checkNote:
    'Mach einen Parameter ein wenig größer, dann ein wenig kleiner, und berechne beide Male den Verlust. Ihr Unterschied ist die Ableitung, ganz ohne Rückwärtsausbreitung.',
  checkOne: (symbol) => `${symbol} prüfen`,
  checkMany: (count) => `${count} zufällige prüfen`,
  checking: (count) => `${formatCount(2 * count)} Verluste werden berechnet.`,
  checkGood: (count, worst) =>
    `${count === 1 ? 'Es stimmt überein: Der' : `Alle ${count} stimmen überein: Der größte`} relative Fehler ist ${formatNumber(worst)}.`,
  checkBad: (bad, count, worst) =>
    `${count === 1 ? 'Es weicht ab: Der' : `${bad} von ${count} weichen ab: Der größte`} relative Fehler ist ${formatNumber(worst)}.`,
  checkError:
    'Relativer Fehler: der Abstand der beiden, geteilt durch den größeren, oder durch 0,0001, wo beide kleiner sind. Bis 0,001 stimmen sie überein; der des Trainings hat 32 Bit.',
  checkColumns: ['Parameter', 'durch Differenzen', 'durch Rückwärtsausbreitung', 'relativer Fehler'],
};
