// Windows of series: their steps in order of time, with the targets of each, and the simplest forecasts of the same moments to compare with.

import { expectInteger, shortened, UnrolledError } from '../errors.ts';
import { type Regression, regression } from './metrics.ts';
import { createSequences, type Sequences } from './sequences.ts';
import { baseAt, changedBy, changeFrom, expectNear, type Series, standardize, stepsTo } from './series.ts';

/** A part of a series: its targets are the values of the moments from `from` to before `to`. */
export interface Part {
  /** The first moment whose value is a target, from 0. */
  readonly from: number;
  /** The moment after the last one. */
  readonly to: number;
}

/** A part, with the series that it is of; the rows before it are read first. */
export interface SeriesPart {
  /** The series. */
  readonly series: Series;
  /** The moments whose values are targets. */
  readonly part: Part;
  /** How much each row of the series counts as a target; that of a path is the mean of its rows. Default: all count alike. */
  readonly weights?: Float64Array;
}

export interface WindowsOptions {
  /** T, the number of steps in a window. */
  readonly length: number;
  /** The number of steps from the start of a window to the start of the next. Default T, or with `once` ⌈T/2⌉. */
  readonly stride?: number;
  /**
   * Whether each step of the part counts only once, as evaluation needs it. Where two windows overlap, only the steps after the overlap count in
   * the later one, and the windows read up to T − stride rows before the first step of the part. By default every step counts in every window.
   */
  readonly once?: boolean;
  /** How often each target is repeated: once for each quantile. Default 1. */
  readonly repeated?: number;
}

interface Span {
  readonly series: Series;
  readonly weights: Float64Array | undefined;
  readonly start: number;
  readonly end: number;
  readonly countedFrom: number;
}

/** Cuts parts of series into windows in order of time; none goes over the end of a series. */
export function windows(parts: readonly SeriesPart[], options: WindowsOptions): Sequences {
  const once = options.once ?? false;
  const T = expectInteger('window', options.length, 1);
  const stride = expectInteger('stride', options.stride ?? (once ? Math.ceil(T / 2) : T), 1, T);
  const spans = parts.flatMap((one) => spansOf(one, T, stride, once));
  const { plan } = parts[0].series;
  const ahead = stepsTo(plan.from, plan.horizon);
  const repeated = options.repeated ?? 1;
  const lengths = spans.map(({ start, end }) => end - start);
  const steps = lengths.reduce((sum, length) => sum + length, 0);
  const D = plan.inputs.length;
  const K = ahead.length * repeated;
  const values = new Float32Array(steps * D); // [N, D]
  const targets = new Float32Array(steps * K); // [N, K]
  const counted = new Uint8Array(steps);
  const weights = parts.some((one) => one.weights) ? new Float64Array(steps).fill(1) : undefined;
  let at = 0;
  for (const { series, weights: own, start, end, countedFrom } of spans) {
    values.set(series.values.subarray(start * D, end * D), at * D);
    for (let t = start; t < end; t++, at++) {
      ahead.forEach((k, i) => {
        // 0 for what is not known yet
        const target =
          t + k < series.length
            ? expectNear(() => placeOfTarget(series, t + k), targetOf(series, t, k), series.target[t + k])
            : 0;
        targets.fill(target, at * K + i * repeated, at * K + (i + 1) * repeated);
      });
      const isFilled = series.filled !== null && ahead.some((k) => series.filled?.[t + k] === 1);
      counted[at] = t >= countedFrom && !isFilled ? 1 : 0;
      if (weights && own) weights[at] = ahead.reduce((sum, k) => sum + (own[t + k] ?? 0), 0) / ahead.length;
    }
  }
  return createSequences(lengths, {
    input: { kind: 'vectors', size: D, values },
    targets: { kind: 'values', at: 'step', size: K, values: targets },
    counted: once || parts.some(({ series }) => series.filled !== null) ? counted : undefined,
    ...(weights && { weights }),
  });
}

const placeOfTarget = ({ name, plan: { target } }: Series, t: number): string =>
  `${name === null ? '' : `series ${shortened(name)}, `}row ${t + 1}, column ${shortened(target.column)}`;

function spansOf({ series, part, weights }: SeriesPart, T: number, stride: number, once: boolean): Span[] {
  const { first, end } = stepsOf(series, part);
  const spans: Span[] = [];
  for (let next = first; next < end; ) {
    // next is the first step that is in no window yet
    const start = once
      ? Math.max(0, next - (T - stride))
      : spans.length === 0
        ? first
        : spans[spans.length - 1].start + stride;
    const stop = Math.min(end, start + T);
    spans.push({ series, weights, start, end: stop, countedFrom: once ? next : start });
    next = stop;
  }
  return spans;
}

/**
 * The value that a prediction from step t for `t + k` changes from; 0 for a level. Where it lies before the first row it is such that the mean change
 * leads to the last value.
 */
export function baseOf({ target, plan, scale }: Series, t: number, k: number): number {
  const { change } = plan.target;
  return change === undefined ? 0 : (target[baseAt(t, k, change)] ?? changedBy(target[t], -scale.mean, scale));
}

/** What the network is to give at step t for `t + k`, whose value is known. */
export function targetOf(series: Series, t: number, k: number): number {
  const { scale, target } = series;
  return standardize(changeFrom(baseOf(series, t, k), target[t + k], scale), scale);
}

/** The range of steps all of whose targets lie in the part, or behind the end of what is known. */
export function stepsOf(series: Series, { from, to }: Part): { readonly first: number; readonly end: number } {
  const { plan, length, steps } = series;
  const { horizon } = plan;
  expectInteger('start of the part', from, 0, length + horizon);
  expectInteger('end of the part', to, from, length + horizon);
  const first = Math.max(0, from - (plan.from ?? horizon));
  const end = Math.min(to - horizon, steps);
  if (end <= first)
    throw new UnrolledError(
      `series: expected a value to predict from row ${from + 1} to row ${to} with the horizon ${horizon}, got none; take more rows or a shorter horizon`,
    );
  return { first, end };
}

/** The steps of a part whose target `k` rows ahead is known, and was not filled in. */
function comparedOf(series: Series, part: Part, k: number): Uint32Array {
  const { first, end } = stepsOf(series, part);
  return Uint32Array.from({ length: end - first }, (_, i) => first + i).filter((t) => !series.filled?.[t + k]);
}

/** The targets of the steps of a part, `k` rows ahead, in their own units and in order of time. Predictions are compared with them. */
export function targetsOf(series: Series, part: Part, k: number = series.plan.horizon): Float64Array {
  return Float64Array.from(comparedOf(series, part, k), (t) => series.target[t + k]);
}

/** The simplest prediction of the same: the last known value of the same season; with a season of 1 the last known value. */
export function naiveOf(series: Series, part: Part, k: number = series.plan.horizon, season = 1): Float64Array {
  const { target } = series;
  return Float64Array.from(comparedOf(series, part, k), (t) => target[baseAt(t, k, season)] ?? target[t]);
}

/** The errors of persistence, ŷ(t + k) = y(t), which repeats the last known value. A prediction has to beat it. Units are those of the target. */
export function persistence(series: Series, part: Part): Regression {
  return regression(naiveOf(series, part), targetsOf(series, part));
}
