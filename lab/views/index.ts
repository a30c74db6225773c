// The views that there are, in the order of their tabs. A new one is a folder beside this, with its words and its look, and a line here. What a visit
// does not begin with is loaded when it is needed.

import type { LabTask } from '../settings.ts';
import type { ViewOfTexts } from './absent/strings.ts';
import { TextPart } from './train/text-part.ts';
import { TrainView } from './train/view.ts';
import type { View } from './view.ts';

export interface ViewEntry {
  /** What its tab says. */
  readonly label: string;
  /** Other names that links may use. */
  readonly also?: readonly string[];
  /** What it shows of a model that is there already, in a few words; the start screen leads to it. */
  readonly shows?: string;
  /** Whether it is there for texts alone. */
  readonly isOfTexts?: boolean;
  /** The view for a task. */
  open(task: LabTask): View | Promise<View>;
}

/** A view of texts; for another task there is a sentence instead that says why. */
const forTexts = (name: ViewOfTexts, open: () => Promise<View>): Pick<ViewEntry, 'open' | 'isOfTexts'> => ({
  isOfTexts: true,
  open: async (task) => (task === 'text' ? open() : new (await import('./absent/view.ts')).AbsentView(name)),
});

export const views: Readonly<Record<string, ViewEntry>> = {
  train: {
    label: 'Train',
    open(task) {
      if (task === 'text') return new TrainView(new TextPart());
      return import('./train/tasks.ts').then(({ partOf }) => new TrainView(partOf(task)));
    },
  },
  data: {
    label: 'Data',
    open: async (task) => {
      if (task === 'classify') return new (await import('./data/classes-view.ts')).ClassesView();
      if (task === 'forecast') return new (await import('./data/series-view.ts')).SeriesView();
      return new (await import('./data/view.ts')).TextView();
    },
  },
  unrolled: {
    label: 'Unrolled',
    shows: 'how it reads',
    ...forTexts('unrolled', async () => new (await import('./unrolled/view.ts')).UnrolledView()),
  },
  debugger: {
    label: 'Debugger',
    shows: 'every number',
    ...forTexts('debugger', async () => new (await import('./debugger/view.ts')).DebuggerView()),
  },
  gradients: {
    label: 'Gradient flow',
    also: ['grad', 'gradient'],
    shows: 'how far back it learns',
    ...forTexts('gradients', async () => new (await import('./gradients/view.ts')).GradientsView()),
  },
  memory: {
    label: 'Memory',
    shows: 'what it remembers',
    open: async (task) => {
      if (task === 'classify') return new (await import('./memory/classes-view.ts')).ClassMemoryView();
      if (task === 'forecast') return new (await import('./memory/series-view.ts')).SeriesMemoryView();
      return new (await import('./memory/view.ts')).MemoryView();
    },
  },
  units: {
    label: 'Units',
    shows: 'what each unit does',
    ...forTexts('units', async () => new (await import('./units/view.ts')).UnitsView()),
  },
  basins: {
    label: 'Two basins',
    ...forTexts('basins', async () => new (await import('./basins/view.ts')).BasinsView()),
  },
  generate: {
    label: 'Generate',
    shows: 'every guess',
    ...forTexts('generate', async () => new (await import('./generate/view.ts')).GenerateView()),
  },
  weights: { label: 'Weights', open: async () => new (await import('./weights/view.ts')).WeightsView() },
  compare: {
    label: 'Compare',
    ...forTexts('compare', async () => new (await import('./compare/view.ts')).CompareView()),
  },
  export: {
    label: 'Export',
    ...forTexts('export', async () => new (await import('./export/view.ts')).ExportView()),
  },
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
