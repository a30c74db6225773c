// What a model that forecasts keeps of its task: the plan of its series, and how its outputs are to be read. An output is a number for each row ahead,
// or, with quantiles, one for each quantile of each row ahead.

import { seriesTables } from '../../data/grouped.ts';
import { type PreparedTable, prepareTable } from '../../data/prepare-table.ts';
import { rowWeights } from '../../data/row-weights.ts';
import type { Sequences } from '../../data/sequences.ts';
import {
  createSeries,
  type Moments,
  type Scale,
  type SeriesPlan,
  type SeriesScale,
  stepsTo,
} from '../../data/series.ts';
import { type SeriesPart, windows } from '../../data/series-windows.ts';
import type { Table } from '../../data/table.ts';
import { parseTablePlan, type TablePlan } from '../../data/table-plan.ts';
import {
  described,
  expectInteger,
  expectList,
  expectNumber,
  expectObject,
  expectText,
  UnrolledError,
} from '../../errors.ts';
import { expectRising } from '../../network/config.ts';

/** A number some steps ahead, or a path of them. */
export interface ForecastDescription extends SeriesPlan {
  /** The task. */
  readonly task: 'forecast';
  /** T of the windows. */
  readonly window: number;
  /** From the start of a window of the training to that of the next. Default a quarter of a window. */
  readonly stride?: number;
  /** How the table is read; models of 0.1 do not have it, and read plain numbers. */
  readonly table?: TablePlan;
  /** The quantiles that are forecast, ascending; undefined where the mean is. */
  readonly quantiles?: readonly number[];
  /** By how much each quantile of each row ahead is moved, in units of the target's scale (calibrate.ts). */
  readonly calibration?: readonly (readonly number[])[];
}

/** Parts of one or several series, and at how many moments each is forecast: from the last ones, a path apart. Default: from every one. */
export interface SeriesParts {
  /** The parts, one or more for each series. */
  readonly parts: readonly SeriesPart[];
  /** At how many moments each part is forecast, the last ones. Default: every one. */
  readonly origins?: number;
}

/** How many numbers the network gives for each row ahead. */
export const widthOf = ({ quantiles }: ForecastDescription): number => quantiles?.length ?? 1;

/** How many numbers the network gives at each step. */
export const outputsFor = (task: ForecastDescription): number =>
  stepsTo(task.from, task.horizon).length * widthOf(task);

/** The output that stands for the forecast itself: of quantiles the one nearest to the median. */
export function centerOf({ quantiles }: ForecastDescription): number {
  if (!quantiles) return 0;
  const distance = (q: number) => Math.abs(q - 0.5);
  return quantiles.reduce((best, q, i) => (distance(q) < distance(quantiles[best]) ? i : best), 0);
}

/** A table as the model of a task reads it, with the rows at its end that are to be forecast. */
export function preparedFor(task: ForecastDescription, table: Table): Table | PreparedTable {
  return task.table ? prepareTable(table, task.table, { openEnd: task.target.column }) : table;
}

/**
 * All of a table as the model of a task reads it: each of its series, from the first row that can be forecast.
 * @param weight the column that says how much each row counts; default: all count alike
 */
export function wholeOf(task: ForecastDescription, table: Table, weight?: string): SeriesParts {
  const parts = seriesTables(preparedFor(task, table), task.group).map(({ name, table: own }): SeriesPart => {
    const series = createSeries(own, task, name);
    const part = { from: Math.min(series.length, task.from ?? task.horizon), to: series.length };
    return { series, part, ...weightsOf(own, series.length, weight) };
  });
  return { parts };
}

/** The weights of the rows of a series; those that are still to come may have none. */
export function weightsOf(
  table: Table,
  length: number,
  column: string | undefined,
): { readonly weights?: Float64Array } {
  return column === undefined ? {} : { weights: rowWeights(table, column, (row) => row >= length) };
}

/** The windows of parts of series, where each moment is forecast once. */
export function forecastSequences(task: ForecastDescription, { parts }: SeriesParts): Sequences {
  return windows(parts, { length: task.window, once: true, repeated: widthOf(task) });
}

/** The first and the last row ahead. */
export function aheadOf(horizon: number | string): { readonly from?: number; readonly horizon: number } {
  if (typeof horizon === 'number') return { horizon: expectInteger('horizon', horizon, 1) };
  const [, first, , last] = /^\s*(\d{1,9})(\s*-\s*(\d{1,9}))?\s*$/.exec(horizon) ?? [];
  const range = [Number(first), Number(last ?? first)];
  if (!(range[0] >= 1 && range[1] >= range[0]))
    throw new UnrolledError(
      `horizon: expected a number of rows, such as 3, or the first and the last of a path, such as 1-24, got ${described(horizon)}`,
    );
  return range[0] === range[1] && last === undefined ? { horizon: range[1] } : { from: range[0], horizon: range[1] };
}

/** Checks what task.json holds. Version 0.1 wrote `inputs`, `target`, `horizon` and `window` alone. */
export function parseDescription(json: Readonly<Record<string, unknown>>): ForecastDescription {
  const inputs = expectList('inputs', json.inputs, 1).map((scale) => parseScale('inputs', scale));
  const target = parseScale('target', json.target);
  const horizon = expectInteger('horizon', json.horizon as number, 1, longestHorizon);
  const window = expectInteger('window', json.window as number, 1);
  const { from, season, stride, unit, group, series, quantiles, table, calibration } = json;
  const description: ForecastDescription = {
    task: 'forecast',
    ...{ inputs, target, horizon, window },
    ...(from !== undefined && { from: expectInteger('from', from, 1, horizon) }),
    ...(season !== undefined && { season: expectInteger('season', season, 1, longestHorizon) }),
    ...(stride !== undefined && { stride: expectInteger('stride', stride, 1, window) }),
    ...(unit !== undefined && { unit: expectNumber('unit', unit as number, 0) }),
    ...(group !== undefined && {
      group: expectText('group', group),
      series: expectList('series', series, 1).map((one) => parseSeries(one, inputs.length)),
    }),
    ...(quantiles !== undefined && { quantiles: parseQuantiles('quantiles', quantiles) }),
    ...(table !== undefined && { table: parseTablePlan(table) }),
  };
  return calibration === undefined
    ? description
    : { ...description, calibration: parseCalibration(calibration, description) };
}

function parseCalibration(json: unknown, task: ForecastDescription): number[][] {
  const expectMany = (list: readonly unknown[], expected: number) => {
    if (list.length === expected) return list;
    throw new UnrolledError(
      `calibration: expected a number for each quantile of each row ahead, ${expected}, got ${list.length}`,
    );
  };
  const rows = expectMany(expectList('calibration', json), stepsTo(task.from, task.horizon).length);
  return rows.map((row) =>
    expectMany(expectList('calibration', row), task.quantiles?.length ?? 0).map((move) =>
      expectNumber('calibration', move as number, -Infinity),
    ),
  );
}

/** The most rows ahead, in a season and in a change: the memory of a session has as many rows. */
const longestHorizon = 1_000_000;

function parseScale(where: string, json: unknown): Scale {
  const { column, change, log, ahead, ...moments } = expectObject(where, json);
  const rows = (name: string, value: unknown) => expectInteger(`${where}, ${name}`, value, 1, longestHorizon);
  if (log !== undefined && (log !== true || change === undefined))
    throw new UnrolledError(`${where}, log: expected true, beside a change, or nothing, got ${described(log)}`);
  return {
    column: expectText(`${where}, column`, column),
    ...parseMoments(where, moments),
    ...(change !== undefined && { change: rows('change', change) }),
    ...(log !== undefined && { log: true }),
    ...(ahead !== undefined && { ahead: rows('ahead', ahead) }),
  };
}

function parseMoments(where: string, json: unknown): Moments {
  const { mean, std } = expectObject(where, json);
  return {
    mean: expectNumber(`${where}, mean`, mean as number, -Infinity),
    std: expectNumber(`${where}, std`, std as number, 0, Number.MAX_VALUE, true),
  };
}

function parseSeries(json: unknown, count: number): SeriesScale {
  const { name, inputs, target, unit } = expectObject('series', json);
  const moments = expectList('series, inputs', inputs).map((one) => parseMoments('series, inputs', one));
  if (moments.length !== count)
    throw new UnrolledError(`series, inputs: expected ${count}, one for each input, got ${moments.length}`);
  return {
    name: expectText('series, name', name),
    inputs: moments,
    target: parseMoments('series, target', target),
    unit: expectNumber('series, unit', unit as number, 0),
  };
}

/** Checks quantiles: at least one, ascending, between 0 and 1. */
export function parseQuantiles(where: string, json: unknown): number[] {
  const quantiles = expectList(where, json, 1);
  expectRising(where, quantiles);
  return quantiles;
}
