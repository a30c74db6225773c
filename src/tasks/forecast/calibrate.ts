// Quantiles that are moved by what was held out. A network fits its training rows better than the rows to come, so that fewer of those lie between its
// quantiles than were asked for. On the held-out rows, from which no weight was learned, each quantile is moved by a number of its own for each row
// ahead, so that as large a share of them lies below it as it says. This is conformalized quantile regression with each side by itself (Romano,
// Patterson and Candès 2019, theorem 2):
//
//   e_i = y_i − q̂(x_i)      moved by the ⌈(n + 1) q⌉-th smallest e_i, below the median by the ⌊(n + 1) q⌋-th      in units of the target's scale
//
// Its promise holds for rows that could be exchanged for each other. Rows of a series cannot quite: the promise is as good as the rows to come are like
// those that were held out, which also chose the epoch.

import { changeFrom, standardize, stepsTo } from '../../data/series.ts';
import { baseOf } from '../../data/series-windows.ts';
import type { Backend } from '../../engine/backend.ts';
import type { Model } from '../../network/model.ts';
import type { ForecastDescription, SeriesParts } from './description.ts';
import { originsOf } from './evaluate.ts';

/** By how much to move each quantile of each row ahead; undefined where there are no quantiles, or too few held-out rows for the outermost. */
export function calibrationOf(
  model: Model,
  { calibration: _, ...task }: ForecastDescription,
  { parts }: SeriesParts,
  backend: Backend,
): number[][] | undefined {
  const { quantiles } = task;
  if (!quantiles) return undefined;
  const origins = originsOf(model, task, { parts }, backend);
  const moves = stepsTo(task.from, task.horizon).map((k, i) => {
    const known = origins.filter(({ series, at }) => at + k < series.length && !series.filled?.[at + k]);
    return quantiles.map((q, j) => {
      const errors = known.map(({ series, at, values }) => {
        const base = baseOf(series, at, k);
        const of = (value: number) => standardize(changeFrom(base, value, series.scale), series.scale);
        return of(series.target[at + k]) - of(values[i][j]);
      });
      const rank = q < 0.5 ? Math.floor((errors.length + 1) * q) : Math.ceil((errors.length + 1) * q);
      return Float64Array.from(errors).sort()[rank - 1];
    });
  });
  return moves.every((all) => all.every(Number.isFinite)) ? moves : undefined;
}
