// The German words of what surrounds the views.

import { formatCount } from '../format.ts';
import type { uiStrings } from './strings.ts';

/** What the two models of the start screen learned from, and how well; their cards say it in English (models/models.json). */
const cards: Readonly<Record<string, readonly [data: string, figure: string]>> = {
  shakespeare: [
    'tinyshakespeare, 1,1 Millionen Zeichen aus seinen Stücken, die gemeinfrei sind',
    '1,566 Nats je Zeichen auf den letzten 5 % des Textes',
  ],
  story: [
    'den ersten 90 % von „The Clockmaker’s River“, der Erzählung von 55.363 Zeichen, die zum Paket gehört, jeder Absatz in einer Zeile',
    '1,26 Nats je Zeichen auf dem letzten Zehntel der Erzählung, das es nicht gesehen hat; 0,82 auf dem, was es gelernt hat',
  ],
};

export const words: typeof uiStrings = {
  start: {
    tagline: 'Sieh einem kleinen neuronalen Netz beim Schreiben zu, dann sieh hinein',
    about:
      'Es sagt einen Text voraus, Buchstabe für Buchstabe. Alles läuft in deinem Browser, auch mit deinem eigenen Text, und jede Zahl, die es berechnet, kannst du dir ansehen.',
    choices: {
      story: ['Erzähl mir etwas', 'trainiert mit einer Erzählung'],
      shakespeare: ['Schreib mir ein Drama', 'trainiert mit Shakespeare'],
    },
    own: ['Ein eigenes trainieren', 'von null an, in Sekunden'],
    tour: ['Rundgang beginnen', 'acht Kapitel mit je einer Aufgabe'],
    gallery: 'Oder sieh dir die Galerie an: sechs kleine Aufgaben, gelöst',
    paper: 'Was es schreibt',
    waiting: 'Drück einen der beiden ersten Knöpfe, und der Text erscheint hier, Buchstabe für Buchstabe.',
    loading: (name) => `@${name} wird geladen.`,
    stop: 'Anhalten',
    more: 'Weiterschreiben',
    another: 'Noch einer',
    prompt: 'Anfang',
    boldness: 'Kühnheit',
    boldnessNote: 'Die Temperatur: Nahe 0 nimmt es den wahrscheinlichsten Buchstaben, über 1 wagt es etwas.',
    odds: 'Was folgen kann',
    learned: (name, cell, units, weights, data) =>
      `@${name} ist schon trainiert. Es ist eine ${cell} mit ${formatCount(units)} Einheiten und ${formatCount(weights)} Gewichten und hat gelernt aus ${cards[name]?.[0] ?? data}.`,
    figure: (name, figure, license) => `Sein Verlust: ${cards[name]?.[1] ?? figure}. Seine Lizenz: ${license}.`,
    further: (step) =>
      `Du hast es ${formatCount(step)} ${step === 1 ? 'Schritt' : 'Schritte'} weiter trainiert; diese Angaben gelten also für das Modell davor.`,
    look: 'Sieh hinein:',
    goOn: 'Weiter trainieren',
    others:
      'Zum Paket gehören drei weitere Modelle. Die Datei von @arithmetic kannst du hier ablegen; @names und @pos schreiben keinen Text, deshalb kann das Labor sie nicht zeigen.',
  },
  theme: { label: 'Farben', auto: 'Automatisch', light: 'Hell', dark: 'Dunkel' },
  guides: {
    title: 'Lernen und lehren',
    tour: 'Rundgang',
    gallery: 'Galerie',
    exercise: 'Eine Übung machen',
    frame: 'Diese Ansicht einbetten',
  },
  presets: {
    title: 'Beispiele',
    hand: ['Von Hand', 'Zwei Einheiten lesen „hello“'],
    default: ['Eine Erzählung', 'Ein kleines Netz lernt buchstabieren'],
    vanish: ['Verschwindender Gradient', 'W ist klein, also verklingen Fehler auf dem Weg zurück'],
    explode: ['Explodierender Gradient', 'W ist groß, also laufen die Zahlen bald über'],
    brackets: ['Klammern', 'Wer sie schließt, braucht ein Gedächtnis'],
    'gru-vs-rnn': ['GRU oder RNN', 'Gatter halten Fehler am Leben'],
    basins: ['Zwei Becken', 'Manche Anfänge sind für immer verloren'],
  },
  explanation: {
    label: 'Erklärung',
    tab: 'Lesen',
    contents: 'Kapitel',
    follows: 'Ansicht folgt dem Text',
    example: 'Die Zahlen im Text stammen von zwei Einheiten, die „hello“ lesen.',
    openExample: 'Das Beispiel „hello“ laden',
    show: (view) => `Zeigen: ${view}`,
    unknown: (names, known) =>
      `Der Link verlangt Kapitel, die es in der Erklärung nicht gibt: ${names}. Es gibt ${known}.`,
  },
  saveView: {
    label: 'Speichern:',
    csv: 'CSV',
    png: 'PNG',
    svg: 'SVG',
    names: {
      csv: 'Die Tabelle dieser Ansicht als CSV speichern',
      png: 'Ein Bild dieser Ansicht als PNG speichern',
      svg: 'Ein Bild dieser Ansicht als SVG speichern',
    },
    notSaved: (reason) => `Die Ansicht wurde nicht gespeichert: ${reason}.`,
  },
  table: {
    open: 'Als Tabelle lesen',
    close: 'Tabelle schließen',
    refresh: 'Aktualisieren',
    previous: 'Vorige Zeilen',
    next: 'Nächste Zeilen',
  },
  keys: {
    title: 'Tasten',
    open: 'Tasten',
    close: 'Schließen',
    single: 'Kürzel aus einer einzelnen Taste',
    list: [
      ['Leertaste', 'trainieren, Pause'],
      ['.', 'ein Schritt'],
      ['1 – 9, 0', 'die Ansichten, der Reihe nach'],
      ['← →', 'durch ein Diagramm, einen Text oder eine Heatmap'],
      ['Pos1, Ende', 'an ihren Anfang, an ihr Ende'],
      ['↑ ↓', 'die Einheit, in einer Heatmap'],
      ['U, + und −', 'Entrollt: einrollen oder entrollen, eine Kopie mehr oder weniger'],
      ['P', 'Entrollt: die Wellen abspielen, oder ihr nächster Schritt'],
      ['B, E', 'Debugger: der passende Schritt des anderen Laufs; eine Zahl ändern'],
      ['Rücktaste', 'die Zahl, die vorher erklärt wurde'],
      ['Strg oder ⌘ Z', 'rückgängig'],
      ['L', 'Link kopieren'],
      ['?', 'diese Liste'],
    ],
  },
};
