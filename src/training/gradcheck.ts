// The gradient check: the gradient of every tensor against central differences, in float64, with the engine's own code.
//
//   ∂L/∂θ[i] ≈ (L(θ[i] + ε) − L(θ[i] − ε)) / 2ε, ε = 1e-5
//
// In a large tensor, elements drawn at random are checked one by one, and the whole tensor along one random direction:
// ⟨∇, v⟩ ≈ (L(θ + εv) − L(θ − εv)) / 2ε.

import { normOf } from '../elementary.ts';
import type { Backend } from '../engine/backend.ts';
import { javascriptBackend } from '../engine/javascript.ts';
import { expectInteger, expectOptions } from '../errors.ts';
import { directionsOf, outputsOf } from '../network/config.ts';
import { expectModel, type Model } from '../network/model.ts';
import { layoutOf } from '../network/parameters.ts';
import { Unrolled } from '../network/unrolled.ts';
import { expectSeed, Random } from '../random.ts';

const epsilon = 1e-5;

/** The result of the check for one tensor. */
export interface GradientCheck {
  /** The name of a block of the layout, or `h(0)`. */
  readonly name: string;
  /** The shape of the tensor, row-major. */
  readonly shape: readonly number[];
  /** The number of elements that were compared one by one. */
  readonly compared: number;
  /** ‖∇‖₂ of the tensor's gradient. */
  readonly norm: number;
  /** ‖∇ − numeric‖₂ / ‖numeric‖₂ over the elements compared. */
  readonly relativeError: number;
  /** The same error for the whole tensor along one random direction. */
  readonly directionError: number;
}

/** The size of the window in which gradients are checked, and how many elements are. */
export interface GradcheckOptions {
  /** T. Default 8. */
  readonly steps?: number;
  /** B. Default 3. */
  readonly batch?: number;
  /** The most elements compared in a tensor. Default 40. */
  readonly samples?: number;
  /** The seed of tokens, the state h(0), elements and directions. Default 1. */
  readonly seed?: number;
  /** Whether the sequences have different lengths, T, T − 1, … Default false. */
  readonly padded?: boolean;
  /** Default: the portable backend in float64, the only precision in which the differences are exact enough. */
  readonly backend?: Backend;
  /** Called after each tensor. */
  readonly onTensor?: (check: GradientCheck) => void;
}

const optionNames: Readonly<Record<keyof GradcheckOptions, true>> = {
  ...{ steps: true, batch: true, samples: true, seed: true, padded: true, backend: true, onTensor: true },
};

/**
 * Checks every gradient of a model, on a random window from a random state h(0), with dropout: ∂L/∂θ[i] is compared with
 * (L(θ[i] + ε) − L(θ[i] − ε)) / 2ε, for ε = 1e-5, in float64. There is one result for each tensor.
 * @example gradcheck(createModel({ vocabSize: 8, hiddenSize: 6 })).every(({ relativeError }) => relativeError < 1e-5)
 * @throws UnrolledError where this is no model, or an option is out of range
 */
export function gradcheck(
  model: Pick<Model, 'config' | 'parameters'>,
  options: GradcheckOptions = {},
): GradientCheck[] {
  expectModel('gradcheck', model);
  expectOptions('gradcheck', options, optionNames);
  const { config, parameters } = model;
  const { padded = false, onTensor } = options;
  const steps = expectInteger('steps', options.steps ?? 8, 1);
  const batch = expectInteger('batch', options.batch ?? 3, 1);
  const samples = expectInteger('samples', options.samples ?? 40, 1);
  const backend = options.backend ?? javascriptBackend('float64');
  const random = new Random(expectSeed(options.seed));
  const net = new Unrolled(backend, config, {
    steps,
    batch,
    gradients: true,
    inputGradients: true,
    dropout: true,
    padded,
  });
  for (let b = 0; b < batch; b++) net.lengths[b] = Math.max(1, steps - b);
  net.parameters.set(parameters);
  for (let i = 0; i < net.tokens.length; i++) net.tokens[i] = random.next() % config.vocabSize;
  for (let i = 0; i < net.targets.length; i++) net.targets[i] = random.next() % outputsOf(config);
  for (let i = 0; i < net.input.length; i++) net.input[i] = random.normal();
  for (let i = 0; i < net.values.length; i++) net.values[i] = random.normal();
  for (const first of net.initialStates.values())
    for (let i = 0; i < first.length; i++) first[i] = random.uniform(-0.5, 0.5);
  net.weights.fill(1 / net.weights.length);
  const loss = (): number => {
    net.forward();
    return net.loss();
  };
  loss();
  net.backward();

  const tensors = layoutOf(config).map(({ name, shape, offset, length }) => ({
    name,
    shape,
    theta: net.parameters.subarray(offset, offset + length),
    gradient: net.gradient.slice(offset, offset + length),
  }));
  const many = config.numLayers * directionsOf(config) > 1;
  for (const [memory, theta] of net.initialStates) {
    const index = Number(memory.slice(memory.search(/\d/)));
    const isState = memory.startsWith('state');
    const name = `${isState ? 'h' : 's'}${many ? index : ''}(0)`;
    const gradient = isState ? net.initialStateGradient(index) : net.initialCellGradient(index);
    tensors.push({ name, shape: [batch, config.hiddenSize], theta, gradient: gradient.slice() });
  }
  return tensors.map(({ name, shape, theta, gradient }) => {
    const picked = pick(theta.length, samples, random);
    const numeric = picked.map((i) => alongDirection(loss, theta, [i], [1]));
    const exact = picked.map((i) => gradient[i]);
    const every = Array.from(theta, (_, i) => i);
    const direction = every.map(() => (random.next() & 1 ? 1 : -1) / Math.sqrt(theta.length));
    const slope = alongDirection(loss, theta, every, direction);
    const product = direction.reduce((sum, v, i) => sum + v * gradient[i], 0);
    const norm = normOf(gradient);
    const check = {
      name,
      shape,
      compared: picked.length,
      norm,
      relativeError: distance(exact, numeric),
      directionError: Math.abs(slope - product) / Math.max(Math.abs(slope), norm / Math.sqrt(theta.length), 1e-12),
    };
    onTensor?.(check);
    return check;
  });
}

/** (L(θ + εv) − L(θ − εv)) / 2ε for a direction v that is zero except at `indices`. */
function alongDirection(loss: () => number, theta: { [i: number]: number }, indices: number[], v: number[]): number {
  const before = indices.map((i) => theta[i]);
  const at = (sign: number): number => {
    indices.forEach((i, n) => {
      theta[i] = before[n] + sign * epsilon * v[n];
    });
    return loss();
  };
  const slope = (at(1) - at(-1)) / (2 * epsilon);
  indices.forEach((i, n) => {
    theta[i] = before[n];
  });
  return slope;
}

/** All indices below `length`, or `count` of them drawn at random without repetition. */
function pick(length: number, count: number, random: Random): number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random.next() % length);
  return [...chosen].sort((a, b) => a - b);
}

/**
 * ‖a − b‖₂ / ‖b‖₂. The divisor is at least 1e-4, so that the rounding of a difference of losses (1e-11) does not count where b nearly vanishes.
 */
function distance(a: number[], b: number[]): number {
  const difference = normOf(a.map((value, i) => value - b[i]));
  return difference / Math.max(normOf(b), 1e-4);
}
