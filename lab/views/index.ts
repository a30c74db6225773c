// The views that there are, in the order of their tabs. A new one is a folder beside this, with its words and its look, a line here, and a line of
// strings.ts in every language. What a visit does not begin with is loaded when it is needed, and its words with it.

import { withWords } from '../language.ts';
import { viewStrings } from './strings.ts';
import { TrainView } from './train/view.ts';
import type { View } from './view.ts';

export interface ViewEntry {
  /** Other names that links may use. */
  readonly also?: readonly string[];
  open(): View | Promise<View>;
}

type ViewName = keyof typeof viewStrings;

const entries: Readonly<Record<ViewName, ViewEntry>> = {
  train: { open: () => new TrainView() },
  data: { open: async () => new (await withWords(import('./data/view.ts'))).TextView() },
  unrolled: { open: async () => new (await withWords(import('./unrolled/view.ts'))).UnrolledView() },
  debugger: { open: async () => new (await withWords(import('./debugger/view.ts'))).DebuggerView() },
  gradients: {
    also: ['grad', 'gradient'],
    open: async () => new (await withWords(import('./gradients/view.ts'))).GradientsView(),
  },
  memory: { open: async () => new (await withWords(import('./memory/view.ts'))).MemoryView() },
  units: { open: async () => new (await withWords(import('./units/view.ts'))).UnitsView() },
  basins: { open: async () => new (await withWords(import('./basins/view.ts'))).BasinsView() },
  generate: { open: async () => new (await withWords(import('./generate/view.ts'))).GenerateView() },
  weights: { open: async () => new (await withWords(import('./weights/view.ts'))).WeightsView() },
  compare: { open: async () => new (await withWords(import('./compare/view.ts'))).CompareView() },
  export: { open: async () => new (await withWords(import('./export/view.ts'))).ExportView() },
};
export const views: Readonly<Record<string, ViewEntry>> = entries;

export const viewNames: readonly string[] = Object.keys(views);

/** What the tab of a view says; undefined where there is no such view. */
export const labelOf = (name: string): string | undefined => viewStrings[name as ViewName]?.label;

/** What a view shows of a model that is there already; undefined where the start screen does not lead to it. */
export function showsOf(name: string): string | undefined {
  const words = viewStrings[name as ViewName];
  return words && 'shows' in words ? words.shows : undefined;
}

/** The tab of the explanation, where it does not stand beside the views. */
export const readTab = 'read';

/** The names that links may use, each with the view that it stands for. */
export const linkedViews: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(views).flatMap(([name, { also = [] }]) => [name, ...also].map((each) => [each, name])),
  ),
  [readTab]: readTab,
};
