// The optimizers: how a gradient becomes an update. Each is a row of one table: its kernel, how many arrays it remembers between updates, how
// its hyperparameters are laid out for that kernel (assembly/optimizers.ts has the formulas), and its words. All equal PyTorch's but
// Muon, which adds to a row the steps of W (muon.ts).

import type { Floats, Kernels } from '../engine/backend.ts';
import { expectNumber, expectOneOf, UnrolledError } from '../errors.ts';
import { cellOf } from '../network/cells/table.ts';
import type { ModelConfig } from '../network/config.ts';
import { muonNumbers } from './muon.ts';

/** The optimizer and its hyperparameters. An option that is left out takes the default named here. */
export interface OptimizerOptions {
  /** Default adam. `sgd` with a momentum above 0 is `momentum`, as in PyTorch. */
  readonly optimizer?: OptimizerName;
  /**
   * α. Default: 0.004 with adam and adamw, 0.006 with muon, 0.002 with rmsprop, of which gated cells take 2.5 times as much, layers of H > 256 units
   * 256 / H of it, those of fewer plain units with muon up to twice as much, and L layers an L-th; 0.5 with sgd, 0.1 with momentum and nesterov, 0.05
   * with adagrad.
   */
  readonly learningRate?: number;
  /** μ of momentum, nesterov and muon. Default 0.9, of muon 0.95. */
  readonly momentum?: number;
  /** λ: added to the gradient as λ θ (with adamw and muon, θ shrinks by α λ instead). Default 0. */
  readonly weightDecay?: number;
  /** β₁ of adam, adamw and muon. Default 0.9. */
  readonly beta1?: number;
  /** β₂ of adam, adamw and muon. Default 0.999. */
  readonly beta2?: number;
  /** ρ of rmsprop. Default 0.95. */
  readonly decayRate?: number;
  /** ε of adagrad, rmsprop, adam, adamw and muon. Default 1e-8. */
  readonly epsilon?: number;
}

/** The options with every default filled in. */
export type OptimizerSettings = Required<OptimizerOptions>;

/** The arrays that an update works on: all of the parameters, or a thread's stretch of them. */
interface Update {
  readonly kernels: Kernels;
  readonly parameters: Floats; // [P]
  readonly gradient: Floats; // [P]
  readonly moments: readonly Floats[]; // each [P]
  readonly length: number; // P
  readonly s: Float64Array; // [8]
}

/** So many numbers the kernel of an optimizer takes at most; behind them stand those of muon.ts. */
export const ofKernel = 8;

/** The numbers that only some optimizers have. */
type OwnNumber = 'momentum' | 'beta1' | 'beta2' | 'decayRate' | 'epsilon';

interface Optimizer {
  /** The name as its authors write it. */
  readonly title: string;
  /** One sentence that says what the optimizer does with a gradient. */
  readonly rule: string;
  /** The number of arrays as long as the parameters that it remembers between updates. */
  readonly moments: number;
  /** The default of α; of an adaptive optimizer for a plain network of 256 units. */
  readonly learningRate: number;
  /** Up to so many times as much for fewer units than 256. Default 1. */
  readonly mostForFewer?: number;
  /** The numbers of its own, beside α and λ. */
  readonly numbers: readonly OwnNumber[];
  /** Whether its steps keep their size when the gradient shrinks: more units and stacked layers then want smaller steps, and gated cells larger ones. */
  readonly isAdaptive?: boolean;
  /** Whether λ shrinks θ by itself and is no part of the gradient. */
  readonly isDecoupled?: boolean;
  /** The hyperparameters of update number `update` (from 1) in the kernel's order, after the scale that clipping sets, and those of muon.ts. */
  hyperparameters(settings: OptimizerSettings, learningRate: number, update: number, hiddenSize: number): number[];
  /** Whether the squares of W take steps of their own (muon.ts), and the others those of this row. */
  readonly hasMatrices?: boolean;
  apply(update: Update): void;
}

function adamHyperparameters(
  { beta1, beta2, epsilon, weightDecay }: OptimizerSettings,
  alpha: number,
  update: number,
  decoupled: boolean,
): number[] {
  const correction1 = 1 - power(beta1, update);
  const correction2 = 1 - power(beta2, update);
  const shrink = decoupled ? 1 - alpha * weightDecay : 1;
  const decay = decoupled ? 0 : weightDecay;
  return [alpha / correction1, decay, epsilon, beta1, beta2, shrink, 1 / Math.sqrt(correction2)];
}

const adam = (title: string, decoupled: boolean): Optimizer => ({
  title,
  rule: `It keeps running means of the gradient and of its square, m and r: θ ← θ − α m ÷ √r${decoupled ? ', and makes θ a little smaller' : ''}.`,
  moments: 2,
  numbers: ['beta1', 'beta2', 'epsilon'],
  learningRate: 4e-3,
  isAdaptive: true,
  isDecoupled: decoupled,
  hyperparameters: (settings, alpha, update) => adamHyperparameters(settings, alpha, update, decoupled),
  apply: ({ kernels, parameters, gradient, moments: [m, v], length, s }) =>
    kernels.adam(parameters, gradient, m, v, length, s),
});

const momentum = (title: string, nesterov: boolean): Optimizer => ({
  title,
  rule: nesterov
    ? 'It keeps a velocity and looks ahead: v ← 0.9 v + ∇θ, then θ ← θ − α (∇θ + 0.9 v).'
    : 'It keeps a velocity: v ← 0.9 v + ∇θ, then θ ← θ − α v.',
  moments: 1,
  numbers: ['momentum'],
  learningRate: 0.1,
  hyperparameters: ({ weightDecay, momentum: mu }, alpha) => [alpha, weightDecay, mu, nesterov ? 1 : 0],
  apply: ({ kernels, parameters, gradient, moments: [v], length, s }) =>
    kernels.momentum(parameters, gradient, v, length, s),
});

const optimizers = {
  sgd: {
    title: 'SGD',
    rule: 'It goes against the gradient: θ ← θ − α ∇θ.',
    moments: 0,
    numbers: ['momentum'], // 0, or it is the next row
    learningRate: 0.5,
    hyperparameters: ({ weightDecay }, alpha) => [alpha, weightDecay],
    apply: ({ kernels, parameters, gradient, length, s }) => kernels.sgd(parameters, gradient, length, s),
  },
  momentum: momentum('momentum', false),
  nesterov: momentum('Nesterov', true),
  adagrad: {
    title: 'Adagrad',
    rule: 'It divides by all sizes so far: r ← r + ∇θ², then θ ← θ − α ∇θ ÷ √r.',
    moments: 1,
    numbers: ['epsilon'],
    learningRate: 0.05,
    hyperparameters: ({ weightDecay, epsilon }, alpha) => [alpha, weightDecay, epsilon],
    apply: ({ kernels, parameters, gradient, moments: [v], length, s }) =>
      kernels.adagrad(parameters, gradient, v, length, s),
  },
  rmsprop: {
    title: 'RMSprop',
    rule: 'It divides by the size that a gradient usually has: r ← 0.95 r + 0.05 ∇θ², then θ ← θ − α ∇θ ÷ √r.',
    moments: 1,
    numbers: ['epsilon', 'decayRate'],
    learningRate: 2e-3,
    isAdaptive: true,
    hyperparameters: ({ weightDecay, epsilon, decayRate: rho }, alpha) => [alpha, weightDecay, epsilon, rho, 1 - rho],
    apply: ({ kernels, parameters, gradient, moments: [v], length, s }) =>
      kernels.rmsprop(parameters, gradient, v, length, s),
  },
  adam: adam('Adam', false),
  adamw: adam('AdamW', true),
  muon: {
    ...adam('Muon', true),
    numbers: ['beta1', 'beta2', 'epsilon', 'momentum'],
    learningRate: 6e-3,
    mostForFewer: 2,
    hyperparameters: (settings, alpha, update, hiddenSize) => [
      ...adamHyperparameters(settings, alpha, update, true),
      ...muonNumbers(alpha, settings.momentum, settings.weightDecay, hiddenSize),
    ],
    rule: 'It makes the mean gradient of W orthogonal, so that W moves equally far in all directions; all else moves as with AdamW.',
    hasMatrices: true,
  },
} as const satisfies Record<string, Optimizer>;

/** The optimizers by the names that options take. */
export type OptimizerName = keyof typeof optimizers;
/** All optimizers by name. */
export const optimizerNames = Object.keys(optimizers) as readonly OptimizerName[];

const rowOf = (name: OptimizerName): Optimizer => optimizers[name];

/** The optimizers whose steps keep their size when the gradient shrinks. */
export const adaptiveOptimizers = optimizerNames.filter((name) => rowOf(name).isAdaptive);
/** Adam and its variants: a task's own learning rate is theirs. */
export const adamOptimizers = optimizerNames.filter((name) => rowOf(name).moments === 2);
/** Those whose λ is no part of the gradient: a task's own weight decay is theirs. */
export const decoupledOptimizers = optimizerNames.filter((name) => rowOf(name).isDecoupled);

/** The optimizers that have a number of their own. */
export const optimizersWith = (number: OwnNumber): readonly OptimizerName[] =>
  optimizerNames.filter((name) => rowOf(name).numbers.includes(number));

/** The optimizer that options ask for: `sgd` with a momentum above 0, as PyTorch's users write it, is `momentum`. */
export function optimizerOf({ optimizer, momentum: mu = 0 }: OptimizerOptions): OptimizerName {
  const name = expectOneOf('optimizer', optimizer ?? 'adam', optimizerNames);
  return name === 'sgd' && mu > 0 ? 'momentum' : name;
}

/** The units of a layer that the default rates of adaptive optimizers are for. */
const usualUnits = 256;

/** The default of α: the more units and layers act together, the smaller the steps of an adaptive optimizer are. */
function defaultRate(
  { learningRate, isAdaptive, mostForFewer = 1 }: Optimizer,
  config: Pick<ModelConfig, 'numLayers' | 'cell' | 'nonlinearity' | 'hiddenSize'>,
): number {
  if (!isAdaptive) return learningRate;
  const { gates, learningRateScale } = cellOf(config);
  const ofUnits = Math.min(gates.length === 1 ? mostForFewer : 1, usualUnits / config.hiddenSize);
  return Number((learningRate * learningRateScale * ofUnits).toPrecision(2)) / config.numLayers;
}

/**
 * Reads options: fills in the defaults and checks everything.
 * @param config the architecture, on which the default of α depends
 * @throws UnrolledError for a value that is out of range, and for a number that the optimizer does not use
 */
export function optimizerSettings(
  options: OptimizerOptions,
  config: Pick<ModelConfig, 'numLayers' | 'cell' | 'nonlinearity' | 'hiddenSize'> = {
    numLayers: 1,
    cell: 'rnn',
    nonlinearity: 'tanh',
    hiddenSize: usualUnits,
  },
): OptimizerSettings {
  const optimizer = optimizerOf(options);
  const row = rowOf(optimizer);
  const own = (name: OwnNumber, usual: number): number => {
    const value = options[name];
    if (value !== undefined && !row.numbers.includes(name))
      throw new UnrolledError(`${name}: expected none beside ${optimizer}, got ${value}; leave it out`);
    const number = expectNumber(name, value ?? usual, 0, 1, name === 'epsilon');
    // a mean that takes nothing of what is new stays 0, and is divided by
    if (number === 1 && (name === 'beta1' || name === 'beta2' || name === 'decayRate'))
      throw new UnrolledError(`${name}: expected a number of at least 0 and below 1, got 1`);
    return number;
  };
  return {
    optimizer,
    learningRate: expectNumber('learningRate', options.learningRate ?? defaultRate(row, config), 0),
    momentum: own('momentum', row.hasMatrices ? 0.95 : 0.9),
    weightDecay: expectNumber('weightDecay', options.weightDecay ?? 0, 0),
    beta1: own('beta1', 0.9),
    beta2: own('beta2', 0.999),
    decayRate: own('decayRate', 0.95),
    epsilon: own('epsilon', 1e-8),
  };
}

/** Describes an optimizer: its name as its authors write it, and one sentence that says what it does with a gradient. */
export function describeOptimizer(name: OptimizerName): {
  /** The name as its authors write it. */
  readonly title: string;
  /** One sentence that says what it does with a gradient. */
  readonly rule: string;
} {
  const { title, rule } = rowOf(name);
  return { title, rule };
}

/** The number of arrays as long as the parameters that an optimizer remembers between updates. */
export function momentCount(optimizer: OptimizerName): number {
  return rowOf(optimizer).moments;
}

/**
 * Lays out the hyperparameters of an update for the optimizer's kernel, after the first number, which is the scale that clipping sets.
 * @param settings from `optimizerSettings`
 * @param learningRate α of this update, as the schedule sets it
 * @param number which update this is, from 1
 * @param hiddenSize H of the network
 */
export function setHyperparameters(
  settings: OptimizerSettings,
  s: Float64Array,
  learningRate: number,
  number: number,
  hiddenSize: number,
): void {
  s.set(rowOf(settings.optimizer).hyperparameters(settings, learningRate, number, hiddenSize), 1);
}

/** Whether W takes steps of its own: see muon.ts. */
export const hasMatrices = (optimizer: OptimizerName): boolean => rowOf(optimizer).hasMatrices ?? false;

/** One update in place: the parameters move against the gradient, and the moments are brought up to date. */
export function applyUpdate(optimizer: OptimizerName, target: Update): void {
  rowOf(optimizer).apply(target);
}

/** base^exponent for a whole exponent by repeated squaring: the same bits on every JavaScript engine, which `**` does not promise. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, n = exponent; n > 0; n = Math.floor(n / 2), square *= square) if (n % 2) result *= square;
  return result;
}
