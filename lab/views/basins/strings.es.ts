// The words of the view Two basins, in Spanish.

import { formatCount, formatNumber } from '../../format.ts';
import type { basinsStrings } from './strings.ts';

const tokens = (count: number): string => `${formatCount(count)} ${count === 1 ? 'token' : 'tokens'}`;

export const words: typeof basinsStrings = {
  waiting: 'Leyendo el texto desde el estado h y desde su opuesto, −h.',
  tooShort: 'El texto es demasiado corto: para leerlo desde dos estados hacen falta al menos 64 tokens.',
  figures: {
    meets: 'se juntan tras',
    cosine: 'coseno al final',
    loss: 'pérdida desde h, nats',
    oppositeLoss: 'pérdida desde −h, nats',
    lost: 'comienzos desde 0 perdidos',
  },
  never: 'nunca',
  tokens,
  lost: (lost, tried) => `${formatCount(lost)} de ${formatCount(tried)}`,
  angle: {
    title: 'El ángulo entre los dos estados',
    cosine: 'coseno',
    same: 'el mismo estado',
    opposite: 'el estado opuesto',
  },
  losses: {
    title: 'Pérdida, media de diez tokens, en nats',
    from: 'desde h',
    opposite: 'desde −h',
  },
  text: 'El texto, sombreado según su sorpresa',
  from: 'Leído desde h',
  opposite: 'Leído desde −h',
  surprise: 'Sorpresa',
  columns: ['token', 'texto', 'coseno', 'pérdida desde h', 'pérdida desde −h'],
  place: ({ step, place, tokens: read }) =>
    `Modelo del paso ${formatCount(step)}, ${tokens(read.length)} desde la posición ${formatCount(place + 1)} del texto de entrenamiento`,
  together: (step, after) =>
    `En el paso ${formatCount(step)}, una lectura que empieza con −h en lugar de h llega al mismo estado tras ${tokens(after)}: aquí la red tiene una sola cuenca.`,
  apart: (step, read, cosine) =>
    `En el paso ${formatCount(step)}, una lectura que empieza con −h en lugar de h sigue en el otro lado tras ${tokens(read)}, con un coseno de ${formatNumber(cosine)}: la red tiene una segunda cuenca.`,
  starts: (lost, tried) =>
    lost === 0
      ? ` Ninguno de ${formatCount(tried)} comienzos desde el estado cero se pierde.`
      : ` De ${formatCount(tried)} comienzos desde el estado cero, ${formatCount(lost)} ${lost === 1 ? 'se pierde' : 'se pierden'} allí.`,
};
