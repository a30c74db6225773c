// The words of the view Weights, in Spanish.

import { formatCount, formatNumber } from '../../format.ts';
import type { weightsStrings } from './strings.ts';

export const words: typeof weightsStrings = {
  waiting: 'Examinando los pesos.',
  which: 'Qué pesos',
  matrices: {
    U: 'U, desde la entrada',
    W: 'W, desde el estado anterior',
    b: 'b, sesgo',
    bn: 'sesgo del candidato',
    V: 'V, hacia la salida',
    c: 'c, sesgo de la salida',
    P: 'proyección',
    embedding: 'E, incrustación',
  },
  nameOf: (kind, layer, layers) => (layers > 1 && ['U', 'W', 'b', 'bn'].includes(kind) ? `, capa ${layer}` : ''),
  gate: 'Compuerta',
  shown: 'Qué se muestra',
  values: 'los pesos',
  change: 'su cambio',
  since: 'desde el paso',
  order: 'Filas',
  orders: { own: 'en su orden', norm: 'por norma', column: 'por la columna elegida' },
  unit: (i) => `unidad ${i + 1}`,
  rows: (name) => `Filas: ${name}`,
  axes: {
    unit: 'unidades',
    token: 'tokens',
    one: 'una sola fila',
  },
  axis: (rows, columns) =>
    `Las filas son ${rows}; las columnas, ${columns}. Elige una celda para ver su fórmula; Intro hace lo mismo.`,
  cell: (name, row, column) => (row ? `${name}, ${row} desde ${column}` : `${name}, ${column}`),
  figures: {
    norm: 'norma',
    largest: 'mayor tamaño',
    mean: 'media',
    deviation: 'desviación típica',
    gain: 'mayor σ',
    rank: 'la mitad de los cuadrados, en',
  },
  directions: (count, of) => `${formatCount(count)} de ${formatCount(of)}`,
  histogram: 'Cómo se reparten los valores',
  histogramLabel: (count, low, high) =>
    `Un histograma de ${formatCount(count)} valores, de ${formatNumber(low)} a ${formatNumber(high)}`,
  singular: 'Valores singulares, el mayor primero',
  singularAxis: 'número',
  singularAt: (i) => `σ número ${i}`,
  eigen: 'Valores propios en el plano complejo',
  summary: (name, step, norm, largest) =>
    `${name} en el paso ${formatCount(step)}: su norma es ${formatNumber(norm)}; su mayor peso tiene el tamaño ${formatNumber(largest)}.`,
  changeSummary: (name, from, to, norm, share) =>
    `Del paso ${formatCount(from)} al ${formatCount(to)}, ${name} cambió en ${formatNumber(norm)}, que es el ${formatNumber(100 * share)} % de lo que era.`,
  stretches: (largest) => ` No estira ninguna dirección más de ${formatNumber(largest)} veces.`,
};
