// The words of the view Compare in German.

import { formatCount, formatExactly, formatNumber, formatShort } from '../../format.ts';
import type { Budget } from '../../protocol.ts';
import type { compareStrings } from './strings.ts';

/** After `nach je`. */
const spent = ({ unit, amount }: Budget): string =>
  unit === 'updates'
    ? `${formatCount(amount)} ${amount === 1 ? 'Update' : 'Updates'}`
    : `${formatShort(amount)} s Rechenzeit`;

/** A, B und C. */
const listed = (parts: readonly string[]): string =>
  [parts.slice(0, -1).join(', '), parts.at(-1)].filter((part) => part !== '').join(' und ');

export const words: typeof compareStrings = {
  start:
    'Wähl, worin sich die Netze unterscheiden sollen, und trainier zwei bis vier mit demselben Text. Dein eigener Lauf wartet so lange und bleibt, wie er ist.',
  setUp: {
    title: 'Welche Läufe',
    differs: 'Was sich unterscheidet',
    run: (letter) => `Lauf ${letter}`,
    none: '–',
    on: 'an',
    off: 'aus',
    budget: 'Jeder bekommt',
    amount: 'Wie viel jeder bekommt',
    units: { updates: 'Updates', seconds: 'Sekunden' },
    begin: 'Trainieren und vergleichen',
    stop: 'Anhalten',
    note: 'Alles andere ist wie jetzt in deinen Einstellungen, auch Text und Startwert. Die Läufe wechseln sich ab, jeder von seinem eigenen Schritt 0 an. Eine Sekunde ist eine, in der Updates berechnet werden; das Messen des Verlusts auf dem zurückgehaltenen Text zählt nicht mit.',
    other: (given, took) =>
      `Link, vs: erwartet wurden eine Einstellung, zwei bis vier Werte, die sie annimmt, und ein Budget, gekommen ist „${given}“; genommen wurde ${took}`,
    few: 'Gib mindestens zwei verschiedene Werte an.',
    identity: 'Nur einfache Zellen können mit W = Einheitsmatrix beginnen.',
  },
  running: (share) => `Die Läufe wechseln sich ab: ${Math.round(100 * share)} % von dem, was jeder bekommt.`,
  lost: 'Der Rechenteil der Seite wurde neu gestartet, und der Vergleich ging dabei verloren. Beginn ihn noch einmal.',
  best: (budget, best, loss, others) =>
    `Nach je ${spent(budget)} sagt ${best} den zurückgehaltenen Text am besten voraus, mit ${formatNumber(loss)} Nats je Token${others.length > 0 ? `, vor ${listed(others)}` : ''}.`,
  other: (name, loss) => `${name} mit ${formatNumber(loss)}`,
  fastest: (name, rate) => `${name} berechnete die meisten Updates je Sekunde, ${formatNumber(rate)}.`,
  stopped: (name) => `${name} hielt an.`,
  lostStarts: (name, lost, tried) =>
    `In ${name} ${lost === 1 ? 'ist' : 'sind'} ${lost} von ${tried} Anfängen bei null verloren: Solange von dort aus gelesen wird, wird ein Text schlechter vorhergesagt. Der zurückgehaltene Text wird von einem einzigen Anfang aus gelesen, deshalb springt sein Verlust, wenn dieser verloren geht oder wiedergefunden wird.`,
  restart:
    'Mit der Einstellung „Neustart bei 0“ lernen Netze, überall zu beginnen. Warum, zeigt die Ansicht „Zwei Becken“.',
  failed: (name, sentence) => `${name} hielt an: ${sentence}.`,
  longName: (letter, setting, value) => `Lauf ${letter} (${setting === null ? '' : `${setting} `}${value})`,
  notHeldOut: 'Der Text ist zu kurz, um einen Teil zurückzuhalten.',
  chart: {
    title: 'Verlust, in Nats je Token',
    training: 'dünn: Training, geglättet',
    heldOut: 'dick: zurückgehalten',
    axis: 'Waagerecht',
    step: 'Updates',
    time: 'Millisekunden Rechenzeit',
  },
  table: {
    title: 'Was bei jedem herauskam',
    rows: {
      step: 'Updates',
      seconds: 'Rechenzeit',
      loss: 'Verlust, Training',
      heldOut: 'Verlust, zurückgehalten',
      rate: 'Updates je Sekunde',
      parameters: 'Parameter',
      factor: 'Gradient, je Schritt zurück',
      halfLife: 'er halbiert sich in',
    },
    secondsOf: (value) => `${formatNumber(value)} s`,
    steps: (value) => (Number.isFinite(value) ? `${formatNumber(Math.abs(value))} Schritten` : 'nie'),
    note: 'Tipp auf eine Zahl, um zu sehen, wie sie zustande kam. Jeder Lauf hat nur einen Startwert: Ein Unterschied von einigen Hundertsteln kann Glück sein; vergleich verschiedene Startwerte, um zu sehen, wie viel.',
    explained: {
      step: (name, value) => `${name} hat seine Gewichte ${formatExactly(value)}-mal aktualisiert.`,
      seconds: (name, value) =>
        `${name} brauchte ${formatExactly(value)} s, um seine Updates zu berechnen: vorwärts, rückwärts und Optimierer, ohne Proben und ohne die Verluste auf dem zurückgehaltenen Text.`,
      loss: (name, value) =>
        `Der geglättete Trainingsverlust von ${name} beträgt ${formatExactly(value)} Nats je Token: Jeder Schritt behält 98 % des Mittels davor.`,
      heldOut: (name, value) =>
        `Auf dem zurückgehaltenen Text beträgt der Verlust von ${name} ${formatExactly(value)} Nats je Token: das Mittel von −log p über die Tokens, mit denen keiner der Läufe trainiert wurde.`,
      rate: (name, value) =>
        `${name} berechnete ${formatExactly(value)} Updates je Sekunde: seine Updates ÷ seine Sekunden Rechenzeit.`,
      parameters: (name, value) => `${name} hat ${formatExactly(value)} Gewichte und Biases, alle gelernt.`,
      factor: (name, value, layer) =>
        `In ${name} ändert sich die Norm von ∂L(t)/∂h(k) je Schritt zurück um den Faktor ρ = ${formatExactly(value)}: eine Gerade, angepasst an die Logarithmen aller Normen eines Fensters, in Schicht ${layer}.`,
      halfLife: (name, value) =>
        value < 0
          ? `In ${name} verdoppelt sich der Gradient alle ${formatExactly(-value)} Schritte zurück: ln ½ ÷ ln ρ ist negativ.`
          : `In ${name} halbiert sich der Gradient alle ${formatExactly(value)} Schritte zurück: ln ½ ÷ ln ρ.`,
    },
    doubles: (value) => `verdoppelt sich in ${formatNumber(-value)}`,
    open: 'Öffnen',
    openLabel: (name) => `${name} auf der Seite öffnen`,
    keep: 'Behalten',
    keepLabel: (name) => `${name} in diesem Browser behalten`,
  },
  decay: {
    layer: 'Schicht',
    title: 'Wie Fehler auf dem Weg zurück abklingen',
    label:
      'Normen des Gradienten des letzten Fehlers eines Fensters, nach dem Abstand, den er zurückgelegt hat, eine Linie je Lauf',
    x: 'Schritte zurück in der Zeit, d',
    y: '‖∂L(T)/∂h(T − d)‖',
    at: (d) => `${d} ${d === 1 ? 'Schritt' : 'Schritte'} zurück`,
  },
  samples: 'Was jeder schreibt, mit denselben Zufallszahlen',
  surprise: 'Überraschung',
  kept: {
    title: 'Läufe in diesem Browser',
    none: 'Noch wird kein Lauf aufgehoben.',
    keepThis: 'Den Lauf der Seite behalten',
    columns: [
      'Lauf',
      'Verlust, zurückgehalten',
      'Verlust, Training',
      'Schritt',
      'Einstellungen, die vom Üblichen abweichen',
    ],
    open: (title, when) => `${title} vom ${when} öffnen`,
    forget: (title, when) => `${title} vom ${when} vergessen`,
    opens: 'Öffnen',
    forgets: 'Vergessen',
    automatic: 'von selbst gespeichert',
    note: 'Was du behältst, bleibt, bis du es vergisst; drei weitere werden von selbst gespeichert. Sie sind nur in diesem Browser.',
    kept: (title) => `${title} bleibt in diesem Browser.`,
    forgotten: (title) => `${title} ist vergessen.`,
    full: (most) => `Dieser Browser hebt ${most} Läufe auf; vergiss erst einen.`,
    gone: 'Diesen Lauf gibt es in diesem Browser nicht mehr.',
    nothing: 'Der Lauf der Seite hat noch keinen Schritt.',
    notKept: (reason) => `Der Lauf wurde nicht behalten: ${reason}.`,
    defaults: 'keine',
    when: (date) =>
      `${date.toLocaleDateString('de-DE', { month: 'short', day: 'numeric' })}, ${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`,
  },
  tableColumns: ['Lauf', 'Update', 'Sekunden', 'Verlust, Training', 'Verlust, zurückgehalten'],
};
