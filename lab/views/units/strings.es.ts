// The words of the view Units, in Spanish.

import { formatCount, formatNumber, formatShare, formatToken } from '../../format.ts';
import type { PredicateName } from '../../predicate-names.ts';
import type { unitsStrings } from './strings.ts';

const withSign = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value)}`;

const predicates: Readonly<Record<Exclude<PredicateName, 'token'>, string>> = {
  vowel: 'una vocal',
  consonant: 'una consonante',
  capital: 'una mayúscula',
  digit: 'una cifra',
  mark: 'un signo de puntuación',
  blank: 'un espacio',
  newline: 'una línea nueva',
  'after-blank': 'después de un espacio',
  'after-vowel': 'después de una vocal',
  'after-mark': 'después de un signo de puntuación',
  'first-letter': 'la primera letra de una palabra',
  'second-letter': 'la segunda letra de una palabra',
  'later-letters': 'la tercera letra de una palabra o una posterior',
  'in-brackets': 'entre paréntesis',
  'deep-brackets': 'dentro de tres paréntesis o más',
  'opening-bracket': 'un paréntesis que se abre',
  'closing-bracket': 'un paréntesis que se cierra',
  'in-quotes': 'entre comillas',
  'line-start': 'al comienzo de una línea',
  'line-end': 'muy avanzada una línea',
  'same-twice': 'igual que el anterior',
  'sentence-start': 'al comienzo de una frase',
  'capital-word': 'en una palabra con mayúscula',
  'long-word': 'muy adentro de una palabra larga',
};

export const words: typeof unitsStrings = {
  waiting: 'Leyendo el texto con cada unidad.',
  predicate: (name, token) => (name === 'token' ? `«${formatToken(token)}»` : predicates[name]),
  unit: (unit) => `Unidad ${unit + 1}`,
  layer: 'Capa',
  nats: (value) => `${withSign(value)} nats`,
  withSign,
  model: ({ step, begin, tokens }) =>
    `Modelo del paso ${formatCount(step)}, ${formatCount(tokens.length)} tokens desde la posición ${formatCount(begin + 1)}`,
  previousWindow: 'Ventana anterior',
  nextWindow: 'Ventana siguiente',
  edited: '¿Y si…? El modelo está modificado. Estos no son los números del modelo entrenado.',
  reset: 'Restablecer',
  explained: (unit, layer, isHigh, what, area) =>
    `La unidad ${unit + 1} de la capa ${layer} tiene su valor más ${isHigh ? 'alto' : 'bajo'} en «${what.replace(/[«»]/g, '')}»: de todas las descripciones sencillas, es la que mejor encaja (área bajo la curva ${formatNumber(area)}).`,
  unexplained: (unit, layer) =>
    `Nada sencillo que pruebe la página dice dónde es alta la unidad ${unit + 1} de la capa ${layer}.`,
  lossOf: (change) => ` Sin ella, la pérdida ${change >= 0 ? 'sube' : 'baja'} ${formatNumber(Math.abs(change))} nats.`,
  text: {
    title: (unit) => `El texto, coloreado por h de la unidad ${unit + 1}`,
    slider: 'El texto: las flechas eligen una posición; con Mayús, un tramo',
    note: 'Elige un carácter para ver su valor; selecciona unos cuantos para hallar las unidades que se encienden justo ahí.',
    value: (place, token, value) => `posición ${formatCount(place + 1)}, ${token}: ${formatNumber(value)}`,
    selected: (from, to, text) =>
      `seleccionadas las posiciones ${formatCount(from + 1)} a ${formatCount(to + 1)}: ${text}`,
    here: (place, token) => `después de ${token} en la posición ${formatCount(place + 1)}`,
  },
  figures: {
    value: 'aquí',
    mean: 'media',
    spread: 'dispersión',
    saturated: 'saturada',
    ablation: 'pérdida sin ella',
    area: 'área bajo la curva',
  },
  match: {
    title: 'Seleccionar y buscar',
    none: 'Selecciona unos caracteres del texto, con el puntero o con Mayús y las flechas, para hallar las unidades que se encienden justo ahí.',
    threshold: 'Encendida por encima de',
    found: (count, of, text) =>
      `${formatCount(count)} de ${formatCount(of)} unidades están encendidas en todo ${text} y apagadas justo antes y después.`,
    places: 'Dónde se encienden del mismo modo',
    noPlaces: 'En ningún otro lugar de este tramo.',
    clear: 'Borrar',
    share: (share) => `el ${formatShare(share)} de ellas`,
    high: 'alta',
    low: 'baja',
  },
  list: {
    title: 'Todas las unidades de la capa',
    columns: {
      unit: 'unidad',
      area: 'en pocas palabras',
      spread: 'dispersión',
      saturated: 'saturada',
      ablation: 'pérdida sin ella, nats',
    },
    sortBy: (column) => `Ordenar por «${column}»`,
    all: (count) => `Mostrar las ${formatCount(count)}`,
    fewer: 'Mostrar menos',
    note: (tokens) =>
      `En pocas palabras: de unas treinta descripciones sencillas, la que mejor encaja en la primera mitad del tramo, con su área bajo la curva en la segunda: 1 es exacta, 0,5 es azar. Pérdida sin ella: la unidad se pone a 0 mientras se leen ${formatCount(tokens)} tokens.`,
    high: (what, area) => `alta: ${what} ${area}`,
    low: (what, area) => `baja: ${what} ${area}`,
  },
  detail: {
    histogram: 'Con qué frecuencia tiene cada valor',
    histogramLabel: (unit, low, high, saturated) =>
      `Histograma de h de la unidad ${unit + 1}, de ${formatNumber(low)} a ${formatNumber(high)}; ${formatShare(saturated)} saturada`,
    response: 'Lo que hace con ella cada carácter',
    responseNote:
      'h(t) − h(t−1) donde se leyó el carácter, para los que más la mueven: la media, la mitad central y, en línea fina, del 9 al 91 %.',
    responseOf: (mean, low, high, count) =>
      `media ${withSign(mean)}, la mitad entre ${withSign(low)} y ${withSign(high)}, ${formatCount(count)} veces`,
    explanations: 'Descripciones sencillas',
    explanationsNote:
      'Área bajo la curva en la primera mitad del tramo: con qué frecuencia la unidad es más alta en un lugar así que en otro.',
    highest: 'Dónde es más alta',
    lowest: 'Dónde es más baja',
    hold: 'Fijarla',
    holdAt: 'Fijar h en',
    cut: 'Eliminarla (0)',
    holdNote:
      '¿Y si esta unidad tuviera un mismo valor en todos los pasos? El texto se lee otra vez; el modelo que se entrena queda como está.',
    holding: 'Leyendo el texto con la unidad fija.',
    held: (value, loss, change, tokens) =>
      `Fijada en ${formatNumber(value)}, la pérdida es de ${formatNumber(loss + change)} en lugar de ${formatNumber(loss)} nats: ${withSign(change)}, en ${formatCount(tokens)} tokens.`,
  },
};
