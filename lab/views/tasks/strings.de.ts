// The words of the views for tasks other than text, in German.

import { formatCount, formatNumber, formatShare } from '../../format.ts';
import type { taskStrings } from './strings.ts';

const rows = (count: number): string => `${formatCount(count)} ${count === 1 ? 'Zeile' : 'Zeilen'}`;
const steps = (step: number): string => `${formatCount(step)} ${step === 1 ? 'Schritt' : 'Schritten'}`;
const withSign = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value)}`;

export const words: typeof taskStrings = {
  data: {
    form: {
      classify:
        'In jeder Zeile eine Klasse, ein Tabulator und ein Name; oder eine Tabelle, deren erste Zeile label und text enthält',
      forecast: 'Eine Tabelle, deren erste Zeile die Spalten benennt, oder eine Zahl in jeder Zeile',
    },
    drop: 'Tippen, einfügen oder eine Datei irgendwo ablegen.',
    classes: {
      summary: (training, heldOut, classes) =>
        `Das Netz liest ${formatCount(training)} Namen aus ${formatCount(classes)} Klassen und wird an ${formatCount(heldOut)} gemessen, die es nie sieht.`,
      title: 'Klassen',
      head: ['Klasse', 'trainiert', 'zurückgehalten'],
      baselines: 'Was Raten erreicht',
      note: 'Auf den zurückgehaltenen Namen. Ein Netz hat etwas gelernt, sobald es besser ist.',
      guess: 'Raten: jede Klasse gleich wahrscheinlich, Nats',
      unigram: 'So oft, wie jede Klasse vorkommt, Nats',
      majority: (label) => `Immer ${label}, richtig für`,
      examples: 'Beispiele',
      held: 'zurückgehalten',
      columns: ['Name', 'Klasse', 'Teil'],
      training: 'trainiert',
      chosen: (shown, all) =>
        shown === all ? 'Alle.' : `${formatCount(shown)} von ${formatCount(all)}, aus allen Stellen der Daten.`,
    },
    series: {
      summary: (column, training, heldOut, ahead) =>
        `Das Netz liest ${rows(training)}, lernt ${column} bis zu ${rows(ahead)} voraus vorherzusagen und wird an ${rows(heldOut)} gemessen, auf denen es nie trainiert.`,
      title: 'Die Reihe',
      column: 'Spalte zur Vorhersage',
      ahead: 'Zeilen voraus',
      picture: (column, count) =>
        `Die Spalte ${column}, ${rows(count)}; der zurückgehaltene Teil an ihrem Ende ist getönt.`,
      baselines: 'Was die einfachsten Vorhersagen erreichen',
      note: 'Mittlerer quadratischer Fehler auf den zurückgehaltenen Zeilen, im Quadrat der Einheit der Spalte, über alle Zeilen voraus. Ein Netz hat etwas gelernt, sobald es besser ist.',
      naive: 'Der letzte Wert',
      seasonal: (season) => `Der Wert eine Saison von ${rows(season)} davor`,
      noSeason: 'In den Zeilen zum Trainieren wurde keine Saison gefunden.',
      learned: ({ change, isLog }) =>
        change === null
          ? 'Gelernt wird der Wert selbst; das war auf den letzten Zeilen zum Trainieren am besten.'
          : `Gelernt wird die Änderung${isLog ? ' des Logarithmus' : ''} gegenüber ${change === 1 ? 'dem letzten Wert' : `dem Wert ${rows(change)} davor`}; das war auf den letzten Zeilen zum Trainieren am besten.`,
      inputs: (list) => `Gelesene Spalten: ${list}.`,
      columns: ['Zeile', 'Wert', 'Teil'],
    },
  },
  train: {
    classes: {
      loss: 'Verlust, Nats je Name',
      speed: 'Namen/s',
      start:
        'Drück „Trainieren“ oder die Leertaste. Unten steht, was das Netz über zurückgehaltene Namen sagt, bevor es etwas gelernt hat.',
      summary: (step, loss, guess) =>
        `Nach ${steps(step)} beträgt der Verlust ${formatNumber(loss)} Nats je Name; bloßes Raten ergäbe ${formatNumber(guess)}.`,
      heldOut: (accuracy, most, share) =>
        ` Von den Namen, die es nicht kennt, sind ${formatShare(accuracy)} richtig; immer ${most} zu sagen träfe ${formatShare(share)}.`,
      unseen: 'Namen, die es nicht kennt',
      columns: { name: 'Name', is: 'ist', says: 'das Netz sagt', share: 'mit' },
      right: 'richtig',
      wrong: 'falsch',
      accuracy: 'Zurückgehaltene Namen, die richtig sind',
      majority: (label) => `immer ${label}`,
      try: 'Einen Namen probieren',
      placeholder: 'Tipp einen Namen',
      note: 'Was das Netz nach jedem Zeichen sagen würde, während es von links nach rechts liest. Die letzte Zeile ist seine Antwort.',
      read: 'bisher gelesen',
      answer: (text, label, share) => `„${text}“: ${label}, ${formatShare(share)}.`,
      unknown: (list) => `${list} hat es nie gesehen und liest es als unbekanntes Zeichen.`,
      remember: 'Unter „Gedächtnis“ sehen, wovon das abhängt',
    },
    series: {
      loss: 'Verlust, quadratischer Fehler (standardisiert)',
      speed: 'Zeilen/s',
      start: 'Drück „Trainieren“ oder die Leertaste. Vor seinem ersten Schritt wiederholt das Netz den letzten Wert.',
      summary: (step, loss) =>
        `Nach ${steps(step)} beträgt der quadratische Fehler auf dem, womit es trainiert, standardisiert ${formatNumber(loss)}.`,
      heldOut: (error, skill) =>
        ` Auf den zurückgehaltenen Zeilen liegt es im Mittel um ${formatNumber(error)} daneben; sein Skill ist ${formatNumber(skill)}: 0 ist so gut wie der letzte Wert, 1 vollkommen.`,
      score: 'Skill',
      title: (column) => `${column}: was kam und was vorhergesagt wurde`,
      actual: 'was kam',
      next: '1 Zeile voraus',
      path: (ahead) => `${formatCount(ahead)} Zeilen voraus`,
      band: 'so weit daneben wie üblich (± Wurzel des mittleren quadratischen Fehlers)',
      skill: 'Skill, zurückgehalten',
      naive: 'letzter Wert',
      seasonal: 'Saison davor',
      from: 'Vorhersage ab Zeile',
      end: (row) => `Zeile ${formatCount(row)}, die letzte: Noch weiß niemand, was kommt`,
      at: (row) => `Zeile ${formatCount(row)}`,
      picture: (column, from, to) =>
        `Die Spalte ${column} von Zeile ${formatCount(from)} bis ${formatCount(to)}: was kam und was vorhergesagt wurde.`,
    },
  },
  memory: {
    classes: {
      title: 'Welcher Name',
      own: 'Tipp einen Namen, oder geh die durch, die das Netz nicht kennt',
      place: (step, at, of, label) =>
        `Modell von Schritt ${formatCount(step)}, Name ${formatCount(at)} von ${formatCount(of)}, Klasse ${label}`,
      typed: (step) => `Modell von Schritt ${formatCount(step)}, der getippte Name`,
      unseen: 'Zurück zu den unbekannten Namen',
      about: { next: 'seine Klasse', guess: 'sein bisher bester Tipp' },
      note: 'Das Netz antwortet nach dem letzten Zeichen. Was es früher sagen würde, ist auch zu sehen: Wähl das Zeichen.',
    },
    series: {
      waiting: 'Es wird gemessen, von welchen früheren Zeilen die Vorhersage abhängt.',
      title: (column) => `Wovon die Vorhersage von ${column} abhängt`,
      row: 'Vorhersage ab Zeile',
      ahead: 'Zeilen voraus',
      at: (row) => `Zeile ${formatCount(row)}`,
      value: (ahead) => `${rows(ahead)} voraus`,
      how: 'Unter der Kurve gezeigt',
      gradient: 'nach dem Gradienten',
      test: 'durch eine Probe',
      gradientNote:
        'Wie sehr eine kleine Änderung dessen, was in einer Zeile gelesen wird, die Vorhersage verschieben könnte, ‖∂ Vorhersage / ∂x(k)‖, in Einheiten der Spalte je Standardabweichung des Gelesenen.',
      testNote:
        'Wie sich die Vorhersage ändert, wenn statt dieser Zeile eine durchschnittliche steht. Orange: Ohne sie wäre die Vorhersage niedriger; Blau: höher.',
      summary: (row, ahead, forecast) =>
        `Ab Zeile ${formatCount(row)} sagt das Netz ${formatNumber(forecast)} vorher, ${rows(ahead)} voraus.`,
      depends: (back, half) =>
        ` Das hängt am meisten von ${back === 0 ? 'der letzten Zeile' : `der Zeile ${formatCount(back)} vor der letzten`} ab; die Hälfte der Abhängigkeit liegt in ${half === 1 ? 'der letzten Zeile' : `den letzten ${rows(half)}`}.`,
      readout: (row, value, norm, change) =>
        `Zeile ${formatCount(row)}, ${formatNumber(value)}: Gradient ${formatNumber(norm)}; mit einer durchschnittlichen Zeile an ihrer Stelle ändert sich die Vorhersage um ${withSign(change)}.`,
      columns: ['Zeile', 'Wert', 'Gradient', 'Änderung mit durchschnittlicher Zeile'],
      picture: (from, to) =>
        `Die Zeilen ${formatCount(from)} bis ${formatCount(to)}, darunter ein Streifen: wie sehr die Vorhersage von jeder abhängt.`,
      model: (step) => `Modell von Schritt ${formatCount(step)}`,
      came: 'was kam',
      forecast: 'Vorhersage',
    },
  },
  absent: {
    why: {
      unrolled:
        '„Entrollt“ zeichnet das Fenster eines Textes mit einem Tipp nach jedem Schritt. Hier antwortet das Netz anders, also gibt es nichts zu zeichnen.',
      debugger:
        'Der Debugger folgt den Operationen eines Textfensters, in dem jeder Schritt einen Tipp und einen Verlust hat. Diese Aufgabe hat andere.',
      gradients:
        '„Gradientenfluss“ verfolgt den Fehler jedes Schritts eines Textes durch die Zeit zurück. Für diese Aufgabe kann das noch nicht gezeigt werden.',
      units:
        '„Einheiten“ sucht, was einzelne Einheiten in einem langen Stück Text tun, etwa die Buchstaben seit einem Leerzeichen zählen. Hier gibt es keinen solchen Text.',
      basins:
        '„Zwei Becken“ liest einen langen Text aus zwei Zuständen. Hier beginnt jedes Beispiel neu, mit dem Zustand null.',
      generate:
        '„Erzeugen“ schreibt mit einem Netz, das einen Text gelernt hat. Dieses hat gelernt zu antworten, nicht zu schreiben.',
      compare: '„Vergleich“ trainiert Netze nebeneinander auf einem Text. Für diese Aufgabe kann er es noch nicht.',
      export:
        '„Export“ schreibt das Programm eines Laufs auf einem Text. Für diese Aufgabe hat es die Befehlszeile: unrolled train.',
    },
    works: 'Für diese Aufgabe gibt es „Training“, „Daten“, „Gedächtnis“ und „Gewichte“.',
    toTexts: 'Stattdessen einen Text lernen',
  },
};
