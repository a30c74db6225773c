// The words of the view Train, in Spanish.

import { formatCount, formatNumber } from '../../format.ts';
import type { trainStrings } from './strings.ts';

export const words: typeof trainStrings = {
  loss: 'Pérdida, nats por token',
  norm: 'Norma del gradiente',
  each: 'cada paso',
  smoothed: 'suavizada',
  heldOut: 'reservada',
  clipLine: 'recorte',
  ratio: 'tamaño relativo de la actualización',
  perplexity: 'perplejidad reservada',
  accuracy: 'aciertos reservados',
  skill: 'destreza reservada',
  error: 'error medio reservado',
  normNow: 'norma del gradiente',
  machine: 'Máquina del tiempo: paso mostrado',
  newest: 'El último',
  isNewest: 'el último',
  fork: 'Continuar desde aquí',
  samples: 'Lo que escribe',
  surprise: 'Sorpresa',
  earlier: 'Antes',
  start:
    'Pulsa «Entrenar», o la barra espaciadora. El texto de abajo es lo que escribe la red antes de haber aprendido nada.',
  opened: (refusal) =>
    `El texto de abajo es lo que escribe el modelo que se abrió. ${refusal ?? 'Pulsa «Entrenar», o la barra espaciadora, para seguir entrenándolo con el texto de esta página.'}`,
  summary: (step, loss, guess) =>
    `Tras ${formatCount(step)} ${step === 1 ? 'paso' : 'pasos'}, la pérdida es de ${formatNumber(loss)} nats por token; al azar sería de ${formatNumber(guess)}.`,
  atStart: (step) => `Esta es la red del paso ${formatCount(step)}, antes de su primer paso en esta ejecución.`,
  heldOutSummary: (loss) => ` En texto que no ha visto: ${formatNumber(loss)}.`,
};
