// What a model's outputs say of classes, beside the truth: of every step that counts, or of every sequence.

import type { ClassTargets, Sequences } from '../data/sequences.ts';
import { expectSum } from '../data/weights.ts';
import { largest } from '../elementary.ts';
import type { Floats } from '../engine/backend.ts';
import { logSoftmax } from './text/sampling.ts';

/** What a model decided, beside the truth: of each step that counts, or of each sequence. */
export interface Decisions {
  /** The most probable class of each prediction. */
  readonly predicted: number[];
  /** The true one. */
  readonly actual: number[];
  /** −log of the probability of the true class of each, in nats. */
  readonly losses: number[];
  /** The sequences of which all that counts is right, and all of them. */
  readonly whole: number;
  /** The number of sequences that were read. */
  readonly sequences: number;
  /** Mean −log of the probability of the true class, in nats. */
  readonly nll: number;
  /** The same, where targets have weights their weighted mean: the loss that is learned. */
  readonly loss: number;
  /** Share of sequences of which all that counts is right. */
  readonly wholeSequences: number;
}

/** @param outputs o of each sequence: of every step [length, C], with targets of sequences [1, C] */
export function decide(
  outputs: readonly Floats[],
  { starts, counted, weights }: Pick<Sequences, 'starts' | 'counted' | 'weights'>,
  { at, ids, size }: ClassTargets,
): Decisions {
  const predicted: number[] = [];
  const actual: number[] = [];
  const losses: number[] = [];
  let [whole, weightedSum, weightSum] = [0, 0, 0];
  outputs.forEach((o, i) => {
    const first = at === 'step' ? starts[i] : i;
    let isWhole = true;
    for (let t = 0; t < o.length / size; t++) {
      if (counted && !counted[first + t]) continue;
      const row = o.subarray(t * size, (t + 1) * size);
      const target = ids[first + t];
      const best = row.indexOf(largest(row));
      predicted.push(best);
      actual.push(target);
      const nll = -logSoftmax(row)[target];
      losses.push(nll);
      if (weights) {
        weightedSum += weights[first + t] * nll;
        weightSum += weights[first + t];
      }
      if (best !== target) isWhole = false;
    }
    if (isWhole) whole++;
  });
  const found = { predicted, actual, losses, whole, sequences: outputs.length };
  return decisionsOf(found, weights && weightedSum / expectSum(weightSum));
}

/** The same with its means. The losses are summed in their order, so that the decisions of parts, one after the other, have the mean of the whole. */
export function decisionsOf(
  found: Omit<Decisions, 'nll' | 'loss' | 'wholeSequences'>,
  weightedLoss?: number,
): Decisions {
  let sum = 0;
  for (const loss of found.losses) sum += loss;
  const nll = sum / found.losses.length;
  return { ...found, nll, loss: weightedLoss ?? nll, wholeSequences: found.whole / found.sequences };
}
