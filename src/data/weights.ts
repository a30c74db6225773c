// How much targets count in the loss beside each other: a weight for each class, one for each example, or both, which are multiplied. Weights are
// relative. The loss of all data is their weighted mean, Σ w nll / Σ w, as PyTorch's CrossEntropyLoss(weight) has it; of a batch of n targets it is
// Σ w nll / (n w̄), with w̄ the mean weight of all targets, not of those in the batch. So a batch of one target is weighted too, and the mean over the
// batches of an epoch is the loss of all data.
//
//   balanced    w(c) = n / (C n(c)), for C classes with n(c) of the n targets each

import { described, expectObject, listed, shortened, UnrolledError } from '../errors.ts';

/** A weight for each class: by its name, or such that each class counts as much as the others. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

/** The weight, after checking that it is one. */
export function expectWeight(where: string, weight: unknown): number {
  if (typeof weight === 'number' && Number.isFinite(weight) && weight >= 0) return weight;
  throw new UnrolledError(`${where}: expected a weight, a number from 0, got ${described(weight)}`);
}

/** The sum of weights, after checking that it is not 0. */
export function expectSum(sum: number): number {
  if (sum > 0 && Number.isFinite(sum)) return sum;
  throw new UnrolledError(
    sum > 0
      ? 'weights: expected weights whose sum is a number, got larger ones; divide them by the largest'
      : 'weights: expected a weight above 0 among those of the data that are learned from or held out, got 0 for all; there is nothing to learn',
  );
}

/**
 * The weight of each class, in the order of `names`.
 * @param ids the classes of the targets that are learned from
 * @throws UnrolledError for a class that there is not, one without a weight, and weights that are none
 */
export function classWeightsOf(asked: ClassWeights, names: readonly string[], ids: Int32Array): Float64Array {
  const where = 'class weights';
  if (asked === 'balanced') return balanced(names.length, ids);
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked))
    throw new UnrolledError(
      `${where}: expected balanced, or an object with a weight for each class, got ${described(asked)}`,
    );
  const given = expectObject(where, asked);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UnrolledError(`${where}: expected the classes ${listed(names)}, got ${shortened(unknown)}; leave it out`);
  const missing = names.find((name) => !Object.hasOwn(given, name));
  if (missing !== undefined)
    throw new UnrolledError(
      `${where}: expected a weight for each of the classes ${listed(names)}, got none for ${shortened(missing)}; give it one, 1 for no change`,
    );
  const weights = Float64Array.from(names, (name) => expectWeight(`${where}, ${shortened(name)}`, given[name]));
  if (weights.some((weight) => weight > 0)) return weights;
  throw new UnrolledError(`${where}: expected a weight above 0, got 0 for all classes`);
}

function balanced(size: number, ids: Int32Array): Float64Array {
  const counts = new Float64Array(size);
  for (const id of ids) counts[id]++;
  const classes = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  // a class that is not among what is learned from has no weight to find, and none that is used there
  return counts.map((count) => (count > 0 ? ids.length / (classes * count) : 1));
}
