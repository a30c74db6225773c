// What the tabs of the views say, and what each view shows of a model that is there already, in a few words: the start screen leads to it.

import { catalogue } from '../language.ts';

export const viewStrings = catalogue('views', {
  train: { label: 'Train' },
  data: { label: 'Data' },
  unrolled: { label: 'Unrolled', shows: 'how it reads' },
  debugger: { label: 'Debugger', shows: 'every number' },
  gradients: { label: 'Gradient flow', shows: 'how far back it learns' },
  memory: { label: 'Memory', shows: 'what it remembers' },
  units: { label: 'Units', shows: 'what each unit does' },
  basins: { label: 'Two basins' },
  generate: { label: 'Generate', shows: 'every guess' },
  weights: { label: 'Weights' },
  compare: { label: 'Compare' },
  export: { label: 'Export' },
});
