// The words of the page that belong to no view, in Spanish.

import { cellNames, cellOf, describeOptimizer, optimizerNames } from '../src/core.ts';
import { formatCount, formatNumber } from './format.ts';
import type { FailureOrigin } from './protocol.ts';
import { cellConfig, settingTable } from './settings.ts';
import { type strings, symbolOf } from './strings.ts';

type Address = FailureOrigin['address'];

const layerOf = ({ layer }: Address): string => (layer === undefined ? '' : ` de la capa ${layer}`);

const titlesOf = <Name extends string>(names: readonly Name[], titleOf: (name: Name) => string) =>
  Object.fromEntries(names.map((name) => [name, titleOf(name)])) as Record<Name, string>;

const counted = (count: number, one: string, many: string): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

export const words: typeof strings = {
  name: 'unrolled lab',
  title: 'unrolled lab — una red recurrente aprende tu texto',
  language: {
    label: 'Idioma',
    changed: 'La página está ahora en español.',
    notLoaded: 'No se ha podido cargar el idioma; la primera vez, la página necesita conexión.',
  },
  tagline: 'Una red recurrente aprende tu texto en tu navegador. Nada sale de él.',
  refusal: {
    tooLarge: ({ hidden, layers }) =>
      `Este modelo tiene ${formatCount(hidden)} unidades en ${counted(layers, 'capa', 'capas')}, y entrenarlo aquí sería demasiado lento, así que la página solo lo lee: entrena hasta ${settingTable.hidden.max} unidades en ${settingTable.layers.max} capas.`,
    otherText:
      'La página no tiene el texto del que aprendió este modelo, solo una escena que nunca vio; por eso la lee y no se entrena con ella. Dale un texto tuyo en «Datos» para seguir entrenándolo.',
  },
  skip: 'Saltar a la vista',
  transport: {
    label: 'Entrenamiento',
    train: 'Entrenar',
    pause: 'Pausa',
    step: 'Un paso',
    undo: 'Deshacer',
    reset: 'Volver al paso 0',
    speed: 'Velocidad',
    speeds: { max: 'máxima', '60': '60 pasos/s', '10': '10 pasos/s', '1': '1 paso/s' },
  },
  figures: { step: 'paso', loss: 'pérdida', speed: 'tokens/s' },
  rail: {
    label: 'Ajustes',
    data: 'Datos',
    model: 'Modelo',
    train: 'Entrenamiento',
    sample: 'Muestra',
    more: 'Más ajustes',
    start: 'Inicio',
    restarts: 'empieza una ejecución nueva',
    parameters: (count) => `${count} parámetros`,
    tokens: (tokens, kinds) => `${formatCount(tokens)} tokens, ${formatCount(kinds)} distintos`,
  },
  waitingForText: 'Preparando el texto.',
  baselines: { guess: 'azar', unigram: 'frecuencias de tokens', bigram: 'frecuencias de pares' },
  tasks: {
    label: 'Qué se aprende',
    names: { text: 'Escribir un texto', classify: 'Distinguir nombres', forecast: 'Predecir una serie' },
    begin: {
      classify: ['Distingue nombres', 'por su idioma'],
      forecast: ['Predice una serie', 'con datos meteorológicos'],
    },
    about: {
      text: 'La red predice cada carácter siguiente, y así aprende a escribir.',
      classify: 'La red lee un nombre y dice de qué clase es, por ejemplo de qué lengua.',
      forecast: 'La red lee una columna de números y dice cómo sigue.',
    },
    baselines: {
      classify: { guess: 'azar', unigram: 'frecuencias de clases' },
      forecast: { guess: 'último valor', unigram: 'temporada anterior' },
    },
    examples: (count, classes) => `${formatCount(count)} ejemplos, ${formatCount(classes)} clases`,
    rows: (count) => `${formatCount(count)} filas`,
    heldOut: 'reservado',
    waiting: 'Preparando los datos.',
  },
  inspector: {
    label: 'Explicación de este número',
    empty: 'Toca cualquier número para ver de dónde viene.',
    loading: 'Cargando las fórmulas.',
    notLoaded: 'No se han podido cargar las fórmulas; la primera vez, la página necesita conexión.',
  },
  failureOrigin: ({ address, stream, inParameters, windowTrace }) =>
    inParameters
      ? `La causa fue la actualización del paso ${formatCount(windowTrace.step)}: el primer parámetro que no es finito es ${symbolOf(address)}${layerOf(address)}.`
      : `El primer número que no es finito es ${symbolOf(address)}${layerOf(address)}, en el texto ${stream + 1} del lote.`,
  undoTo: (step) => `Deshacer hasta el paso ${formatCount(step)}`,
  views: {
    label: 'Vistas',
    notLoaded: 'No se ha podido cargar esta vista. Necesita conexión a la red; inténtalo de nuevo cuando la tengas.',
  },
  settings: {
    task: 'Tarea',
    text: 'Texto',
    ownText: 'Tu texto',
    level: 'Token',
    share: 'Parte para entrenar',
    column: 'Columna que se predice',
    ahead: 'Filas por delante',
    cell: 'Celda',
    hidden: 'Unidades H',
    layers: 'Capas',
    init: 'W inicial',
    gain: 'Escala inicial de W',
    seed: 'Semilla',
    T: 'Ventana T',
    batch: 'Lote B',
    carry: 'Conservar el estado entre ventanas',
    opt: 'Optimizador',
    lr: 'Tasa de aprendizaje',
    clip: 'Recortar el gradiente en',
    restart: 'Reinicio desde 0',
    decay: 'Decaimiento de los pesos',
    temperature: 'Temperatura',
    topK: 'Top-k',
    sampleSeed: 'Semilla',
    length: 'Longitud',
    prime: 'Comienzo',
    speed: 'Velocidad',
  },
  reluTitle: 'RNN con ReLU',
  choices: {
    ...titlesOf(cellNames, (name) => cellOf(cellConfig(name)).title),
    ...titlesOf(optimizerNames, (name) => describeOptimizer(name).title),
    char: 'carácter',
    byte: 'byte',
    word: 'palabra',
    subword: 'subpalabra',
    momentum: 'momento',
    rnn: 'RNN, tanh',
    relu: 'RNN, ReLU',
    orthogonal: 'ortogonal',
    identity: 'identidad',
    uniform: 'uniforme',
    tale: 'Cuento',
    opening: 'Comienzo del cuento',
    verse: 'Canción',
    scene: 'Escena de teatro',
    code: 'Código',
    brackets: 'Paréntesis',
    sums: 'Sumas',
    copy: 'Juguete: dilo otra vez',
    dyck: 'Juguete: paréntesis anidados',
    parity: 'Juguete: par o impar',
    addition: 'Juguete: sumas de dos cifras',
    counting: 'Juguete: contar',
    reber: 'Juguete: gramática de Reber',
    text: 'Escribir un texto',
    classify: 'Distinguir nombres',
    forecast: 'Predecir una serie',
    names: 'Nombres de cuatro lenguas',
    weather: 'Un tiempo inventado',
    own: 'El tuyo',
  },
  on: 'sí',
  off: 'no',
  onOrOff: (setting) => `${setting}: no / sí`,
  changedTo: (setting, value) => `${setting} ${value}`,
  quoted: (text) => `«${text}»`,
  nats: (value) => `${value} nats`,
  live: {
    units: (count) => counted(count, 'unidad', 'unidades'),
    steps: (count) => `${count} ${count === '1' ? 'paso' : 'pasos'}`,
    characters: (count) => `${formatCount(count)} caracteres`,
    kinds: (count) => `${formatCount(count)} caracteres distintos`,
    parameters: (count) => `${formatCount(count)} parámetros`,
    updates: (count) => counted(count, 'actualización', 'actualizaciones'),
  },
  files: {
    title: 'Archivos',
    open: 'Abrir un archivo…',
    openNote:
      'Un texto, un modelo (.safetensors, con sus demás archivos) o una sesión. También puedes soltarlo en cualquier lugar.',
    saveModel: 'Guardar modelo',
    saveSession: 'Guardar sesión',
    saveNote:
      'Un modelo contiene los pesos, que PyTorch también puede leer. Una sesión continúa exactamente donde estaba.',
    saved: (name) => `Guardado como ${name}.`,
    model: (name) => `La ejecución empezó con el modelo ${name}.`,
    fresh: 'Entrenar uno nuevo',
    opened: (name) => `${name} está abierto.`,
    notFetched: (name) => `No se ha podido cargar el modelo @${name}; la primera vez, la página necesita conexión.`,
    lost: 'La ejecución no se guardó, porque entretanto el motor se volvió a iniciar; guárdala otra vez.',
    notKept:
      'Esta visita no se conserva: no se ha podido cargar la parte de la página que guarda las ejecuciones; guarda un archivo para conservarla.',
    noModel: 'No se ha podido cargar el modelo desde el servidor; vuelve a iniciar unrolled lab.',
    noToken: 'El modelo es solo para quien tiene su dirección: abre la que unrolled lab escribió en su terminal.',
    nameless: (name, count) =>
      `${name} no dice cuáles son sus ${formatCount(count)} tokens. Da sus caracteres en orden, cada uno una vez.`,
    characters: 'Sus caracteres, en orden',
    given: (count, of) => `${formatCount(count)} de ${formatCount(of)}`,
    use: 'Abrirlo',
    cancel: 'Cancelar',
    unknown: (name, list) =>
      `El modelo ${name} no conoce ${list} de este texto. Ábrelo con un texto que pueda leer, o deja fuera esos caracteres.`,
    leaveOut: 'Dejarlos fuera y abrirlo',
    others: (count) => `${formatCount(count)} más`,
    locked: 'El enlace que se abrió bloquea el texto y los ajustes.',
    offer: (clock, date, title, step) =>
      `¿Reanudar la ejecución de las ${clock}${date ? ` del ${date.toLocaleDateString('es', { month: 'long', day: 'numeric' })}` : ''} (${title}, paso ${formatCount(step)})?`,
    servedRun: (data, step) =>
      `Esta ejecución aprendió de ${data}. Hasta el paso ${formatCount(step)} las pérdidas son de sus propios datos, también en la parte reservada; desde ahí son del texto de esta página, que puede ser otro.`,
    resumeNot: 'No',
    resume: 'Reanudar',
  },
  link: {
    copy: 'Copiar enlace',
    copied: 'El enlace está copiado.',
    copiedStep: (step) =>
      `El enlace está copiado. Al abrirlo se recrea exactamente este modelo, en el paso ${formatCount(step)}.`,
    notCopied: 'El navegador no dejó copiar a la página. El enlace es ahora la dirección de la página.',
    noRun:
      'El enlace contiene los ajustes, pero no esta ejecución, porque los ajustes se cambiaron durante ella o empezó con un modelo de un archivo.',
    noModel: 'El enlace no contiene el modelo que se abrió. Guárdalo como archivo y envía ese archivo.',
    replay: (step, of) =>
      `Repitiendo la ejecución de quien envió el enlace: paso ${formatCount(Math.min(step, of))} de ${formatCount(of)}.`,
    prepare: (step, of) =>
      `Entrenando la red de esta página: paso ${formatCount(Math.min(step, of))} de ${formatCount(of)}.`,
    stop: 'Parar aquí',
    stopped: (step) => `Parado en el paso ${formatCount(step)}, antes del paso del enlace.`,
    repeated: (step, sent, own) =>
      own === sent
        ? `✓ idéntico al modelo del enlace en el paso ${formatCount(step)}`
        : `≈ difiere del modelo del enlace en el paso ${formatCount(step)}: se esperaban los pesos ${sent} y salieron ${own}; otro tipo de procesador, otro navegador u otra versión redondean de otra manera (Safari redondea dos veces una multiplicación con suma)`,
    sameText: 'Este es el texto del enlace.',
    otherText: 'Este no es el texto con el que se hizo el enlace, así que la ejecución también será distinta.',
    wholeLab: 'Laboratorio completo',
  },
  slow: (reason) => `Aquí el laboratorio calcula con JavaScript, unas 30 veces más lento de lo que podría: ${reason}.`,
  lost: {
    busy: 'El motor lleva 5 segundos sin responder.',
    restart: (step) => `Reiniciarlo desde el paso ${formatCount(step)}`,
    wait: 'Esperar',
    restarted: (step) => `El motor se ha reiniciado desde el paso ${formatCount(step)}.`,
    failed: 'El motor se ha detenido.',
  },
  news: {
    running: (step, loss) => `Paso ${formatCount(step)}, pérdida ${formatNumber(loss)}.`,
    below: (what) => `La pérdida es ahora menor que la de «${what}».`,
    started: 'Entrenando.',
    paused: (step) => `En pausa en el paso ${formatCount(step)}.`,
    clipped: 'Se ha recortado un gradiente.',
    back: (step) => `De vuelta en el paso ${formatCount(step)}.`,
    fresh: 'Una ejecución nueva, en el paso 0.',
  },
  dismiss: 'Cerrar',
};
