// The words of the view Export in German.

import { formatCount } from '../../format.ts';
import type { exportStrings } from './strings.ts';

export const words: typeof exportStrings = {
  summary: (updates, series) =>
    `Der Lauf als Code, ${formatCount(updates)} ${updates === 1 ? 'Update' : 'Updates'} lang, und seine Zahlen in ${formatCount(series)} Tabellen. Bilder einer Ansicht speicherst du unter der Ansicht selbst.`,
  code: {
    title: 'Der Lauf als Code',
    kinds: { library: 'Bibliothek', command: 'Befehlszeile', pytorch: 'PyTorch' },
    label: 'Sprache',
    about: {
      library:
        'Für Node, nach npm install unrolled. Es macht genau diesen Lauf, bis aufs letzte Bit, wo dieselben Rechenkerne arbeiten.',
      command:
        'Für ein Terminal mit Node. Es macht genau diesen Lauf und behält die Gewichte, die auf dem zurückgehaltenen Text am besten sind.',
      pytorch:
        'Für Python mit torch. Gib ihm das Modell, das das Labor bei Schritt 0 gespeichert hat, und seine Verluste sind bis auf Rundung die des Labors.',
    },
    saveText: 'text.txt speichern',
    changed: 'Während dieses Laufs wurden Einstellungen geändert; der Code hat die von jetzt.',
    lacks: {
      gain: 'Die Befehlszeile hat keine Option für den Faktor von W am Anfang; nimm den Code der Bibliothek.',
      carry: 'Die Befehlszeile nimmt den Zustand immer ins nächste Fenster mit; nimm den Code der Bibliothek.',
      weights:
        'Der Lauf begann mit einem trainierten Modell: Speichere es in der Gruppe „Dateien“ als model.safetensors (für die Befehlszeile macht unrolled import daraus einen Ordner).',
      random: 'Ohne dieses Modell zieht PyTorch andere Zufallszahlen aus denselben Verteilungen.',
      words: 'Wörter aus Schriften mit kombinierenden Zeichen werden vielleicht anders getrennt.',
    },
  },
  formulas: {
    title: 'Formeln als LaTeX',
    which: 'Formel',
    all: 'alle',
    passes: { forward: 'vorwärts', backward: 'rückwärts', total: 'Summen über die Zeit' },
  },
  numbers: {
    title: 'Zahlen als CSV',
    which: 'Tabelle',
    save: 'CSV speichern',
    preview: 'Die ersten Zeilen',
    size: (rows, columns) =>
      `${formatCount(rows)} ${rows === 1 ? 'Zeile' : 'Zeilen'}, ${formatCount(columns)} ${columns === 1 ? 'Spalte' : 'Spalten'}, mit allen Stellen.`,
    groups: { run: 'Der Lauf', weights: 'Gewichte', window: 'Das Fenster am Cursor' },
    names: {
      losses: 'Verluste, Normen und Lernraten',
      heldOut: 'Verluste auf dem zurückgehaltenen Text',
      decay: 'Normen der Gradienten ‖∂L(t)/∂h(k)‖',
      states: 'Zustände h',
      gradients: 'Gradienten ∇h',
      predictions: 'Vorhersagen ŷ',
      errors: 'Fehler L(t)',
    },
    none: 'Noch gibt es nichts zu speichern.',
  },
  copy: 'Kopieren',
  copied: 'Kopiert.',
  notCopied: 'Der Browser ließ die Seite nicht kopieren. Markier den Text und kopier ihn selbst.',
  columns: ['Tabelle', 'Zeilen', 'Spalten'],
};
