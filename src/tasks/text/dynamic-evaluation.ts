// Dynamic evaluation: the weights go on learning from the text that they are measured on, a window of T tokens after it was predicted. They are a copy, and are
// drawn back to those of the model, θ₀. With g the gradient of the mean loss of the window:
//
//   plain (Mikolov and others 2010)    θ ← θ − η g + κ (θ₀ − θ)
//   scaled (Krause and others 2018)    θ ← θ − η g / (1 + r / ε) + min(1, κ r / r̄) (θ₀ − θ)      r = √(mean of g² over windows of the training text)
//
// r̄ is the mean of r over all weights, and ε = 2 r̄. A weight whose gradients are large in training takes shorter steps and is drawn back more. In the paper ε is an
// absolute number and a step is η g / (r + ε), so that its η is ours times ε; in this form one η suits models whose gradients differ in size.

import type { Ids } from '../../data/text/tokenizer.ts';
import type { Backend } from '../../engine/backend.ts';
import { createBackend } from '../../engine/create.ts';
import { expectInteger, expectNumber, expectOptions, UnrolledError } from '../../errors.ts';
import { expectIds, type Model } from '../../network/model.ts';
import { Unrolled } from '../../network/unrolled.ts';

/** What dynamic evaluation does where nobody says otherwise: with the plain rule, and with gradients of the training text. */
export const dynamicDefaults = {
  steps: 20,
  plain: { rate: 0.05, decay: 0.002 },
  scaled: { rate: 0.3, decay: 0.002 },
};
/** ε in units of r̄. */
const damping = 2;

/** Dynamic evaluation. */
export interface DynamicOptions {
  /** η: how far the weights go after each window. Default 0.05; with `scales` 0.3. */
  readonly rate?: number;
  /** κ: the share of the way back to the model's weights that they go after each window. Default 0.002. */
  readonly decay?: number;
  /** T: tokens of a window. Default 20. */
  readonly steps?: number;
  /** r of each weight, as `gradientScales` gives them: steps are divided by them. Default: the plain rule. */
  readonly scales?: ArrayLike<number>;
}

/** How many windows of a training text tell the scales, and how long they are. */
export interface GradientScalesOptions {
  /** T: tokens of a window, as many as dynamic evaluation will read at once. Default 20. */
  readonly steps?: number;
  /** How many windows are read, at places spread over the text. Default 1,000, or as many as the text has. */
  readonly windows?: number;
}

/**
 * √(mean of g²) of each weight, where g is the gradient of the mean loss of a window of a text, over windows spread over it: what `scales` of dynamic
 * evaluation takes. Before each window another one is read, which gives it a state.
 * @param ids a text that the model was trained on
 * @returns as the parameters are laid out [P]
 */
export function gradientScales(
  model: Pick<Model, 'config' | 'parameters'>,
  ids: Ids,
  options: GradientScalesOptions = {},
  backend: Backend = createBackend(),
): Float32Array {
  expectOptions('gradientScales', options, { steps: true, windows: true });
  expectIds('gradientScales', ids, model);
  const steps = expectInteger('gradientScales: steps', options.steps ?? dynamicDefaults.steps, 1);
  const windows = Math.min(
    expectInteger('gradientScales: windows', options.windows ?? 1000, 1),
    Math.floor((ids.length - 1) / steps) - 1,
  );
  if (windows < 1)
    throw new UnrolledError(
      `gradientScales: expected a training text of at least ${2 * steps + 1} tokens, got ${ids.length}`,
    );
  const net = new Unrolled(backend, model.config, { steps, batch: 1, gradients: true });
  net.setParameters(model.parameters);
  const squares = new Float64Array(model.parameters.length);
  const read = (start: number): void => {
    for (let t = 0; t < steps; t++) {
      net.tokens[t] = ids[start + t];
      net.targets[t] = ids[start + t + 1];
    }
    net.forward();
  };
  const last = ids.length - 1 - 2 * steps;
  for (let w = 0; w < windows; w++) {
    const start = windows === 1 ? 0 : Math.floor((last * w) / (windows - 1));
    net.resetState();
    read(start);
    net.carryState();
    read(start + steps);
    net.backward();
    const { gradient } = net;
    for (let i = 0; i < squares.length; i++) squares[i] += gradient[i] * gradient[i];
  }
  return Float32Array.from(squares, (sum) => Math.sqrt(sum / windows) / steps); // the gradient is that of the sum
}

/** Takes the weights of a window, after its forward pass, one step of dynamic evaluation on. */
export type Learner = (net: Unrolled) => void;

/** The rule for a model's weights. */
export function learner(first: ArrayLike<number>, options: DynamicOptions): Learner {
  expectOptions('dynamic', options, { rate: true, decay: true, steps: true, scales: true });
  const { scales } = options;
  const defaults = scales ? dynamicDefaults.scaled : dynamicDefaults.plain;
  const rate = expectNumber('dynamic: rate', options.rate ?? defaults.rate, 0);
  const decay = expectNumber('dynamic: decay', options.decay ?? defaults.decay, 0, 1);
  if (!scales)
    return (net) => {
      net.backward();
      const { parameters, gradient, steps } = net;
      const scale = rate / steps; // the gradient is that of the sum
      for (let i = 0; i < parameters.length; i++)
        parameters[i] += decay * (first[i] - parameters[i]) - scale * gradient[i];
    };
  const { forward, back } = scaledSteps(scales, first.length, rate, decay);
  return (net) => {
    net.backward();
    const { parameters, gradient, steps } = net;
    for (let i = 0; i < parameters.length; i++)
      parameters[i] += back[i] * (first[i] - parameters[i]) - (forward[i] / steps) * gradient[i];
  };
}

/** Of each weight what its gradient is multiplied by, and the share of the way back. [P] */
function scaledSteps(
  scales: ArrayLike<number>,
  count: number,
  rate: number,
  decay: number,
): { forward: Float32Array; back: Float32Array } {
  if (scales.length !== count)
    throw new UnrolledError(`dynamic: scales: expected one for each of ${count} weights, got ${scales.length}`);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    if (!(Number.isFinite(scales[i]) && scales[i] >= 0))
      throw new UnrolledError(`dynamic: scales: expected finite numbers of at least 0, got ${scales[i]} at ${i}`);
    sum += scales[i];
  }
  if (sum === 0) throw new UnrolledError('dynamic: scales: expected a number above 0 among them, got none');
  const mean = sum / count;
  return {
    forward: Float32Array.from({ length: count }, (_, i) => rate / (1 + scales[i] / (damping * mean))),
    back: Float32Array.from({ length: count }, (_, i) => Math.min(1, (decay * scales[i]) / mean)),
  };
}
