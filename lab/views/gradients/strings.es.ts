// The words of the view Gradient flow, in Spanish.

import type { Decay } from '../../../src/insight.ts';
import { formatCount, formatNumber, formatShare, formatShort } from '../../format.ts';
import type { gradientsStrings } from './strings.ts';

const steps = (value: number): string => `${formatNumber(Math.abs(value))} pasos`;

/** How the gradient decays over a window of so many steps, as the library says it in English. */
function verdictOf({ verdict, factor, halfLife, reach }: Decay, window: number): string {
  const times = formatNumber(Math.exp(Math.abs(Math.log(factor)) * window));
  const half = `El gradiente se ${factor < 1 ? 'reduce a la mitad' : 'duplica'} cada ${steps(halfLife)}`;
  switch (verdict) {
    case 'not finite':
      return 'El gradiente no es finito: ha explotado.';
    case 'no gradient':
      return 'No vuelve ningún gradiente: es cero.';
    case 'vanishing':
      return `${half}: se desvanece más allá de unos ${formatCount(reach)}.`;
    case 'exploding':
      return `${half}: explota, se hace cien veces mayor en unos ${formatCount(reach)}.`;
    case 'fading':
      return `${half}: se apaga, ${times} veces menor a lo largo de los ${window} pasos de la ventana.`;
    case 'growing':
      return `${half}: crece, ${times} veces mayor a lo largo de los ${window} pasos de la ventana.`;
    default:
      return Number.isNaN(factor)
        ? 'Un solo paso no dice nada de cómo decae el gradiente.'
        : `El gradiente se conserva a lo largo de los ${window} pasos de la ventana: cada uno lo multiplica por ${formatNumber(factor)}.`;
  }
}

export const words: typeof gradientsStrings = {
  waiting: 'Midiendo hasta dónde llega hacia atrás cada error.',
  layer: 'Capa',
  model: ({ step, window, windows }) =>
    `Modelo del paso ${formatCount(step)}, ventana ${formatCount(window + 1)} de ${formatCount(windows)}`,
  previousWindow: 'Ventana anterior',
  nextWindow: 'Ventana siguiente',
  edited: (gain) =>
    gain === null
      ? '¿Y si…? El modelo está modificado. Estos no son los números del modelo entrenado.'
      : `¿Y si…? W × ${formatNumber(gain)}. Estos no son los números del modelo entrenado.`,
  reset: 'Restablecer',
  figures: {
    verdict: 'Veredicto',
    factor: 'factor ρ̂ por paso',
    halfLife: 'se reduce a la mitad en',
    doubling: 'se duplica en',
    reach: 'a una centésima en',
    growth: 'cien veces mayor en',
    residual: 'dispersión de ln G',
  },
  steps,
  ends: (t, near, far) =>
    `Del último error, ${formatNumber(near)} llega a h(${t}) y ${formatNumber(far)} llega a h(0).`,
  verdict: verdictOf,
  verdicts: {
    vanishing: 'se desvanece',
    fading: 'se apaga',
    steady: 'estable',
    growing: 'crece',
    exploding: 'explota',
    'no gradient': 'sin gradiente',
    'not finite': 'no finito',
  },
  decay: {
    title: 'Cómo decae',
    label: (k) => `La norma del gradiente en cada estado h(k), de k = 0 a ${k}, en un eje logarítmico`,
    total: 'de todas las pérdidas, ‖∂L/∂h(k)‖',
    row: (t) => `de la pérdida en t = ${t}, ‖∂L(t)/∂h(k)‖`,
    fitted: (factor) => `ajustada: × ${formatNumber(factor)} por cada paso atrás`,
    bound: 'cota superior teórica: producto de σ_max(J)',
    rival: (cell, step, t) => `${cell} en el paso ${formatCount(step)}: de la pérdida en t = ${t}`,
    x: 'k, el estado h(k)',
    y: 'norma',
  },
  triangle: {
    title: 'Hasta dónde llega hacia atrás cada error',
    note: 'G[t, k] = ‖∂L(t)/∂h(k)‖ dice con qué fuerza depende la pérdida en t del estado h(k). Fila: el error L(t). Columna: el estado h(k) al que llega. En blanco: exactamente cero.',
    label: 'Normas ‖∂L(t)/∂h(k)‖: una fila por cada error t, una columna por cada estado k',
    cell: (t, k, token) => `error en t = ${t}, estado h(${k}) después de ${token}`,
    start: 'el estado anterior a la ventana',
    later: 'Un error no llega a ningún estado posterior a él.',
    vanished: 'menos de una centésima de la diagonal',
    exploded: 'más de cien veces',
    text: (t, wanted) => `El error en t = ${t}, donde debería venir ${wanted}, llega hacia atrás hasta`,
    more: 'h(0)',
    notFinite: 'no finito',
  },
  why: {
    title: 'Por qué',
    broken: 'Donde hay números que no son finitos, no se puede medir nada más.',
    product: (slope, gain) =>
      `Cada paso atrás multiplica el gradiente por las pendientes 1 − h², ${formatNumber(slope)} de media, y por W, que estira como mucho ${formatNumber(gain)} veces: ${formatNumber(slope)} × ${formatNumber(gain)} = ${formatNumber(slope * gain)}.`,
    productRelu: (slope, gain) =>
      `Cada paso atrás lleva el gradiente por las unidades encendidas, una proporción de ${formatNumber(slope)}, y por W, que estira como mucho ${formatNumber(gain)} veces: ${formatNumber(slope)} × ${formatNumber(gain)} = ${formatNumber(slope * gain)}.`,
    gated: (carry, gate) =>
      `En cada paso, ${gate} deja pasar el ${formatShare(carry)} del estado sin que intervenga W: por ese camino el gradiente solo se multiplica por ${formatNumber(carry)}.`,
    bound: (factor, isTop) =>
      factor < 1
        ? `Medido en cada paso, es como mucho ${formatNumber(factor)}: menor que 1, así que el gradiente tiene que desvanecerse${isTop ? '' : ' a lo largo de esta capa'}.`
        : `Medido en cada paso, es como mucho ${formatNumber(factor)}: mayor que 1, así que el gradiente no tiene por qué desvanecerse, y puede explotar.`,
    fromAbove: 'Los errores llegan a esta capa también por la de encima.',
    found: (factor) => `Lo que se encuentra es ρ̂\u00a0=\u00a0${formatNumber(factor)}.`,
    slope: 'pendiente media',
    carry: 'se conserva',
    saturated: 'unidades saturadas',
    gain: 'σ_max(W), lo que más estira W',
    radius: 'radio espectral, a la larga',
    jacobian: 'σ_max(J(t)), un paso',
    perStep: 'En cada paso de la ventana',
    perStepLabel: 'La pendiente media, lo que más estira un paso y la proporción de unidades saturadas en cada t',
    gates: 'W de la compuerta',
    eigenvalues: 'Valores propios de W',
    eigenvaluesOf: (count, largest, outside) =>
      `${formatCount(count)} valores propios; el mayor tiene tamaño ${formatNumber(largest)}; ${formatCount(outside)} fuera del círculo unidad`,
    real: 'parte real',
    imaginary: 'parte imaginaria',
    none: 'Esta celda no tiene W.',
    t: 't, paso de la ventana',
  },
  units: {
    title: 'Unidad por unidad',
    label: 'Gradientes ∂L/∂h(k)[u]: una fila por unidad, una columna por cada estado k',
    cell: (unit, k) => `∂L/∂h(${k})[${unit + 1}]`,
    scale: 'Escala',
    magnitude: 'tamaño, logarítmica',
    signed: 'con su signo',
    note: 'Elige una celda para ver su fórmula, a la derecha; Intro hace lo mismo.',
    clip: 'El gradiente del último paso',
    before: 'norma, como llegó',
    after: 'después del recorte',
    noClip: 'El recorte está desactivado.',
    clipAt: (clip, isClipped) =>
      isClipped ? `Se recortó en ${formatNumber(clip)}.` : `El recorte en ${formatNumber(clip)} lo dejó como estaba.`,
    none: 'Aún no se ha entrenado ningún paso.',
  },
  cause: {
    title: 'Experimento',
    gain: 'Escala de W, ¿y si…?',
    gainNote: 'W se multiplica en el modelo que se muestra, no en el que se entrena.',
    fresh: 'Estos empiezan una ejecución nueva:',
    live: 'Estos actúan desde el paso siguiente:',
    explode: 'Hacer que explote',
    vanish: 'Hacer que se desvanezca',
    carryFar: 'Llevarlo lejos',
    freshNote: (vanish, explode) =>
      `Para que se desvanezca: tanh, escala ${formatShort(vanish)}. Para llevarlo lejos: ReLU, W = identidad. Para que explote: ReLU, escala ${formatShort(explode)}, sin recorte, SGD, un paso por segundo.`,
    clipOn: 'recortar en 5',
    clipOff: 'sin recorte',
    versus: 'A | B: el mismo texto y la misma semilla con otra celda',
    alone: 'no',
    versusNote:
      'La segunda red se entrena junto a esta, desde el paso 0 hasta el mismo paso, con los ajustes de ahora; solo mientras está activada.',
    training: (cell, step, target) => `${cell}: paso ${formatCount(step)} de ${formatCount(target)}`,
    verdictOf: (cell, step) => `${cell}, paso ${formatCount(step)}`,
  },
  failure: {
    title: (step) => `El entrenamiento se detuvo en el paso ${formatCount(step)}`,
    many: 'Cada texto del lote es finito por sí mismo; su suma, o la norma de ella, no lo es.',
    hatched: 'Las celdas rayadas no son finitas.',
  },
  columns: {
    k: 'k',
    after: 'después de',
    total: '‖∂L/∂h(k)‖',
    row: (t) => `‖∂L(${t})/∂h(k)‖`,
    bound: 'como mucho',
    rival: (cell) => `${cell}: ‖∂L/∂h(k)‖`,
  },
};
