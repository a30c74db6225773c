// What a model forecasts of a table, row by row, and from which rows it is to be tried.

import { stepsTo } from '../../data/series.ts';
import type { SeriesPart } from '../../data/series-windows.ts';
import type { Table } from '../../data/table.ts';
import type { Backend } from '../../engine/backend.ts';
import { expectInteger, UnrolledError } from '../../errors.ts';
import type { Model } from '../../network/model.ts';
import { has } from '../task-kind.ts';
import { centerOf, type ForecastDescription, parseDescription, type SeriesParts, wholeOf } from './description.ts';
import { originsOf } from './evaluate.ts';

/** A forecast for a row. */
export interface ForecastPrediction {
  /** The series, where there are several. */
  readonly series?: string;
  /** The row of the series, counted from 1; behind the last row nobody knows the value yet. */
  readonly row: number;
  /** The time of that row as the table writes it, where it has a column of times; behind its end some regular steps after the last. */
  readonly time?: string;
  /** The forecast; of quantiles the one nearest to the median. */
  readonly forecast: number;
  /** The value that came; null behind the end. */
  readonly actual: number | null;
  /** The quantiles, ascending, where they are forecast. */
  readonly quantiles?: readonly number[];
}

/**
 * A forecast for each row of a table that has `horizon` rows before it, and for the `horizon` rows behind the last known value. Of a path, those from the
 * last known value alone.
 */
export function predictForecasts(
  model: Model,
  task: ForecastDescription,
  data: Table | SeriesParts,
  backend: Backend,
): ForecastPrediction[] {
  const isTableOf = 'columns' in data;
  const isPath = task.from !== undefined;
  const parts = isTableOf ? wholeOf(task, data) : data;
  const origins = originsOf(
    model,
    task,
    {
      ...(isPath && { origins: isTableOf ? 1 : Infinity }),
      ...(!isTableOf && parts),
      parts: isTableOf ? parts.parts.map(withFuture) : parts.parts,
    },
    backend,
  );
  const center = centerOf(task);
  return origins.flatMap(({ series, at, values }) =>
    stepsTo(task.from, task.horizon).map((k, i) => ({
      ...(series.name !== null && { series: series.name }),
      row: at + k + 1,
      ...timeOf(series, at + k),
      forecast: values[i][center],
      actual: at + k < series.length && !series.filled?.[at + k] ? series.target[at + k] : null,
      ...(task.quantiles && { quantiles: values[i] }),
    })),
  );
}

/** The time of a row, where one is known. */
function timeOf({ times }: SeriesPart['series'], row: number): { readonly time?: string } {
  const rows = times?.moments.length ?? 0;
  const time = row < rows ? times?.of(row) : times?.after(rows - 1, row - rows + 1);
  return time === undefined ? {} : { time };
}

/** A part that goes on behind the last known value. */
function withFuture({ series, part }: SeriesPart): SeriesPart {
  return { series, part: { from: part.from, to: series.length + series.plan.horizon } };
}

/**
 * The last moments of each series of a table, from which to forecast: a path apart, the last one so that all that is forecast is in the table.
 * @example evaluate(model, lastOrigins(model, readTable('weather.csv'), 30))
 */
export function lastOrigins(model: Model, table: Table, origins: number): SeriesParts {
  const { task } = model;
  if (!has(task, 'task') || task.task !== 'forecast')
    throw new UnrolledError('lastOrigins: expected a model made for the task forecast, got another one');
  return { ...wholeOf(parseDescription(task), table), origins: expectInteger('origins', origins, 1) };
}
