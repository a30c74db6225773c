// How good forecasts are, beside the simplest ones of the same moments: the last known value, that of the season before, and exponential smoothing,
// which has seen no more than the network has. Over all steps of a path and all series, and by each.

import { fitHoltWinters, HoltWinters, leastOf } from '../../data/holt-winters.ts';
import { type Regression, regression, skill } from '../../data/metrics.ts';
import { baseAt, changedBy, restore, type Series, scaleOf, stepsTo } from '../../data/series.ts';
import { baseOf, stepsOf } from '../../data/series-windows.ts';
import type { Backend } from '../../engine/backend.ts';
import type { Model } from '../../network/model.ts';
import { readOutputs } from '../sequence-batches.ts';
import {
  centerOf,
  type ForecastDescription,
  forecastSequences,
  outputsFor,
  type SeriesParts,
  widthOf,
} from './description.ts';

/** The errors of a forecast. */
export interface ForecastErrors extends Regression {
  /** The mean absolute error in units of that of the simplest forecast on the training part; null where the model does not know that. */
  readonly mase: number | null;
}

/** How good forecasts are, beside those of the last known value. */
export interface ForecastEvaluation extends ForecastErrors {
  /** Those of the last known value. */
  readonly naive: ForecastErrors;
  /** 1 − MSE / naive MSE. */
  readonly skill: number;
  /** Those of the last known value of the same season; null where no season is known. */
  readonly seasonal: ForecastErrors | null;
  /** Those of exponential smoothing; null where there are not two seasons before the first forecast. */
  readonly holtWinters: ForecastErrors | null;
  /** How large a share of what came lies below each quantile that was forecast, and the mean pinball loss. Empty without quantiles. */
  readonly quantiles: readonly {
    /** The quantile, such as 0.9. */
    readonly quantile: number;
    /** The share of the values that came below the forecast; for a good forecast it is the quantile. */
    readonly below: number;
    /** The mean pinball loss, in the unit of the target. */
    readonly loss: number;
  }[];
  /** The share of what came between the lowest and the highest quantile; null without two quantiles. */
  readonly coverage: number | null;
  /** The same before the quantiles are moved (calibrate.ts); null where they are not. */
  readonly uncalibratedCoverage: number | null;
  /** By each row ahead, of a path. */
  readonly steps: readonly (ForecastErrors & {
    /** How many rows ahead, from 1. */
    readonly ahead: number;
    /** The errors of the last known value, so many rows ahead. */
    readonly naive: ForecastErrors;
    /** 1 − MSE / naive MSE, so many rows ahead. */
    readonly skill: number;
  })[];
  /** By each series, where there are several. */
  readonly series: readonly (ForecastErrors & {
    /** The name of the series, from the column of groups. */
    readonly name: string;
    /** The errors of the last known value in this series. */
    readonly naive: ForecastErrors;
    /** 1 − MSE / naive MSE in this series. */
    readonly skill: number;
  })[];
}

/** What is forecast from one moment, for all rows ahead, in the units of the target. */
export interface Origin {
  /** The series that is forecast. */
  readonly series: Series;
  /** The step from which it is forecast, from 0. */
  readonly at: number;
  /** By each row ahead, then by each quantile, ascending. */
  readonly values: readonly (readonly number[])[];
}

/** Forecasts from every moment of some parts, or from as many as are asked for, in order of time. */
export function originsOf(
  model: Model,
  task: ForecastDescription,
  { parts, origins }: SeriesParts,
  backend: Backend,
): Origin[] {
  const outputs = outputsFor(task);
  const ahead = stepsTo(task.from, task.horizon);
  // a step whose target was filled in is forecast too
  const sequences = forecastSequences(task, {
    parts: parts.map(({ series, part }) => ({ series: { ...series, filled: null }, part })),
  });
  const rows: ArrayLike<number>[] = [];
  readOutputs(backend, model, sequences).forEach((o, i) => {
    const start = sequences.starts[i];
    for (let t = 0; t * outputs < o.length; t++)
      if (!sequences.counted || sequences.counted[start + t]) rows.push(o.subarray(t * outputs, (t + 1) * outputs));
  });
  let next = 0;
  return parts.flatMap(({ series, part }) => {
    const { first, end } = stepsOf(series, part);
    const own = rows.slice(next, next + end - first);
    next += own.length;
    const found: Origin[] = [];
    for (
      let at = end - 1;
      at >= first && found.length < (origins ?? Infinity);
      at -= origins === undefined ? 1 : ahead.length
    )
      found.push({ series, at, values: valuesOf(task, own[at - first], series.scale, (k) => baseOf(series, at, k)) });
    return found.reverse();
  });
}

/** Outputs in the units of the target: by each row ahead, then by each quantile, in whose order they are put before and after they are moved. */
export function valuesOf(
  task: ForecastDescription,
  outputs: ArrayLike<number>,
  scale: Series['scale'],
  base: (k: number) => number,
): number[][] {
  const width = widthOf(task);
  const { calibration } = task;
  const ascending = (a: number, b: number) => a - b;
  return stepsTo(task.from, task.horizon).map((k, i) => {
    const own = Array.from({ length: width }, (_, q) => outputs[i * width + q]).sort(ascending);
    const moved = calibration ? own.map((output, q) => output + calibration[i][q]).sort(ascending) : own;
    return moved.map((output) => changedBy(base(k), restore(output, scale), scale));
  });
}

/** Numbers to compare: forecasts, what came, and in which unit an error counts. */
class Comparison {
  private readonly predicted: number[] = [];
  private readonly actual: number[] = [];
  private scaled = 0;
  private hasUnit = true;

  add(predicted: number, actual: number, unit: number | undefined): void {
    this.predicted.push(predicted);
    this.actual.push(actual);
    if (unit) this.scaled += Math.abs(predicted - actual) / unit;
    else this.hasUnit = false;
  }

  errors(): ForecastErrors {
    const found = regression(this.predicted, this.actual);
    return { ...found, mase: this.hasUnit ? this.scaled / found.count : null };
  }
}

/** The same, with those of the last known value beside them. */
class Beside {
  /** In which unit an error of the series counts. */
  readonly unit: number | undefined;
  readonly own = new Comparison();
  readonly naive = new Comparison();

  constructor(unit?: number) {
    this.unit = unit;
  }

  errors() {
    const found = this.own.errors();
    const naive = this.naive.errors();
    return { ...found, naive, skill: skill(found.mse, naive.mse) };
  }
}

/** How far forecasts are off. */
export function evaluateParts(
  model: Model,
  task: ForecastDescription,
  parts: SeriesParts,
  backend: Backend,
): ForecastEvaluation {
  const { quantiles = [], season = 1 } = task;
  const ahead = stepsTo(task.from, task.horizon);
  const center = centerOf(task);
  const origins = originsOf(model, task, parts, backend);
  const { calibration, ...plain } = task;
  const unmoved = calibration && originsOf(model, plain, parts, backend);
  const smoothed = smoothedOf(origins, season, ahead);
  const all = new Beside();
  const seasonal = new Comparison();
  const holtWinters = new Comparison();
  const bySeries = new Map<Series, Beside>();
  const bySteps = ahead.map(() => new Beside());
  const below = quantiles.map(() => 0);
  const losses = quantiles.map(() => 0);
  const isInside = (actual: number, values: readonly number[]) => actual >= values[0] && actual <= values.at(-1)!;
  let [inside, insideUnmoved] = [0, 0];
  for (const [o, { series, at, values }] of origins.entries()) {
    const { target } = series;
    let own = bySeries.get(series);
    if (!own) bySeries.set(series, (own = new Beside(scaleOf(task, series.name, { where: 'evaluate' }).unit)));
    const { unit } = own;
    ahead.forEach((k, i) => {
      if (series.filled?.[at + k]) return; // nobody knows what came
      const actual = target[at + k];
      for (const one of [all, own, bySteps[i]]) {
        one.own.add(values[i][center], actual, unit);
        one.naive.add(target[at], actual, unit);
      }
      seasonal.add(target[baseAt(at, k, season)] ?? target[at], actual, unit);
      if (smoothed) holtWinters.add(smoothed[o][i], actual, unit);
      quantiles.forEach((q, j) => {
        const error = actual - values[i][j];
        if (error <= 0) below[j]++;
        losses[j] += Math.max(q * error, (q - 1) * error);
      });
      if (isInside(actual, values[i])) inside++;
      if (unmoved && isInside(actual, unmoved[o].values[i])) insideUnmoved++;
    });
  }
  const found = all.errors();
  return {
    ...found,
    seasonal: season > 1 ? seasonal.errors() : null,
    holtWinters: smoothed ? holtWinters.errors() : null,
    quantiles: quantiles.map((quantile, j) => ({
      ...{ quantile, below: below[j] / found.count, loss: losses[j] / found.count },
    })),
    coverage: quantiles.length > 1 ? inside / found.count : null,
    uncalibratedCoverage: unmoved && quantiles.length > 1 ? insideUnmoved / found.count : null,
    steps: ahead.length > 1 ? ahead.map((k, i) => ({ ahead: k, ...bySteps[i].errors() })) : [],
    series: task.group === undefined ? [] : [...bySeries].map(([{ name }, one]) => ({ name: name!, ...one.errors() })),
  };
}

/**
 * Forecasts of exponential smoothing from the same moments, by each row ahead. It learns from the values up to the first of them, and then goes on from
 * value to value. Undefined where they are too few in a series.
 */
function smoothedOf(origins: readonly Origin[], season: number, ahead: readonly number[]): number[][] | undefined {
  const states = new Map<Series, { state: HoltWinters; read: number }>();
  const found: number[][] = [];
  for (const { series, at } of origins) {
    let one = states.get(series);
    if (!one) {
      if (at + 1 < leastOf(season)) return undefined;
      const past = series.target.subarray(0, at + 1);
      states.set(series, (one = { state: new HoltWinters(past, season, fitHoltWinters(past, season)), read: 0 }));
    }
    for (; one.read <= at; one.read++) one.state.read(series.target[one.read]);
    const { state } = one;
    found.push(ahead.map((k) => state.ahead(k)));
  }
  return found;
}
