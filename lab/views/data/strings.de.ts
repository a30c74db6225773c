// The words of the view Data in German.

import { formatCount } from '../../format.ts';
import type { dataStrings } from './strings.ts';

export const words: typeof dataStrings = {
  editor: 'Der Text, aus dem gelernt wird',
  drop: 'Tippen, einfügen oder eine Textdatei irgendwo ablegen.',
  open: 'Datei öffnen …',
  excerpt: (shown, all) =>
    `Die ersten ${formatCount(shown)} von ${formatCount(all)} Zeichen. Einen so langen Text änderst du in seiner Datei, oder du fügst einen anderen an seiner Stelle ein.`,
  boundary: 'Wo das Training endet und der zurückgehaltene Text beginnt',
  training: 'zum Trainieren',
  heldOut: 'zurückgehalten',
  edge: 'Rund um die Grenze',
  vocabulary: 'Vokabular',
  baselines: 'Was man allein durch Zählen erreicht',
  baselinesNote:
    'Nats je Token auf dem zurückgehaltenen Text. Ein Netz hat etwas gelernt, sobald sein Verlust unter diesen Werten liegt.',
  guess: 'Raten: jedes Token gleich wahrscheinlich',
  unigram: 'Tokens zählen',
  bigram: 'Paare zählen',
  token: 'Token',
  count: 'Anzahl',
  share: 'Anteil',
  summary: (training, heldOut, kinds) =>
    `Das Netz liest ${formatCount(training)} Tokens, ${formatCount(kinds)} verschiedene, und wird an ${formatCount(heldOut)} Tokens gemessen, die es nie sieht.`,
  notText: (name) =>
    `${name}: erwartet wurde ein Text in UTF-8, gekommen sind andere Bytes; speichere ihn als UTF-8 und versuch es noch einmal.`,
  tooLarge: (size) => `Die Datei hat ${size}, erlaubt sind höchstens 5 MB; nimm einen Teil davon.`,
  texts: {
    tale: 'Ein Mädchen kommt mit einer kaputten Uhr in ein Dorf am Fluss. (Auf Englisch.)',
    verse: 'Ein Lied, das mit jeder Strophe um eine Zeile wächst. (Auf Englisch.)',
    code: 'Kleine Funktionen mit Listen und Zahlen.',
    brackets: 'Jede Klammer schließt die, die zuletzt geöffnet wurde. Das braucht ein Gedächtnis.',
    sums: 'Summen und Differenzen: leicht zu buchstabieren, schwer richtig zu treffen.',
    own: 'Was du getippt, eingefügt oder abgelegt hast.',
  },
};
