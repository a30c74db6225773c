// Which of the tokens read so far made a prediction what it is? By the gradient, and, as a check on it, by putting another token in its place.
//
//   norm[k]   = ‖∂ log ŷ(t)[y] / ∂x(k)‖₂                   how much any small change of x(k) could do
//   effect[k] = ∂ log ŷ(t)[y] / ∂x(k) · x(k)                what the token that is there does, to first order, with its sign
//   change[k] = log ŷ(t)[y] with another token at k, less log ŷ(t)[y]

import { expectInteger, UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { trace } from './trace.ts';
import { expectWindow, openWindow, type TokenIds, type WindowSettings } from './window.ts';

/** Which prediction is meant, and the state before the window. */
export interface SaliencySettings extends WindowSettings {
  /** y, the token whose probability it is about. Default: the one that follows t in `tokens`; at the end it must be given. */
  readonly target?: number;
}

/** How a prediction depends on each of the tokens that were read. */
export interface Saliency {
  /** log ŷ(t)[y]. */
  readonly logProbability: number;
  /** For k = 1 … t, at k − 1. [t] */
  readonly norm: Float64Array;
  /** ∂ log ŷ(t)[y] / ∂x(k) · x(k): what the token that is there does, to first order, with its sign, in nats. [t] */
  readonly effect: Float64Array; // [t]
}

/**
 * The gradient of a prediction for every token that it was made from.
 * @param tokens x(1) …; those after t are not looked at
 * @param t the step whose prediction it is, from 1
 * @throws UnrolledError as `trace`, and for a step that is not there
 */
export function inputSaliency(model: Model, tokens: TokenIds, t: number, settings: SaliencySettings = {}): Saliency {
  const { read, target } = prediction('saliency', model, tokens, t, settings);
  const weights = read.map((_, k) => (k === t - 1 ? 1 : 0));
  const seen = trace(model, read, new Array<number>(t).fill(target), { ...settings, weights });
  const dx = seen.gradients!.x; // of the loss: the negative of what is asked
  const D = dx.length / t;
  const [norm, effect] = [new Float64Array(t), new Float64Array(t)];
  for (let k = 0; k < t; k++) {
    let squares = 0;
    for (let i = 0; i < D; i++) {
      squares += dx[k * D + i] ** 2;
      if (seen.x.length > 0) effect[k] -= dx[k * D + i] * seen.x[k * D + i];
    }
    if (seen.x.length === 0) effect[k] = -dx[k * D + read[k]];
    norm[k] = Math.sqrt(squares);
  }
  return { logProbability: -seen.loss[t - 1], norm, effect };
}

/**
 * Δ log ŷ(t)[y] when token k is replaced, for k = 1 … t, at k − 1. One forward pass of t sequences. [t]
 * @param replacement the id that is put there
 * @throws UnrolledError as `inputSaliency`
 */
export function occlude(
  model: Model,
  tokens: TokenIds,
  t: number,
  replacement: number,
  settings: SaliencySettings = {},
): Float64Array {
  const { read, target } = prediction('occlude', model, tokens, t, settings);
  expectInteger('occlude, replacement', replacement, 0, model.config.vocabSize - 1);
  const rows = t + 1; // the last as it is
  const net = openWindow(model, { steps: t, batch: rows }, settings);
  for (let k = 0; k < t; k++) {
    net.tokens.fill(read[k], k * rows, (k + 1) * rows);
    net.tokens[k * rows + k] = replacement;
  }
  net.targets.fill(target);
  net.forward();
  const last = net.nll.subarray((t - 1) * rows, t * rows);
  return Float64Array.from({ length: t }, (_, k) => last[t] - last[k]);
}

/** The tokens that a prediction was made from, and what is predicted. */
function prediction(where: string, model: Model, tokens: TokenIds, t: number, { target }: SaliencySettings) {
  expectWindow(where, model, tokens);
  expectInteger(`${where}, t`, t, 1, tokens.length);
  if (target === undefined && t === tokens.length)
    throw new UnrolledError(`${where}: expected a target for the last token, got none; give one or one more token`);
  const read = Array.from({ length: t }, (_, k) => tokens[k]);
  return { read, target: expectInteger(`${where}, target`, target ?? tokens[t], 0, model.config.vocabSize - 1) };
}
