// Which of the tokens read so far made each prediction of a window what it is? The triangles of `inputSaliency` and `occlude`: a row for every
// prediction, a column for every token.
//
//   norm[t, k]   = ‖∂ log ŷ(t)[y(t)] / ∂x(k)‖₂           effect[t, k] = ∂ log ŷ(t)[y(t)] / ∂x(k) · x(k)
//   change[t, k] = log ŷ(t)[y(t)] with x(k) left out or another token in its place, less log ŷ(t)[y(t)]
//
// Gradients: a backward pass for each prediction, eight at a time, as in gradient-by-distance.ts. Changes: a reading for each token that is missing, all
// predictions after it at once.

import { exp, log } from '../elementary.ts';
import { expectInteger } from '../errors.ts';
import { atOnce } from '../generators.ts';
import type { Model } from '../network/model.ts';
import { tensorsOf } from '../network/parameters.ts';
import { expectWindow, openWindow, type TokenIds, type WindowSettings } from './window.ts';

/** The state before the window, and what is done with a token to see what it did. */
export interface DependenceSettings extends WindowSettings {
  /** The id that is put in the place of each token; null leaves the token out. Default null. */
  readonly replacement?: number | null;
}

/** How the predictions of a window depend on the tokens that were read, in nats. Triangles are [T, T], with t and k from 1 at [t − 1, k − 1]; 0 for k > t. */
export interface InputDependence {
  /** log ŷ(t)[y(t)]. [T] */
  readonly logProbability: Float64Array;
  /** How much any small change of x(k) could do to log ŷ(t)[y(t)]. [T, T] */
  readonly norm: Float64Array;
  /** What the token that is there does, to first order, with its sign. [T, T] */
  readonly effect: Float64Array;
  /** How log ŷ(t)[y(t)] changes when the token is missing. [T, T] */
  readonly change: Float64Array;
}

/** How many predictions, or missing tokens, one pass looks at. */
const perPass = 8;

/**
 * How every prediction of a window depends on every token read before it: `inputSaliency` and `occlude` for all pairs k ≤ t.
 * @param tokens x(1) … x(T)
 * @param targets y(1) … y(T), the tokens whose probabilities it is about
 * @throws UnrolledError as `trace`, and for a replacement that is not an id
 */
export function inputDependence(
  model: Model,
  tokens: TokenIds,
  targets: TokenIds,
  settings: DependenceSettings = {},
): InputDependence {
  return atOnce(inputDependenceInSlices(model, tokens, targets, settings));
}

/** The same, for a thread that has other things to do: pauses after every pass. */
export function* inputDependenceInSlices(
  model: Model,
  tokens: TokenIds,
  targets: TokenIds,
  settings: DependenceSettings = {},
): Generator<void, InputDependence> {
  expectWindow('inputDependence', model, tokens, targets);
  const replacement = settings.replacement ?? null;
  if (replacement !== null) expectInteger('inputDependence, replacement', replacement, 0, model.config.vocabSize - 1);
  const T = tokens.length;
  const [norm, effect, change] = [new Float64Array(T * T), new Float64Array(T * T), new Float64Array(T * T)];
  const logProbability = new Float64Array(T);
  const B = Math.min(perPass, T);
  for (let first = 0; first < T; first += B) {
    // opened anew each time: somebody else may have used it meanwhile
    const options = { steps: T, batch: B, gradients: true, inputGradients: true, keep: 'everything' } as const;
    const net = openWindow(model, options, settings);
    net.weights.fill(0);
    for (let t = 0; t < T; t++) {
      net.tokens.fill(tokens[t], t * B, (t + 1) * B);
      net.targets.fill(targets[t], t * B, (t + 1) * B);
    }
    const count = Math.min(B, T - first);
    for (let b = 0; b < count; b++) net.weights[(first + b) * B + b] = 1; // prediction first + b + 1 in sequence b
    net.forward();
    const isOneHot = model.config.embeddingSize === null;
    const x = isOneHot ? null : net.input.slice();
    net.backward();
    const dx = isOneHot ? net.kept.inputGradient : net.inputGradient; // of the loss: the negative of what is asked
    const D = dx.length / (T * B);
    for (let b = 0; b < count; b++) {
      const t = first + b;
      logProbability[t] = -net.nll[t * B + b];
      for (let k = 0; k <= t; k++) {
        const at = (k * B + b) * D;
        let [squares, product] = [0, x ? 0 : dx[at + tokens[k]]];
        for (let i = 0; i < D; i++) {
          squares += dx[at + i] ** 2;
          if (x) product += dx[at + i] * x[at + i];
        }
        norm[t * T + k] = Math.sqrt(squares);
        effect[t * T + k] = -product;
      }
    }
    yield;
  }
  for (let first = 0; first < T; first += perPass) {
    const count = Math.min(perPass, T - first);
    const rows = Math.min(perPass, T) + 1; // the last as it is
    const net = openWindow(model, { steps: T, batch: rows }, settings);
    for (let row = 0; row < rows; row++) {
      const k = row < rows - 1 && row < count ? first + row : T;
      const skips = replacement === null && k < T ? 1 : 0;
      for (let t = 0; t < T; t++) {
        const from = Math.min(T - 1, t + (t >= k ? skips : 0));
        net.tokens[t * rows + row] = t === k && skips === 0 ? replacement! : tokens[from];
        net.targets[t * rows + row] = targets[Math.min(T - 1, t + skips)];
      }
    }
    net.forward();
    const skips = replacement === null ? 1 : 0;
    for (let row = 0; row < count; row++)
      for (let t = first + row; t < T; t++) {
        const missing =
          t === 0 && skips === 1 ? lossBefore(model, targets[0], settings) : net.nll[(t - skips) * rows + row];
        change[t * T + first + row] = net.nll[t * rows + rows - 1] - missing;
      }
    yield;
  }
  return { logProbability, norm, effect, change };
}

/** −log softmax(V h(0) + c)[y]: what the network would say before it reads anything. */
function lossBefore({ config, parameters }: Model, target: number, { state }: WindowSettings): number {
  const { V, c } = tensorsOf(config, parameters);
  const H = config.hiddenSize;
  const h = state?.get(`state${config.numLayers - 1}`);
  const o = Float64Array.from(c, (bias, i) => {
    let sum = bias;
    for (let u = 0; u < H && h; u++) sum += V[i * H + u] * h[u];
    return sum;
  });
  const largest = o.reduce((a, b) => Math.max(a, b));
  return log(o.reduce((sum, each) => sum + exp(each - largest), 0)) + largest - o[target];
}
