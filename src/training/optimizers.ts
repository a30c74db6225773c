// The optimizers: how a gradient becomes an update. Each is a row of one table: its kernel, how many arrays it remembers between updates, and
// how its hyperparameters are laid out for that kernel (engine/backend.ts has the formulas). All equal PyTorch's.

import type { Floats, Kernels } from '../engine/backend.ts';
import { expectNumber, expectOneOf } from '../errors.ts';
import { cellOf } from '../network/cells/table.ts';
import type { ModelConfig } from '../network/config.ts';

export const optimizerNames = ['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw'] as const;
export type OptimizerName = (typeof optimizerNames)[number];

/** The optimizer's choices; what is left out takes the default named here. */
export interface OptimizerOptions {
  /** Default adam. */
  readonly optimizer?: OptimizerName;
  /**
   * α. Default: adam and adamw 0.004 / L, rmsprop 0.002 / L, for gated cells 2.5 times as much; adagrad 0.05, sgd 0.5, momentum and nesterov 0.1;
   * L layers.
   */
  readonly learningRate?: number;
  /** μ of momentum and nesterov. Default 0.9. */
  readonly momentum?: number;
  /** λ: added to the gradient as λ θ (with adamw, θ shrinks by α λ instead). Default 0. */
  readonly weightDecay?: number;
  /** β₁ of adam and adamw. Default 0.9. */
  readonly beta1?: number;
  /** β₂ of adam and adamw. Default 0.999. */
  readonly beta2?: number;
  /** ρ of rmsprop. Default 0.95. */
  readonly decayRate?: number;
  /** ε of adagrad, rmsprop, adam and adamw. Default 1e-8. */
  readonly epsilon?: number;
}

/** The options with every default filled in. */
export type OptimizerSettings = Required<OptimizerOptions>;

/** What an update works on: all of the parameters, or a thread's stretch of them. */
interface Update {
  readonly kernels: Kernels;
  readonly parameters: Floats; // [P]
  readonly gradient: Floats; // [P]
  readonly moments: readonly Floats[]; // of [P]
  readonly length: number; // P
  readonly s: Float64Array; // [8]
}

interface Optimizer {
  readonly moments: number;
  readonly learningRate: number;
  /** The hyperparameters of update number `update` (from 1) in the kernel's order, after the clip's scale. */
  hyperparameters(settings: OptimizerSettings, learningRate: number, update: number): number[];
  apply(update: Update): void;
}

const adam = (decoupled: boolean): Optimizer => ({
  moments: 2,
  learningRate: 4e-3,
  hyperparameters({ beta1, beta2, epsilon, weightDecay }, alpha, update) {
    const correction1 = 1 - power(beta1, update);
    const correction2 = 1 - power(beta2, update);
    const shrink = decoupled ? 1 - alpha * weightDecay : 1;
    const decay = decoupled ? 0 : weightDecay;
    return [alpha / correction1, decay, epsilon, beta1, beta2, shrink, 1 / Math.sqrt(correction2)];
  },
  apply: ({ kernels, parameters, gradient, moments: [m, v], length, s }) =>
    kernels.adam(parameters, gradient, m, v, length, s),
});

const momentum = (nesterov: boolean): Optimizer => ({
  moments: 1,
  learningRate: 0.1,
  hyperparameters: ({ weightDecay, momentum: mu }, alpha) => [alpha, weightDecay, mu, nesterov ? 1 : 0],
  apply: ({ kernels, parameters, gradient, moments: [v], length, s }) =>
    kernels.momentum(parameters, gradient, v, length, s),
});

const optimizers: Record<OptimizerName, Optimizer> = {
  sgd: {
    moments: 0,
    learningRate: 0.5,
    hyperparameters: ({ weightDecay }, alpha) => [alpha, weightDecay],
    apply: ({ kernels, parameters, gradient, length, s }) => kernels.sgd(parameters, gradient, length, s),
  },
  momentum: momentum(false),
  nesterov: momentum(true),
  adagrad: {
    moments: 1,
    learningRate: 0.05,
    hyperparameters: ({ weightDecay, epsilon }, alpha) => [alpha, weightDecay, epsilon],
    apply: ({ kernels, parameters, gradient, moments: [v], length, s }) =>
      kernels.adagrad(parameters, gradient, v, length, s),
  },
  rmsprop: {
    moments: 1,
    learningRate: 2e-3,
    hyperparameters: ({ weightDecay, epsilon, decayRate: rho }, alpha) => [alpha, weightDecay, epsilon, rho, 1 - rho],
    apply: ({ kernels, parameters, gradient, moments: [v], length, s }) =>
      kernels.rmsprop(parameters, gradient, v, length, s),
  },
  adam: adam(false),
  adamw: adam(true),
};

/**
 * Fills in the defaults and checks the options.
 * @param config stacked layers want smaller steps of the optimizers whose steps do not shrink with the gradient, gates larger ones
 */
export function optimizerSettings(
  options: OptimizerOptions,
  config: Pick<ModelConfig, 'numLayers' | 'cell' | 'nonlinearity'> = {
    numLayers: 1,
    cell: 'rnn',
    nonlinearity: 'tanh',
  },
): OptimizerSettings {
  const optimizer = expectOneOf('optimizer', options.optimizer ?? 'adam', optimizerNames);
  const isAdaptive = optimizer === 'adam' || optimizer === 'adamw' || optimizer === 'rmsprop';
  const scale = isAdaptive ? cellOf(config).learningRateScale : 1;
  const layers = isAdaptive ? config.numLayers : 1;
  const learningRate = options.learningRate ?? (optimizers[optimizer].learningRate * scale) / layers;
  return {
    optimizer,
    learningRate: expectNumber('learningRate', learningRate, 0),
    momentum: expectNumber('momentum', options.momentum ?? 0.9, 0, 1),
    weightDecay: expectNumber('weightDecay', options.weightDecay ?? 0, 0),
    beta1: expectNumber('beta1', options.beta1 ?? 0.9, 0, 1),
    beta2: expectNumber('beta2', options.beta2 ?? 0.999, 0, 1),
    decayRate: expectNumber('decayRate', options.decayRate ?? 0.95, 0, 1),
    epsilon: expectNumber('epsilon', options.epsilon ?? 1e-8, 0, 1),
  };
}

/** How many arrays as long as the parameters an optimizer remembers between updates. */
export function momentCount(optimizer: OptimizerName): number {
  return optimizers[optimizer].moments;
}

/**
 * Lays out the hyperparameters of an update for the optimizer's kernel, behind the first number, which is the clip's scale.
 * @param settings from `optimizerSettings`
 * @param learningRate α of this update, as the schedule has it
 * @param number which update this is, from 1
 */
export function setHyperparameters(
  settings: OptimizerSettings,
  s: Float64Array,
  learningRate: number,
  number: number,
): void {
  s.set(optimizers[settings.optimizer].hyperparameters(settings, learningRate, number), 1);
}

/** One update in place: the parameters move against the gradient, the moments along. */
export function applyUpdate(optimizer: OptimizerName, target: Update): void {
  optimizers[optimizer].apply(target);
}

/** base^exponent for a whole exponent by repeated squaring: the same bits on every JavaScript engine, which `**` does not promise. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, n = exponent; n > 0; n = Math.floor(n / 2), square *= square) if (n % 2) result *= square;
  return result;
}
