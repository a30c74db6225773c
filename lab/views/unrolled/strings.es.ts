// The words of the view Unrolled, in Spanish.

import { formatCount, formatNumber } from '../../format.ts';
import type { unrolledStrings } from './strings.ts';

export const words: typeof unrolledStrings = {
  waiting: 'Calculando los números de esta ventana.',
  read: (T, text, guess, t, share) =>
    `${T === 1 ? 'Una copia' : `${formatCount(T)} copias`} de una misma celda ${T === 1 ? 'lee' : 'leen'} «${text}»; la predicción más segura fue ${guess} en t = ${t} (${share})`,
  sums: (loss) => `la pérdida suma ${loss} nats`,
  gradient: (way, last, t, first, layers) =>
    `el gradiente${layers > 1 ? ' de la última capa' : ''} ${{ falls: 'baja', rises: 'sube', stays: 'va' }[way]} de ${last} en t = ${t} a ${first} en t = 1`,
  sentence: (...parts) => `${parts.join('; ')}.`,
  ofLayer: (name, l) => `${name} de la capa ${l}`,
  table: { token: 'token', target: 'objetivo', p: 'p(objetivo)', loss: 'L(t)', guess: 'mejor predicción' },
  copies: {
    label: 'Copias de la celda',
    value: (k, T) => `${k} de ${T} ${T === 1 ? 'copia' : 'copias'}`,
    unroll: 'Desplegar',
    roll: 'Plegar',
    more: 'Una copia más',
    fewer: 'Una copia menos',
  },
  windows: {
    label: 'Ventana del texto',
    previous: 'Ventana anterior',
    next: 'Ventana siguiente',
    place: (w, windows) => `Ventana ${formatCount(w + 1)} de ${formatCount(windows)}`,
    tokens: (first, last) => `tokens ${formatCount(first)} – ${formatCount(last)}`,
  },
  mode: { label: 'Mostrar', forward: 'Hacia delante', backward: 'Hacia atrás', both: 'Ambos' },
  play: { play: 'Reproducir', stop: 'Mostrar todo', step: 'Paso siguiente' },
  wave: {
    begins: 'Reproduciendo. Hacia delante: los tokens van de izquierda a derecha.',
    turns: 'Hacia atrás: el gradiente va de derecha a izquierda.',
    ends: 'Se muestra todo.',
    forward: (t) => `Hacia delante, t = ${t}: h(${t}) a partir de h(${t - 1}) y x(${t}); de ahí ŷ(${t}) y L(${t}).`,
    backward: (t, T) =>
      t === T
        ? `Hacia atrás, t = ${t}: ∇h(${t}) solo de su propio error; por el borde no llega nada.`
        : `Hacia atrás, t = ${t}: ∇h(${t}) de su propio error y, a través de W, de ∇h(${t + 1}).`,
  },
  parts: {
    label: 'Los mismos números en todas las copias',
    hint: 'Señala U, W o V: todas las copias tienen los mismos números.',
    name: (letter, layer, layers) => (layers > 1 && letter !== 'V' ? `${letter}${layer}` : letter),
    shared: (name, rows, columns, T) =>
      `${name} [${formatCount(rows)}, ${formatCount(columns)}]: los mismos ${formatCount(rows * columns)} números, usados ${T === 1 ? 'una vez' : `${formatCount(T)} veces`}.`,
    changed: 'cambiada',
  },
  picture: {
    region: 'Las celdas una junto a otra, que se desplazan hacia los lados',
    grid: 'Pérdida, predicciones, estados y tokens: una columna para cada paso t',
    start: 'h(0)',
    carried: ['viene', 'de antes'],
    zero: ['cero'],
    edge: 'borde',
    cut: 'cortado',
    next: ['sigue en', 'la próxima'],
    end: ['fin del', 'texto'],
    dropped: ['no se', 'conserva'],
    loop: (from, to) => (from === to ? `t = ${from}` : `t = ${from} … ${to}`),
    steps: (n) => `${n}×`,
    layer: (l) => `capa ${l}`,
  },
  cell: {
    loss: (t) => `L(${t}) en nats`,
    y: (t, token, place) => `ŷ(${t}) de ${token}, ${place === 5 ? 'el objetivo' : `predicción ${place + 1}`}`,
    x: (t) => `x(${t})`,
    unit: (unit, layer, layers, t) => `unidad ${unit + 1}${layers > 1 ? ` de la capa ${layer}` : ''}, t = ${t}`,
    edited: 'cambiado por ti',
  },
  scales: {
    h: 'h(t)',
    s: 's(t)',
    dh: '∇h(t)',
    norm: '‖∇h(t)‖, log',
    loss: (guess) => `al azar: ${formatNumber(guess)} nats`,
  },
  target: 'el objetivo',
  readout: {
    title: (t, T) => `t = ${t} de ${T}`,
    x: 'x, lee',
    y: 'y, sigue',
    guesses: 'ŷ, predice',
    loss: 'L = −log ŷ[y]',
    norm: '‖h‖',
    gradient: '‖∇h‖',
    unit: (unit) => `unidad ${unit + 1}`,
  },
  edits: {
    what: (n, before, after) =>
      `¿Y si…? ${n === 1 ? 'Un cambio' : `${n} cambios`}; la pérdida pasa de ${formatNumber(before)} a ${formatNumber(after)} nats.`,
    reset: 'Deshacer los cambios',
  },
};
