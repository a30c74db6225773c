// The words of the view Weights in German.

import { formatCount, formatNumber } from '../../format.ts';
import type { weightsStrings } from './strings.ts';

export const words: typeof weightsStrings = {
  waiting: 'Die Gewichte werden angesehen.',
  which: 'Welche Gewichte',
  matrices: {
    U: 'U, vom Eingang',
    W: 'W, vom Zustand davor',
    b: 'b, Bias',
    bn: 'Bias des Kandidaten',
    V: 'V, zur Ausgabe',
    c: 'c, Bias der Ausgabe',
    P: 'Projektion',
    embedding: 'E, Einbettung',
  },
  nameOf: (kind, layer, layers) => (layers > 1 && ['U', 'W', 'b', 'bn'].includes(kind) ? `, Schicht ${layer}` : ''),
  gate: 'Gatter',
  shown: 'Was zu sehen ist',
  values: 'die Gewichte',
  change: 'ihre Änderung',
  since: 'seit Schritt',
  order: 'Zeilen',
  orders: { own: 'in ihrer Reihenfolge', norm: 'nach der Norm', column: 'nach der gewählten Spalte' },
  unit: (i) => `Einheit ${i + 1}`,
  rows: (name) => `Zeilen: ${name}`,
  axes: {
    unit: 'Einheiten',
    token: 'Tokens',
    one: 'eine Zeile',
  },
  axis: (rows, columns) =>
    `Zeilen sind ${rows}, Spalten sind ${columns}. Wähl eine Zelle, um ihre Formel zu sehen; die Eingabetaste tut dasselbe.`,
  cell: (name, row, column) => (row ? `${name}, ${row} von ${column}` : `${name}, ${column}`),
  figures: {
    norm: 'Norm',
    largest: 'größter Betrag',
    mean: 'Mittel',
    deviation: 'Standardabweichung',
    gain: 'größtes σ',
    rank: 'die Hälfte der Quadrate in',
  },
  directions: (count, of) => `${formatCount(count)} von ${formatCount(of)}`,
  histogram: 'Wie die Werte verteilt sind',
  histogramLabel: (count, low, high) =>
    `Ein Histogramm von ${formatCount(count)} Werten, von ${formatNumber(low)} bis ${formatNumber(high)}`,
  singular: 'Singulärwerte, der größte zuerst',
  singularAxis: 'Nummer',
  singularAt: (i) => `σ Nummer ${i}`,
  eigen: 'Eigenwerte in der komplexen Ebene',
  summary: (name, step, norm, largest) =>
    `${name} bei Schritt ${formatCount(step)}: Die Norm ist ${formatNumber(norm)}, das größte Gewicht hat den Betrag ${formatNumber(largest)}.`,
  changeSummary: (name, from, to, norm, share) =>
    `Von Schritt ${formatCount(from)} bis ${formatCount(to)} hat sich ${name} um ${formatNumber(norm)} geändert; das sind ${formatNumber(100 * share)} % dessen, was es war.`,
  stretches: (largest) => ` In keiner Richtung streckt es mehr als ${formatNumber(largest)}-fach.`,
};
