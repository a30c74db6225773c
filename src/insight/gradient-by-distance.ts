// The gradient of each error by itself, for every earlier state: how much of what a step got wrong reaches how far back (the triangle of
// RNNbow, Cashman et al. 2017; the norms are those of the sum ∂L(t)/∂θ = Σ_k ∂L(t)/∂h(k) ∂h(k)/∂θ).
//
//   G[t, k] = ‖∂L(t)/∂h(k)‖₂,  k ≤ t           total[k] = ‖∂L/∂h(k)‖₂,  L = Σ L(t)
//
// A backward pass for each error, eight at a time: copies of the sequence side by side, where copy t counts error t alone.

import { normOf } from '../elementary.ts';
import { atOnce } from '../generators.ts';
import type { Model } from '../network/model.ts';
import { type Decay, fitDecay } from './decay.ts';
import { expectWindow, openWindow, type TokenIds, type WindowSettings } from './window.ts';

/** The gradients of one layer's states, by error and by state. */
export interface GradientByDistance {
  /** G[t, k] at [t − 1, k] for t = 1 … T, k = 0 … T; 0 for k > t. [T, T + 1] */
  readonly norms: Float64Array;
  /** ‖∂L/∂h(k)‖₂ for k = 0 … T. [T + 1] */
  readonly total: Float64Array;
  /** The line through all of G. */
  readonly decay: Decay;
}

/** How many errors one pass looks at. */
const errorsPerPass = 8;

/**
 * How much of the gradient arrives at each distance: ‖∂L(t)/∂h(k)‖ for every pair k ≤ t of a window, a triangle for every layer, the lowest first.
 * @param tokens x(1) … x(T)
 * @param targets y(1) … y(T)
 * @throws UnrolledError as `trace`
 */
export function gradientByDistance(
  model: Model,
  tokens: TokenIds,
  targets: TokenIds,
  settings: WindowSettings = {},
): GradientByDistance[] {
  return atOnce(gradientByDistanceInSlices(model, tokens, targets, settings));
}

/** The same, for a thread that has other things to do: pauses after every pass. */
export function* gradientByDistanceInSlices(
  model: Model,
  tokens: TokenIds,
  targets: TokenIds,
  settings: WindowSettings = {},
): Generator<void, GradientByDistance[]> {
  expectWindow('gradientByDistance', model, tokens, targets);
  const T = tokens.length;
  const H = model.config.hiddenSize;
  const B = Math.min(errorsPerPass, T);
  const layers = Array.from({ length: model.config.numLayers }, () => new Triangle(T, H));
  for (let first = 0; first < T; first += B) {
    // opened anew each time: somebody else may have used it meanwhile
    const net = openWindow(model, { steps: T, batch: B, gradients: true, keep: 'state gradients' }, settings);
    net.weights.fill(0);
    for (let t = 0; t < T; t++) {
      net.tokens.fill(tokens[t], t * B, (t + 1) * B);
      net.targets.fill(targets[t], t * B, (t + 1) * B);
    }
    const count = Math.min(B, T - first);
    for (let b = 0; b < count; b++) net.weights[(first + b) * B + b] = 1; // error first + b + 1 in sequence b
    net.forward();
    net.backward();
    for (const [l, { dh }] of net.kept.layers.entries()) layers[l].add(dh, first, count, B);
    yield;
  }
  return layers.map((layer) => layer.finish());
}

/** A layer's norms, as its passes come by. */
class Triangle {
  private readonly T: number;
  private readonly H: number;
  private readonly norms: Float64Array; // [T, T + 1]
  private readonly sums: Float64Array; // Σ ∂L(t)/∂h(k): [T + 1, H]

  constructor(T: number, H: number) {
    [this.T, this.H] = [T, H];
    this.norms = new Float64Array(T * (T + 1));
    this.sums = new Float64Array((T + 1) * H);
  }

  /** @param dh of the errors first + 1 … first + count, in the first of B sequences. [T + 1, B, H] */
  add(dh: ArrayLike<number>, first: number, count: number, B: number): void {
    const { T, H, norms, sums } = this;
    for (let k = 0; k <= T; k++)
      for (let b = Math.max(0, k - first - 1); b < count; b++) {
        const at = (k * B + b) * H;
        let squares = 0;
        for (let u = 0; u < H; u++) {
          squares += dh[at + u] ** 2;
          sums[k * H + u] += dh[at + u];
        }
        norms[(first + b) * (T + 1) + k] = Math.sqrt(squares);
      }
  }

  finish(): GradientByDistance {
    const { T, H, norms, sums } = this;
    const total = Float64Array.from({ length: T + 1 }, (_, k) => normOf(sums.subarray(k * H, (k + 1) * H)));
    const distances: number[] = [];
    const pairs: number[] = [];
    for (let k = 0; k <= T; k++)
      for (let t = Math.max(1, k); t <= T; t++) {
        distances.push(t - k);
        pairs.push(norms[(t - 1) * (T + 1) + k]);
      }
    return { norms, total, decay: fitDecay(distances, pairs, T) };
  }
}
