// The words of the view Memory in German.

import { formatCount, formatNumber, formatShare } from '../../format.ts';
import type { Settings } from '../../settings.ts';
import type { memoryStrings } from './strings.ts';

type Level = Settings['level'];
interface Noun {
  readonly one: string;
  readonly many: string;
  /** Of many, after `von` or `vor`. */
  readonly dative: string;
}
const nouns: Partial<Record<Level, Noun>> = {
  char: { one: 'Zeichen', many: 'Zeichen', dative: 'Zeichen' },
  word: { one: 'Wort', many: 'Wörter', dative: 'Wörtern' },
  byte: { one: 'Byte', many: 'Bytes', dative: 'Bytes' },
};
const nounOf = (level: Level): Noun => nouns[level] ?? { one: 'Token', many: 'Tokens', dative: 'Tokens' };
const counted = (count: number, level: Level): string =>
  `${formatCount(count)} ${count === 1 ? nounOf(level).one : nounOf(level).many}`;
const withSign = (value: number, format: (value: number) => string = formatNumber): string =>
  `${value > 0 ? '+' : ''}${format(value)}`;

export const words: typeof memoryStrings = {
  waiting: 'Es wird gemessen, von welchen früheren Zeichen jede Vorhersage abhängt.',
  noun: (level, count = 1) => (count === 1 ? nounOf(level).one : nounOf(level).many),
  withSign,
  model: ({ step, window, windows }) =>
    `Modell bei Schritt ${formatCount(step)}, Fenster ${formatCount(window + 1)} von ${formatCount(windows)}`,
  previousWindow: 'Voriges Fenster',
  nextWindow: 'Nächstes Fenster',
  edited: 'Was wäre, wenn: Das Modell ist verändert. Das sind nicht die Zahlen des trainierten Modells.',
  reset: 'Zurücksetzen',
  guess: (t, asked, share) => `Bei t = ${t} gibt das Netz ${asked} eine Wahrscheinlichkeit von ${formatShare(share)}.`,
  depends: (best, back, half, level) =>
    `Das hängt am meisten von ${best} ab, ${back === 0 ? 'das gerade gelesen wurde' : `${counted(back, level)} vor dem zuletzt gelesenen`}; die Hälfte der Abhängigkeit liegt ${half === 1 ? `beim letzten ${nounOf(level).one}` : `in den letzten ${formatCount(half)} ${nounOf(level).dative}`}.`,
  figures: {
    title: 'Diese Vorhersage in Zahlen',
    asked: 'gefragt nach',
    probability: 'Wahrscheinlichkeit',
    strongest: 'hängt am meisten ab von',
    half: 'die Hälfte liegt in',
    most: 'neun Zehntel liegen in',
    agree: 'beide Wege, gleiches Vorzeichen',
  },
  tokens: counted,
  agree: (count, of) => `${formatCount(count)} von ${formatCount(of)}`,
  about: {
    label: 'Die Vorhersage',
    next: 'was wirklich folgt',
    guess: 'was es am ehesten erwartet',
  },
  scale: {
    label: 'Skala',
    abs: 'Größe, logarithmisch',
    row: 'Anteil an der Zeile',
    signed: 'mit Vorzeichen',
  },
  text: {
    title: 'Wovon die Vorhersage abhängt',
    slider: 'Die Vorhersage: wähl das Zeichen, nach dem sie gemacht wird',
    value: (t, token, asked) => `t = ${t}, nach ${token}, über ${asked}`,
    note: 'Wähl irgendein Zeichen, um die Vorhersage zu sehen, die das Netz danach macht.',
    asked: (asked, share) => `dann ${asked}? ${formatShare(share)}`,
    abs: 'Nach dem Gradienten: wie viel eine kleine Änderung jedes Zeichens bewirken könnte, ‖∂ log ŷ(t)/∂x(k)‖',
    row: 'Nach dem Gradienten, als Anteil am größten: ‖∂ log ŷ(t)/∂x(k)‖',
    signed: 'Nach dem Gradienten: was genau dieses Zeichen in erster Ordnung bewirkt, ∂ log ŷ(t)/∂x(k) · x(k)',
    change: {
      out: 'Im Test: was es der Vorhersage half, dieses Zeichen gelesen zu haben, geprüft durch Weglassen',
      replaced: (token) =>
        `Im Test: was es der Vorhersage half, dieses Zeichen gelesen zu haben, geprüft mit ${token} an seiner Stelle`,
    },
    speaks: 'Orange spricht für die Vorhersage, Blau dagegen.',
    own: (step, how) => `A: Schritt ${formatCount(step)}. ${how}`,
    other: (name) => `B: ${name}`,
  },
  test: {
    label: 'Test',
    out: 'weglassen',
    by: (token) => `${token} einsetzen`,
  },
  cell: {
    title: (k, token) => `x(${k}) = ${token}`,
    later: 'Eine Vorhersage hängt von nichts ab, was nach ihr kommt.',
    place: (count, level) =>
      count === 0
        ? `das ${nounOf(level).one}, das zuletzt vor der Vorhersage gelesen wurde`
        : `${counted(count, level)} vor dem zuletzt gelesenen`,
    norm: (t, asked, k) => `‖∂ log ŷ(${t})[${asked}] / ∂x(${k})‖, irgendeine kleine Änderung`,
    effect: 'Gradient · Eingabe, dieses Zeichen, in erster Ordnung',
    change: {
      out: 'half um, geprüft durch Weglassen',
      replaced: (token) => `half um, geprüft mit ${token} an der Stelle`,
    },
    nats: (value) => `${withSign(value)} Nats`,
    test: (t, asked, before, without) =>
      `log ŷ(${t})[${asked}] = ${formatNumber(before)} wie gelesen, ${formatNumber(without)} ohne es: ${formatNumber(before)} − (${formatNumber(without)}) = ${withSign(before - without)} Nats, eine Wahrscheinlichkeit von ${formatShare(Math.exp(before))} statt ${formatShare(Math.exp(without))}.`,
  },
  decay: {
    title: 'Wie sie mit dem Abstand verblasst',
    label: (t) => `Wie stark die Vorhersage bei t = ${t} von jedem x(k) abhängt, auf einer logarithmischen Achse`,
    norm: (isTwo) => `Gradient${isTwo ? ' von A' : ''}, ‖∂ log ŷ(t)/∂x(k)‖`,
    change: (isTwo) => `Test${isTwo ? ' von A' : ''}: Größe der Änderung in Nats`,
    other: (name) => `Gradient von B: ${name}`,
    x: 'k, das Zeichen x(k)',
    y: 'Größe',
  },
  map: {
    title: 'Jede Vorhersage des Fensters',
    label: 'Wie jede Vorhersage von jedem Zeichen abhängt: eine Zeile je Vorhersage t, eine Spalte je Zeichen x(k)',
    cell: (t, k, token) => `Vorhersage bei t = ${t}, x(${k}) = ${token}`,
    note: 'Zeile: die Vorhersage bei t. Spalte: das gelesene Zeichen x(k). Ein senkrechter Streifen ist ein Zeichen, an das sich das Netz lange erinnert. Leer: genau null.',
  },
  beside: {
    title: 'A | B: ein anderes Modell mit demselben Text',
    off: 'aus',
    step: (step) => `Schritt ${formatCount(step)}`,
    note: 'Ein früherer Schritt kommt aus der Zeitmaschine. Eine andere Zelle trainiert neben dieser, von Schritt 0 bis zum selben Schritt, mit demselben Text, Startwert und denselben Einstellungen; nur solange sie eingeschaltet ist.',
    training: (cell, step, target) => `${cell}: Schritt ${formatCount(step)} von ${formatCount(target)}`,
    name: (what, step) => `${what}, Schritt ${formatCount(step)}`,
    model: 'dieses Modell',
  },
  columns: (noun) => ['k', noun, 'Norm des Gradienten', 'Gradient · Eingabe', 'half um, Nats'],
  columnOfOther: (name) => `B: Norm des Gradienten, ${name}`,
};
