// How a plan is learned: the means and deviations of what is read and of what is learned, of the training rows of each series alone.

import { expectInteger, UnrolledError } from '../errors.ts';
import {
  baseAt,
  changeFrom,
  expectMoments,
  firstRows,
  type Moments,
  type Reading,
  readColumn,
  type SeriesPlan,
  type SeriesScale,
  type SeriesTable,
  stepsTo,
  whereOf,
} from './series.ts';
import { expectShare } from './split.ts';
import { numberColumn, type Table } from './table.ts';

/** What of a series' columns a plan is learned from. */
export interface PlanOptions {
  readonly inputs: readonly Reading[];
  readonly target: Reading;
  readonly horizon: number;
  readonly from?: number;
  readonly season?: number;
  readonly group?: string;
}

/**
 * Learns the plan of some series, each from its first rows.
 * @param tables the series
 * @param kept how many rows of each are for training
 * @throws UnrolledError on an unknown column, on a cell that is not a number, and on a series that is too short
 */
export function planSeries(tables: readonly SeriesTable[], kept: readonly number[], options: PlanOptions): SeriesPlan {
  const { inputs, target, from, group } = options;
  const horizon = expectInteger('horizon', options.horizon, 1);
  if (inputs.length === 0) throw new UnrolledError('inputs: expected at least 1 column, got none');
  for (const [i, { table, name }] of tables.entries()) {
    expectInteger('training rows', kept[i], 1, table.rows.length);
    if (kept[i] <= horizon)
      throw new UnrolledError(
        `${whereOf(table, name)}: expected more than ${horizon} ${horizon === 1 ? 'row' : 'rows'} to train on for the horizon ${horizon}, got ${kept[i]}; take a shorter horizon or more rows`,
      );
  }
  const columns = tables.map(
    ({ table }, i) =>
      (reading: Reading) =>
        expectMoments(table.where, reading.column, momentsOf(table, reading, kept[i])),
  );
  // what is known of the future means the same in every series
  const shared = inputs.map((reading) => (reading.ahead === undefined ? null : pooled(tables, reading, kept)));
  const scales = tables.map(({ name, table }, i): SeriesScale => {
    const inputsOf = inputs.map((reading, d) => shared[d] ?? columns[i](reading));
    const values = readColumn(firstRows(table, kept[i]), target);
    const steps = stepsTo(from, horizon).flatMap((k) => changesOf(values, target, k));
    return {
      name: name ?? '',
      inputs: inputsOf,
      target: expectMoments(table.where, target.column, momentsFrom(steps)),
      unit: unitOf(values, options.season),
    };
  });
  const [first] = scales;
  return {
    inputs: inputs.map((reading, d) => ({ ...reading, ...first.inputs[d] })),
    target: { ...target, ...first.target },
    horizon,
    ...(from !== undefined && { from }),
    ...(options.season !== undefined && { season: options.season }),
    ...(group === undefined ? { unit: first.unit } : { group, series: scales }),
  };
}

const unscaled: Moments = { mean: 0, std: 1 };

/** How the values `k` rows ahead have changed from their base; of a level the values themselves. */
function changesOf(values: Float64Array, target: Reading, k: number): number[] {
  const { change } = target;
  if (change === undefined) return Array.from(values);
  const changes: number[] = [];
  for (let t = Math.max(0, -baseAt(0, k, change)); t + k < values.length; t++)
    changes.push(changeFrom(values[baseAt(t, k, change)], values[t + k], target));
  return changes;
}

/** The mean absolute change from one season to the next: the error of the simplest forecast. 0 where there is no pair of seasons. */
function unitOf(values: Float64Array, season = 1): number {
  let sum = 0;
  for (let t = season; t < values.length; t++) sum += Math.abs(values[t] - values[t - season]);
  return values.length > season ? sum / (values.length - season) : 0;
}

function momentsOf(table: Table, reading: Reading, rows: number): Moments {
  return momentsFrom(read(readColumn(firstRows(table, rows), reading), reading));
}

function pooled(tables: readonly SeriesTable[], reading: Reading, kept: readonly number[]): Moments {
  const values = tables.flatMap(({ table }, i) => [...numberColumn(firstRows(table, kept[i]), reading.column)]);
  return expectMoments(tables[0].table.where, reading.column, momentsFrom(values));
}

/** The levels of a column, or its changes. */
function read(values: Float64Array, reading: Reading): number[] {
  const { change } = reading;
  if (change === undefined) return Array.from(values);
  return Array.from(values.subarray(change), (value, t) => changeFrom(values[t], value, reading));
}

function momentsFrom(values: readonly number[]): Moments {
  if (values.length === 0) return unscaled;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  // compared directly, because the rounding of the mean would leave a constant column a deviation
  if (values.every((value) => value === values[0])) return { mean: values[0], std: 1 };
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, std: std <= 1e-12 * Math.abs(mean) ? 1 : std };
}

/** The number of rows to train on when the last ⌊fraction · rows⌋ are held out. Throws where either part would be too short for the horizon. */
export function trainingRows(rows: number, fraction: number, horizon: number): number {
  expectShare(fraction);
  const held = Math.floor(fraction * rows);
  if (held < 1 || rows - held <= horizon)
    throw new UnrolledError(
      `series: expected at least 1 row to hold out and more than ${horizon} to train on, got ${held} and ${rows - held} of ${rows}; ` +
        'take another fraction, a shorter horizon or more rows',
    );
  return rows - held;
}
