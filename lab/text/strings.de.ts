// The German words of the tour and of the gallery.

import type { guidedStrings } from './strings.ts';

export const words: typeof guidedStrings = {
  tour: {
    state: {
      title: 'Was ist h?',
      text: 'Das Netz liest einen Buchstaben nach dem anderen. Was es von allem Gelesenen behält, ist eine kurze Liste von Zahlen, sein verborgener Zustand h. Hier sind es zwei. Blau ist negativ, Orange positiv. Jede farbige Zelle auf dieser Seite ist so eine Zahl, und jede kann dir sagen, woher sie kommt.',
      task: 'Wähl eine Zelle von h, in der linken Hälfte eines Kastens im Bild: durch Tippen oder mit den Pfeiltasten und der Eingabetaste.',
    },
    unroll: {
      title: 'Entrollen',
      text: 'Das Netz ist ein Kasten mit einer Schleife: Sein Zustand geht beim nächsten Schritt wieder hinein. Schritt für Schritt gezeichnet wird aus der Schleife eine Reihe. Sie sieht aus wie viele Kästen mit vielen Gewichten. Aber es sind dieselben Gewichte, immer wieder benutzt.',
      task: 'Roll die Reihe zu einem einzigen Kasten ein („Einrollen“ oder die Taste U). Dann entroll sie wieder.',
    },
    loss: {
      title: 'Der Verlust',
      text: 'Dieses Netz hat 300 Schritte lang geübt. Vor jedem Buchstaben gibt es jedem möglichen eine Wahrscheinlichkeit. Der Verlust L(t) ist minus der Logarithmus der Wahrscheinlichkeit, die der richtige bekam. Sicher und richtig kostet nichts. Sicher und falsch kostet viel. Das Training macht die Summe der Verluste klein.',
      task: 'Such den Schritt t dieses Fensters, bei dem das Netz am meisten überrascht war: Wähl die Spalte mit dem größten L(t).',
    },
    backward: {
      title: 'Rückwärts durch einen Schritt',
      text: 'Jetzt fragen wir, welche Zahlen den Fehler verursacht haben. Der Gradient der Ausgaben o ist einfach Vorhersage minus Wahrheit. Er geht durch V zurück zum Zustand h und durch die Steigung von tanh zur Summe a davor. Jede Operation des Vorwärtslaufs hat ihr Gegenstück auf dem Weg zurück.',
      task: 'Geh mit → weiter, bis du bei ∇a(4) bist, dem Gradienten dieser Summe. Sieh dir unterwegs jede Operation an.',
    },
    'through-time': {
      title: 'Zurück durch die Zeit',
      text: 'Ein Zustand machte seine eigene Vorhersage, und er machte den nächsten Zustand. Also hat sein Gradient zwei Teile: einen von seiner Ausgabe und einen aus der Zukunft, durch W. Schritt für Schritt wandert der Fehler zurück zum ersten Buchstaben. Unterwegs trägt er zu den Gradienten derselben U, V und W bei.',
      task: 'Geh zurück, an t = 1 vorbei, bis zu ∇W. Welcher seiner vier Einträge hat den größten Betrag? Lass ihn dir erklären.',
    },
    vanishing: {
      title: 'Verschwinden',
      text: 'Jeder Schritt zurück multipliziert den Gradienten mit W und mit einer Steigung. Machen beide ihn kleiner, ist nach zehn Schritten wenig übrig und nach fünfzig nichts. Dann kann das Netz aus dem, was weit zurückliegt, nicht lernen. Die kräftigste Linie zeigt, wie schnell der letzte Fehler in diesem Netz abklingt.',
      task: 'Lass ihn verschwinden: Schieb „Faktor von W, was wäre, wenn“ nach links, bis die Linie unter ein Tausendstel ihres rechten Endes fällt.',
    },
    exploding: {
      title: 'Explodieren und Kappen',
      text: 'Mit einem großen W wächst das Produkt stattdessen. Ein einziges Update kann dann die Gewichte weit wegschleudern und den Verlust mit ihnen. Beim Kappen wird der ganze Gradient gemessen und gekürzt, wenn er zu lang ist. Seine Richtung bleibt.',
      task: 'Drück „Trainieren“ und lass ihn explodieren. Dann mach es rückgängig, wähl unter „Experiment“ die Einstellung „bei 5 kappen“ und trainier weiter.',
    },
    gates: {
      title: 'Gatter',
      text: 'Eine GRU mischt ihren alten Zustand mit einem neuen Kandidaten, statt ihn zu überschreiben. Ein Gatter, eine Zahl zwischen 0 und 1, sagt für jede Einheit, wie viel vom alten Zustand bleibt. Nahe 1 kommt der Gradient fast unverändert hindurch, und Fehler erreichen Ursachen, die weit zurückliegen.',
      task: 'Trainier 300 Schritte oder mehr, dann mach Pause: Das einfache RNN wird ebenso weit trainiert. Vergleich die beiden Linien.',
    },
  },
  gallery: {
    counting: {
      title: 'Zählen',
      task: 'Jede Zeile hat einige a und dann ebenso viele b. Um zu wissen, wo die Zeile endet, muss das Netz zählen.',
      lookFor: [
        'Niemand kann wissen, wie viele a kommen. Sobald aber das erste b da ist, steht alles Weitere fest: Nach so vielen b, wie es a waren, hat das Ende der Zeile eine Wahrscheinlichkeit über 90 %.',
        'Sieh dir im Bild Einheit 10 des Zustands an: Sie steigt mit jedem a und fällt mit jedem b. Das Netz hat sich einen Zähler gebaut.',
      ],
    },
    parity: {
      title: 'Gerade oder ungerade',
      task: 'Die Ziffern 0 und 1 sind ausgelost. Nach jeder steht e, wenn in der Zeile bisher eine gerade Zahl von Einsen stand, und o, wenn es eine ungerade war.',
      lookFor: [
        'Die Ziffern sind wie ein Münzwurf, und das Netz gibt jeder etwa ein Halb. Der Buchstabe danach ist sicher, obwohl er von allen Ziffern der Zeile abhängt: Ein Bit Gedächtnis genügt.',
        'Die Paarlinie im Diagramm des Verlusts liegt weit darüber: Wer nur das Zeichen davor sieht, kann es nicht wissen.',
      ],
    },
    copy: {
      title: 'Sag es noch einmal',
      task: 'Ein Wort aus ausgelosten Buchstaben, das Zeichen > und dasselbe Wort noch einmal.',
      lookFor: [
        'Vor dem Zeichen ist jeder Buchstabe einer von vieren, die sich nur raten lassen. Danach gibt die GRU dem richtigen im Mittel mehr als 90 %: Sie hat das Wort in ihrem Zustand behalten.',
        'Stell die Zelle auf „RNN, tanh“ und trainier ebenso lange: Sie kommt nur auf etwa zwei Drittel. Mehrere Buchstaben auseinanderzuhalten ist das, was Gatter gut können.',
      ],
    },
    dyck: {
      title: 'Klammern in Klammern',
      task: 'Runde und eckige Klammern, jede von ihresgleichen geschlossen, die letzte zuerst. In der Linguistik heißt das Dyck-Sprache.',
      lookFor: [
        'Ob eine Klammer aufgeht oder zugeht, ist wie ein Münzwurf. Geht aber eine zu, weiß die GRU in mehr als 99 von 100 Fällen, welche Art es sein muss, auch vier Klammern tief: Ihr Zustand hält fest, welche noch offen sind.',
        'Wähl unter „Erzeugen“ an irgendeiner Stelle eine andere Klammer und sieh, wie das Netz seine Meinung ändert, was zugeht.',
      ],
    },
    addition: {
      title: 'Summen',
      task: 'Zwei Zahlen unter 50 und ihre Summe, immer mit zwei Ziffern.',
      lookFor: [
        'Zuerst lernt es die Form: Bei 300 Schritten ist es sich bei +, = und dem Zeilenende sicher und hat von der Summe keine Ahnung.',
        'Dann lernt es, wie groß die Summe ungefähr ist: Bei 2.000 Schritten gibt es ihrer ersten Ziffer 70 % oder mehr und der letzten wenig mehr, als wer unter zehn rät. Zieh auf dem Diagramm des Verlusts, um beide Schritte zu sehen.',
      ],
    },
    reber: {
      title: 'Die Reber-Grammatik',
      task: 'Zeichenketten eines kleinen Automaten, der für Lernexperimente erdacht wurde. Der vorletzte Buchstabe ist immer noch einmal der zweite, wie lang der Teil dazwischen auch ist.',
      lookFor: [
        'Bei Schritt 600 kennt die GRU den Automaten, aber nicht den fernen Buchstaben: Zwischen T und P wirft sie eine Münze. Bei Schritt 1.000 gibt sie dem richtigen 95 % oder mehr. Dazwischen hat sie herausgefunden, dass es sich lohnt, den zweiten Buchstaben zu behalten.',
        'Unter „Gradientenfluss“ siehst du, wie weit zurück der Fehler dieses Buchstabens reicht.',
      ],
    },
  },
};
