// The German words of the page that belong to no view. Terms: recurrent = rekurrent, loss = Verlust, step = Schritt, unit = Einheit, layer = Schicht,
// state = Zustand, window = Fenster, gate = Gatter, held out = zurückgehalten, weight = Gewicht, gradient clipping = Kappen, seed = Startwert, learning
// rate = Lernrate, run = Lauf, view = Ansicht, tour = Rundgang. The reader is addressed as „du“.

import { formatCount, formatNumber } from './format.ts';
import type { FailureOrigin } from './protocol.ts';
import { settingTable } from './settings.ts';
import { type strings, symbolOf } from './strings.ts';

const inLayer = ({ layer }: FailureOrigin['address']): string => (layer === undefined ? '' : ` in Schicht ${layer}`);
const counted = (count: number, one: string, many: string): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

export const words: typeof strings = {
  name: 'unrolled lab',
  title: 'unrolled lab – ein rekurrentes Netz lernt deinen Text',
  language: {
    label: 'Sprache',
    changed: 'Die Seite ist jetzt auf Deutsch.',
    notLoaded: 'Die Sprache konnte nicht geladen werden; beim ersten Mal braucht die Seite dafür eine Verbindung.',
  },
  tagline: 'Ein rekurrentes Netz lernt deinen Text in deinem Browser. Nichts verlässt ihn.',
  refusal: {
    tooLarge: ({ hidden, layers }) =>
      `Dieses Modell hat ${formatCount(hidden)} Einheiten in ${counted(layers, 'Schicht', 'Schichten')}. Es hier zu trainieren wäre zu langsam, deshalb liest die Seite es nur: Sie trainiert bis zu ${settingTable.hidden.max} Einheiten in ${settingTable.layers.max} Schichten.`,
    otherText:
      'Den Text, aus dem dieses Modell gelernt hat, hat die Seite nicht, nur eine Szene, die es nie gesehen hat. Die liest es, trainiert wird es damit nicht. Gib ihm unter „Daten“ einen eigenen Text, um es weiter zu trainieren.',
  },
  skip: 'Zur Ansicht springen',
  transport: {
    label: 'Training',
    train: 'Trainieren',
    pause: 'Pause',
    step: 'Ein Schritt',
    undo: 'Rückgängig',
    reset: 'Neu ab Schritt 0',
    speed: 'Tempo',
    speeds: { max: 'maximal', '60': '60 Schritte/s', '10': '10 Schritte/s', '1': '1 Schritt/s' },
  },
  figures: { step: 'Schritt', loss: 'Verlust', speed: 'Tokens/s' },
  rail: {
    label: 'Einstellungen',
    data: 'Daten',
    model: 'Modell',
    train: 'Training',
    sample: 'Probe',
    more: 'Weitere Einstellungen',
    start: 'Startseite',
    restarts: 'beginnt einen neuen Lauf',
    parameters: (count) => `${count} Parameter`,
    tokens: (tokens, kinds) => `${formatCount(tokens)} Tokens, ${formatCount(kinds)} verschiedene`,
  },
  waitingForText: 'Der Text wird vorbereitet.',
  baselines: { guess: 'Raten', unigram: 'Tokenhäufigkeiten', bigram: 'Paarhäufigkeiten' },
  tasks: {
    label: 'Was gelernt wird',
    names: { text: 'Einen Text schreiben', classify: 'Namen unterscheiden', forecast: 'Eine Reihe vorhersagen' },
    begin: {
      classify: ['Namen unterscheiden', 'nach ihrer Sprache'],
      forecast: ['Eine Reihe vorhersagen', 'aus dem Wetter bis heute'],
    },
    about: {
      text: 'Das Netz rät jedes nächste Zeichen und lernt so zu schreiben.',
      classify: 'Das Netz liest einen Namen und sagt, zu welcher Klasse er gehört, etwa zu welcher Sprache.',
      forecast: 'Das Netz liest eine Spalte mit Zahlen und sagt, wie sie weitergeht.',
    },
    baselines: {
      classify: { guess: 'Raten', unigram: 'Klassenhäufigkeiten' },
      forecast: { guess: 'letzter Wert', unigram: 'Saison davor' },
    },
    examples: (count, classes) => `${formatCount(count)} Beispiele, ${formatCount(classes)} Klassen`,
    rows: (count) => `${formatCount(count)} Zeilen`,
    heldOut: 'zurückgehalten',
    waiting: 'Die Daten werden vorbereitet.',
  },
  inspector: {
    label: 'Diese Zahl erklärt',
    empty: 'Tippe auf eine Zahl, um zu sehen, woher sie kommt.',
    loading: 'Die Formeln werden geladen.',
    notLoaded: 'Die Formeln konnten nicht geladen werden; beim ersten Mal braucht die Seite dafür eine Verbindung.',
  },
  failureOrigin: ({ address, stream, inParameters, windowTrace }) =>
    inParameters
      ? `Ursache war das Update von Schritt ${formatCount(windowTrace.step)}: Der erste Parameter, der nicht endlich ist, ist ${symbolOf(address)}${inLayer(address)}.`
      : `Die erste Zahl, die nicht endlich ist, ist ${symbolOf(address)}${inLayer(address)}, in Text ${stream + 1} des Batches.`,
  undoTo: (step) => `Zurück zu Schritt ${formatCount(step)}`,
  views: {
    label: 'Ansichten',
    notLoaded:
      'Diese Ansicht konnte nicht geladen werden. Sie braucht eine Verbindung; versuch es wieder, wenn du online bist.',
  },
  settings: {
    task: 'Aufgabe',
    text: 'Text',
    ownText: 'Dein Text',
    level: 'Token',
    share: 'Anteil fürs Training',
    column: 'Spalte zur Vorhersage',
    ahead: 'Zeilen voraus',
    cell: 'Zelle',
    hidden: 'Einheiten H',
    layers: 'Schichten',
    init: 'W am Anfang',
    gain: 'Faktor von W am Anfang',
    seed: 'Startwert (Seed)',
    T: 'Fenster T',
    batch: 'Batch B',
    carry: 'Zustand ins nächste Fenster mitnehmen',
    opt: 'Optimierer',
    lr: 'Lernrate',
    clip: 'Gradient kappen bei',
    restart: 'Neustart bei 0',
    decay: 'Gewichtsabnahme',
    temperature: 'Temperatur',
    topK: 'Top-k',
    sampleSeed: 'Startwert (Seed)',
    length: 'Länge',
    prime: 'Anfang',
    speed: 'Tempo',
  },
  reluTitle: 'RNN mit ReLU',
  choices: {
    char: 'Zeichen',
    byte: 'Byte',
    word: 'Wort',
    subword: 'Wortteil',
    rnn: 'RNN, tanh',
    relu: 'RNN, ReLU',
    lstm: 'LSTM',
    gru: 'GRU',
    mingru: 'minGRU',
    sgd: 'SGD',
    momentum: 'Momentum',
    nesterov: 'Nesterov',
    adagrad: 'Adagrad',
    rmsprop: 'RMSprop',
    adam: 'Adam',
    adamw: 'AdamW',
    muon: 'Muon',
    orthogonal: 'orthogonal',
    identity: 'Einheitsmatrix',
    uniform: 'gleichverteilt',
    tale: 'Erzählung',
    opening: 'Anfang der Erzählung',
    verse: 'Lied',
    scene: 'Szene eines Stücks',
    code: 'Code',
    brackets: 'Klammern',
    sums: 'Summen',
    copy: 'Aufgabe: wiederholen',
    dyck: 'Aufgabe: Klammern in Klammern',
    parity: 'Aufgabe: gerade oder ungerade',
    addition: 'Aufgabe: addieren, zweistellig',
    counting: 'Aufgabe: zählen',
    reber: 'Aufgabe: Reber-Grammatik',
    text: 'Einen Text schreiben',
    classify: 'Namen unterscheiden',
    forecast: 'Eine Reihe vorhersagen',
    names: 'Namen aus vier Sprachen',
    weather: 'Ein erfundenes Wetter',
    own: 'Eigener Text',
  },
  on: 'an',
  off: 'aus',
  onOrOff: (setting) => `${setting}: aus / an`,
  changedTo: (setting, value) => `${setting} ${value}`,
  quoted: (text) => `„${text}“`,
  nats: (value) => `${value} Nats`,
  live: {
    units: (count) => counted(count, 'Einheit', 'Einheiten'),
    steps: (count) => `${count} ${count === '1' ? 'Schritt' : 'Schritte'}`,
    characters: (count) => `${formatCount(count)} Zeichen`,
    kinds: (count) => `${formatCount(count)} verschiedene Zeichen`,
    parameters: (count) => `${formatCount(count)} Parameter`,
    updates: (count) => counted(count, 'Update', 'Updates'),
  },
  files: {
    title: 'Dateien',
    open: 'Datei öffnen …',
    openNote:
      'Ein Text, ein Modell (.safetensors, mit seinen anderen Dateien) oder eine Sitzung. Du kannst sie auch irgendwo auf der Seite ablegen.',
    saveModel: 'Modell speichern',
    saveSession: 'Sitzung speichern',
    saveNote:
      'Ein Modell enthält die Gewichte, auch für PyTorch lesbar. Eine Sitzung geht genau dort weiter, wo sie war.',
    saved: (name) => `Gespeichert als ${name}.`,
    model: (name) => `Der Lauf begann mit dem Modell ${name}.`,
    fresh: 'Stattdessen ein neues trainieren',
    opened: (name) => `${name} ist geöffnet.`,
    notFetched: (name) =>
      `Das Modell @${name} konnte nicht geladen werden; beim ersten Mal braucht die Seite dafür eine Verbindung.`,
    lost: 'Der Lauf wurde nicht gespeichert, weil der Rechenteil inzwischen neu gestartet ist; speichere ihn noch einmal.',
    notKept:
      'Dieser Besuch wird nicht aufgehoben: Der Teil der Seite, der Läufe aufhebt, konnte nicht geladen werden. Speichere eine Datei, um einen Lauf zu behalten.',
    noModel: 'Das Modell konnte nicht vom Server geladen werden; starte unrolled lab noch einmal.',
    noToken:
      'Das Modell bekommt nur, wer seine Adresse hat: Öffne die, die unrolled lab in seinem Terminal ausgegeben hat.',
    nameless: (name, count) =>
      `${name} sagt nicht, was seine ${formatCount(count)} Tokens sind. Gib seine Zeichen der Reihe nach an, jedes einmal.`,
    characters: 'Seine Zeichen, der Reihe nach',
    given: (count, of) => `${formatCount(count)} von ${formatCount(of)}`,
    use: 'Öffnen',
    cancel: 'Abbrechen',
    unknown: (name, list) =>
      `Das Modell ${name} kennt ${list} aus diesem Text nicht. Öffne es mit einem Text, den es lesen kann, oder lass diese Zeichen weg.`,
    leaveOut: 'Weglassen und öffnen',
    others: (count) => `${formatCount(count)} weitere`,
    locked: 'Der Link, der geöffnet wurde, legt den Text und die Einstellungen fest.',
    offer: (clock, date, title, step) =>
      `Den Lauf von ${date ? `${date.toLocaleDateString('de-DE', { month: 'short', day: 'numeric' })}, ` : ''}${clock} fortsetzen (${title}, Schritt ${formatCount(step)})?`,
    servedRun: (data, step) =>
      `Dieser Lauf hat aus ${data} gelernt. Bis Schritt ${formatCount(step)} gelten die Verluste für seine eigenen Daten, auch die auf dem zurückgehaltenen Teil; von da an gelten sie für den Text dieser Seite, der ein anderer sein kann.`,
    resumeNot: 'Nein',
    resume: 'Fortsetzen',
  },
  link: {
    copy: 'Link kopieren',
    copied: 'Der Link ist kopiert.',
    copiedStep: (step) =>
      `Der Link ist kopiert. Wer ihn öffnet, bekommt genau dieses Modell, bei Schritt ${formatCount(step)}.`,
    notCopied: 'Der Browser ließ die Seite nicht kopieren. Die Adresse der Seite ist jetzt der Link.',
    noRun:
      'Der Link enthält die Einstellungen, aber nicht diesen Lauf, weil unterwegs Einstellungen geändert wurden oder weil er mit einem Modell aus einer Datei begann.',
    noModel: 'Der Link enthält das Modell nicht, das geöffnet wurde. Speichere es als Datei und verschicke die.',
    replay: (step, of) =>
      `Der Lauf, den der Link beschreibt, wird wiederholt: Schritt ${formatCount(Math.min(step, of))} von ${formatCount(of)}.`,
    prepare: (step, of) =>
      `Das Netz für diese Seite wird trainiert: Schritt ${formatCount(Math.min(step, of))} von ${formatCount(of)}.`,
    stop: 'Hier anhalten',
    stopped: (step) => `Angehalten bei Schritt ${formatCount(step)}, vor dem Schritt des Links.`,
    repeated: (step, sent, own) =>
      own === sent
        ? `✓ bei Schritt ${formatCount(step)} dasselbe Modell, wie der Link es verspricht`
        : `≈ bei Schritt ${formatCount(step)} ein anderes Modell, als der Link verspricht: erwartet waren die Gewichte ${sent}, herausgekommen sind ${own}; ein anderer Prozessor, Browser oder eine andere Version rundet anders (Safari rundet ein Multiplizieren mit Addieren zweimal)`,
    sameText: 'Das ist der Text des Links.',
    otherText: 'Mit diesem Text wurde der Link nicht gemacht, also wird auch der Lauf ein anderer.',
    wholeLab: 'Ganzes Labor',
  },
  slow: (reason) => `Das Labor rechnet hier mit JavaScript, etwa 30-mal langsamer, als es könnte: ${reason}.`,
  lost: {
    busy: 'Der Rechenteil der Seite hat seit 5 Sekunden nicht geantwortet.',
    restart: (step) => `Ab Schritt ${formatCount(step)} neu starten`,
    wait: 'Warten',
    restarted: (step) => `Der Rechenteil wurde ab Schritt ${formatCount(step)} neu gestartet.`,
    failed: 'Der Rechenteil ist stehen geblieben.',
  },
  news: {
    running: (step, loss) => `Schritt ${formatCount(step)}, Verlust ${formatNumber(loss)}.`,
    below: (what) => `Der Verlust liegt jetzt unter dem von „${what}“.`,
    started: 'Das Training läuft.',
    paused: (step) => `Pause bei Schritt ${formatCount(step)}.`,
    clipped: 'Ein Gradient wurde gekappt.',
    back: (step) => `Zurück bei Schritt ${formatCount(step)}.`,
    fresh: 'Ein neuer Lauf, bei Schritt 0.',
  },
  dismiss: 'Schließen',
};
