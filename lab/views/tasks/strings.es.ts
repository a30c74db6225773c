// The words of the views for tasks other than text, in Spanish.

import { formatCount, formatNumber, formatShare } from '../../format.ts';
import type { taskStrings } from './strings.ts';

const rows = (count: number): string => `${formatCount(count)} ${count === 1 ? 'fila' : 'filas'}`;
const steps = (step: number): string => `${formatCount(step)} ${step === 1 ? 'paso' : 'pasos'}`;
const withSign = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value)}`;

export const words: typeof taskStrings = {
  data: {
    form: {
      classify: 'En cada línea una clase, un tabulador y un nombre; o una tabla cuya primera línea tiene label y text',
      forecast: 'Una tabla cuya primera línea nombra las columnas, o un número en cada línea',
    },
    drop: 'Escribe, pega o suelta un archivo en cualquier sitio.',
    classes: {
      summary: (training, heldOut, classes) =>
        `La red lee ${formatCount(training)} nombres de ${formatCount(classes)} clases y se la juzga con ${formatCount(heldOut)} que nunca ve.`,
      title: 'Clases',
      head: ['clase', 'para entrenar', 'reservados'],
      baselines: 'Lo que se logra al azar',
      note: 'En los nombres reservados. Una red ha aprendido algo en cuanto lo hace mejor.',
      guess: 'Al azar: todas las clases igual de probables, nats',
      unigram: 'Con la frecuencia de cada clase, nats',
      majority: (label) => `Siempre ${label}, acierta el`,
      examples: 'Ejemplos',
      held: 'reservado',
      columns: ['nombre', 'clase', 'parte'],
      training: 'para entrenar',
      chosen: (shown, all) =>
        shown === all ? 'Todos.' : `${formatCount(shown)} de ${formatCount(all)}, de todas las partes de los datos.`,
    },
    series: {
      summary: (column, training, heldOut, ahead) =>
        `La red lee ${rows(training)}, aprende a predecir ${column} hasta ${rows(ahead)} por delante, y se la juzga con ${rows(heldOut)} con las que nunca se entrena.`,
      title: 'La serie',
      column: 'Columna que se predice',
      ahead: 'Filas por delante',
      picture: (column, count) => `La columna ${column}, ${rows(count)}; la parte reservada del final está sombreada.`,
      baselines: 'Lo que logran las predicciones más simples',
      note: 'Error cuadrático medio en las filas reservadas, en el cuadrado de la unidad de la columna, sobre todas las filas por delante. Una red ha aprendido algo en cuanto lo hace mejor.',
      naive: 'El último valor',
      seasonal: (season) => `El valor de una temporada de ${rows(season)} antes`,
      noSeason: 'No se encontró ninguna temporada en las filas para entrenar.',
      learned: ({ change, isLog }) =>
        change === null
          ? 'Se aprende el valor mismo; fue lo mejor en las últimas filas para entrenar.'
          : `Se aprende el cambio${isLog ? ' del logaritmo' : ''} respecto ${change === 1 ? 'al último valor' : `al valor de ${rows(change)} antes`}; fue lo mejor en las últimas filas para entrenar.`,
      inputs: (list) => `Columnas que se leen: ${list}.`,
      columns: ['fila', 'valor', 'parte'],
    },
  },
  train: {
    classes: {
      loss: 'Pérdida, nats por nombre',
      speed: 'nombres/s',
      start:
        'Pulsa «Entrenar», o la barra espaciadora. Abajo está lo que dice la red de nombres reservados antes de haber aprendido nada.',
      summary: (step, loss, guess) =>
        `Tras ${steps(step)}, la pérdida es de ${formatNumber(loss)} nats por nombre; al azar sería de ${formatNumber(guess)}.`,
      heldOut: (accuracy, most, share) =>
        ` De los nombres que no ha visto acierta el ${formatShare(accuracy)}; decir siempre ${most} acertaría el ${formatShare(share)}.`,
      unseen: 'Nombres que no ha visto',
      columns: { name: 'nombre', is: 'es', says: 'la red dice', share: 'probabilidad' },
      right: 'acierto',
      wrong: 'fallo',
      accuracy: 'Nombres reservados acertados',
      majority: (label) => `siempre ${label}`,
      try: 'Prueba un nombre',
      placeholder: 'Escribe un nombre',
      note: 'Lo que diría la red después de cada carácter, mientras lee de izquierda a derecha. La última fila es su respuesta.',
      read: 'leído hasta aquí',
      answer: (text, label, share) => `«${text}»: ${label}, ${formatShare(share)}.`,
      unknown: (list) => `Nunca ha visto ${list}, y lo lee como un carácter desconocido.`,
      remember: 'Ver en «Memoria» de qué depende',
    },
    series: {
      loss: 'Pérdida, error cuadrático (estandarizado)',
      speed: 'filas/s',
      start: 'Pulsa «Entrenar», o la barra espaciadora. Antes de su primer paso la red repite el último valor.',
      summary: (step, loss) =>
        `Tras ${steps(step)}, el error cuadrático en aquello con que se entrena es de ${formatNumber(loss)}, estandarizado.`,
      heldOut: (error, skill) =>
        ` En las filas reservadas se equivoca en ${formatNumber(error)} de media; su destreza es ${formatNumber(skill)}: 0 es tan bueno como el último valor, y 1 es perfecto.`,
      score: 'destreza',
      title: (column) => `${column}: lo que vino y lo que se predijo`,
      actual: 'lo que vino',
      next: '1 fila por delante',
      path: (ahead) => `${formatCount(ahead)} filas por delante`,
      band: 'error habitual (± raíz del error cuadrático medio)',
      skill: 'Destreza reservada',
      naive: 'último valor',
      seasonal: 'temporada anterior',
      from: 'Predicción desde la fila',
      end: (row) => `fila ${formatCount(row)}, la última: nadie sabe aún lo que viene`,
      at: (row) => `fila ${formatCount(row)}`,
      picture: (column, from, to) =>
        `La columna ${column} de la fila ${formatCount(from)} a la ${formatCount(to)}: lo que vino y lo que se predijo.`,
    },
  },
  memory: {
    classes: {
      title: 'Qué nombre',
      own: 'Escribe un nombre, o recorre los que la red no ha visto',
      place: (step, at, of, label) =>
        `Modelo del paso ${formatCount(step)}, nombre ${formatCount(at)} de ${formatCount(of)}, de la clase ${label}`,
      typed: (step) => `Modelo del paso ${formatCount(step)}, el nombre que se escribió`,
      unseen: 'Volver a los nombres no vistos',
      about: { next: 'su clase', guess: 'su mejor predicción hasta aquí' },
      note: 'La red responde después del último carácter. También se ve lo que diría antes: elige el carácter.',
    },
    series: {
      waiting: 'Midiendo de qué filas anteriores depende la predicción.',
      title: (column) => `De qué depende la predicción de ${column}`,
      row: 'Predicción desde la fila',
      ahead: 'Filas por delante',
      at: (row) => `fila ${formatCount(row)}`,
      value: (ahead) => `${rows(ahead)} por delante`,
      how: 'Lo que se muestra bajo la curva',
      gradient: 'por el gradiente',
      test: 'por una prueba',
      gradientNote:
        'Cuánto podría mover la predicción un pequeño cambio de lo que se lee en cada fila, ‖∂ predicción / ∂x(k)‖, en unidades de la columna por desviación típica de lo leído.',
      testNote:
        'Cómo cambia la predicción con una fila media en lugar de esta. Naranja: sin ella la predicción sería más baja; azul: más alta.',
      summary: (row, ahead, forecast) =>
        `Desde la fila ${formatCount(row)} la red predice ${formatNumber(forecast)}, ${rows(ahead)} por delante.`,
      depends: (back, half) =>
        ` Eso depende sobre todo de ${back === 0 ? 'la última fila' : `la fila ${formatCount(back)} antes de la última`}; la mitad de la dependencia está en ${half === 1 ? 'la última fila' : `las últimas ${rows(half)}`}.`,
      readout: (row, value, norm, change) =>
        `Fila ${formatCount(row)}, ${formatNumber(value)}: gradiente ${formatNumber(norm)}; con una fila media en su lugar la predicción cambia en ${withSign(change)}.`,
      columns: ['fila', 'valor', 'gradiente', 'cambio con una fila media'],
      picture: (from, to) =>
        `Las filas ${formatCount(from)} a ${formatCount(to)}, con una franja debajo: cuánto depende la predicción de cada una.`,
      model: (step) => `Modelo del paso ${formatCount(step)}`,
      came: 'lo que vino',
      forecast: 'predicción',
    },
  },
  absent: {
    why: {
      unrolled:
        '«Desplegada» dibuja la ventana de un texto, con una respuesta después de cada paso. Aquí la red responde de otro modo, así que no hay nada que dibujar.',
      debugger:
        'El depurador sigue las operaciones de una ventana de texto, donde cada paso tiene una respuesta y una pérdida. Esta tarea tiene otras.',
      gradients:
        '«Flujo del gradiente» sigue el error de cada paso de un texto hacia atrás en el tiempo. Para esta tarea todavía no lo hace.',
      units:
        '«Unidades» busca lo que hacen unidades sueltas en un trozo largo de texto, como contar las letras desde un espacio. Aquí no hay tal texto.',
      basins:
        '«Dos cuencas» lee un texto largo desde dos estados. Aquí cada ejemplo empieza de nuevo, desde el estado cero.',
      generate: '«Generar» escribe con una red que aprendió un texto. Esta aprendió a responder, no a escribir.',
      compare: '«Comparar» entrena redes una al lado de otra con un texto. Para esta tarea aún no lo hace.',
      export:
        '«Exportar» escribe el programa de una ejecución con un texto. Para esta tarea lo tiene la línea de órdenes: unrolled train.',
    },
    works: 'Para esta tarea hay «Entrenar», «Datos», «Memoria» y «Pesos».',
    toTexts: 'Aprender un texto en su lugar',
  },
};
