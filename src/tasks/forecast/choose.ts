// What a network is to learn of a column: its value, its change from the last known value or from the last known value of the same season, or, where
// all values are positive, the same change of its logarithm, which is what stays alike where a series grows by a share of itself.
// The choice is measured. A linear model of what the network would read, and of products of it, learns each from the first part of the training rows, and the errors on the
// rest of them decide; the held-out part has no say in it. In closed form this takes less than a second, and it is the same every time.

import { leastSquares } from '../../data/least-squares.ts';
import { skill } from '../../data/metrics.ts';
import { changesGrow, drifts, findSeason } from '../../data/season.ts';
import {
  changedBy,
  createSeries,
  isPositive,
  knownRows,
  type Reading,
  reachOf,
  restore,
  type Series,
  type SeriesTable,
  stepsTo,
  whereOf,
} from '../../data/series.ts';
import { type PlanOptions, planSeries } from '../../data/series-plan.ts';
import { baseOf, targetOf } from '../../data/series-windows.ts';
import { numberColumn } from '../../data/table.ts';
import { largest, log, smallest } from '../../elementary.ts';
import { expectInteger, shortened, UnrolledError } from '../../errors.ts';
import { plural } from '../phrases.ts';

/** What is asked for. */
export interface Wish {
  readonly target: string;
  /** The columns that are read. */
  readonly columns: readonly string[];
  /** Those that are also read in the future. */
  readonly known: readonly string[];
  readonly horizon: number;
  readonly from?: number;
  readonly group?: string;
  readonly season: number | 'auto';
  /** Whether a change is learned; undefined where that is to be measured. */
  readonly difference?: boolean;
  /** Whether it is the logarithm that changes; undefined where that is to be measured. */
  readonly logDifference?: boolean;
}

/** What is learned: a level, or a change, perhaps of the logarithm. */
type Learned = Pick<Reading, 'change' | 'log'>;

export interface Choice {
  readonly options: PlanOptions;
  /** Whether the rows were found to have a pattern, or nobody could find out. */
  readonly hasPattern: boolean;
  /** What was chosen, and why. */
  readonly sentence: string;
}

/** The share of the training rows by which the choice is made. */
const triedShare = 0.2;
/** The fewest training rows by which a choice can be made. */
const leastRows = 20;
/** The most rows of a series that the linear model learns from: the last ones. */
const mostRows = 4000;
/** The most rows that the linear model looks back. */
const mostLags = 24;
/**
 * How much better the value itself has to do, as a network does not go on beyond the values that it has seen; so it is with changes that become larger
 * and larger, and where they do not, the change of the logarithm has to do as much better, as the error that counts is not that of the logarithm.
 */
const advantage = 0.9;

/** The least skill that shows a pattern. */
const leastSkill = 0.05;

/** What is learned, in words. */
export function learnedOf({ change, log: isLog }: Learned): string {
  if (change === undefined) return 'the value itself';
  const what = isLog ? 'the change of the logarithm' : 'the change';
  return `${what} from ${change === 1 ? 'the last value' : `the value ${change} rows before`}`;
}

/** The first place where a series has no logarithm, as its value is not positive; undefined where all have one. */
function withoutLog(tables: readonly SeriesTable[], column: string): string | undefined {
  for (const { table, name } of tables) {
    const rows = table.rows.slice(0, knownRows(table, column));
    const wrong = numberColumn({ ...table, rows }, column).find((value) => !isPositive(value));
    if (wrong !== undefined) return `${whereOf(table, name)}, column ${shortened(column)}: ${wrong}`;
  }
  return undefined;
}

export function choose(tables: readonly SeriesTable[], kept: readonly number[], wish: Wish): Choice {
  const { target, season: asked, difference, logDifference } = wish;
  const past = (column: string) => tables.map(({ table }, i) => numberColumn(table, column).subarray(0, kept[i]));
  const values = tables.map(({ table }, i) => numberColumn({ ...table, rows: table.rows.slice(0, kept[i]) }, target));
  const notPositive = logDifference === false ? undefined : withoutLog(tables, target);
  if (logDifference && notPositive !== undefined)
    throw new UnrolledError(
      `log difference: expected positive values, which have a logarithm, got ${notPositive}; leave the option out (--log-difference, in a program logDifference)`,
    );
  const hasLog = logDifference !== false && notPositive === undefined;
  const season =
    asked === 'auto'
      ? (findSeason(values) ?? (hasLog ? findSeason(values.map((one) => one.map(log))) : undefined))
      : expectInteger('season', asked, 1);
  const isDrifting = new Map(
    wish.columns.map((column) => [column, (column === target ? values : past(column)).some(drifts)]),
  );
  const isGrowing = (hasLog && values.some(changesGrow)) || undefined;
  const growing = new Set(
    wish.columns.filter((column) => hasLog && (column === target || withoutLog(tables, column) === undefined)),
  );
  const of = (learned: Learned): PlanOptions => ({
    inputs: readingsOf(wish, learned, (column) => isDrifting.get(column) === true, growing),
    target: { column: target, ...learned },
    horizon: wish.horizon,
    ...(wish.from !== undefined && { from: wish.from }),
    ...(wish.group !== undefined && { group: wish.group }),
    ...(season !== undefined && season > 1 && { season }),
  });
  const shortest = smallest(kept);
  const isEnough = (rows: number) => shortest >= leastRows + 3 * Math.max(wish.horizon, rows);
  const changes =
    typeof asked === 'number'
      ? [asked]
      : [1, ...(season !== undefined && season > 1 && isEnough(season) ? [season] : [])];
  const isAsked = difference !== undefined || logDifference === true || typeof asked === 'number';
  const candidates: readonly Learned[] =
    difference === false
      ? [{}]
      : [
          ...(logDifference ? [] : changes.map((change) => ({ change }))),
          ...(hasLog && (logDifference || isEnough(1))
            ? changes.map((change) => ({ change, log: true as const }))
            : []),
          ...(!isAsked && isEnough(1) ? [{}] : []),
        ];
  if (!isEnough(largest(candidates.map(({ change }) => change ?? 1))))
    return {
      options: of(candidates[0]),
      hasPattern: true,
      sentence: `What is learned is ${learnedOf(candidates[0])}, ${isAsked ? 'as was asked' : 'as the rows are too few to try anything else'}`,
    };
  const tried = kept.map((rows) => Math.floor(triedShare * rows));
  const first = kept.map((rows, i) => rows - tried[i]);
  const trials = candidates.map((learned) => {
    // products tell of more patterns, and of few rows they learn the noise
    const [plain, more] = [false, true].map((isWithProducts) =>
      tryPlan(tables, first, kept, of(learned), isWithProducts),
    );
    const { error, naive } = more.error < plain.error ? more : plain;
    const isHandicapped = learned.change === undefined || (hasLog && learned.log !== isGrowing);
    return { learned, skill: skill(error, naive), handicapped: isHandicapped ? error / advantage : error };
  });
  const least = trials.reduce((one, other) => (other.handicapped < one.handicapped ? other : one));
  // where nothing shows a pattern, the last value is the best that there is to begin from
  const best = least.skill > leastSkill ? least : trials[0];
  const others = trials.filter((one) => one !== best);
  const rows = tried.reduce((sum, one) => sum + one, 0);
  return {
    options: of(best.learned),
    hasPattern: best.skill > leastSkill,
    sentence: [
      `What is learned is ${learnedOf(best.learned)}${isAsked && others.length === 0 ? ', as was asked' : ''}: tried on the last ${plural(rows, 'training row')}, a model without a network has the skill ${best.skill.toFixed(3)} with it`,
      ...others.map((one) => `${one.skill.toFixed(3)} with ${learnedOf(one.learned)}`),
    ].join(', '),
  };
}

/** What is read of the columns at a step. */
function readingsOf(
  { columns, known, target, from, horizon }: Wish,
  { change, log: isLog }: Learned,
  isDrifting: (column: string) => boolean,
  growing: ReadonlySet<string>,
): Reading[] {
  const own = columns.flatMap((column): Reading[] => {
    if (change === undefined) return [{ column }];
    const level = isDrifting(column) ? [] : [{ column }];
    const asLog = isLog && growing.has(column) && { log: isLog };
    const changes = [...new Set([1, change])].map((lag) => ({ column, change: lag, ...asLog }));
    if (column === target) return [...level, ...changes];
    return level.length > 0 ? level : [{ column, change: 1, ...asLog }];
  });
  return [...own, ...known.flatMap((column) => stepsTo(from, horizon).map((ahead) => ({ column, ahead })))];
}

/** The squared error of a linear model on the rows behind the first, beside that of the last known value; each series counts by its own scale. */
function tryPlan(
  tables: readonly SeriesTable[],
  first: readonly number[],
  kept: readonly number[],
  options: PlanOptions,
  isWithProducts: boolean,
): { error: number; naive: number } {
  const plan = planSeries(tables, first, options);
  const all = tables.map(({ table, name }) => createSeries(table, plan, name));
  const shortest = smallest(first);
  const lags = Math.max(1, Math.min(mostLags, Math.floor(shortest / 8)));
  const ahead = [...new Set([plan.from ?? plan.horizon, plan.horizon])];
  const start = Math.min(reachOf(plan), Math.floor(shortest / 2));
  const rowsOf = (series: Series, from: number, to: number) =>
    samples(series, Math.max(start, from), Math.min(to, series.steps), lags, ahead, isWithProducts);
  const learned = all.map((series, i) => rowsOf(series, first[i] - mostRows, first[i] - plan.horizon));
  const rows = learned.reduce((sum, one) => sum + one.rows, 0);
  const weights = leastSquares(
    concat(learned.map((one) => one.features)),
    concat(learned.map((one) => one.targets)),
    rows,
  );
  let [error, naive] = [0, 0];
  all.forEach((series, i) => {
    const { features, rows: count, from } = rowsOf(series, first[i] - plan.horizon, kept[i] - plan.horizon);
    const F = features.length / count;
    const size = levelSize(series, first[i]);
    for (let r = 0; r < count; r++)
      ahead.forEach((k, c) => {
        let predicted = 0;
        for (let f = 0; f < F; f++) predicted += features[r * F + f] * weights[f * ahead.length + c];
        const t = from + r;
        const value = changedBy(baseOf(series, t, k), restore(predicted, series.scale), series.scale);
        error += ((value - series.target[t + k]) / size) ** 2;
        naive += ((series.target[t + k] - series.target[t]) / size) ** 2;
      });
  });
  return { error, naive };
}

/** The deviation of the values of a series. */
function levelSize({ target }: Series, rows: number): number {
  const values = target.subarray(0, rows);
  const mean = values.reduce((sum, value) => sum + value, 0) / rows;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows) || 1;
}

/**
 * What a linear model reads at each step, a 1 included: the inputs, and those that are of the target also of some steps before; if so wished also the
 * products of the last two steps, as some patterns have no other trace.
 */
function samples(
  series: Series,
  from: number,
  to: number,
  lags: number,
  ahead: readonly number[],
  isWithProducts: boolean,
) {
  const { plan, values } = series;
  const D = plan.inputs.length;
  const own = plan.inputs.flatMap(({ column, ahead: known }, d) =>
    column === plan.target.column && known === undefined ? [d] : [],
  );
  const near = isWithProducts ? own.length * Math.min(2, lags) : 0;
  const F = 1 + D + own.length * (lags - 1) + (near * (near + 1)) / 2;
  const rows = Math.max(0, to - from);
  const features = new Float64Array(rows * F);
  const targets = new Float64Array(rows * ahead.length);
  for (let r = 0; r < rows; r++) {
    const t = from + r;
    let at = r * F;
    features[at++] = 1;
    for (let d = 0; d < D; d++) features[at++] = values[t * D + d];
    for (let lag = 1; lag < lags; lag++) for (const d of own) features[at++] = t < lag ? 0 : values[(t - lag) * D + d];
    const valueAt = (i: number) => {
      const place = t - Math.floor(i / own.length);
      return place < 0 ? 0 : values[place * D + own[i % own.length]];
    };
    for (let i = 0; i < near; i++) for (let j = 0; j <= i; j++) features[at++] = valueAt(i) * valueAt(j);
    ahead.forEach((k, c) => {
      targets[r * ahead.length + c] = targetOf(series, t, k);
    });
  }
  return { features, targets, rows, from };
}

function concat(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of arrays) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}
