// Series of real numbers: standardized columns of a table, where the target of every step is the value of one column `horizon` steps later. The
// rows of the table are equally spaced moments in order of time, and its end is held out. The mean μ_j and the standard deviation σ_j of column j
// are those of the training part alone:
//
//   x(t)_j = (value_j(t) − μ_j) / σ_j        y(t) = (target(t + horizon) − μ) / σ

import { expectInteger, expectNumber, UnrolledError } from '../errors.ts';
import { placeOf } from './lines.ts';
import { type Regression, regression } from './metrics.ts';
import type { PreparedTable } from './prepare-table.ts';
import type { RowTimes } from './row-times.ts';
import { createSequences, type Sequences } from './sequences.ts';
import { columnIndex, numberColumn, numberColumns, type Table } from './table.ts';

/** The mean and the standard deviation by which a column is standardized. Plain JSON. */
export interface Scale {
  readonly column: string;
  readonly mean: number;
  /** 1 for a column that never changes. */
  readonly std: number;
}

/** The plan by which further data are prepared like those that a forecast was trained on. Plain JSON. */
export interface SeriesPlan {
  /** The scales of the D input columns. */
  readonly inputs: readonly Scale[];
  readonly target: Scale;
  /** The number of steps from an input to its target. */
  readonly horizon: number;
}

export interface Series {
  readonly plan: SeriesPlan;
  /** The number of moments, one for each row of the table. */
  readonly length: number;
  readonly values: Float32Array; // [length, D], standardized
  /** The target column in its own units. */
  readonly target: Float64Array; // [length]
  /** 1 where the target was filled in, so that it counts neither in training nor in an error; null where none was. */
  readonly filled: Uint8Array | null; // [length]
  /** The time of each moment, where the table has one. */
  readonly times: RowTimes | null;
}

export interface SeriesOptions {
  /** The column to forecast. */
  readonly target: string;
  readonly horizon: number;
  /** The columns of the input. By default they are all those whose first cell is a number. */
  readonly inputs?: readonly string[];
}

export const standardize = (value: number, { mean, std }: Scale): number => (value - mean) / std;
/** Undoes `standardize`, and so returns to the column's own units. */
export const restore = (value: number, { mean, std }: Scale): number => value * std + mean;

/** Learns the plan of a series from the first `trainingRows` rows of a table. Throws on an unknown column and on a cell that is not a number. */
export function planSeries(table: Table, trainingRows: number, options: SeriesOptions): SeriesPlan {
  const rows = table.rows.length;
  const horizon = expectInteger('horizon', options.horizon, 1);
  expectInteger('training rows', trainingRows, 1, rows);
  if (trainingRows <= horizon)
    throw new UnrolledError(
      `${table.where}: expected more than ${horizon} rows to train on for the horizon ${horizon}, got ${trainingRows}; take a shorter horizon or more rows`,
    );
  const target = scaleOf(table, options.target, trainingRows);
  const names = options.inputs ?? numberColumns(table);
  if (names.length === 0) throw new UnrolledError('inputs: expected at least 1 column, got none');
  return { inputs: names.map((name) => scaleOf(table, name, trainingRows)), target, horizon };
}

function scaleOf(table: Table, column: string, rows: number): Scale {
  const values = numberColumn(table, column).subarray(0, rows);
  const mean = values.reduce((sum, value) => sum + value, 0) / rows;
  // compared directly, because the rounding of the mean would leave a constant column a deviation
  if (values.every((value) => value === values[0])) return { column, mean: values[0], std: 1 };
  return { column, mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows) };
}

/** Prepares a table as the plan says. */
export function createSeries(
  table: Table & Partial<Pick<PreparedTable, 'filled' | 'times'>>,
  plan: SeriesPlan,
): Series {
  const length = table.rows.length;
  const D = plan.inputs.length;
  const values = new Float32Array(length * D); // [length, D]
  for (const [d, scale] of plan.inputs.entries()) {
    const column = numberColumn(table, scale.column);
    for (let t = 0; t < length; t++) {
      values[t * D + d] = standardize(column[t], scale);
      if (!Number.isFinite(values[t * D + d]))
        throw new UnrolledError(
          `${placeOf(table.where, table.lines[t])}, column ${scale.column}: expected a number near those of the training part, got ` +
            `${table.rows[t][columnIndex(table, scale.column)]}; correct it or leave the row out`,
        );
    }
  }
  const { column } = plan.target;
  const filled = table.filled?.get(column) ?? null;
  return { plan, length, values, target: numberColumn(table, column), filled, times: table.times ?? null };
}

/** The number of rows to train on when the last ⌊fraction · rows⌋ are held out. Throws where either part would be too short for the horizon. */
export function trainingRows(rows: number, fraction: number, horizon: number): number {
  expectNumber('held-out fraction', fraction, 0, 1, true);
  const held = Math.floor(fraction * rows);
  if (held < 1 || rows - held <= horizon)
    throw new UnrolledError(
      `series: expected at least 1 row to hold out and more than ${horizon} to train on, got ${held} and ${rows - held} of ${rows}; ` +
        'take another fraction, a shorter horizon or more rows',
    );
  return rows - held;
}

/** A part of a series: its targets are the values of the moments from `from` to before `to`. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

export interface WindowsOptions {
  /** T, the number of steps in a window. */
  readonly length: number;
  /** The number of steps from the start of a window to the start of the next. Default T, or with `once` ⌈T/2⌉. */
  readonly stride?: number;
  /**
   * Whether each target of the part counts only once, as evaluation needs it. Where two windows overlap, only the steps after the overlap count in
   * the later one, and the windows read up to T − stride rows before the first step of the part. By default every step counts in every window.
   */
  readonly once?: boolean;
}

/** Cuts a part into windows in order of time. The target of step t is the standardized value at t + horizon. */
export function windows(series: Series, part: Part, options: WindowsOptions): Sequences {
  const { horizon, target: scale, inputs } = series.plan;
  const once = options.once ?? false;
  const T = expectInteger('window', options.length, 1);
  const stride = expectInteger('stride', options.stride ?? (once ? Math.ceil(T / 2) : T), 1, T);
  const { first, end } = stepsOf(series, part);
  const spans: { start: number; end: number; countedFrom: number }[] = [];
  for (let next = first; next < end; ) {
    // next is the first step that is in no window yet
    const start = once
      ? Math.max(0, next - (T - stride))
      : spans.length === 0
        ? first
        : spans[spans.length - 1].start + stride;
    const stop = Math.min(end, start + T);
    spans.push({ start, end: stop, countedFrom: once ? next : start });
    next = stop;
  }
  const lengths = spans.map(({ start, end }) => end - start);
  const steps = lengths.reduce((sum, length) => sum + length, 0);
  const D = inputs.length;
  const values = new Float32Array(steps * D); // [N, D]
  const targets = new Float32Array(steps); // [N, 1]
  const counted = new Uint8Array(steps);
  let at = 0;
  for (const { start, end, countedFrom } of spans) {
    values.set(series.values.subarray(start * D, end * D), at * D);
    for (let t = start; t < end; t++, at++) {
      targets[at] = standardize(series.target[t + horizon] ?? 0, scale); // 0 for what is not known yet
      counted[at] = t >= countedFrom && !series.filled?.[t + horizon] ? 1 : 0;
    }
  }
  return createSequences(lengths, {
    input: { kind: 'vectors', size: D, values },
    targets: { kind: 'values', at: 'step', size: 1, values: targets },
    counted: once || series.filled ? counted : undefined,
  });
}

/** The series continued by `horizon` moments whose values are not known yet and are to be forecast: `target` ends before them. */
export function withFuture(series: Series): Series {
  return { ...series, length: series.length + series.plan.horizon };
}

/** The range of steps whose target lies in the part. */
function stepsOf({ plan: { horizon }, length }: Series, { from, to }: Part): { first: number; end: number } {
  expectInteger('start of the part', from, 0, length);
  expectInteger('end of the part', to, from, length);
  const first = Math.max(0, from - horizon);
  const end = to - horizon;
  if (end <= first)
    throw new UnrolledError(
      `series: expected a value to predict from row ${from + 1} to row ${to} with the horizon ${horizon}, got none; take more rows or a shorter horizon`,
    );
  return { first, end };
}

/** The targets of a part in their own units and in order of time, without those that were filled in. Forecasts are compared with them. */
export function targetsOf(series: Series, part: Part): Float64Array {
  return atTargets(series, part, series.plan.horizon);
}

/** The values of the target `later` steps after each step of a part whose own target was not filled in. */
function atTargets(series: Series, part: Part, later: number): Float64Array {
  const { first, end } = stepsOf(series, part);
  const { filled, plan } = series;
  return series.target.slice(first + later, end + later).filter((_, i) => !filled?.[first + plan.horizon + i]);
}

/** The errors of persistence, which repeats the last known value. A forecast has to beat it. Units are those of the target. */
export function persistence(series: Series, part: Part): Regression {
  return regression(atTargets(series, part, 0), targetsOf(series, part));
}
