// The words of what leads through the page, in Spanish.

import { formatCount, formatExactly } from '../../format.ts';
import type { guideStrings } from './strings.ts';

export const words: typeof guideStrings = {
  tour: {
    label: 'Recorrido',
    place: (number, of) => `Recorrido, capítulo ${number} de ${of}`,
    task: 'Tarea',
    open: 'Aún por hacer',
    done: 'Hecho',
    doneSaid: (title) =>
      title ? `Tarea hecha. El capítulo siguiente es «${title}».` : 'Tarea hecha. Era el último capítulo.',
    back: 'Atrás',
    next: 'Siguiente',
    again: 'Empezar de nuevo',
    more: 'Leer más en la explicación',
    leave: 'Salir del recorrido',
    chapters: 'Capítulos del recorrido',
    chapterDone: 'hecho',
    finished:
      'Las ocho tareas están hechas. Las vistas ya son tuyas: dale a la página un texto propio en «Datos», o mira la galería.',
    forget: 'Olvidar lo que hice',
  },
  gallery: {
    label: 'Galería',
    title: 'Seis problemas pequeños, resueltos',
    about:
      'Cada uno de estos textos sigue una regla, así que se sabe qué hay que aprender. Abre uno: la red se entrena en un segundo o dos, y la página dice en qué fijarse.',
    lookFor: 'En qué fijarse',
    again: 'Empezar de nuevo',
    all: 'Toda la galería',
    leave: 'Salir de la galería',
  },
  copied: 'Copiado.',
  notCopied: 'El navegador no dejó copiar a la página; selecciona el texto y cópialo.',
  exercise: {
    label: 'Ejercicio',
    untitled: 'Un ejercicio',
    count: (done, of) => `${done} de ${of} hechas`,
    done: 'Hecha',
    open: 'Por hacer',
    doneSaid: (text) => `Hecha: ${text}`,
    check: 'Comprobar',
    right: 'Correcto.',
    wrong: 'Todavía no. Inténtalo otra vez.',
    answer: (number) => `Respuesta a la tarea ${number}`,
    sheet: 'Hoja de respuestas',
    sheetNote:
      'Lleva tu nombre, tus respuestas y cuándo las diste. No se envía nada: guárdala o imprímela, y entrégala.',
    name: 'Nombre',
    download: 'Guardar la hoja de respuestas',
    print: 'Imprimir',
    saved: (name) => `Guardada como ${name}.`,
    problem: (number, line, isTooMany) =>
      isTooMany
        ? 'El enlace tiene más tareas de las que admite la página, así que se muestran las 20 primeras.'
        : `La página no puede comprobar la tarea ${number} del enlace, «${line}», así que la omite.`,
    usual: (condition) => {
      switch (condition.kind) {
        case 'loss':
          return `Entrena hasta que la pérdida sea menor que ${formatExactly(condition.below)}.`;
        case 'heldout':
          return `Entrena hasta que la pérdida reservada sea menor que ${formatExactly(condition.below)}.`;
        case 'pairs':
          return 'Haz que la pérdida baje de la línea de las frecuencias de pares.';
        case 'step':
          return `Entrena ${formatCount(condition.from)} pasos.`;
        case 'view':
          return `Abre la vista ${condition.view}.`;
        case 'setting':
          return `Pon ${condition.name} en ${condition.value}.`;
        case 'tour':
          return 'Haz la tarea del recorrido.';
        default:
          return 'Responde a la pregunta.';
      }
    },
  },
  maker: {
    label: 'Para docentes',
    title: 'Crear un ejercicio',
    about:
      'Prepara la página como tu clase deba encontrarla: el texto, la red, la vista y el entrenamiento hasta donde quieras. Añade tareas y crea el enlace. La página comprueba las tareas por sí sola, y lo que haga tu alumnado se queda en sus navegadores.',
    name: 'Título',
    kind: (number) => `Qué pide la tarea ${number}`,
    value: (number) => `Valor de la tarea ${number}`,
    text: (number) => `Texto de la tarea ${number}`,
    textHint: 'Lo que lee tu alumnado',
    remove: (number) => `Quitar la tarea ${number}`,
    add: 'Una tarea más',
    kinds: {
      pairs: 'Pérdida bajo la línea de pares',
      loss: 'Pérdida menor que',
      heldout: 'Pérdida reservada menor que',
      step: 'Paso alcanzado',
      view: 'Vista abierta',
      setting: 'Ajuste con un valor',
      tour: 'Tarea del recorrido',
      number: 'Respuesta: un número',
      words: 'Respuesta: palabras',
    },
    hints: {
      pairs: '',
      loss: '2,5',
      heldout: '2,5',
      step: '500',
      view: '',
      setting: 'cell=gru',
      tour: '',
      number: '3,2 ± 0,1',
      words: 'se desvanece / desvanecimiento',
    },
    chapters: 'Capítulos de la explicación que lee el alumnado; todos si no se elige ninguno',
    limits: 'Qué ve y qué puede cambiar el alumnado',
    lock: 'El texto, el modelo y el entrenamiento quedan como están',
    hide: (what) => `Sin «${what}»`,
    make: 'Crear el enlace',
    wrong: (number) => `La tarea ${number} no está completa: da su valor y, si hace una pregunta, su texto.`,
    link: 'Enlace del ejercicio',
    open: 'Probarlo',
    sheets: 'Hojas de respuestas',
    sheetsNote:
      'Abre las hojas entregadas, muchas a la vez. Se conservan en este navegador hasta que las olvides. Una hoja es un texto que se puede cambiar, así que no prueba nada; y quien se tome la molestia puede leer las respuestas en el enlace.',
    openSheets: 'Abrir hojas de respuestas',
    forget: 'Olvidar todas las hojas',
    noSheet: (name, count) =>
      count === 1 ? `${name} no es una hoja de respuestas.` : `${name} y ${count - 1} más no son hojas de respuestas.`,
    pupil: 'Alumno o alumna',
    doneCount: 'Hechas',
  },
  frame: {
    label: 'Para blogs y cuadernos',
    title: 'Insertar esta vista',
    about:
      'La vista queda en un marco de tu página, tal como está ahora, y calcula allí. Pega esto donde tu página admita HTML.',
    height: 'Altura en píxeles',
    make: 'Crear el fragmento',
    snippet: 'Fragmento',
    copy: 'Copiar el fragmento',
    local:
      'Esta página la sirve unrolled lab solo para este ordenador. Iníciala como unrolled lab --embed ORIGIN, con el origen de tu página, o usa la página de la web.',
  },
};
