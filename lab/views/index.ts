// The views that there are, in the order of their tabs. A new one is a folder beside this, with its words and its look, a line here, and a line of
// strings.ts in every language. What a visit does not begin with is loaded when it is needed, and its words with it.

import { withWords } from '../language.ts';
import type { LabTask } from '../settings.ts';
import { viewStrings } from './strings.ts';
import type { ViewOfTexts } from './tasks/strings.ts';
import { TextPart } from './train/text-part.ts';
import { TrainView } from './train/view.ts';
import type { View } from './view.ts';

export interface ViewEntry {
  /** Other names that links may use. */
  readonly also?: readonly string[];
  /** Whether it is there for texts alone. */
  readonly isOfTexts?: boolean;
  /** The view for a task. */
  open(task: LabTask): View | Promise<View>;
}

/** A view of texts; for another task there is a sentence instead that says why. */
const forTexts = (name: ViewOfTexts, open: () => Promise<View>): Pick<ViewEntry, 'open' | 'isOfTexts'> => ({
  isOfTexts: true,
  open: async (task) =>
    task === 'text' ? open() : new (await withWords(import('./tasks/absent.ts'))).AbsentView(name),
});

type ViewName = keyof typeof viewStrings;

const entries: Readonly<Record<ViewName, ViewEntry>> = {
  train: {
    open(task) {
      if (task === 'text') return new TrainView(new TextPart());
      return withWords(import('./tasks/train.ts')).then(({ partOf }) => new TrainView(partOf(task)));
    },
  },
  data: {
    async open(task) {
      if (task === 'classify') return new (await withWords(import('./tasks/classes-data.ts'))).ClassesView();
      if (task === 'forecast') return new (await withWords(import('./tasks/series-data.ts'))).SeriesView();
      return new (await withWords(import('./data/view.ts'))).TextView();
    },
  },
  unrolled: forTexts('unrolled', async () => new (await withWords(import('./unrolled/view.ts'))).UnrolledView()),
  debugger: forTexts('debugger', async () => new (await withWords(import('./debugger/view.ts'))).DebuggerView()),
  gradients: {
    also: ['grad', 'gradient'],
    ...forTexts('gradients', async () => new (await withWords(import('./gradients/view.ts'))).GradientsView()),
  },
  memory: {
    async open(task) {
      if (task === 'classify') return new (await withWords(import('./tasks/classes-memory.ts'))).ClassMemoryView();
      if (task === 'forecast') return new (await withWords(import('./tasks/series-memory.ts'))).SeriesMemoryView();
      return new (await withWords(import('./memory/view.ts'))).MemoryView();
    },
  },
  units: forTexts('units', async () => new (await withWords(import('./units/view.ts'))).UnitsView()),
  basins: forTexts('basins', async () => new (await withWords(import('./basins/view.ts'))).BasinsView()),
  generate: forTexts('generate', async () => new (await withWords(import('./generate/view.ts'))).GenerateView()),
  weights: { open: async () => new (await withWords(import('./weights/view.ts'))).WeightsView() },
  compare: forTexts('compare', async () => new (await withWords(import('./compare/view.ts'))).CompareView()),
  export: forTexts('export', async () => new (await withWords(import('./export/view.ts'))).ExportView()),
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
