// The words of the view Memory, in Spanish.

import { formatCount, formatNumber, formatShare } from '../../format.ts';
import type { Settings } from '../../settings.ts';
import type { memoryStrings } from './strings.ts';

type Level = Settings['level'];

interface Noun {
  readonly one: string;
  readonly many: string;
  readonly isFeminine?: boolean;
}

const token: Noun = { one: 'token', many: 'tokens' };
const nouns: Partial<Record<Level, Noun>> = {
  char: { one: 'carácter', many: 'caracteres' },
  word: { one: 'palabra', many: 'palabras', isFeminine: true },
  byte: { one: 'byte', many: 'bytes' },
};
const of = (level: Level): Noun => nouns[level] ?? token;
const nounOf = (level: Level, count = 1): string => of(level)[count === 1 ? 'one' : 'many'];
const counted = (count: number, level: Level): string => `${formatCount(count)} ${nounOf(level, count)}`;
/** The form of a word that goes with the noun: masculine or feminine. */
const agreeing = (level: Level, masculine: string, feminine: string): string =>
  of(level).isFeminine ? feminine : masculine;
const withSign = (value: number, format: (value: number) => string = formatNumber): string =>
  `${value > 0 ? '+' : ''}${format(value)}`;

export const words: typeof memoryStrings = {
  waiting: 'Midiendo de qué caracteres anteriores depende cada predicción.',
  noun: nounOf,
  withSign,
  model: ({ step, window, windows }) =>
    `Modelo del paso ${formatCount(step)}, ventana ${formatCount(window + 1)} de ${formatCount(windows)}`,
  previousWindow: 'Ventana anterior',
  nextWindow: 'Ventana siguiente',
  edited: '¿Y si…? El modelo está modificado. Estos no son los números del modelo entrenado.',
  reset: 'Restablecer',
  guess: (t, asked, share) => `En t = ${t} la red da a ${asked} una probabilidad del ${formatShare(share)}.`,
  depends: (best, back, half, level) => {
    const where =
      back === 0
        ? `${agreeing(level, 'el', 'la')} ${nounOf(level)} que se acaba de leer`
        : `${counted(back, level)} antes ${agreeing(level, 'del último', 'de la última')}`;
    const last =
      half === 1
        ? `${agreeing(level, 'el último', 'la última')} ${nounOf(level)}`
        : `${agreeing(level, 'los últimos', 'las últimas')} ${counted(half, level)}`;
    return `Depende sobre todo de ${best}, ${where}; la mitad de la dependencia está en ${last}.`;
  },
  figures: {
    title: 'Esta predicción en cifras',
    asked: 'se pregunta por',
    probability: 'su probabilidad',
    strongest: 'depende sobre todo de',
    half: 'la mitad, en los últimos',
    most: 'nueve décimas, en',
    agree: 'mismo signo de ambas formas',
  },
  tokens: counted,
  agree: (count, total) => `${formatCount(count)} de ${formatCount(total)}`,
  about: {
    label: 'La predicción',
    next: 'lo que viene después',
    guess: 'su mejor predicción',
  },
  scale: {
    label: 'Escala',
    abs: 'tamaño, logarítmica',
    row: 'proporción de la fila',
    signed: 'con su signo',
  },
  text: {
    title: 'De qué depende la predicción',
    slider: 'La predicción: elige el carácter tras el que se hace',
    value: (t, token, asked) => `t = ${t}, después de ${token}, sobre ${asked}`,
    note: 'Elige un carácter cualquiera para ver la predicción que la red hace después de él.',
    asked: (asked, share) => `¿después ${asked}? ${formatShare(share)}`,
    abs: 'Por el gradiente: cuánto podría hacer un cambio pequeño de cada carácter, ‖∂ log ŷ(t)/∂x(k)‖',
    row: 'Por el gradiente, como proporción del mayor: ‖∂ log ŷ(t)/∂x(k)‖',
    signed: 'Por el gradiente: lo que hace este mismo carácter, a primer orden, ∂ log ŷ(t)/∂x(k) · x(k)',
    change: {
      out: 'Por una prueba: lo que aportó a la predicción haberlo leído, hallado al dejarlo fuera',
      replaced: (token) =>
        `Por una prueba: lo que aportó a la predicción haberlo leído, hallado al poner ${token} en su lugar`,
    },
    speaks: 'El naranja habla a favor de la predicción; el azul, en contra.',
    own: (step, how) => `A: paso ${formatCount(step)}. ${how}`,
    other: (name) => `B: ${name}`,
  },
  test: {
    label: 'Prueba',
    out: 'dejarlo fuera',
    by: (token) => `poner ${token}`,
  },
  cell: {
    title: (k, token) => `x(${k}) = ${token}`,
    later: 'Una predicción no depende de nada que venga después.',
    place: (count, level) =>
      count === 0
        ? `${agreeing(level, 'el último', 'la última')} ${nounOf(level)} que se leyó antes de la predicción`
        : `${counted(count, level)} antes ${agreeing(level, 'del último', 'de la última')} que se leyó`,
    norm: (t, asked, k) => `‖∂ log ŷ(${t})[${asked}] / ∂x(${k})‖, cualquier cambio pequeño`,
    effect: 'gradiente · entrada, este carácter, a primer orden',
    change: {
      out: 'ayuda que dio, probada al dejarlo fuera',
      replaced: (token) => `ayuda que dio, probada con ${token} en su lugar`,
    },
    nats: (value) => `${withSign(value)} nats`,
    test: (t, asked, before, without) =>
      `log ŷ(${t})[${asked}] = ${formatNumber(before)} tal como se leyó, ${formatNumber(without)} sin él: ${formatNumber(before)} − (${formatNumber(without)}) = ${withSign(before - without)} nats, una probabilidad del ${formatShare(Math.exp(before))} en lugar del ${formatShare(Math.exp(without))}.`,
  },
  decay: {
    title: 'Cómo se apaga con la distancia',
    label: (t) => `Cuánto depende de cada x(k) la predicción en t = ${t}, en un eje logarítmico`,
    norm: (isTwo) => `gradiente${isTwo ? ' de A' : ''}, ‖∂ log ŷ(t)/∂x(k)‖`,
    change: (isTwo) => `prueba${isTwo ? ' de A' : ''}: tamaño del cambio en nats`,
    other: (name) => `gradiente de B: ${name}`,
    x: 'k, el carácter x(k)',
    y: 'tamaño',
  },
  map: {
    title: 'Todas las predicciones de la ventana',
    label: 'Cómo depende cada predicción de cada carácter: una fila por predicción t, una columna por carácter x(k)',
    cell: (t, k, token) => `predicción en t = ${t}, x(${k}) = ${token}`,
    note: 'Fila: la predicción en t. Columna: el carácter x(k) que se leyó. Una franja vertical es un carácter que se recuerda mucho tiempo. En blanco: exactamente cero.',
  },
  beside: {
    title: 'A | B: otro modelo con el mismo texto',
    off: 'no',
    step: (step) => `paso ${formatCount(step)}`,
    note: 'Un paso anterior viene de la máquina del tiempo. Otra celda se entrena junto a esta, desde el paso 0 hasta el mismo paso, con el mismo texto, la misma semilla y los mismos ajustes; solo mientras está activada.',
    training: (cell, step, target) => `${cell}: paso ${formatCount(step)} de ${formatCount(target)}`,
    name: (what, step) => `${what}, paso ${formatCount(step)}`,
    model: 'este modelo',
  },
  columns: (noun) => ['k', noun, 'norma del gradiente', 'gradiente · entrada', 'ayuda que dio, nats'],
  columnOfOther: (name) => `B: norma del gradiente, ${name}`,
};
