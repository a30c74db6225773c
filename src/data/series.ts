// Real-valued series: columns of a table, standardized, with the value of one column `horizon` steps later as the target of every step. The
// table's rows are equally spaced moments in order of time; its end is held out. Column j with mean μ_j and standard deviation σ_j of the training
// part alone:
//
//   x(t)_j = (value_j(t) − μ_j) / σ_j        y(t) = (target(t + horizon) − μ) / σ

import { expectInteger, expectNumber, UnrolledError } from '../errors.ts';
import { placeOf } from './lines.ts';
import { type Regression, regression } from './metrics.ts';
import { createSequences, type Sequences } from './sequences.ts';
import { columnIndex, isNumber, numberColumn, type Table } from './table.ts';

/** Makes a column's mean 0 and its standard deviation 1. Plain JSON. */
export interface Scale {
  readonly column: string;
  readonly mean: number;
  /** 1 for a column that never changes. */
  readonly std: number;
}

/** What a forecast was trained on, to prepare further data alike. Plain JSON. */
export interface SeriesPlan {
  /** One for each column of the input, D of them. */
  readonly inputs: readonly Scale[];
  readonly target: Scale;
  /** How many steps ahead the target is. */
  readonly horizon: number;
}

export interface Series {
  readonly plan: SeriesPlan;
  /** Rows of the table: moments. */
  readonly length: number;
  readonly values: Float32Array; // [length, D], standardized
  /** The target column in its own units. */
  readonly target: Float64Array; // [length]
}

export interface SeriesOptions {
  /** The column to forecast. */
  readonly target: string;
  readonly horizon: number;
  /** Columns of the input. Default: all whose first cell is a number. */
  readonly inputs?: readonly string[];
}

export const standardize = (value: number, { mean, std }: Scale): number => (value - mean) / std;
/** Undoes `standardize`: back to the column's own units. */
export const restore = (value: number, { mean, std }: Scale): number => value * std + mean;

/** Learns the plan of a series from the first `trainingRows` rows of a table. Throws on an unknown column and a cell that is no number. */
export function planSeries(table: Table, trainingRows: number, options: SeriesOptions): SeriesPlan {
  const rows = table.rows.length;
  const horizon = expectInteger('horizon', options.horizon, 1);
  expectInteger('training rows', trainingRows, 1, rows);
  if (trainingRows <= horizon)
    throw new UnrolledError(
      `${table.where}: expected more than ${horizon} rows to train on for the horizon ${horizon}, got ${trainingRows}; take a shorter horizon or more rows`,
    );
  const target = scaleOf(table, options.target, trainingRows);
  const names = options.inputs ?? table.columns.filter((_, index) => isNumber(table.rows[0][index]));
  if (names.length === 0) throw new UnrolledError('inputs: expected at least 1 column, got none');
  return { inputs: names.map((name) => scaleOf(table, name, trainingRows)), target, horizon };
}

function scaleOf(table: Table, column: string, rows: number): Scale {
  const values = numberColumn(table, column).subarray(0, rows);
  const mean = values.reduce((sum, value) => sum + value, 0) / rows;
  // asked directly, because the rounding of the mean leaves a constant column a deviation
  if (values.every((value) => value === values[0])) return { column, mean: values[0], std: 1 };
  return { column, mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows) };
}

/** Prepares a table as the plan says. */
export function createSeries(table: Table, plan: SeriesPlan): Series {
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
  return { plan, length, values, target: numberColumn(table, plan.target.column) };
}

/** How many of `rows` rows are to train on, where the last ⌊fraction · rows⌋ are held out. Each part has more rows than the horizon, or it throws. */
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

/** Moments whose value is a target, from `from` to before `to`. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

export interface WindowsOptions {
  /** T, the steps of a window. */
  readonly length: number;
  /** Steps from the start of a window to the start of the next. Default: T, or with `once` ⌈T/2⌉. */
  readonly stride?: number;
  /**
   * Each target of the part counts once: where windows overlap in the later one only the steps after the overlap count, and before the part's own
   * first step the windows read up to T − stride earlier rows. For evaluation. Default false: every step counts in every window.
   */
  readonly once?: boolean;
}

/** Windows over the targets of a part: step t of a series has the target at t + horizon, standardized. They are in order of time. */
export function windows(series: Series, part: Part, options: WindowsOptions): Sequences {
  const { horizon, target: scale, inputs } = series.plan;
  const once = options.once ?? false;
  const T = expectInteger('window', options.length, 1);
  const stride = expectInteger('stride', options.stride ?? (once ? Math.ceil(T / 2) : T), 1, T);
  const { first, end } = stepsOf(series, part);
  const spans: { start: number; end: number; countedFrom: number }[] = [];
  for (let next = first; next < end; ) {
    // next: the first step that no window has had
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
      targets[at] = standardize(series.target[t + horizon], scale);
      counted[at] = t >= countedFrom ? 1 : 0;
    }
  }
  return createSequences(lengths, {
    input: { kind: 'vectors', size: D, values },
    targets: { kind: 'values', at: 'step', size: 1, values: targets },
    counted: once ? counted : undefined,
  });
}

/** The series with `horizon` moments more, whose values nobody knows yet: what a forecast is for. They are 0 as targets. */
export function withFuture(series: Series): Series {
  const { target, length, plan } = series;
  const longer = new Float64Array(length + plan.horizon);
  longer.set(target);
  return { ...series, length: longer.length, target: longer };
}

/** Steps whose target lies in the part. */
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

/** The targets of a part in their own units, in order of time: what forecasts are compared with. */
export function targetsOf(series: Series, part: Part): Float64Array {
  const { first, end } = stepsOf(series, part);
  return series.target.slice(first + series.plan.horizon, end + series.plan.horizon);
}

/** How good it is to forecast the last known value, in the target's own units: what a forecast has to beat. */
export function naiveForecast(series: Series, part: Part): Regression {
  const { first, end } = stepsOf(series, part);
  return regression(series.target.subarray(first, end), targetsOf(series, part));
}
