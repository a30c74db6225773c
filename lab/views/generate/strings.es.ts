// The words of the view Generate, in Spanish.

import { formatCount, formatNumber } from '../../format.ts';
import type { generateStrings } from './strings.ts';

export const words: typeof generateStrings = {
  write: 'Escribir',
  more: 'Escribir un token',
  clear: 'Borrar',
  copy: 'Copiar el texto',
  copied: 'Copiado.',
  text: 'El texto, token a token',
  next: 'Tokens siguientes probables',
  chosen: 'elegido',
  states: 'Estado h de la última capa: una fila por unidad, una columna por token',
  empty: 'Aún no se ha escrito nada.',
  model: (step) => `Escrito por el modelo del paso ${formatCount(step)}.`,
  probability: 'probabilidad',
  after: 'después de',
  surprise: (nats) => `Sus tokens lo sorprenden en ${formatNumber(nats)} nats de media.`,
  cell: (unit, place, token) => `unidad ${unit + 1}, token ${place + 1} (${token})`,
  stateName: (unit, place) => `h de la unidad ${unit + 1} después del token ${place + 1}`,
  position: (n, of) => `Token ${n} de ${of}`,
  branch: (token) => `Poner ${token} aquí y seguir escribiendo`,
};
