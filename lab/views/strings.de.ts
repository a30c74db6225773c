// What the tabs of the views say in German, and what each view shows of a model.

import type { viewStrings } from './strings.ts';

export const words: typeof viewStrings = {
  train: { label: 'Training' },
  data: { label: 'Daten' },
  unrolled: { label: 'Entrollt', shows: 'wie es liest' },
  debugger: { label: 'Debugger', shows: 'jede Zahl' },
  gradients: { label: 'Gradientenfluss', shows: 'wie weit zurück es lernt' },
  memory: { label: 'Gedächtnis', shows: 'woran es sich erinnert' },
  units: { label: 'Einheiten', shows: 'was jede Einheit tut' },
  basins: { label: 'Zwei Becken' },
  generate: { label: 'Erzeugen', shows: 'jede Vorhersage' },
  weights: { label: 'Gewichte' },
  compare: { label: 'Vergleich' },
  export: { label: 'Export' },
};
