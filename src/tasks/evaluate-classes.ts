// How right a model's classes are: one for each step that counts, or one for each sequence.

import { type Classification, classification } from '../data/metrics.ts';
import type { Sequences } from '../data/sequences.ts';
import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { type Decisions, decide } from './decisions.ts';
import { expectFitting, readOutputs } from './sequence-batches.ts';

/** Accuracy, F1 and confusion; the mean loss in nats; and the share of sequences that are right as a whole. */
export interface ClassEvaluation extends Classification, Pick<Decisions, 'nll' | 'wholeSequences'> {
  /** The names of the classes, in the order of `classes` and of the rows and columns of `confusion`. */
  readonly labels: readonly string[];
}

/** Compares a model's classes with the true ones of sequences, each of which counts once, whatever its weight. */
export function evaluateClasses(
  model: Pick<Model, 'config' | 'parameters'>,
  sequences: Sequences,
  backend: Backend,
  labels?: readonly string[],
): ClassEvaluation {
  const { targets } = sequences;
  if (targets?.kind !== 'classes') throw new UnrolledError('evaluation: expected sequences with classes, got none');
  const names = labels ?? Array.from({ length: targets.size }, (_, i) => String(i));
  return classEvaluation(classDecisions(model, sequences, backend), names);
}

/** What a model says of each step or sequence, beside the truth. */
export function classDecisions(
  model: Pick<Model, 'config' | 'parameters'>,
  sequences: Sequences,
  backend: Backend,
): Decisions {
  const { targets } = sequences;
  if (targets?.kind !== 'classes') throw new UnrolledError('evaluation: expected sequences with classes, got none');
  expectFitting(model.config, sequences);
  const everyOnce = { ...sequences, weights: undefined };
  return decide(readOutputs(backend, model, sequences), everyOnce, targets);
}

/** How right they are. */
export function classEvaluation(
  { predicted, actual, nll, wholeSequences }: Decisions,
  labels: readonly string[],
): ClassEvaluation {
  return { ...classification(predicted, actual, labels.length), nll, wholeSequences, labels };
}
