// The views that there are, in the order of their tabs. A new one is a folder beside this, with its words and its look, and a line here. What a visit
// does not begin with is loaded when it is needed.

import { TrainView } from './train/view.ts';
import type { View } from './view.ts';

export interface ViewEntry {
  /** What its tab says. */
  readonly label: string;
  /** Other names that links may use. */
  readonly also?: readonly string[];
  /** What it shows of a model that is there already, in a few words; the start screen leads to it. */
  readonly shows?: string;
  open(): View | Promise<View>;
}

export const views: Readonly<Record<string, ViewEntry>> = {
  train: { label: 'Train', open: () => new TrainView() },
  data: { label: 'Data', open: async () => new (await import('./data/view.ts')).TextView() },
  unrolled: {
    label: 'Unrolled',
    shows: 'how it reads',
    open: async () => new (await import('./unrolled/view.ts')).UnrolledView(),
  },
  debugger: {
    label: 'Debugger',
    shows: 'every number',
    open: async () => new (await import('./debugger/view.ts')).DebuggerView(),
  },
  gradients: {
    label: 'Gradient flow',
    also: ['grad', 'gradient'],
    shows: 'how far back it learns',
    open: async () => new (await import('./gradients/view.ts')).GradientsView(),
  },
  memory: {
    label: 'Memory',
    shows: 'what it remembers',
    open: async () => new (await import('./memory/view.ts')).MemoryView(),
  },
  units: {
    label: 'Units',
    shows: 'what each unit does',
    open: async () => new (await import('./units/view.ts')).UnitsView(),
  },
  basins: { label: 'Two basins', open: async () => new (await import('./basins/view.ts')).BasinsView() },
  generate: {
    label: 'Generate',
    shows: 'every guess',
    open: async () => new (await import('./generate/view.ts')).GenerateView(),
  },
  weights: { label: 'Weights', open: async () => new (await import('./weights/view.ts')).WeightsView() },
  compare: { label: 'Compare', open: async () => new (await import('./compare/view.ts')).CompareView() },
  export: { label: 'Export', open: async () => new (await import('./export/view.ts')).ExportView() },
};

export const viewNames: readonly string[] = Object.keys(views);

/** The tab of the explanation, where it does not stand beside the views. */
export const readTab = 'read';

/** The names that links may use, each with the view that it stands for. */
export const linkedViews: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(views).flatMap(([name, { also = [] }]) => [name, ...also].map((each) => [each, name])),
  ),
  [readTab]: readTab,
};
