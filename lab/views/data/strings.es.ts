// The words of the view Data, in Spanish.

import { formatCount } from '../../format.ts';
import type { dataStrings } from './strings.ts';

export const words: typeof dataStrings = {
  editor: 'El texto que se aprende',
  drop: 'Escribe, pega o suelta un archivo de texto en cualquier lugar.',
  open: 'Abrir un archivo…',
  excerpt: (shown, all) =>
    `Los primeros ${formatCount(shown)} de ${formatCount(all)} caracteres. Un texto tan largo se cambia en su archivo, o se reemplaza pegando otro.`,
  boundary: 'Dónde acaba el entrenamiento y empieza el texto reservado',
  training: 'para entrenar',
  heldOut: 'reservado',
  edge: 'En torno a la frontera',
  vocabulary: 'Vocabulario',
  baselines: 'Lo que se logra solo con contar',
  baselinesNote:
    'Nats por token en el texto reservado. Una red ha aprendido algo cuando su pérdida es menor que estas.',
  guess: 'Al azar: todos los tokens igual de probables',
  unigram: 'Contar tokens',
  bigram: 'Contar pares',
  token: 'token',
  count: 'recuento',
  share: 'proporción',
  summary: (training, heldOut, kinds) =>
    `La red lee ${formatCount(training)} tokens de ${formatCount(kinds)} tipos, y se la juzga por ${formatCount(heldOut)} tokens que nunca ve.`,
  notText: (name) =>
    `${name}: se esperaba un texto en UTF-8, pero tiene otros bytes; guárdalo como UTF-8 e inténtalo otra vez.`,
  tooLarge: (size) => `El archivo tiene ${size}: se esperaban 5 MB como mucho; toma una parte.`,
  texts: {
    tale: 'Una niña llega con un reloj roto a un pueblo junto al río.',
    verse: 'Una canción que crece una línea en cada estrofa.',
    code: 'Funciones pequeñas de listas y números.',
    brackets: 'Cada paréntesis cierra el último que se abrió. Para eso hace falta memoria.',
    sums: 'Sumas y restas: fáciles de escribir, difíciles de acertar.',
    own: 'Lo que has escrito, pegado o soltado.',
  },
};
