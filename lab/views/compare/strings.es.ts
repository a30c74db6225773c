// The words of the view Compare, in Spanish.

import { formatCount, formatExactly, formatNumber, formatShort } from '../../format.ts';
import type { Budget } from '../../protocol.ts';
import type { compareStrings } from './strings.ts';

const spent = ({ unit, amount }: Budget): string =>
  unit === 'updates' ? `${formatCount(amount)} actualizaciones` : `${formatShort(amount)} s de cálculo`;

/** A, B y C. */
const listed = (parts: readonly string[]): string =>
  [parts.slice(0, -1).join(', '), parts.at(-1)].filter((part) => part !== '').join(' y ');
const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);

export const words: typeof compareStrings = {
  start:
    'Elige qué cambia, y entrena de dos a cuatro redes con el mismo texto. Tu propia ejecución espera entretanto y queda como está.',
  setUp: {
    title: 'Qué ejecuciones',
    differs: 'Qué cambia',
    run: (letter) => `Ejecución ${letter}`,
    none: '–',
    on: 'sí',
    off: 'no',
    budget: 'Cada una puede gastar',
    amount: 'Cuánto puede gastar cada una',
    units: { updates: 'actualizaciones', seconds: 'segundos' },
    begin: 'Entrenar y comparar',
    stop: 'Parar',
    note: 'Todo lo demás es como tus ajustes de ahora, también el texto y la semilla. Las ejecuciones se turnan, cada una desde su propio paso 0. Un segundo es uno de calcular actualizaciones; medir la pérdida reservada no cuenta.',
    other: (given, took) =>
      `enlace, vs: se esperaba un ajuste, de dos a cuatro valores que admita y un presupuesto, pero había "${given}"; se tomó ${took}`,
    few: 'Da al menos dos valores distintos.',
    identity: 'Solo las celdas simples pueden empezar con W = identidad.',
  },
  running: (share) => `Las ejecuciones se turnan: ${Math.round(100 * share)} % de lo que cada una puede gastar.`,
  lost: 'El motor se ha reiniciado, y con él se ha perdido la comparación. Empiézala otra vez.',
  best: (budget, best, loss, others) =>
    `Tras ${spent(budget)} cada una, ${best} es la que mejor predice el texto reservado, con ${formatNumber(loss)} nats por token${others.length > 0 ? `, por delante de ${listed(others)}` : ''}.`,
  other: (name, loss) => `${name} con ${formatNumber(loss)}`,
  fastest: (name, rate) =>
    `${capital(name)} fue la que más actualizaciones por segundo calculó: ${formatNumber(rate)}.`,
  stopped: (name) => `${capital(name)} se detuvo.`,
  lostStarts: (name, lost, tried) =>
    `En ${name}, ${lost} de ${tried} inicios desde cero ${lost === 1 ? 'está perdido' : 'están perdidos'}: mientras se lee desde allí, el texto se predice peor. El texto reservado se lee desde un solo inicio, y por eso su pérdida da un salto cuando ese inicio se pierde o se recupera.`,
  restart:
    'Con el ajuste «Reinicio desde 0» las redes aprenden a empezar en cualquier lugar. La vista «Dos cuencas» muestra por qué.',
  failed: (name, sentence) => `${capital(name)} se detuvo. ${capital(sentence)}.`,
  longName: (letter, setting, value) =>
    `la ejecución ${letter} (${setting === null ? '' : `${setting[0].toLowerCase()}${setting.slice(1)} `}${value})`,
  notHeldOut: 'El texto es demasiado corto para reservar una parte.',
  chart: {
    title: 'Pérdida, en nats por token',
    training: 'fina: entrenamiento, suavizada',
    heldOut: 'gruesa: reservada',
    axis: 'Eje horizontal',
    step: 'actualizaciones',
    time: 'milisegundos de cálculo',
  },
  table: {
    title: 'A qué llegó cada una',
    rows: {
      step: 'actualizaciones',
      seconds: 'cálculo',
      loss: 'pérdida de entrenamiento',
      heldOut: 'pérdida reservada',
      rate: 'actualizaciones por segundo',
      parameters: 'parámetros',
      factor: 'gradiente, por paso atrás',
      halfLife: 'se reduce a la mitad en',
    },
    secondsOf: (value) => `${formatNumber(value)} s`,
    steps: (value) => (Number.isFinite(value) ? `${formatNumber(Math.abs(value))} pasos` : 'nunca'),
    note: 'Toca un número para ver cómo se obtuvo. Una sola semilla cada una: una diferencia de unas centésimas puede ser suerte; haz que cambie la semilla para ver cuánta.',
    explained: {
      step: (name, value) => `${capital(name)} hizo ${formatExactly(value)} actualizaciones de sus pesos.`,
      seconds: (name, value) =>
        `${capital(name)} necesitó ${formatExactly(value)} s para calcular sus actualizaciones: hacia delante, hacia atrás y optimizador, sin muestras ni pérdidas reservadas.`,
      loss: (name, value) =>
        `La pérdida de entrenamiento suavizada de ${name} es de ${formatExactly(value)} nats por token: cada paso conserva el 98 % de la media anterior.`,
      heldOut: (name, value) =>
        `La pérdida reservada de ${name} es de ${formatExactly(value)} nats por token: la media de −log p de los tokens con los que no se entrenó ninguna de las ejecuciones.`,
      rate: (name, value) =>
        `${capital(name)} calculó ${formatExactly(value)} actualizaciones por segundo: sus actualizaciones ÷ sus segundos de cálculo.`,
      parameters: (name, value) => `${capital(name)} tiene ${formatExactly(value)} pesos y sesgos, todos aprendidos.`,
      factor: (name, value, layer) =>
        `En ${name}, la norma de ∂L(t)/∂h(k) cambia en el factor ρ = ${formatExactly(value)} por paso atrás: una recta ajustada a los logaritmos de todas las normas de una ventana, en la capa ${layer}.`,
      halfLife: (name, value) =>
        value < 0
          ? `En ${name}, el gradiente se duplica cada ${formatExactly(-value)} pasos atrás: ln ½ ÷ ln ρ es negativo.`
          : `En ${name}, el gradiente se reduce a la mitad cada ${formatExactly(value)} pasos atrás: ln ½ ÷ ln ρ.`,
    },
    doubles: (value) => `se duplica en ${formatNumber(-value)}`,
    open: 'Abrir',
    openLabel: (name) => `Abrir ${name} en la página`,
    keep: 'Conservar',
    keepLabel: (name) => `Conservar ${name} en este navegador`,
  },
  decay: {
    layer: 'Capa',
    title: 'Cómo decaen los errores en el camino de vuelta',
    label:
      'Normas del gradiente del último error de una ventana, según la distancia que ha retrocedido, una línea por ejecución',
    x: 'pasos atrás en el tiempo, d',
    y: '‖∂L(T)/∂h(T − d)‖',
    at: (d) => `${d} pasos atrás`,
  },
  samples: 'Lo que escribe cada una, con los mismos números al azar',
  surprise: 'Sorpresa',
  kept: {
    title: 'Ejecuciones en este navegador',
    none: 'Aún no se conserva ninguna ejecución.',
    keepThis: 'Conservar la ejecución de la página',
    columns: [
      'ejecución',
      'pérdida reservada',
      'pérdida de entrenamiento',
      'paso',
      'ajustes distintos de los normales',
    ],
    open: (title, when) => `Abrir ${title} del ${when}`,
    forget: (title, when) => `Olvidar ${title} del ${when}`,
    opens: 'Abrir',
    forgets: 'Olvidar',
    automatic: 'guardada por sí sola',
    note: 'Lo que conserves se queda hasta que lo olvides; otras tres se guardan por sí solas. Están solo en este navegador.',
    kept: (title) => `${title} se conserva en este navegador.`,
    forgotten: (title) => `${title} se ha olvidado.`,
    full: (most) => `Este navegador conserva ${most} ejecuciones; olvida una antes.`,
    gone: 'Esa ejecución ya no está en este navegador.',
    nothing: 'La ejecución de la página aún no tiene ningún paso.',
    notKept: (reason) => `La ejecución no se ha conservado: ${reason}.`,
    defaults: 'ninguno',
    when: (date) =>
      `${date.toLocaleDateString('es', { month: 'short', day: 'numeric' })}, ${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`,
  },
  tableColumns: ['ejecución', 'actualización', 'segundos', 'pérdida de entrenamiento', 'pérdida reservada'],
};
