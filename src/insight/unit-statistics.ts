// What each unit does while a model reads a text: moments, saturation and a histogram of h(t)[u]; and how it answers each token, h(t) − h(t−1) where
// x(t) is that token (the expected response of RNNVis, Ming et al. 2017). The text is read once, as one stream; memory does not grow with it.
//
//   mean and variance   running sums about the first value (so that no digits cancel)        quantiles   exact up to 256 of a token, then of 256
//   drawn evenly from all of them (reservoir sampling, Vitter 1985)

import { expectInteger } from '../errors.ts';
import { atOnce } from '../generators.ts';
import type { Cell, Saturation } from '../network/cells/cell.ts';
import { cellOf } from '../network/cells/table.ts';
import type { Model } from '../network/model.ts';
import { Random } from '../random.ts';
import { expectWindow, openWindow, type TokenIds, type WindowSettings } from './window.ts';

/** How fine the histograms are, and which layer's answers are gathered. */
export interface UnitStatisticsSettings extends WindowSettings {
  /** Columns of the histogram. Default 41. */
  readonly bins?: number;
  /** The layer whose responses to tokens are gathered; null for none. Default the top one. */
  readonly responseLayer?: number | null;
}

/** The statistics of a layer's units. */
export interface LayerStatistics {
  /** The mean of h of each unit. [H] */
  readonly mean: Float64Array; // [H]
  /** The variance of h of each unit. [H] */
  readonly variance: Float64Array; // [H]
  /** Mean |h|. [H] */
  readonly meanAbsolute: Float64Array;
  /**
   * Share of the steps at which the unit is saturated: |h| > 0.97, where the slope of tanh is below 6 %; sigmoid: outside [0.03, 0.97]; ReLU: 0;
   * LSTM: |tanh s| > 0.97; minGRU, whose states are not flattened: never. [H]
   */
  readonly saturated: Float64Array;
  /** Counts over `range` in equal columns; what is outside counts in the outermost. [H, bins] */
  readonly histogram: Uint32Array;
  /** −1 to 1; 0 to 1 for the sigmoid; for ReLU and minGRU, which have no bounds, as far as the first window went. */
  readonly range: readonly [number, number];
}

/** How the units of a layer answer a token. */
export interface TokenResponse {
  /** The id of the token. */
  readonly token: number;
  /** How often the token was read. */
  readonly count: number;
  /** The mean of h(t) − h(t−1) of each unit at the steps that read it. [H] */
  readonly mean: Float64Array; // [H]
  /** 9, 25, 50, 75 and 91 %. [5, H] */
  readonly quantiles: Float64Array;
}

/** What each unit does while a text is read, and how it answers each token. */
export interface UnitStatistics {
  /** Tokens read. */
  readonly tokens: number;
  /** The statistics of each layer, the lowest first. */
  readonly layers: readonly LayerStatistics[];
  /** One for every token that occurs, by falling count. */
  readonly responses: readonly TokenResponse[];
}

const windowSteps = 128;
const maxKeptChanges = 256;
const levels = [0.09, 0.25, 0.5, 0.75, 0.91];

/**
 * Reads a text once, as one stream from the state zero, and gathers what each unit does: moments, saturation and a histogram of h, and the mean and
 * quantiles of h(t) − h(t−1) by the token that was read (the expected response of RNNVis, Ming et al. 2017). Quantiles are exact up to 256
 * occurrences of a token, then of 256 drawn evenly (reservoir sampling, Vitter 1985). Memory does not grow with the text.
 * @param ids a text, 1 token or more
 * @throws UnrolledError as `trace`
 */
export function unitStatistics(model: Model, ids: TokenIds, settings: UnitStatisticsSettings = {}): UnitStatistics {
  return atOnce(unitStatisticsInSlices(model, ids, settings));
}

/** The same, for a thread that has other things to do: pauses after every window. */
export function* unitStatisticsInSlices(
  model: Model,
  ids: TokenIds,
  settings: UnitStatisticsSettings = {},
): Generator<void, UnitStatistics> {
  expectWindow('unit statistics', model, ids);
  const { config } = model;
  const cell = cellOf(config);
  const { hiddenSize: H, numLayers: L } = config;
  const bins = expectInteger('bins', settings.bins ?? 41, 1, 1e6);
  const responseLayer = settings.responseLayer === undefined ? L - 1 : settings.responseLayer;
  if (responseLayer !== null) expectInteger('responseLayer', responseLayer, 0, L - 1);
  const T = Math.min(windowSteps, ids.length);
  let carried = settings.state;
  const layers = Array.from({ length: L }, () => new Moments(H, bins, cell.saturation));
  const responses = new Map<number, Answers>();
  const random = new Random(1);
  for (let start = 0; start < ids.length; start += T) {
    const held = Math.min(T, ids.length - start);
    // opened anew each time: somebody else may have used it meanwhile
    const net = openWindow(model, { steps: T, batch: 1 }, { ...settings, state: carried });
    for (let t = 0; t < held; t++) net.tokens[t] = ids[start + t];
    net.forward();
    layers.forEach((moments, l) => {
      const states = Array.from({ length: held }, (_, t) => net.state(l, t + 1));
      if (start === 0) moments.begin(rangeOf(cell, states));
      states.forEach((h, t) => void moments.add(h, cell.saturation?.state === 's' ? net.cellState(l, t + 1) : h));
    });
    if (responseLayer !== null)
      for (let t = 1; t <= held; t++) {
        const id = ids[start + t - 1];
        let answers = responses.get(id);
        if (!answers) responses.set(id, (answers = new Answers(id, H)));
        answers.add(net.state(responseLayer, t - 1), net.state(responseLayer, t), random);
      }
    net.carryState();
    carried = new Map(Array.from(net.initialStates, ([name, values]) => [name, values.slice()]));
    yield;
  }
  return {
    tokens: ids.length,
    layers: layers.map((moments) => moments.result()),
    responses: [...responses.values()]
      .map((answers) => answers.result())
      .sort((a, b) => b.count - a.count || a.token - b.token),
  };
}

/** The bounds of a layer's states, or the least and the largest of those given. */
function rangeOf(cell: Cell, states: readonly ArrayLike<number>[]): readonly [number, number] {
  if (cell.bounds) return cell.bounds;
  let [low, high] = [0, 0];
  for (const state of states)
    for (let u = 0; u < state.length; u++) {
      low = Math.min(low, state[u]);
      high = Math.max(high, state[u]);
    }
  return low < high ? [low, high] : [-1, 1];
}

/** Running sums of the units of a layer. */
class Moments {
  private count = 0;
  private range: readonly [number, number] = [-1, 1];
  private readonly first: Float64Array;
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;
  private readonly absolute: Float64Array;
  private readonly flat: Float64Array;
  private readonly histogram: Uint32Array;
  private readonly bins: number;
  private readonly saturation: Saturation | null;

  constructor(H: number, bins: number, saturation: Saturation | null) {
    this.bins = bins;
    this.saturation = saturation;
    this.first = new Float64Array(H);
    this.sum = new Float64Array(H);
    this.squares = new Float64Array(H);
    this.absolute = new Float64Array(H);
    this.flat = new Float64Array(H);
    this.histogram = new Uint32Array(H * bins);
  }

  begin(range: readonly [number, number]): void {
    this.range = range;
  }

  /** @param judged the state that saturation is judged by: h itself, or s. */
  add(h: ArrayLike<number>, judged: ArrayLike<number>): void {
    const { bins, range, saturation } = this;
    if (this.count === 0) this.first.set(h);
    this.count++;
    for (let u = 0; u < h.length; u++) {
      const difference = h[u] - this.first[u];
      this.sum[u] += difference;
      this.squares[u] += difference * difference;
      this.absolute[u] += Math.abs(h[u]);
      if (saturation?.isSaturated(judged[u])) this.flat[u]++;
      const bin = Math.floor(((h[u] - range[0]) / (range[1] - range[0])) * bins);
      this.histogram[u * bins + Math.max(0, Math.min(bins - 1, bin || 0))]++;
    }
  }

  result(): LayerStatistics {
    const { count: n, first, sum, squares } = this;
    return {
      mean: sum.map((value, u) => first[u] + value / n),
      variance: squares.map((value, u) => Math.max(0, value / n - (sum[u] / n) ** 2)),
      meanAbsolute: this.absolute.map((value) => value / n),
      saturated: this.flat.map((value) => value / n),
      histogram: this.histogram,
      range: this.range,
    };
  }
}

/** What a layer answered one token, at most 256 times kept. */
class Answers {
  private readonly token: number;
  private readonly sum: Float64Array;
  private readonly kept: Float32Array[] = [];
  private count = 0;

  constructor(token: number, H: number) {
    this.token = token;
    this.sum = new Float64Array(H);
  }

  add(before: ArrayLike<number>, after: ArrayLike<number>, random: Random): void {
    const { sum, kept } = this;
    const place = this.count < maxKeptChanges ? this.count : random.next() % (this.count + 1);
    this.count++;
    const copy = place < maxKeptChanges ? (kept[place] ??= new Float32Array(sum.length)) : undefined;
    for (let u = 0; u < sum.length; u++) {
      const change = after[u] - before[u];
      sum[u] += change;
      if (copy) copy[u] = change;
    }
  }

  result(): TokenResponse {
    const { token, count, sum, kept } = this;
    const H = sum.length;
    const quantiles = new Float64Array(levels.length * H);
    for (let u = 0; u < H; u++) {
      const sorted = Float64Array.from(kept, (change) => change[u]).sort();
      levels.forEach((level, i) => {
        const at = level * (sorted.length - 1);
        const below = Math.floor(at);
        const above = Math.min(below + 1, sorted.length - 1);
        quantiles[i * H + u] = sorted[below] + (at - below) * (sorted[above] - sorted[below]);
      });
    }
    return { token, count, mean: sum.map((value) => value / count), quantiles };
  }
}
