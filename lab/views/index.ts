// The views that there are, in the order of their tabs. A new one is a file beside this and a line here.

import type { ViewName } from '../state/cursor.ts';
import { TextView } from './data.ts';
import { GenerateView } from './generate.ts';
import { TrainView } from './train.ts';
import type { View } from './view.ts';

export const views: Partial<Record<ViewName, () => View>> = {
  train: () => new TrainView(),
  data: () => new TextView(),
  generate: () => new GenerateView(),
};
