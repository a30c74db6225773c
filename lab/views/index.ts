// The views that there are, in the order of their tabs. A new one is a file or folder beside this and a line here. What a visit does not begin with is
// loaded when it is asked for.

import type { ViewName } from '../state/cursor.ts';
import { TextView } from './data/view.ts';
import { GenerateView } from './generate/view.ts';
import { TrainView } from './train/view.ts';
import type { View } from './view.ts';

export const views: Partial<Record<ViewName, () => View | Promise<View>>> = {
  train: () => new TrainView(),
  data: () => new TextView(),
  unrolled: async () => new (await import('./unrolled/view.ts')).UnrolledView(),
  debugger: async () => new (await import('./debugger/view.ts')).DebuggerView(),
  gradients: async () => new (await import('./gradients/view.ts')).GradientsView(),
  generate: () => new GenerateView(),
};
