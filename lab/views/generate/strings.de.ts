// The words of the view Generate in German.

import { formatCount, formatNumber } from '../../format.ts';
import type { generateStrings } from './strings.ts';

export const words: typeof generateStrings = {
  write: 'Schreiben',
  more: 'Ein Token mehr',
  clear: 'Leeren',
  copy: 'Text kopieren',
  copied: 'Kopiert.',
  text: 'Der Text, Token für Token',
  next: 'Wahrscheinliche nächste Tokens',
  chosen: 'gewählt',
  states: 'Zustand h der letzten Schicht: eine Zeile je Einheit, eine Spalte je Token',
  empty: 'Noch ist nichts geschrieben.',
  model: (step) => `Geschrieben vom Modell bei Schritt ${formatCount(step)}.`,
  probability: 'Wahrscheinlichkeit',
  after: 'nach',
  surprise: (nats) => `Seine Tokens überraschen es im Mittel um ${formatNumber(nats)} Nats.`,
  cell: (unit, place, token) => `Einheit ${unit + 1}, Token ${place + 1} (${token})`,
  stateName: (unit, place) => `h von Einheit ${unit + 1} nach Token ${place + 1}`,
  position: (n, of) => `Token ${n} von ${of}`,
  branch: (token) => `Hier ${token} setzen und weiterschreiben`,
};
