// Series of real numbers: standardized columns of a table, where the target of a step is the value of one column some rows later. The rows of a
// series are equally spaced moments in order of time. The mean μ_j and the standard deviation σ_j of what is read of column j, and those of the
// target, are those of the training part of each series alone:
//
//   x(t)_j = (v_j(t + ahead) − μ_j) / σ_j    or of a change    (v_j(t) − v_j(t − S) − μ_j) / σ_j
//   y(t, k) = (v(t + k) − base(t, k) − μ) / σ
//
// With `log` what changes is the logarithm, of an input and of the target alike:
//
//   x(t)_j = (ln v_j(t) − ln v_j(t − S) − μ_j) / σ_j        y(t, k) = (ln v(t + k) − ln base(t, k) − μ) / σ
//
// The base of a level is 0; that of a change is the last known value of the same season, v(t + k − S ⌈k / S⌉), which with S = 1 is v(t), the last
// known value; so it is where the season before is not in the table. A table can hold several series, one for each name in a column (grouped.ts). Windows of them are series-windows.ts's, and
// series-plan.ts learns the scales.

import { exp, log } from '../elementary.ts';
import { quoted, shortened, UnrolledError } from '../errors.ts';
import { placeOf } from './lines.ts';
import type { PreparedTable } from './prepare-table.ts';
import type { RowTimes } from './row-times.ts';
import { columnIndex, numberColumn, type Table } from './table.ts';

/** A mean and a standard deviation. Plain JSON. */
export interface Moments {
  /** μ. */
  readonly mean: number;
  /** 1 for what never changes. */
  readonly std: number;
}

/** What is read of a column, or learned of it, and how it is standardized. Plain JSON. */
export interface Scale extends Moments {
  /** The name of the column. */
  readonly column: string;
  /** S of a change: how many rows before is the value that is subtracted. A level has none. */
  readonly change?: number;
  /** Whether it is the logarithm that changes; all values are positive then. */
  readonly log?: true;
  /** How many rows ahead it is read: of what is known of the future. */
  readonly ahead?: number;
}

/** The moments of one of several series. Plain JSON. */
export interface SeriesScale {
  /** The name of the series. */
  readonly name: string;
  /** Those of the inputs, in their order. */
  readonly inputs: readonly Moments[];
  /** The moments of the target. */
  readonly target: Moments;
  /** The mean absolute error of the simplest forecast on the training part, the unit of MASE. */
  readonly unit: number;
}

/** The plan by which further data are prepared like those that a model was trained on. Plain JSON. */
export interface SeriesPlan {
  /** What is read at each step, D numbers; of several series those of the first. */
  readonly inputs: readonly Scale[];
  /** The column that is forecast. */
  readonly target: Scale;
  /** The number of rows from an input to its target; of a path to its last target. */
  readonly horizon: number;
  /** The rows from an input to the first target of a path; undefined where there is one target. */
  readonly from?: number;
  /** The length of a season, where one is known. */
  readonly season?: number;
  /** The unit of MASE, of one series. */
  readonly unit?: number;
  /** The column that names the series, and what is the scale of each. */
  readonly group?: string;
  /** The scales of each series, where there are several. */
  readonly series?: readonly SeriesScale[];
}

/** A table, and what is known of one that was prepared. */
export type TableOfSeries = Table & Partial<Pick<PreparedTable, 'filled' | 'times'>>;

/** A table with the rows of one series. */
export interface SeriesTable {
  /** The name of the series; null where there is one alone. */
  readonly name: string | null;
  readonly table: TableOfSeries;
}

/** A series of numbers, ready to be trained on: standardized inputs of each moment, and the target column as it is. */
export interface Series {
  /** What the columns are, and how they are standardized. */
  readonly plan: SeriesPlan;
  /** The name among several series; null where there is one. */
  readonly name: string | null;
  /** The moments of the target. */
  readonly scale: Scale;
  /** The number of moments whose target is known. */
  readonly length: number;
  /** The number of moments that can be read: what is known of the future is known for them. */
  readonly steps: number;
  /** The standardized inputs of each moment. [steps, D] */
  readonly values: Float32Array; // [steps, D], standardized
  /** The target column in its own units. */
  readonly target: Float64Array; // [length]
  /** 1 where the target was filled in, so that it counts neither in training nor in an error; null where none was. */
  readonly filled: Uint8Array | null; // [length]
  /** The time of each moment, where the table has one. */
  readonly times: RowTimes | null;
}

/** What is to be read of a column: its level, its change from some rows before, or its level some rows ahead. */
export type Reading = Pick<Scale, 'column' | 'change' | 'log' | 'ahead'>;

export const standardize = (value: number, { mean, std }: Moments): number => (value - mean) / std;
/** Throws, with the place, unless a standardized number is one that float32 holds. */
export function expectNear(place: () => string, value: number, asGiven: string | number): number {
  if (Number.isFinite(Math.fround(value))) return value;
  throw new UnrolledError(
    `${place()}: expected a number near those of the training part, got ${asGiven}; correct it or leave the row out`,
  );
}
/** Throws unless a column has a mean and a deviation: the squares of huge numbers are too large for one. */
export function expectMoments<Found extends Moments>(where: string, column: string, moments: Found): Found {
  if (Number.isFinite(moments.mean) && Number.isFinite(moments.std)) return moments;
  throw new UnrolledError(
    `${where}, column ${shortened(column)}: expected numbers that have a mean and a deviation, got numbers too large to standardize; rescale the column`,
  );
}
/** Undoes `standardize`, and so returns to the column's own units. */
export const restore = (value: number, { mean, std }: Moments): number => value * std + mean;

/** How a value has changed from another, or its level where that is 0. */
export const changeFrom = (base: number, value: number, { log: isLog }: Pick<Reading, 'log'>): number =>
  isLog ? log(value) - log(base) : value - base;
/** The value that has changed so from another. */
export const changedBy = (base: number, change: number, { log: isLog }: Pick<Reading, 'log'>): number =>
  isLog ? base * exp(change) : base + change;

/** The numbers of a column of a table as they are read: positive ones where it is the logarithm that changes. Throws, with the line, on others. */
export function readColumn(table: Table, { column, log: isLog }: Reading): Float64Array {
  const values = numberColumn(table, column);
  const wrong = isLog ? values.findIndex((value) => !isPositive(value)) : -1;
  if (wrong < 0) return values;
  throw new UnrolledError(
    `${placeOf(table.where, table.lines[wrong])}, column ${shortened(column)}: ${notPositive(table.rows[wrong][columnIndex(table, column)])}`,
  );
}

/** Whether a value has a logarithm. */
export const isPositive = (value: number): boolean => value > 0;

/** What is wrong with a value that has no logarithm, and what to do about it. */
export const notPositive = (cell: string | number): string =>
  `expected a positive number, as the change of the logarithm is learned, got ${quoted(String(cell))}; ` +
  'correct it, or train with the change of the value (--no-log-difference, in a program logDifference: false)';

/** The place of the value that a forecast for `t + k` changes from: the last known one of the same season. */
export const baseAt = (t: number, k: number, season: number): number => t + k - season * Math.ceil(k / season);

/** How many rows back from a step the values lie that its targets and its inputs change from. */
export function reachOf({ inputs, target, ...plan }: SeriesPlan): number {
  const { change } = target;
  let targets = 0;
  if (change !== undefined)
    for (let k = plan.from ?? plan.horizon; k <= plan.horizon; k++) targets = Math.max(targets, -baseAt(0, k, change));
  return inputs.reduce((most, input) => Math.max(most, input.change ?? 0), targets);
}

/** A table without what is behind its first rows. */
export function firstRows(table: Table, rows: number): Table {
  return rows === table.rows.length
    ? table
    : { ...table, rows: table.rows.slice(0, rows), lines: table.lines.slice(0, rows) };
}

/** How many rows a table has up to the last one whose cell in a column is not blank. Those behind it are still to come. */
export function knownRows(table: Table, column: string): number {
  const index = columnIndex(table, column);
  return table.rows.findLastIndex((row) => row[index].trim() !== '') + 1;
}

/** What an error calls a series. */
export const whereOf = ({ where }: Pick<Table, 'where'>, name: string | null): string =>
  name === null ? where : `${where}, series ${shortened(name)}`;

/** Prepares a table of one series as the plan says. */
export function createSeries(table: TableOfSeries, plan: SeriesPlan, name: string | null = null): Series {
  const { inputs, target } = plan;
  const own = scaleOf(plan, name, table);
  const length = knownRows(table, target.column);
  if (length === 0)
    throw new UnrolledError(
      `${whereOf(table, name)}: expected a value in the column ${shortened(target.column)}, got blank cells only`,
    );
  const past = firstRows(table, length);
  const furthest = inputs.reduce((most, { ahead }) => Math.max(most, ahead ?? 0), 0);
  const steps = Math.min(length, table.rows.length - furthest);
  const D = inputs.length;
  const values = new Float32Array(Math.max(0, steps) * D); // [steps, D]
  for (const [d, input] of inputs.entries()) {
    const { column, change, ahead = 0 } = input;
    const cells = readColumn(ahead > 0 ? table : past, input);
    for (let t = 0; t < steps; t++) {
      if (change !== undefined && t < change) continue; // no change is known yet: 0 is the mean
      const at = t + ahead;
      const value = change === undefined ? cells[at] : changeFrom(cells[at - change], cells[at], input);
      values[t * D + d] = expectNear(
        () => `${placeOf(table.where, table.lines[at])}, column ${shortened(column)}`,
        standardize(value, own.inputs[d]),
        cells[at],
      );
    }
  }
  return {
    ...{ plan, name, length, steps: Math.max(0, steps), values },
    scale: { ...target, ...own.target },
    target: readColumn(past, target),
    filled: table.filled?.get(target.column)?.subarray(0, length) ?? null,
    times: table.times ?? null,
  };
}

/** The moments of a series. */
export function scaleOf(
  plan: SeriesPlan,
  name: string | null,
  table: Pick<Table, 'where'>,
): Pick<SeriesScale, 'inputs' | 'target'> & { unit?: number } {
  if (!plan.series) return plan;
  const found = plan.series.find((one) => one.name === name);
  if (found) return found;
  const names = plan.series.slice(0, 20).map((one) => shortened(one.name));
  throw new UnrolledError(
    `${table.where}: expected series that the model was trained on, ${names.join(', ')}${plan.series.length > names.length ? ', …' : ''}, got ${shortened(name ?? 'none')}; leave it out or train with it`,
  );
}

/** The numbers of rows ahead that a plan forecasts. */
export function stepsTo(from: number | undefined, horizon: number): number[] {
  const first = from ?? horizon;
  return Array.from({ length: horizon - first + 1 }, (_, i) => first + i);
}
