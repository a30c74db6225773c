// The neural cache (Grave, Joulin and Usunier 2017, "Improving neural language models with a continuous cache"): of the N steps before, those whose state
// was like the present one say what followed them. With h(t) of the last layer,
//
//   p(w) = (1 − λ) ŷ(t)[w] + λ Σ_i exp(θ h(t) · h(i)) [x(i+1) = w] / Σ_i exp(θ h(t) · h(i)),        i = t − N … t − 1
//
// λ is the weight of the cache, and θ, its flatness, says how much more a step counts whose state is like this one. What is not given is found while the
// text is read: every pair of a grid is a candidate of weigher.ts. The flatnesses of the grid are powers of two and 0, so that one exponential makes all of them:
// exp(2 θ s) = exp(θ s)².
//
// The states stand in a ring, packed for the product that compares those of a few steps with all of them at once.

import { exp, log } from '../../elementary.ts';
import type { Backend, Floats, Kernels } from '../../engine/backend.ts';
import { expectInteger, expectNumber, expectOptions } from '../../errors.ts';
import { Weigher } from './weigher.ts';

/** What the cache does where nobody says otherwise. */
export const cacheDefaults = { size: 2000 };
/** Most states that are remembered: they are compared with every new one. */
export const maxCacheSize = 100_000;

/** The cache. */
export interface CacheOptions {
  /** N: the steps before that it remembers. Default 2,000. */
  readonly size?: number;
  /** λ: its weight in the answer. Default: found while the text is read. */
  readonly weight?: number;
  /** θ: how much more a step counts whose state is like this one. Default: found while the text is read. */
  readonly flatness?: number;
}

/** The numbers of a cache: those that were given, and of the others the mean of the candidates with the weights that they have earned. */
export interface FoundCache {
  /** λ. */
  readonly weight: number;
  /** θ. */
  readonly flatness: number;
}

/** The candidates where a number is not given. */
const weightCandidates = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5];
const flatnessCandidates = [0, ...Array.from({ length: 11 }, (_, i) => 2 ** (i - 10))];
/** States that are compared with all others in one product. */
const maxRows = 32;
/** What is so much less probable than the most similar state counts nothing. */
const negligible = 1e-30;

/** The last N states, and the token that came after each. */
export class NeuralCache {
  private readonly width: number;
  private readonly size: number;
  private readonly weights: readonly number[];
  private readonly flatnesses: readonly number[];
  private readonly weigher: Weigher;
  /** p of each candidate: all weights of the first flatness, then of the next. */
  private readonly candidates: Float64Array;
  /** Σ over the states, and over those with the right token, of each flatness. */
  private readonly all: Float64Array;
  private readonly same: Float64Array;
  private readonly places: number;
  private readonly tokens: Int32Array; // [places]
  private readonly kernels: Kernels;
  private readonly memory: {
    readonly ring: Floats; // [places, H]
    readonly panels: Floats;
    readonly rows: Floats; // [maxRows, H]
    readonly scores: Floats; // [maxRows, places]
  };
  /** How many states were read. */
  private count = 0;

  /**
   * Plans the memory.
   * @param width H
   * @param most how many states will be read: no more are remembered
   */
  constructor(backend: Backend, width: number, options: CacheOptions, most: number) {
    expectOptions('cache', options, { size: true, weight: true, flatness: true });
    const { size = cacheDefaults.size, weight, flatness } = options;
    this.width = width;
    this.size = Math.min(expectInteger('cache: size', size, 1, maxCacheSize), Math.max(1, most));
    this.weights = weight === undefined ? weightCandidates : [expectNumber('cache: weight', weight, 0, 1)];
    this.flatnesses = flatness === undefined ? flatnessCandidates : [expectNumber('cache: flatness', flatness, 0)];
    this.weigher = new Weigher(this.weights.length * this.flatnesses.length);
    this.candidates = new Float64Array(this.weigher.weights.length);
    this.all = new Float64Array(this.flatnesses.length);
    this.same = new Float64Array(this.flatnesses.length);
    const places = Math.ceil((this.size + maxRows) / 8) * 8;
    this.places = places;
    this.tokens = new Int32Array(places);
    const { kernels, plan } = backend.open((allocate) => ({
      ring: allocate.floats(places * width),
      panels: allocate.panels(places, width),
      rows: allocate.floats(maxRows * width),
      scores: allocate.floats(maxRows * places),
    }));
    this.kernels = kernels;
    this.memory = plan;
  }

  /**
   * Reads the steps of a window: their losses become those with the cache.
   * @param state h(t) of the last layer, t from 0 [H]
   * @param tokens what came after each step [T]
   * @param losses those without the cache, in nats [T]
   */
  read(state: (t: number) => Floats, tokens: ArrayLike<number>, losses: Float64Array): void {
    for (let first = 0; first < losses.length; first += maxRows)
      this.readRows(state, tokens, losses, first, Math.min(maxRows, losses.length - first));
  }

  private readRows(
    state: (t: number) => Floats,
    tokens: ArrayLike<number>,
    losses: Float64Array,
    first: number,
    count: number,
  ): void {
    const { width, places, kernels } = this;
    const { ring, panels, rows, scores } = this.memory;
    for (let r = 0; r < count; r++) {
      const place = (this.count + r) % places;
      rows.set(state(first + r), r * width);
      ring.set(state(first + r), place * width);
      this.tokens[place] = tokens[first + r];
    }
    const begin = this.count % places;
    const end = begin + count;
    this.pack(begin, Math.min(end, places));
    if (end > places) this.pack(0, end - places);
    kernels.product(rows, panels, scores, count, places, width, false);
    for (let r = 0; r < count; r++, this.count++)
      if (this.count > 0) losses[first + r] = this.lossOf(tokens[first + r], losses[first + r], r * places);
  }

  /** Packs the states at the places from `from` up to `to`; blocks of 8 are packed together. */
  private pack(from: number, to: number): void {
    const { width, places, kernels } = this;
    const { ring, panels } = this.memory;
    kernels.packTransposed(ring, panels, places, width, from & ~7, (to + 7) & ~7);
  }

  /** The loss of a token with the cache, from that without it. `row` is where its scores begin. */
  private lossOf(token: number, loss: number, row: number): number {
    const { flatnesses, weights, all, same, candidates, weigher } = this;
    this.sum(token, row);
    const p = exp(-loss);
    let j = 0;
    for (let k = 0; k < flatnesses.length; k++) {
      const cached = same[k] / all[k];
      for (const weight of weights) candidates[j++] = (1 - weight) * p + weight * cached;
    }
    return -log(weigher.read(candidates));
  }

  /** Fills `all` and `same` for the last step that was read. */
  private sum(token: number, row: number): void {
    const { flatnesses, places, size, all, same, tokens } = this;
    const { scores } = this.memory;
    const remembered = Math.min(size, this.count);
    const first = (this.count - remembered) % places;
    // where the remembered states stand: one stretch of places, or two
    const stretches = [
      [first, Math.min(places, first + remembered)],
      [0, Math.max(0, first + remembered - places)],
    ];
    let largest = -Infinity;
    for (const [from, to] of stretches)
      for (let i = from; i < to; i++) if (scores[row + i] > largest) largest = scores[row + i];
    all.fill(0);
    same.fill(0);
    // a grid has its flatness 0 first, which counts each state once, and then each is twice the one before
    const isGrid = flatnesses.length > 1;
    const smallest = isGrid ? 1 : 0;
    const flatness = flatnesses[smallest];
    for (const [from, to] of stretches)
      for (let i = from; i < to; i++) {
        const isSame = tokens[i] === token;
        let part = exp(flatness * (scores[row + i] - largest));
        for (let k = smallest; k < flatnesses.length && part > negligible; k++) {
          all[k] += part;
          if (isSame) same[k] += part;
          part *= part;
        }
        if (isGrid && isSame) same[0]++;
      }
    if (isGrid) all[0] = remembered;
  }

  /** The numbers that it works with by now. */
  get found(): FoundCache {
    const { weigher, weights, flatnesses } = this;
    return {
      weight: weigher.mean((j) => weights[j % weights.length]),
      flatness: weigher.mean((j) => flatnesses[Math.floor(j / weights.length)]),
    };
  }
}
