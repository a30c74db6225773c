// The gradient of each error by itself, for every earlier state: how much of what a step got wrong reaches how far back (the itemized triangle of
// RNNbow, Cashman et al. 2017; the norms are those of the sum ∂L(t)/∂θ = Σ_k ∂L(t)/∂h(k) ∂h(k)/∂θ).
//
//   G[t, k] = ‖∂L(t)/∂h(k)‖₂,  k ≤ t           total[k] = ‖∂L/∂h(k)‖₂,  L = Σ L(t)
//
// One backward pass: T copies of the sequence side by side, where copy t counts error t alone.

import type { Model } from '../model/model.ts';
import { type Decay, fitDecay } from './decay.ts';
import { expectWindow, openWindow, type TokenIds, type WindowSettings } from './window.ts';

/** One layer's triangle. */
export interface Itemized {
  /** G[t, k] at [t − 1, k] for t = 1 … T, k = 0 … T; 0 for k > t. [T, T + 1] */
  readonly norms: Float64Array;
  /** ‖∂L/∂h(k)‖₂ for k = 0 … T. [T + 1] */
  readonly total: Float64Array;
  /** The line through all of G. */
  readonly decay: Decay;
}

/**
 * The triangle of every layer, the lowest first.
 * @param tokens x(1) … x(T)
 * @param targets y(1) … y(T)
 * @throws UnrolledError as `trace`
 */
export function itemized(model: Model, tokens: TokenIds, targets: TokenIds, settings: WindowSettings = {}): Itemized[] {
  expectWindow('itemized', model, tokens, targets);
  const T = tokens.length;
  const net = openWindow(model, { steps: T, batch: T, gradients: true, keep: 'state gradients' }, settings);
  net.weights.fill(0);
  for (let t = 0; t < T; t++) {
    net.tokens.fill(tokens[t], t * T, (t + 1) * T);
    net.targets.fill(targets[t], t * T, (t + 1) * T);
    net.weights[t * T + t] = 1; // error t + 1 in sequence t
  }
  net.forward();
  net.backward();
  return net.kept.layers.map(({ dh }) => triangle(dh, T, model.config.hiddenSize));
}

/** From ∇h(k) of all T sequences. [T + 1, T, H] */
function triangle(dh: ArrayLike<number>, T: number, H: number): Itemized {
  const norms = new Float64Array(T * (T + 1));
  const total = new Float64Array(T + 1);
  const sum = new Float64Array(H);
  const distances: number[] = [];
  const pairs: number[] = [];
  for (let k = 0; k <= T; k++) {
    sum.fill(0);
    for (let t = Math.max(1, k); t <= T; t++) {
      const at = (k * T + t - 1) * H;
      let squares = 0;
      for (let u = 0; u < H; u++) {
        squares += dh[at + u] ** 2;
        sum[u] += dh[at + u];
      }
      const norm = Math.sqrt(squares);
      norms[(t - 1) * (T + 1) + k] = norm;
      distances.push(t - k);
      pairs.push(norm);
    }
    total[k] = Math.hypot(...sum);
  }
  return { norms, total, decay: fitDecay(distances, pairs, T) };
}
