// The words of the view Gradient flow in German.

import type { Decay } from '../../../src/insight.ts';
import { formatCount, formatNumber, formatShare, formatShort } from '../../format.ts';
import type { gradientsStrings } from './strings.ts';

const steps = (value: number): string => `${formatNumber(Math.abs(value))} Schritten`;

/** How the gradient decays, as the library says it in English (src/insight/decay.ts). */
function verdict({ verdict: found, factor, halfLife, reach }: Decay, window: number): string {
  const pace =
    factor < 1
      ? `Der Gradient halbiert sich alle ${formatNumber(halfLife)} Schritte`
      : `Der Gradient verdoppelt sich alle ${formatNumber(-halfLife)} Schritte`;
  const change = formatNumber(Math.exp(Math.abs(Math.log(factor)) * window));
  switch (found) {
    case 'not finite':
      return 'Der Gradient ist nicht endlich: Er ist explodiert.';
    case 'no gradient':
      return 'Es kommt kein Gradient zurück: Er ist null.';
    case 'vanishing':
      return `${pace}: Nach etwa ${formatCount(reach)} ist er verschwunden.`;
    case 'exploding':
      return `${pace}: Er explodiert, auf das Hundertfache in etwa ${formatCount(reach)}.`;
    case 'fading':
      return `${pace}: Er klingt ab, über die ${window} Schritte des Fensters um den Faktor ${change}.`;
    case 'growing':
      return `${pace}: Er wächst, über die ${window} Schritte des Fensters um den Faktor ${change}.`;
    default:
      return Number.isNaN(factor)
        ? 'Ein einzelner Schritt sagt nichts darüber, wie der Gradient abklingt.'
        : `Der Gradient wird über die ${window} Schritte des Fensters getragen; nach jedem hat er das ${formatNumber(factor)}-Fache seiner Größe.`;
  }
}

export const words: typeof gradientsStrings = {
  waiting: 'Es wird gemessen, wie weit jeder Fehler zurückreicht.',
  layer: 'Schicht',
  model: ({ step, window, windows }) =>
    `Modell bei Schritt ${formatCount(step)}, Fenster ${formatCount(window + 1)} von ${formatCount(windows)}`,
  previousWindow: 'Voriges Fenster',
  nextWindow: 'Nächstes Fenster',
  edited: (gain) =>
    gain === null
      ? 'Was wäre, wenn: Das Modell ist verändert. Das sind nicht die Zahlen des trainierten Modells.'
      : `Was wäre, wenn: W × ${formatNumber(gain)}. Das sind nicht die Zahlen des trainierten Modells.`,
  reset: 'Zurücksetzen',
  figures: {
    verdict: 'Urteil',
    factor: 'Faktor ρ̂ je Schritt',
    halfLife: 'halbiert sich in',
    doubling: 'verdoppelt sich in',
    reach: 'auf ein Hundertstel in',
    growth: 'aufs Hundertfache in',
    residual: 'Streuung von ln G',
  },
  steps,
  ends: (t, near, far) =>
    `Vom letzten Fehler kommt ${formatNumber(near)} bei h(${t}) an und ${formatNumber(far)} bei h(0).`,
  verdict,
  verdicts: {
    vanishing: 'verschwindet',
    fading: 'klingt ab',
    steady: 'bleibt',
    growing: 'wächst',
    exploding: 'explodiert',
    'no gradient': 'kein Gradient',
    'not finite': 'nicht endlich',
  },
  decay: {
    title: 'Wie er abklingt',
    label: (k) => `Die Norm des Gradienten an jedem Zustand h(k), k = 0 bis ${k}, auf einer logarithmischen Achse`,
    total: 'aus allen Verlusten, ‖∂L/∂h(k)‖',
    row: (t) => `aus dem Verlust bei t = ${t}, ‖∂L(t)/∂h(k)‖`,
    fitted: (factor) => `angepasst: × ${formatNumber(factor)} mit jedem Schritt zurück`,
    bound: 'theoretische Obergrenze: Produkt der σ_max(J)',
    rival: (cell, step, t) => `${cell} bei Schritt ${formatCount(step)}: aus dem Verlust bei t = ${t}`,
    x: 'k, der Zustand h(k)',
    y: 'Norm',
  },
  triangle: {
    title: 'Wie weit jeder Fehler zurückreicht',
    note: 'G[t, k] = ‖∂L(t)/∂h(k)‖ sagt, wie stark der Verlust bei t vom Zustand h(k) abhängt. Zeile: der Fehler L(t). Spalte: der Zustand h(k), den er erreicht. Leer: genau null.',
    label: 'Normen ‖∂L(t)/∂h(k)‖: eine Zeile je Fehler t, eine Spalte je Zustand k',
    cell: (t, k, token) => `Fehler bei t = ${t}, Zustand h(${k}) nach ${token}`,
    start: 'der Zustand vor dem Fenster',
    later: 'Ein Fehler erreicht keinen Zustand, der nach ihm kommt.',
    vanished: 'unter einem Hundertstel der Diagonale',
    exploded: 'über dem Hundertfachen',
    text: (t, wanted) => `Der Fehler bei t = ${t}, wo ${wanted} folgen sollte, reicht zurück bis`,
    more: 'h(0)',
    notFinite: 'nicht endlich',
  },
  why: {
    title: 'Warum',
    broken: 'Wo Zahlen nicht endlich sind, lässt sich nichts mehr messen.',
    product: (slope, gain) =>
      `Jeder Schritt zurück multipliziert den Gradienten mit den Steigungen 1 − h², im Mittel ${formatNumber(slope)}, und mit W, das höchstens um ${formatNumber(gain)} streckt: ${formatNumber(slope)} × ${formatNumber(gain)} = ${formatNumber(slope * gain)}.`,
    productRelu: (slope, gain) =>
      `Jeder Schritt zurück führt den Gradienten durch die Einheiten, die an sind, das ist ein Anteil von ${formatNumber(slope)}, und durch W, das höchstens um ${formatNumber(gain)} streckt: ${formatNumber(slope)} × ${formatNumber(gain)} = ${formatNumber(slope * gain)}.`,
    gated: (carry, gate) =>
      `In jedem Schritt trägt ${gate} einen Anteil von ${formatShare(carry)} des Zustands an W vorbei: Auf diesem Weg wird der Gradient nur mit ${formatNumber(carry)} multipliziert.`,
    bound: (factor, isTop) =>
      factor < 1
        ? `In jedem Schritt gemessen ist es höchstens ${formatNumber(factor)}: unter 1, also muss der Gradient${isTop ? '' : ' entlang dieser Schicht'} verschwinden.`
        : `In jedem Schritt gemessen ist es höchstens ${formatNumber(factor)}: über 1, also muss der Gradient nicht verschwinden und kann explodieren.`,
    fromAbove: 'Fehler erreichen diese Schicht auch über die darüber.',
    found: (factor) => `Gefunden wird ρ̂\u00a0=\u00a0${formatNumber(factor)}.`,
    slope: 'mittlere Steigung',
    carry: 'mitgenommen',
    saturated: 'Einheiten gesättigt',
    gain: 'σ_max(W), so weit streckt W höchstens',
    radius: 'Spektralradius, auf lange Sicht',
    jacobian: 'σ_max(J(t)), ein Schritt',
    perStep: 'In jedem Schritt des Fensters',
    perStepLabel:
      'Die mittlere Steigung, die größte Streckung eines Schritts und der Anteil gesättigter Einheiten bei jedem t',
    gates: 'W des Gatters',
    eigenvalues: 'Eigenwerte von W',
    eigenvaluesOf: (count, largest, outside) =>
      `${formatCount(count)} Eigenwerte; der größte hat den Betrag ${formatNumber(largest)}; ${formatCount(outside)} außerhalb des Einheitskreises`,
    real: 'Realteil',
    imaginary: 'Imaginärteil',
    none: 'Diese Zelle hat kein W.',
    t: 't, Schritt des Fensters',
  },
  units: {
    title: 'Einheit für Einheit',
    label: 'Gradienten ∂L/∂h(k)[u]: eine Zeile je Einheit, eine Spalte je Zustand k',
    cell: (unit, k) => `∂L/∂h(${k})[${unit + 1}]`,
    scale: 'Skala',
    magnitude: 'Größe, logarithmisch',
    signed: 'mit Vorzeichen',
    note: 'Wähl eine Zelle, um daneben ihre Formel zu sehen; die Eingabetaste tut dasselbe.',
    clip: 'Der Gradient des neuesten Schritts',
    before: 'Norm, wie er kam',
    after: 'nach dem Kappen',
    noClip: 'Das Kappen ist aus.',
    clipAt: (clip, isClipped) =>
      isClipped
        ? `Er wurde bei ${formatNumber(clip)} gekappt.`
        : `Das Kappen bei ${formatNumber(clip)} ließ ihn, wie er war.`,
    none: 'Noch ist kein Schritt trainiert.',
  },
  cause: {
    title: 'Experiment',
    gain: 'Faktor von W, was wäre, wenn',
    gainNote: 'W wird in dem Modell multipliziert, das zu sehen ist, nicht in dem, das trainiert.',
    fresh: 'Das beginnt einen neuen Lauf:',
    live: 'Das wirkt vom nächsten Schritt an:',
    explode: 'Explodieren lassen',
    vanish: 'Verschwinden lassen',
    carryFar: 'Weit tragen',
    freshNote: (vanish, explode) =>
      `Zum Verschwinden: tanh, Faktor ${formatShort(vanish)}. Zum Tragen: ReLU, W = Einheitsmatrix. Zum Explodieren: ReLU, Faktor ${formatShort(explode)}, kein Kappen, SGD, ein Schritt je Sekunde.`,
    clipOn: 'bei 5 kappen',
    clipOff: 'nicht kappen',
    versus: 'A | B: derselbe Text und Startwert mit einer anderen Zelle',
    alone: 'aus',
    versusNote:
      'Das zweite Netz trainiert neben diesem, von Schritt 0 bis zum selben Schritt, mit den jetzigen Einstellungen; nur solange es eingeschaltet ist.',
    training: (cell, step, target) => `${cell}: Schritt ${formatCount(step)} von ${formatCount(target)}`,
    verdictOf: (cell, step) => `${cell}, Schritt ${formatCount(step)}`,
  },
  failure: {
    title: (step) => `Das Training hielt bei Schritt ${formatCount(step)} an`,
    many: 'Jeder Text des Batches ist für sich endlich; ihre Summe oder deren Norm ist es nicht.',
    hatched: 'Schraffierte Zellen sind nicht endlich.',
  },
  columns: {
    k: 'k',
    after: 'nach',
    total: '‖∂L/∂h(k)‖',
    row: (t) => `‖∂L(${t})/∂h(k)‖`,
    bound: 'höchstens',
    rival: (cell) => `${cell}: ‖∂L/∂h(k)‖`,
  },
};
