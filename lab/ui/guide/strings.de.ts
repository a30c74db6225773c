// The German words of what leads through the page.

import { formatCount, formatExactly } from '../../format.ts';
import type { guideStrings } from './strings.ts';

export const words: typeof guideStrings = {
  tour: {
    label: 'Rundgang',
    place: (number, of) => `Rundgang, Kapitel ${number} von ${of}`,
    task: 'Aufgabe',
    open: 'Noch offen',
    done: 'Gelöst',
    doneSaid: (title) =>
      title ? `Aufgabe gelöst. Das nächste Kapitel heißt „${title}“.` : 'Aufgabe gelöst. Das war das letzte Kapitel.',
    back: 'Zurück',
    next: 'Weiter',
    again: 'Von vorn',
    more: 'Mehr dazu in der Erklärung',
    leave: 'Rundgang verlassen',
    chapters: 'Kapitel des Rundgangs',
    chapterDone: 'gelöst',
    finished:
      'Alle acht Aufgaben sind gelöst. Jetzt gehören die Ansichten dir: Gib der Seite unter „Daten“ einen eigenen Text, oder sieh dir die Galerie an.',
    forget: 'Vergessen, was ich getan habe',
  },
  gallery: {
    label: 'Galerie',
    title: 'Sechs kleine Aufgaben, gelöst',
    about:
      'Jeder dieser Texte folgt einer Regel, deshalb weiß man, was es zu lernen gibt. Öffne einen: In ein oder zwei Sekunden ist das Netz trainiert, und die Seite sagt, worauf du achten kannst.',
    lookFor: 'Worauf du achten kannst',
    again: 'Von vorn',
    all: 'Die ganze Galerie',
    leave: 'Galerie verlassen',
  },
  copied: 'Kopiert.',
  notCopied: 'Der Browser ließ die Seite nicht kopieren; markier den Text und kopier ihn selbst.',
  exercise: {
    label: 'Übung',
    untitled: 'Eine Übung',
    count: (done, of) => `${done} von ${of} gelöst`,
    done: 'Gelöst',
    open: 'Offen',
    doneSaid: (text) => `Gelöst: ${text}`,
    check: 'Prüfen',
    right: 'Richtig.',
    wrong: 'Noch nicht. Versuch es noch einmal.',
    answer: (number) => `Antwort auf Aufgabe ${number}`,
    sheet: 'Antwortbogen',
    sheetNote:
      'Er enthält deinen Namen, deine Antworten und wann du sie hattest. Nichts wird verschickt: Speichere oder druck ihn und gib ihn ab.',
    name: 'Name',
    download: 'Antwortbogen speichern',
    print: 'Drucken',
    saved: (name) => `Gespeichert als ${name}.`,
    problem: (number, line, isTooMany) =>
      isTooMany
        ? 'Der Link hat mehr Aufgaben, als die Seite nimmt; gezeigt werden die ersten 20.'
        : `Aufgabe ${number} des Links, „${line}“, kann die Seite nicht prüfen, deshalb fehlt sie.`,
    usual: (condition) => {
      switch (condition.kind) {
        case 'loss':
          return `Trainiere, bis der Verlust unter ${formatExactly(condition.below)} liegt.`;
        case 'heldout':
          return `Trainiere, bis der Verlust auf dem zurückgehaltenen Text unter ${formatExactly(condition.below)} liegt.`;
        case 'pairs':
          return 'Bring den Verlust unter die Linie der Paarhäufigkeiten.';
        case 'step':
          return `Trainiere ${formatCount(condition.from)} Schritte lang.`;
        case 'view':
          return `Öffne die Ansicht ${condition.view}.`;
        case 'setting':
          return `Stell ${condition.name} auf ${condition.value}.`;
        case 'tour':
          return 'Lös die Aufgabe des Rundgangs.';
        default:
          return 'Beantworte die Frage.';
      }
    },
  },
  maker: {
    label: 'Für Lehrkräfte',
    title: 'Eine Übung machen',
    about:
      'Richte die Seite so ein, wie deine Klasse sie vorfinden soll: Text, Netz, Ansicht, und so weit trainiert, wie du möchtest. Füg Aufgaben hinzu und mach den Link. Die Seite prüft die Aufgaben selbst, und was deine Klasse tut, bleibt in ihren Browsern.',
    name: 'Titel',
    kind: (number) => `Was Aufgabe ${number} verlangt`,
    value: (number) => `Wert von Aufgabe ${number}`,
    text: (number) => `Wortlaut von Aufgabe ${number}`,
    textHint: 'Was deine Klasse liest',
    remove: (number) => `Aufgabe ${number} entfernen`,
    add: 'Noch eine Aufgabe',
    kinds: {
      pairs: 'Verlust unter der Paarlinie',
      loss: 'Verlust unter',
      heldout: 'Verlust, zurückgehalten, unter',
      step: 'Schritt erreicht',
      view: 'Ansicht geöffnet',
      setting: 'Einstellung hat einen Wert',
      tour: 'Aufgabe des Rundgangs',
      number: 'Antwort: eine Zahl',
      words: 'Antwort: Wörter',
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
      words: 'verschwindet / er verschwindet',
    },
    limits: 'Was die Klasse sieht und ändern darf',
    lock: 'Text, Modell und Training bleiben, wie sie sind',
    hide: (what) => `Ohne ${what}`,
    chapters: 'Kapitel der Erklärung, die die Klasse liest; alle, wenn keines gewählt ist',
    make: 'Link machen',
    wrong: (number) =>
      `Aufgabe ${number} ist nicht vollständig: Gib ihren Wert an und, wo sie etwas fragt, ihren Wortlaut.`,
    link: 'Link der Übung',
    open: 'Ausprobieren',
    sheets: 'Antwortbögen',
    sheetsNote:
      'Öffne die abgegebenen Bögen, viele auf einmal. Dieser Browser hebt sie auf, bis du sie vergisst. Ein Bogen ist ein Text, der sich ändern lässt, also kein Beweis; und wer sich die Mühe macht, kann die Antworten aus dem Link lesen.',
    openSheets: 'Antwortbögen öffnen',
    forget: 'Alle Bögen vergessen',
    noSheet: (name, count) =>
      count === 1 ? `${name} ist kein Antwortbogen.` : `${name} und ${count - 1} weitere sind keine Antwortbögen.`,
    pupil: 'Name',
    doneCount: 'Gelöst',
  },
  frame: {
    label: 'Für Blogs und Notebooks',
    title: 'Diese Ansicht einbetten',
    about:
      'Die Ansicht steht, wie sie jetzt ist, in einem Rahmen deiner Seite und rechnet dort. Füg das ein, wo deine Seite HTML annimmt.',
    height: 'Höhe in Pixeln',
    make: 'Code erzeugen',
    snippet: 'Code zum Einfügen',
    copy: 'Code kopieren',
    local:
      'Diese Seite liefert unrolled lab nur für dieses Gerät. Starte es als unrolled lab --embed ORIGIN, mit dem Ursprung (Origin) deiner Seite, oder nimm die Seite im Web.',
  },
};
