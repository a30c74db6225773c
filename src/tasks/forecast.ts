// Forecasting: a number some rows ahead, from the rows of a table so far. A squared error on the state of every step.

import { type Regression, regression, skill } from '../data/metrics.ts';
import type { Sequences } from '../data/sequences.ts';
import {
  createSeries,
  type Part,
  persistence,
  planSeries,
  restore,
  type Scale,
  type Series,
  type SeriesPlan,
  standardize,
  targetsOf,
  trainingRows,
  windows,
  withFuture,
} from '../data/series.ts';
import { numberColumn, type Table } from '../data/table.ts';
import type { Backend } from '../engine/backend.ts';
import {
  described,
  expectInteger,
  expectList,
  expectNumber,
  expectObject,
  expectOptions,
  expectText,
  listed,
  shortened,
  UnrolledError,
} from '../errors.ts';
import type { Model } from '../network/model.ts';
import { defaultsFor } from './few-data.ts';
import { count, number, plural } from './phrases.ts';
import { readOutputs } from './sequence-batches.ts';
import { sequenceParts } from './sequence-task.ts';
import { finding, heldOutShare, type Task, type TaskDefaults } from './task.ts';
import { has, isNumbers, isTable, type Row, type StepReader, type TaskKind, type TaskUse } from './task-kind.ts';

const defaults: TaskDefaults = {
  network: { cell: 'gru', bidirectional: false, hiddenSize: 32, embeddingSize: null, dropout: 0 },
  training: { batchSize: 8, epochs: 30, learningRate: 0.004 },
  validation: 0.2,
};

/** A number some steps ahead. */
export interface ForecastDescription extends SeriesPlan {
  readonly task: 'forecast';
  /** T of the windows. */
  readonly window: number;
}

export interface ForecastOptions {
  /** The column to forecast. */
  readonly target: string;
  /** How many rows ahead. Default 1. */
  readonly horizon?: number;
  /** Columns that are read. Default: all of numbers. */
  readonly inputs?: readonly string[];
  /** T: rows that the gradient goes back. Default 64, or as many steps as there are. */
  readonly window?: number;
  /** What is held out: a share of the end of the table, 0 for nothing, or a table of its own. Default 0.2. */
  readonly validation?: number | Table;
}

/** A part of a series: what is held out of a table, with the rows before it to read first. */
export interface SeriesPart {
  readonly series: Series;
  readonly part: Part;
}

/** A forecast for a row. */
export interface ForecastPrediction {
  /** The row, counted from 1; behind the table's last row nobody knows the value yet. */
  readonly row: number;
  readonly forecast: number;
  /** The value that came; null behind the end. */
  readonly actual: number | null;
}

/** How good forecasts are, beside those of the last known value. */
export interface ForecastEvaluation extends Regression {
  readonly naive: Regression;
  /** 1 − MSE / naive MSE. */
  readonly skill: number;
}

const optionNames: Readonly<Record<keyof Required<ForecastOptions>, true>> = {
  ...{ target: true, horizon: true, inputs: true, window: true, validation: true },
};

/**
 * The task of forecasting a column of a table. It learns the scale of the columns from the training rows alone.
 * @example const task = forecast(readTable('weather.csv'), { target: 'temperature', horizon: 3 })
 * @throws UnrolledError for an unknown column, a cell that is no number, and fewer rows than the horizon needs
 */
export function forecast(table: Table, options: ForecastOptions): Task<SeriesPart> {
  if (!isTable(table))
    throw new UnrolledError(`forecast: expected a table, from readTable or parseTable, got ${described(table)}`);
  if (typeof options?.target !== 'string')
    throw new UnrolledError(
      `forecast: expected the target, one of the columns ${listed(table.columns)}, got ${described(options?.target)}`,
    );
  expectOptions('forecast', options, optionNames);
  const { validation, horizon = 1 } = options;
  const total = table.rows.length;
  const kept =
    typeof validation === 'object'
      ? total
      : heldOutShare(
          defaults,
          validation,
          (share) => trainingRows(total, share, horizon),
          () => total,
        );
  const plan = planSeries(table, kept, { ...options, horizon });
  const series = createSeries(table, plan);
  const window = Math.min(options.window ?? 64, kept - horizon);
  const description: ForecastDescription = { task: 'forecast', ...plan, window };
  const stride = Math.max(1, Math.ceil(window / 4)); // overlapping windows: each step is seen with several pasts
  const data = windows(series, { from: 0, to: kept }, { length: window, stride });
  const heldOut: SeriesPart | null =
    typeof validation === 'object'
      ? wholeOf(createSeries(validation, plan))
      : kept < total
        ? { series, part: { from: kept, to: total } }
        : null;
  const held = heldOut && forecastSequences(description, heldOut);
  const heldRows = heldOut ? heldOut.part.to - heldOut.part.from : 0;
  const columns = plan.inputs.map(({ column }) => column);
  return {
    name: 'forecast',
    architecture: { vocabSize: 1, inputSize: plan.inputs.length, outputSize: 1, pooling: 'none', loss: 'squared' },
    kept: { task: description },
    defaults: defaultsFor(defaults, { items: data.count }),
    heldOut,
    words: { unit: 'step', noun: 'step', loss: 'squared error (standardized)' },
    summary:
      `${plural(kept, 'row')}${heldRows ? `, ${count(heldRows)} more held out` : ''}; ` +
      `${shortened(plan.target.column)} ${plural(horizon, 'row')} ahead, from ${listed(columns)}`,
    facts: {
      ...{ task: 'forecast', target: plan.target.column, horizon, inputs: columns },
      ...{ window, rows: kept, heldOutRows: heldRows },
    },
    describeBatch: ({ batchSize, bptt }) => `${count(batchSize)} windows of ${plural(bptt, 'row')}`,
    ...sequenceParts(data, held),
    report(model, _, backend) {
      if (!heldOut) return [];
      const { mse, mae, naive, skill } = evaluateForecast(model, description, heldOut, backend);
      return [
        finding(
          { event: 'heldOut', mse, mae, naive: { mse: naive.mse, mae: naive.mae }, skill },
          `Held-out forecasts: mean squared error ${number(mse)}, absolute ${number(mae)}; the last known value: ${number(naive.mse)} and ${number(naive.mae)}; skill ${skill.toFixed(3)}`,
          skill < 0 ? 'the last known value' : null,
        ),
      ];
    },
  };
}

/** All of a series, from the first row that can be forecast. */
export function wholeOf(series: Series): SeriesPart {
  return { series, part: { from: Math.min(series.length, series.plan.horizon), to: series.length } };
}

/** A table as the model of a task reads it: all of it. */
function partOf(task: ForecastDescription, data: Table | SeriesPart): SeriesPart {
  return 'series' in data ? data : wholeOf(createSeries(data, task));
}

/** The windows of a part of a series, where each moment is forecast once. */
export function forecastSequences(task: ForecastDescription, { series, part }: SeriesPart): Sequences {
  return windows(series, part, { length: task.window, once: true });
}

/** Forecasts of the target column in its own units, for every moment of a part of a series, in order of time. */
function forecastPart(model: Model, task: ForecastDescription, data: SeriesPart, backend: Backend): Float64Array {
  const sequences = forecastSequences(task, data);
  const values: number[] = [];
  readOutputs(backend, model, sequences).forEach((o, i) => {
    const start = sequences.starts[i];
    for (let t = 0; t < o.length; t++)
      if (!sequences.counted || sequences.counted[start + t]) values.push(restore(o[t], task.target));
  });
  return Float64Array.from(values);
}

/** A forecast for each row of a table that has `horizon` rows before it, and for the `horizon` rows behind its end. */
function predictForecasts(
  model: Model,
  task: ForecastDescription,
  data: Table | SeriesPart,
  backend: Backend,
): ForecastPrediction[] {
  const { series, part } = 'series' in data ? data : futureOf(createSeries(data, task));
  const values = forecastPart(model, task, { series, part }, backend);
  const known = 'series' in data ? series.length : series.length - task.horizon;
  return Array.from(values, (value, i) => {
    const at = part.to - values.length + i;
    return { row: at + 1, forecast: value, actual: at < known ? series.target[at] : null };
  });
}

/** A series with the moments behind its end, from the first row that can be forecast. */
function futureOf(series: Series): SeriesPart {
  const { horizon } = series.plan;
  return { series: withFuture(series), part: { from: horizon, to: series.length + horizon } };
}

/** How far forecasts are off, beside those of the last known value. */
function evaluateForecast(
  model: Model,
  task: ForecastDescription,
  data: Table | SeriesPart,
  backend: Backend,
): ForecastEvaluation {
  const { series, part } = partOf(task, data);
  const found = regression(forecastPart(model, task, { series, part }, backend), targetsOf(series, part));
  const naive = persistence(series, part);
  return { ...found, naive, skill: skill(found.mse, naive.mse) };
}

/** Reads a row of numbers, one with names, or all rows of a table. */
function rowReader(task: ForecastDescription): StepReader {
  const { inputs, target } = task;
  const columns = inputs.map(({ column }) => column);
  const standardized = (row: ArrayLike<number>) => Float64Array.from(inputs, (scale, d) => standardize(row[d], scale));
  return {
    reads: `a row with numbers of ${listed(columns)}`,
    labels: null,
    restore: (value) => value * target.std + target.mean,
    stepsOf(input) {
      if (typeof input === 'number')
        return inputs.length === 1 ? { count: 1, values: standardized([input]) } : undefined;
      if (isNumbers(input))
        return input.length === inputs.length ? { count: 1, values: standardized(input) } : undefined;
      if (isTable(input)) {
        const values = inputs.map(({ column }) => numberColumn(input, column));
        const count = input.rows.length;
        const rows = Array.from({ length: count }, (_, t) => standardized(values.map((column) => column[t])));
        return { count, values: rows.flatMap((row) => Array.from(row)) };
      }
      if (typeof input !== 'object') return undefined;
      const row = input as Row;
      const given = columns.map((column) => {
        const value = row[column];
        const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
        return expectNumber(`session, column ${shortened(column)}`, read as number, -Infinity);
      });
      return { count: 1, values: standardized(given) };
    },
  };
}

/** How a model that forecasts is read back, and reads. */
export const forecastKind: TaskKind<ForecastDescription> = {
  defaults,
  parse(json) {
    const inputs = expectList('inputs', json.inputs, 1).map((scale) => parseScale('inputs', scale));
    const target = parseScale('target', json.target);
    const horizon = expectInteger('horizon', json.horizon as number, 1);
    return { task: 'forecast', inputs, target, horizon, window: expectInteger('window', json.window as number, 1) };
  },
  model: ({ inputs }) => ({ loss: 'squared', pools: false, counts: { outputs: 1, 'input columns': inputs.length } }),
  reader: rowReader,
};

/** What a model that forecasts says of data. */
export const forecastUse: TaskUse<
  ForecastDescription,
  Table | SeriesPart,
  ForecastPrediction[],
  Table | SeriesPart,
  ForecastEvaluation
> = {
  inputs: { expected: 'a table', each: false, is: isTableOrPart },
  predict: predictForecasts,
  truth: { expected: 'a table', each: false, is: isTableOrPart },
  evaluate: evaluateForecast,
  card: {
    says: 'It forecasts a column of a table some rows ahead; task.json names the columns and their scales.',
    javascript: [
      "import { loadModel, predict, readTable } from 'unrolled/node';",
      '',
      "console.log(predict(loadModel('.'), readTable('data.csv')));",
    ],
  },
};

function isTableOrPart(data: unknown): boolean {
  return isTable(data) || (has(data, 'series') && has(data, 'part'));
}

function parseScale(where: string, json: unknown): Scale {
  const { column, mean, std } = expectObject(where, json);
  return {
    column: expectText(`${where}, column`, column),
    mean: expectNumber(`${where}, mean`, mean as number, -Infinity),
    std: expectNumber(`${where}, std`, std as number, 0, Number.MAX_VALUE, true),
  };
}
