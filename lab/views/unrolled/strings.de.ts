// The words of the view Unrolled in German.

import { formatCount, formatNumber } from '../../format.ts';
import type { unrolledStrings } from './strings.ts';

export const words: typeof unrolledStrings = {
  waiting: 'Die Zahlen dieses Fensters werden berechnet.',
  read: (T, text, guess, t, share) =>
    `${T === 1 ? 'Eine Kopie' : `${formatCount(T)} Kopien`} derselben Zelle ${T === 1 ? 'liest' : 'lesen'} „${text}“; am sichersten war die Vorhersage ${guess} bei t = ${t} (${share})`,
  sums: (loss) => `die Verluste summieren sich zu ${loss} Nats`,
  gradient: (way, last, t, first, layers) =>
    `der Gradient${layers > 1 ? ' der obersten Schicht' : ''} ${{ falls: 'fällt', rises: 'steigt', stays: 'geht' }[way]} von ${last} bei t = ${t} auf ${first} bei t = 1`,
  sentence: (...parts) => `${parts.join('; ')}.`,
  ofLayer: (name, l) => `${name} von Schicht ${l}`,
  table: { token: 'Token', target: 'Ziel', p: 'p(Ziel)', loss: 'L(t)', guess: 'erste Vorhersage' },
  copies: {
    label: 'Kopien der Zelle',
    value: (k, T) => `${k} von ${T} ${T === 1 ? 'Kopie' : 'Kopien'}`,
    unroll: 'Entrollen',
    roll: 'Einrollen',
    more: 'Eine Kopie mehr',
    fewer: 'Eine Kopie weniger',
  },
  windows: {
    label: 'Fenster des Textes',
    previous: 'Voriges Fenster',
    next: 'Nächstes Fenster',
    place: (w, windows) => `Fenster ${formatCount(w + 1)} von ${formatCount(windows)}`,
    tokens: (first, last) => `Tokens ${formatCount(first)} – ${formatCount(last)}`,
  },
  mode: { label: 'Zeigen', forward: 'Vorwärts', backward: 'Rückwärts', both: 'Beides' },
  play: { play: 'Abspielen', stop: 'Alles zeigen', step: 'Nächster Schritt' },
  wave: {
    begins: 'Es läuft. Vorwärts: Die Tokens gehen von links nach rechts.',
    turns: 'Rückwärts: Der Gradient geht von rechts nach links.',
    ends: 'Alles ist zu sehen.',
    forward: (t) => `Vorwärts, t = ${t}: h(${t}) aus h(${t - 1}) und x(${t}); daraus ŷ(${t}) und L(${t}).`,
    backward: (t, T) =>
      t === T
        ? `Rückwärts, t = ${t}: ∇h(${t}) allein aus dem eigenen Fehler; über den Rand kommt nichts.`
        : `Rückwärts, t = ${t}: ∇h(${t}) aus dem eigenen Fehler und, über W, aus ∇h(${t + 1}).`,
  },
  parts: {
    label: 'Dieselben Zahlen in jeder Kopie',
    hint: 'Zeig auf U, W oder V: Jede Kopie hat dieselben Zahlen.',
    name: (letter, layer, layers) => (layers > 1 && letter !== 'V' ? `${letter}${layer}` : letter),
    shared: (name, rows, columns, T) =>
      `${name} [${formatCount(rows)}, ${formatCount(columns)}]: dieselben ${formatCount(rows * columns)} Zahlen, ${T === 1 ? 'einmal' : `${formatCount(T)}-mal`} benutzt.`,
    changed: 'geändert',
  },
  picture: {
    region: 'Die Zellen nebeneinander, seitwärts zu scrollen',
    grid: 'Verlust, Vorhersagen, Zustände und Tokens: eine Spalte je Schritt t',
    start: 'h(0)',
    carried: ['mitge-', 'nommen'],
    zero: ['null'],
    edge: 'Rand',
    cut: 'Schnitt',
    next: ['weiter ins', 'nächste'],
    end: ['Ende des', 'Textes'],
    dropped: ['nicht mit-', 'genommen'],
    loop: (from, to) => (from === to ? `t = ${from}` : `t = ${from} … ${to}`),
    steps: (n) => `${n}×`,
    layer: (l) => `Schicht ${l}`,
  },
  cell: {
    loss: (t) => `L(${t}) in Nats`,
    y: (t, token, place) => `ŷ(${t}) von ${token}, ${place === 5 ? 'das Ziel' : `Vorhersage ${place + 1}`}`,
    x: (t) => `x(${t})`,
    unit: (unit, layer, layers, t) => `Einheit ${unit + 1}${layers > 1 ? ` von Schicht ${layer}` : ''}, t = ${t}`,
    edited: 'von dir geändert',
  },
  scales: {
    h: 'h(t)',
    s: 's(t)',
    dh: '∇h(t)',
    norm: '‖∇h(t)‖, log.',
    loss: (guess) => `Raten: ${formatNumber(guess)} Nats`,
  },
  target: 'das Ziel',
  readout: {
    title: (t, T) => `t = ${t} von ${T}`,
    x: 'x, liest',
    y: 'y, es folgt',
    guesses: 'ŷ, Vorhersagen',
    loss: 'L = −log ŷ[y]',
    norm: '‖h‖',
    gradient: '‖∇h‖',
    unit: (unit) => `Einheit ${unit + 1}`,
  },
  edits: {
    what: (n, before, after) =>
      `Was wäre, wenn: ${n === 1 ? 'eine Änderung' : `${n} Änderungen`}; der Verlust geht von ${formatNumber(before)} auf ${formatNumber(after)} Nats.`,
    reset: 'Änderungen zurücknehmen',
  },
};
