// How well a model does on sequences that no task has named: by their classes, or by how far its numbers are from the true ones.

import { type Regression, regression } from '../data/metrics.ts';
import type { Sequences } from '../data/sequences.ts';
import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { type ClassEvaluation, evaluateClasses } from './evaluate-classes.ts';
import { expectFitting, readOutputs } from './sequence-batches.ts';

/** Compares what a model says of sequences with their targets, each of which counts once, whatever its weight. */
export function evaluateSequences(model: Model, sequences: Sequences, backend: Backend): ClassEvaluation | Regression {
  const { starts, counted, targets } = sequences;
  if (!targets)
    throw new UnrolledError(
      'evaluation: expected sequences with targets to compare with, got none; give them to createSequences',
    );
  if (targets.kind === 'classes') return evaluateClasses(model, sequences, backend);
  expectFitting(model.config, sequences);
  const { at, size: K, values } = targets;
  const predicted: number[] = [];
  const actual: number[] = [];
  readOutputs(backend, model, sequences).forEach((o, i) => {
    const first = at === 'step' ? starts[i] : i;
    for (let n = 0; n < o.length; n++) {
      if (at === 'step' && counted && !counted[first + Math.floor(n / K)]) continue;
      predicted.push(o[n]);
      actual.push(values[first * K + n]);
    }
  });
  return regression(predicted, actual);
}
