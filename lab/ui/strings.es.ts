// The words of what surrounds the views, in Spanish.

import { formatCount } from '../format.ts';
import type { uiStrings } from './strings.ts';

/** What the models that ship with the page learned from, and their losses. */
const cards: Readonly<Record<string, { readonly data: string; readonly figure: string }>> = {
  shakespeare: {
    data: 'tinyshakespeare: 1,1 millones de caracteres de sus obras, en dominio público',
    figure: '1,566 nats por carácter en el último 5 % del texto',
  },
  story: {
    data: 'el primer 90 % de “The Clockmaker’s River”, el cuento de 55 363 caracteres que acompaña al paquete, con cada párrafo en una línea',
    figure: '1,26 nats por carácter en la última décima parte del cuento, que nunca vio; 0,82 en lo que aprendió',
  },
};

export const words: typeof uiStrings = {
  start: {
    tagline: 'Mira escribir a una pequeña red neuronal y luego mírala por dentro',
    about:
      'Predice un texto letra a letra. Todo se ejecuta en tu navegador, también con tu texto, y se puede examinar cada número que calcula.',
    choices: {
      story: ['Cuéntame un cuento', 'entrenada con un solo cuento'],
      shakespeare: ['Escríbeme una obra', 'entrenada con Shakespeare'],
    },
    own: ['Entrena la tuya', 'desde cero, en segundos'],
    tour: ['Haz el recorrido', 'ocho capítulos, cada uno con una tarea'],
    gallery: 'O mira la galería: seis problemas pequeños, resueltos',
    paper: 'Lo que escribe',
    waiting: 'Pulsa uno de los dos y el texto aparecerá aquí, letra a letra.',
    loading: (name) => `Descargando @${name}.`,
    stop: 'Parar',
    more: 'Seguir escribiendo',
    another: 'Otro',
    prompt: 'Empezar con',
    boldness: 'Audacia',
    boldnessNote: 'La temperatura: cerca de 0 toma la letra más probable; por encima de 1 se arriesga.',
    odds: 'Lo que puede venir después',
    learned: (name, cell, units, weights, data) =>
      `@${name} ya está entrenado. Es una ${cell} de ${formatCount(units)} unidades, con ${formatCount(weights)} pesos, y aprendió con ${cards[name]?.data ?? data}.`,
    figure: (name, figure, license) => `Su pérdida: ${cards[name]?.figure ?? figure}. Su licencia: ${license}.`,
    further: (step) =>
      `La has entrenado ${formatCount(step)} ${step === 1 ? 'paso' : 'pasos'} más, así que estas cifras son del modelo de antes.`,
    look: 'Mírala por dentro:',
    goOn: 'Seguir entrenándola',
    others:
      'El paquete trae tres modelos más. El archivo de @arithmetic se puede soltar aquí; @names y @pos no escriben texto, así que el laboratorio no puede mostrarlos.',
  },
  theme: { label: 'Tema', auto: 'Automático', light: 'Claro', dark: 'Oscuro' },
  guides: {
    title: 'Aprender y enseñar',
    tour: 'Hacer el recorrido',
    gallery: 'Galería',
    exercise: 'Crear un ejercicio',
    frame: 'Insertar esta vista',
  },
  presets: {
    title: 'Ejemplos',
    hand: ['A mano', 'Dos unidades leen «hello»'],
    default: ['Un cuento', 'Una red pequeña aprende a escribir'],
    vanish: ['Gradiente que se desvanece', 'W es pequeña, así que los errores se apagan de vuelta'],
    explode: ['Gradiente que explota', 'W es grande, así que los números pronto se desbordan'],
    brackets: ['Paréntesis', 'Cerrar uno exige memoria'],
    'gru-vs-rnn': ['GRU o RNN', 'Las compuertas mantienen vivos los errores'],
    basins: ['Dos cuencas', 'Algunos comienzos se pierden para siempre'],
  },
  explanation: {
    label: 'Explicación',
    tab: 'Leer',
    contents: 'Capítulo',
    follows: 'Seguir el texto',
    example: 'Los números del texto son de dos unidades que leen «hello».',
    openExample: 'Cargar el ejemplo «hello»',
    show: (view) => `Ver en «${view}»`,
    unknown: (names, known) => `El enlace pide capítulos que la explicación no tiene: ${names}. Tiene ${known}.`,
  },
  saveView: {
    label: 'Guardar:',
    csv: 'CSV',
    png: 'PNG',
    svg: 'SVG',
    names: {
      csv: 'Guardar la tabla de esta vista como CSV',
      png: 'Guardar una imagen de esta vista como PNG',
      svg: 'Guardar una imagen de esta vista como SVG',
    },
    notSaved: (reason) => `La vista no se ha guardado: ${reason}.`,
  },
  table: {
    open: 'Leer como tabla',
    close: 'Cerrar la tabla',
    refresh: 'Actualizar',
    previous: 'Filas anteriores',
    next: 'Filas siguientes',
  },
  keys: {
    title: 'Teclas',
    open: 'Teclas',
    close: 'Cerrar',
    single: 'Atajos de una sola tecla',
    list: [
      ['Espacio', 'entrenar, pausa'],
      ['.', 'un paso'],
      ['1 – 9, 0', 'las vistas, en orden'],
      ['← →', 'por una gráfica, un texto o un mapa de calor'],
      ['Inicio, Fin', 'a sus extremos'],
      ['↑ ↓', 'la unidad, en un mapa de calor'],
      ['U, + y −', 'Desplegada: plegar o desplegar, una copia más o menos'],
      ['P', 'Desplegada: reproducir las ondas, o su paso siguiente'],
      ['B, E', 'Depurador: el paso correspondiente de la otra pasada; cambiar un número'],
      ['Retroceso', 'el número que se explicó antes'],
      ['Ctrl o ⌘ Z', 'deshacer'],
      ['L', 'copiar enlace'],
      ['?', 'esta lista'],
    ],
  },
};
