// The words of the view Debugger, in Spanish.

import type { OptimizerName } from '../../../src/core.ts';
import { formatCount, formatNumber } from '../../format.ts';
import type { debuggerStrings } from './strings.ts';

/** What an optimizer does, in a sentence. */
const rules: Readonly<Record<OptimizerName, string>> = {
  sgd: 'Va en contra del gradiente: θ ← θ − α ∇θ.',
  momentum: 'Lleva una velocidad: v ← 0,9 v + ∇θ, y después θ ← θ − α v.',
  nesterov: 'Lleva una velocidad y mira adelante: v ← 0,9 v + ∇θ, y después θ ← θ − α (∇θ + 0,9 v).',
  adagrad: 'Divide por todos los tamaños hasta ahora: r ← r + ∇θ², y después θ ← θ − α ∇θ ÷ √r.',
  rmsprop: 'Divide por el tamaño que suele tener un gradiente: r ← 0,95 r + 0,05 ∇θ², y después θ ← θ − α ∇θ ÷ √r.',
  adam: 'Lleva medias móviles del gradiente y de su cuadrado, m y r: θ ← θ − α m ÷ √r.',
  adamw: 'Lleva medias móviles del gradiente y de su cuadrado, m y r: θ ← θ − α m ÷ √r, y hace θ un poco más pequeño.',
  muon: 'Vuelve ortogonal el gradiente medio de W, de modo que W se mueve lo mismo en todas las direcciones; todo lo demás se mueve como con AdamW.',
};

export const words: typeof debuggerStrings = {
  waiting: 'Calculando los números de esta ventana.',
  controls: 'Pasos del cálculo',
  place: 'Operación',
  first: 'Al principio',
  back: 'Atrás',
  forward: 'Adelante',
  last: 'Al final',
  mirror: 'Paso correspondiente',
  mirrorHint: 'La misma operación en la otra pasada (B)',
  nextTime: 'Paso de tiempo siguiente',
  until: 'Avanzar hasta donde',
  breakpoints: {
    nan: 'un número se desborda (NaN o ∞)',
    saturated: '|h| supera 0,97',
    clipped: 'el gradiente se recorta',
    sign: 'este número cambia de signo',
  },
  run: 'Avanzar',
  found: (what, unit) => `Aquí ${what}${unit === null ? '' : `, unidad ${unit + 1}`}.`,
  notFound: (what) => `Hasta el final de esta ventana, en ningún lugar ${what}.`,
  searching: 'Buscando.',
  count: (n, of) => `Operación ${formatCount(n)} de ${formatCount(of)}`,
  passes: { forward: 'hacia delante', backward: 'hacia atrás', total: 'las sumas sobre el tiempo' },
  where: (pass, t, token) => `${pass}${t === null ? '' : ` en t = ${t}`}${token === null ? '' : `, x es ${token}`}`,
  map: 'Qué se calcula cuándo: una fila por operación, una columna por cada t',
  mapKeys: ['calculado, hacia delante', 'calculado, hacia atrás', 'aún no'],
  mapCell: (name, t) => `${name} en t = ${t}`,
  mapStates: ['no existe', 'aún sin calcular', 'calculado'],
  afterwards: 'Después, una vez por ventana',
  updates: { clip: 'recorte', optimizer: 'optimizador', weights: 'pesos nuevos' },
  numbers: 'Lo mismo con los números',
  numbersNote:
    'Pulsa un número para que se explique. Pulsa E, haz doble clic o mantenlo pulsado para cambiar un peso, un estado o un token.',
  operands: 'Lo que lee',
  result: 'Lo que produce',
  resultOf: (name) => `${name}, todas las unidades: elige una`,
  strip: (symbol) => `${symbol}, todos los que se leen`,
  unit: (unit) => `unidad ${unit + 1}`,
  unitLabel: 'Unidad',
  tokenLabel: 'Token',
  column: (column) => `de ${column}`,
  column1: 'columna',
  time: (t) => `t = ${t}`,
  nothing: 'Aquí no hay nada que sumar: la ventana no tiene ese paso, así que el resultado es 0.',
  describe: (n, of, pass, text, who, value) =>
    `Operación ${formatCount(n)} de ${formatCount(of)}, ${pass}: ${text}; ${who ? `${who} vale` : 'vale'} ${value}.`,
  describeUpdate: (n, of, sentence) =>
    `Operación ${formatCount(n)} de ${formatCount(of)}, después de la pasada hacia atrás: ${sentence}`,
  clipTitle: 'Recortar el gradiente',
  clipNorm: (norm) =>
    `Todos los gradientes de esta ventana juntos tienen la norma ‖∇θ‖ = ${formatNumber(norm)}, con L sumada sobre sus pasos.`,
  clipMean: (norm, T, mean) =>
    `El entrenamiento cuenta la media de los pasos, no la suma: ${formatNumber(norm)} ÷ ${T} = ${formatNumber(mean)}.`,
  clipOff: 'El recorte está desactivado en los ajustes.',
  clipBelow: (mean, clip) => `${formatNumber(mean)} no supera el límite ${formatNumber(clip)}, así que nada cambiaría.`,
  clipAbove: (mean, clip) =>
    `${formatNumber(mean)} supera el límite ${formatNumber(clip)}, así que cada gradiente se multiplicaría por ${formatNumber(clip)} ÷ ${formatNumber(mean)} = ${formatNumber(clip / mean)}.`,
  batch: (B) =>
    `Esto es una ventana. Un paso del entrenamiento toma la media de un lote de ${B} ${B === 1 ? 'ventana' : 'ventanas'}, así que su norma es otra.`,
  trained: (step, norm, clipped) =>
    `El gradiente del propio entrenamiento, cerca del paso ${formatCount(step)}, tuvo la norma ${formatNumber(norm)}${clipped ? ' y se recortó' : ''}.`,
  optimizerTitle: 'El optimizador',
  optimizer: (name, rate) => `El optimizador es ${name}, con la tasa de aprendizaje α = ${formatNumber(rate)}.`,
  rule: (name) => rules[name],
  averages:
    'Lo que guarda de pasos anteriores no está en una sola ventana, así que la operación siguiente muestra el descenso simple.',
  weightsTitle: 'Pesos nuevos',
  weightsNote: (symbol) =>
    `El descenso simple solo con esta ventana, para el peso cuyo gradiente es el mayor, ${symbol}:`,
  weightsLine: (weight, rate, scale, gradient, T, after) =>
    `${formatNumber(weight)} − ${formatNumber(rate)} × ${scale < 1 ? `${formatNumber(scale)} × ` : ''}${gradient < 0 ? `(${formatNumber(gradient)})` : formatNumber(gradient)} ÷ ${T} = ${after}`,
  weightsSummary: (symbol, before, after) =>
    `el descenso simple llevaría ${symbol} de ${formatNumber(before)} a ${after}.`,
  noGradients: 'Esta ventana no tiene gradientes.',
  whatIf: '¿Y si…?',
  whatIfEmpty:
    'Para cambiar un peso, un estado o un token, enfoca su número y pulsa E, haz doble clic o mantenlo pulsado.',
  changeNumber: (symbol) => `Cambiar ${symbol}…`,
  remove: 'Quitar',
  removeName: (edit) => `Quitar: ${edit}`,
  reset: 'Deshacer todos los cambios',
  lossChange: (before, after) => {
    const change = after - before;
    const by = `${change > 0 ? '+' : ''}${formatNumber(change)}`;
    return `La pérdida de la ventana pasa de ${formatNumber(before, 5)} a ${formatNumber(after, 5)} nats: ${by}.`;
  },
  checkTitle: 'Comprobar numéricamente',
  checkNote:
    'Haz un parámetro un poco mayor, después un poco menor, y calcula la pérdida cada vez. De su diferencia sale la derivada, sin retropropagación.',
  checkOne: (symbol) => `Comprobar ${symbol}`,
  checkMany: (count) => `Comprobar ${count} al azar`,
  checking: (count) => `Calculando ${formatCount(2 * count)} pérdidas.`,
  checkGood: (count, worst) =>
    `${count === 1 ? 'Coincide: el' : `Coinciden los ${count}: el peor`} error relativo es ${formatNumber(worst)}.`,
  checkBad: (bad, count, worst) =>
    `${count === 1 ? 'No coincide: el' : `No coinciden ${bad} de ${count}: el peor`} error relativo es ${formatNumber(worst)}.`,
  checkError:
    'Error relativo: la distancia entre los dos, dividida por el mayor, o por 0,0001 si ambos son menores. Hasta 0,001 coinciden; el del entrenamiento tiene 32 bits.',
  checkColumns: ['parámetro', 'por diferencias', 'por retropropagación', 'error relativo'],
};
