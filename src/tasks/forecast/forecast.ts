// Forecasting: a number some rows ahead, or a path, from the rows of a table so far: a level or a change (choose.ts), by a loss on every step's state.

import { seriesTables } from '../../data/grouped.ts';
import { type LearnedTable, learnTable, type PreparedTable, type TablePlanOptions } from '../../data/prepare-table.ts';
import { createSeries, knownRows, type Series, type SeriesTable, whereOf } from '../../data/series.ts';
import { planSeries, trainingRows } from '../../data/series-plan.ts';
import { type Part, type SeriesPart, windows } from '../../data/series-windows.ts';
import { columnIndex, type Table } from '../../data/table.ts';
import { largest } from '../../elementary.ts';
import type { Backend } from '../../engine/backend.ts';
import {
  atPlace,
  described,
  expectFlag,
  expectInteger,
  expectList,
  expectObject,
  expectOptions,
  expectTexts,
  listed,
  shortened,
  UnrolledError,
} from '../../errors.ts';
import type { ModelConfig } from '../../network/config.ts';
import type { Model } from '../../network/model.ts';
import { defaultsFor } from '../few-data.ts';
import { count, number, plural } from '../phrases.ts';
import { sequenceParts } from '../sequence-task.ts';
import { heldOutShare, type Picture, type Task, type TaskDefaults } from '../task.ts';
import { has, isTable, type TaskKind, type TaskUse } from '../task-kind.ts';
import { calibrationOf } from './calibrate.ts';
import { choose, learnedOf } from './choose.ts';
import {
  aheadOf,
  type ForecastDescription,
  forecastSequences,
  outputsFor,
  parseDescription,
  parseQuantiles,
  preparedFor,
  type SeriesParts,
  weightsOf,
  wholeOf,
  widthOf,
} from './description.ts';
import { evaluateParts, type ForecastEvaluation } from './evaluate.ts';
import { type ForecastPrediction, predictForecasts } from './predict.ts';
import { rowReader } from './reader.ts';

const defaults: TaskDefaults = {
  network: { cell: 'gru', bidirectional: false, hiddenSize: 32, embeddingSize: null, dropout: 0 },
  training: { batchSize: 8, epochs: 30, learningRate: 0.004 },
  validation: 0.2,
  forwardOnly: 'a forecast must not read what comes after it',
};

/**
 * Windows of the training, at the least, where the rows are enough for them: they overlap the more, the fewer rows there are. Where no pattern was found
 * they are not made more, so that the held-out data are looked at before the network has learned the noise by heart.
 */
const leastWindows = 512;

/** What is forecast of a table, how far ahead, from which columns, and what is held out. */
export interface ForecastOptions extends Pick<TablePlanOptions, 'missing' | 'time' | 'calendar'> {
  /** The column to forecast. */
  readonly target: string;
  /** How many rows ahead: a number, or the first and the last of a path, such as `1-24`. Default 1. */
  readonly horizon?: number | string;
  /** Columns that are read. Default: all of numbers. */
  readonly inputs?: readonly string[];
  /** Columns whose values are known of the future: each is also read at the rows that are forecast. */
  readonly known?: readonly string[];
  /** The column that names the series, where the table has several. */
  readonly group?: string;
  /** The number of rows in a season; `auto` finds it, and finds out whether it helps. Default auto. */
  readonly season?: number | 'auto';
  /** Whether the change is learned, from the value a season before or from the last one, and not the value. Default: what does better is found out. */
  readonly difference?: boolean;
  /** The column that says how much each row counts in the loss as a target. Default: each counts alike. */
  readonly weight?: string;
  /** Whether it is the change of the logarithm that is learned, of values that are all positive. Default: what does better is found out. */
  readonly logDifference?: boolean;
  /** The quantiles to forecast, such as 0.1, 0.5 and 0.9. Default: the mean is forecast. */
  readonly quantiles?: readonly number[];
  /** T: rows that the gradient goes back. Default 64, or a third of the rows where they are few. */
  readonly window?: number;
  /** What is held out: a share of the end of each series, 0 for nothing, or a table of its own. Default 0.2. */
  readonly validation?: number | Table;
  /** The description of a model of the same task, which is followed instead of learning one. */
  readonly plan?: ForecastDescription;
}

const optionNames: Readonly<Record<keyof Required<ForecastOptions>, true>> = {
  ...{ target: true, horizon: true, inputs: true, known: true, group: true, season: true, difference: true },
  ...{ logDifference: true, quantiles: true, window: true, validation: true, plan: true },
  ...{ missing: true, time: true, calendar: true, weight: true },
};

/**
 * The task of forecasting a column of a table: a number some rows ahead of each row, or a path of numbers, is V h(t) + c in the units of the
 * column. The loss is the mean squared error of the standardized numbers, or with `quantiles` the pinball loss. It learns the scales of the columns
 * from the training rows alone, and finds out on them what is best learned: the value itself, or its change from the last value or from that of the
 * season before.
 * @example const task = forecast(readTable('weather.csv'), { target: 'temperature', horizon: 3 })
 * @throws UnrolledError for an unknown column, a cell that is no number, and fewer rows than the horizon needs
 */
export function forecast(table: Table, options: ForecastOptions): Task<SeriesParts> {
  if (!isTable(table))
    throw new UnrolledError(`forecast: expected a table, from readTable or parseTable, got ${described(table)}`);
  if (typeof options?.target !== 'string')
    throw new UnrolledError(
      `forecast: expected the target, one of the columns ${listed(table.columns)}, got ${described(options?.target)}`,
    );
  expectOptions('forecast', options, optionNames);
  const { target, group, validation, weight, inputs, known } = options;
  for (const [name, list] of Object.entries({ inputs, known })) if (list !== undefined) expectTexts(name, list);
  for (const name of ['difference', 'logDifference'] as const)
    if (options[name] !== undefined) expectFlag(name, options[name]);
  columnIndex(table, target);
  const plan = options.plan === undefined ? null : planFor(options.plan, options);
  const { from, horizon } = plan ?? aheadOf(options.horizon ?? 1);
  const learned = plan ? null : learn(table, options);
  const prepared = learned?.table ?? preparedFor(plan!, table);
  const tables = seriesTables(prepared, group);
  const lengths = tables.map((one) => lengthOf(one, target));
  const own = typeof validation === 'object';
  const kept = lengths.map((total) =>
    own
      ? total
      : heldOutShare(
          defaults,
          validation,
          (share) => trainingRows(total, share, horizon),
          () => total,
        ),
  );
  const { description, choice } = plan
    ? { description: plan, choice: `What is learned is ${learnedOf(plan.target)}` }
    : describe(tables, kept, options, learned!, from, horizon);
  const all = tables.map(({ name, table: rows }) => createSeries(rows, description, name));
  const weights = tables.map((one, i) => weightsOf(one.table, lengths[i], weight));
  const parts = (series: Series, i: number, part: Part): SeriesPart => ({ series, part, ...weights[i] });
  const data = windows(
    all.map((series, i) => parts(series, i, { from: startOf(description, kept[i]), to: kept[i] })),
    {
      length: description.window,
      stride: description.stride ?? Math.max(1, Math.ceil(description.window / 4)), // overlapping windows: each step is seen with several pasts
      repeated: widthOf(description),
    },
  );
  const rest = all.flatMap((series, i): SeriesPart[] =>
    kept[i] < lengths[i] ? [parts(series, i, { from: kept[i], to: lengths[i] })] : [],
  );
  const heldOut = own ? wholeOf(description, validation, weight) : rest.length > 0 ? { parts: rest } : null;
  const held = heldOut && forecastSequences(description, heldOut);
  const heldRows = heldOut ? heldOut.parts.reduce((sum, { part }) => sum + part.to - part.from, 0) : 0;
  const rows = kept.reduce((sum, one) => sum + one, 0);
  const columns = columnsOf(description);
  const { quantiles } = description;
  return {
    name: 'forecast',
    architecture: {
      ...{ vocabSize: 1, inputSize: description.inputs.length, outputSize: outputsFor(description), pooling: 'none' },
      ...lossOf(description),
    },
    kept: { task: description },
    defaults: defaultsFor(defaults, { items: data.count }),
    startsAtZero: description.target.change !== undefined, // it begins as the last value with the mean change
    heldOut,
    words: {
      unit: 'step',
      noun: 'step',
      loss: `${quantiles ? 'pinball loss' : 'squared error'} (standardized${weight === undefined ? '' : `, weighted by ${shortened(weight)}`})`,
    },
    summary:
      `${plural(rows, 'row')}${group === undefined ? '' : ` of ${count(tables.length)} series`}${heldRows ? `, ${count(heldRows)} more held out` : ''}; ` +
      `${shortened(target)} ${rowsAhead(description)}, from ${listed(columns)}. ${choice}`,
    remarks: [
      ...('filled' in prepared ? (prepared as PreparedTable).remarks : []),
      ...(weight === undefined
        ? []
        : [`The loss is weighted by ${shortened(weight)}; the errors of forecasts count each row once`]),
    ],
    facts: {
      ...{ task: 'forecast', target, horizon: from === undefined ? horizon : `${from}-${horizon}`, inputs: columns },
      ...{ window: description.window, rows, heldOutRows: heldRows, learned: learnedOf(description.target) },
      ...(description.season !== undefined && { season: description.season }),
      ...(group !== undefined && { series: tables.length }),
      ...(quantiles && { quantiles }),
      ...(weight !== undefined && { weight }),
    },
    describeBatch: ({ batchSize, bptt }) => `${plural(batchSize, 'window')} of ${plural(bptt, 'row')}`,
    ...sequenceParts(data, held),
    finished(model, backend) {
      const calibration = heldOut && calibrationOf(model, description, heldOut, backend);
      return calibration ? { ...description, calibration } : description;
    },
    // what was held out moved the quantiles, and so says nothing of how good they are then
    report(model, _, backend) {
      if (!heldOut) return [];
      const found = evaluateParts(model, description, heldOut, backend);
      const { mse, mae, mase, naive, skill, seasonal, holtWinters, coverage } = found;
      const others = [
        ...(seasonal ? [`the season before: ${number(seasonal.mse)} and ${number(seasonal.mae)}`] : []),
        ...(holtWinters ? [`Holt-Winters: ${number(holtWinters.mse)} and ${number(holtWinters.mae)}`] : []),
      ];
      return [
        {
          json: {
            ...{ event: 'heldOut', mse, mae, mase, naive: { mse: naive.mse, mae: naive.mae }, skill },
            ...(seasonal && { seasonal: { mse: seasonal.mse, mae: seasonal.mae } }),
            ...(holtWinters && { holtWinters: { mse: holtWinters.mse, mae: holtWinters.mae } }),
            ...(coverage !== null && { coverage }),
            ...(found.series.length > 0 && {
              series: found.series.map((one) => ({ name: one.name, skill: one.skill })),
            }),
          },
          sentence:
            `Held-out forecasts: mean squared error ${number(mse)}, absolute ${number(mae)}; the last known value: ${number(naive.mse)} and ${number(naive.mae)}` +
            `${others.map((one) => `; ${one}`).join('')}; skill ${skill.toFixed(3)}${skill < 0 ? noSkill : ''}`,
          picture: pictureOf(model, description, heldOut, backend),
        },
      ];
    },
  };
}

/** The description of a model of the same task, as it was before the network had learned: how quantiles are moved depends on its weights. */
function planFor(given: unknown, { target, horizon }: ForecastOptions): ForecastDescription {
  const { calibration: _, ...plan } = atPlace('plan', () => parseDescription(expectObject('the description', given)));
  if (plan.target.column !== target)
    throw new UnrolledError(
      `plan: expected the description of a model that forecasts ${shortened(target)}, got one for ${shortened(plan.target.column)}`,
    );
  const ahead = aheadOf(horizon ?? plan.horizon);
  if (horizon !== undefined && (ahead.horizon !== plan.horizon || ahead.from !== plan.from))
    throw new UnrolledError(
      `plan: expected a model with the horizon ${horizon}, got one with ${plan.from === undefined ? '' : `${plan.from}-`}${plan.horizon}; leave horizon out`,
    );
  return plan;
}

/** The most moments of a picture: the last ones. */
const maxPictured = 400;

/** The first held-out series beside what is predicted of it. */
function pictureOf(
  model: Model,
  task: ForecastDescription,
  { parts: [first] }: SeriesParts,
  backend: Backend,
): Picture {
  const known = predictForecasts(model, task, { parts: [first] }, backend).flatMap(
    ({ row, forecast: predicted, actual }) => (actual === null ? [] : [{ row, predicted, actual }]),
  );
  const shown = known.slice(-maxPictured);
  return {
    kind: 'series',
    name: first.series.name === null ? task.target.column : `${task.target.column} of ${first.series.name}`,
    rows: shown.map(({ row }) => row),
    actual: shown.map(({ actual }) => actual),
    predicted: shown.map(({ predicted }) => predicted),
  };
}

/** The first row whose value is learned: the change to it is known, unless the rows are few. */
function startOf({ target, from, horizon }: ForecastDescription, kept: number): number {
  return Math.min(target.change ?? 0, Math.floor((kept - horizon) / 2)) + (from ?? horizon);
}

/** The loss of the mean, or of quantiles. */
function lossOf({ quantiles }: ForecastDescription): Pick<ModelConfig, 'loss' | 'quantiles'> {
  return quantiles ? { loss: 'pinball', quantiles } : { loss: 'squared', quantiles: [] };
}

/** What a skill below 0 means, and what there is to do. */
export const noSkill =
  '. A skill below 0 means that repeating the last value does better than the network: the column may have no pattern that these rows show; ' +
  'try more rows, more columns to read, --season with the length of a season, or fewer epochs';

/** Learns how the table is to be read. What is known of the future is read too, but as it is only where it is among the inputs. */
function learn(table: Table, { inputs, known = [], weight, ...options }: ForecastOptions): LearnedTable {
  const own = inputs && [...new Set([...inputs, ...known])];
  const learned = learnTable(table, { ...options, inputs: own, others: [weight], openEnd: options.target });
  return inputs && own ? { ...learned, inputs: [...inputs, ...learned.inputs.slice(own.length)] } : learned;
}

function lengthOf({ table, name }: SeriesTable, target: string): number {
  const length = knownRows(table, target);
  if (length > 0) return length;
  throw new UnrolledError(
    `${whereOf(table, name)}: expected a value in the column ${shortened(target)}, got blank cells only`,
  );
}

function describe(
  tables: readonly SeriesTable[],
  kept: readonly number[],
  options: ForecastOptions,
  learned: LearnedTable,
  from: number | undefined,
  horizon: number,
): { description: ForecastDescription; choice: string } {
  const { target, group, known = [], season = 'auto', difference, logDifference, quantiles } = options;
  const columns = learned.inputs;
  if (known.includes(target))
    throw new UnrolledError(
      `known: expected columns that are known of the future, got ${shortened(target)}, which is what is forecast; leave it out`,
    );
  for (const { table } of tables) for (const column of [...columns, ...known]) columnIndex(table, column);
  if (season !== 'auto') expectInteger('season', season, 1);
  if (difference === false && logDifference)
    throw new UnrolledError(
      'log difference: expected none where the value itself is asked for, got both; leave one out (--no-difference or --log-difference, in a program difference: false or logDifference)',
    );
  // the plan says, in its own words, which series is too short, before anything is measured
  planSeries(tables, kept, {
    inputs: columns.map((column) => ({ column })),
    target: { column: target },
    horizon,
    from,
    group,
  });
  const longest = largest(kept);
  if (season !== 'auto' && season >= longest)
    throw new UnrolledError(
      `season: expected fewer than the ${longest} rows to train on, got ${season}; give a shorter season, or more rows`,
    );
  const {
    options: plan,
    hasPattern,
    sentence,
  } = choose(tables, kept, {
    ...{ target, columns, known, horizon, from, group, season, difference, logDifference },
  });
  const usual = Math.min(64, Math.max(8, Math.floor(longest / 3))); // few rows make enough windows if these are shorter
  const T = Math.min(expectInteger('window', options.window ?? usual, 1), longest - horizon);
  const rows = kept.reduce((sum, one) => sum + one, 0);
  return {
    description: {
      task: 'forecast',
      ...planSeries(tables, kept, plan),
      window: T,
      table: learned.plan,
      stride: hasPattern ? Math.max(1, Math.min(Math.ceil(T / 4), Math.floor(rows / leastWindows))) : Math.ceil(T / 4),
      ...(quantiles && { quantiles: parseQuantiles('quantiles', expectList('quantiles', quantiles)) }),
    },
    choice: sentence,
  };
}

/** The columns that are read. */
export function columnsOf({ inputs }: ForecastDescription): string[] {
  return [...new Set(inputs.map(({ column }) => column))];
}

/** A row that a model can read: the mean of each column, as far as it is known, and the name of the first series. */
function exampleRow(task: ForecastDescription): Record<string, string | number> {
  const { inputs, target, group, series } = task;
  const levels = [...inputs, target].filter(({ change }) => change === undefined);
  const hasLog = (column: string) => [...inputs, target].some((scale) => scale.log && scale.column === column);
  const meanOf = (column: string) => levels.find((level) => level.column === column)?.mean ?? (hasLog(column) ? 1 : 0);
  return {
    ...(group !== undefined && { [group]: series![0].name }),
    ...Object.fromEntries(
      [...new Set([...columnsOf(task), target.column])].map((column) => [
        column,
        Number(meanOf(column).toPrecision(3)),
      ]),
    ),
  };
}

/** `3 rows ahead`, `1 to 24 rows ahead` */
export function rowsAhead({ from, horizon }: Pick<ForecastDescription, 'from' | 'horizon'>): string {
  return `${from === undefined ? '' : `${count(from)} to `}${plural(horizon, 'row')} ahead`;
}

/** How a model that forecasts is read back, and reads. */
export const forecastKind: TaskKind<ForecastDescription> = {
  defaults,
  parse: parseDescription,
  model: (task) => ({
    loss: lossOf(task).loss,
    pools: false,
    counts: { outputs: outputsFor(task), 'input columns': task.inputs.length },
  }),
  reader: rowReader,
};

/** What a model that forecasts says of data. */
export const forecastUse: TaskUse<
  ForecastDescription,
  Table | SeriesParts,
  ForecastPrediction[],
  Table | SeriesParts,
  ForecastEvaluation
> = {
  inputs: { expected: 'a table', each: false, is: isTableOrParts },
  predict: predictForecasts,
  truth: { expected: 'a table', each: false, is: isTableOrParts },
  evaluate: (model, task, data, backend) =>
    evaluateParts(model, task, 'columns' in data ? wholeOf(task, data) : data, backend),
  card: {
    says: 'It forecasts a column of a table some rows ahead; task.json names the columns and their scales.',
    pipeline: 'time-series-forecasting',
    javascript: [
      "import { loadModel, predict, readTable } from 'unrolled/node';",
      '',
      "console.log(predict(loadModel('.'), readTable('data.csv')));",
    ],
    python: (task) => [
      `row = ${JSON.stringify(exampleRow(task))}`,
      `print(model.predict([row] * ${task.horizon + 1}))`,
    ],
  },
};

function isTableOrParts(data: unknown): boolean {
  return isTable(data) || has(data, 'parts');
}
