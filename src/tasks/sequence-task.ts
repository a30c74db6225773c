// What all tasks of separate sequences share: padded batches, held-out sequences as the judge, and the report on classes. And the task of sequences
// of any kind, which keeps nothing in the model: symbols or vectors in, a class or numbers out, for each step or each sequence.

import type { Classification } from '../data/metrics.ts';
import type { Sequences } from '../data/sequences.ts';
import { largest } from '../elementary.ts';
import type { Backend } from '../engine/backend.ts';
import { shortened, UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { evaluateClasses } from './evaluate-classes.ts';
import { defaultsFor } from './few-data.ts';
import { percent, plural } from './phrases.ts';
import { readingWindow, sequenceJudge, sequenceSource } from './sequence-batches.ts';
import { finding, type Picture, type Task, type TaskDefaults, type TaskReport } from './task.ts';

/** Batches and judge of a task whose data are sequences of their own. */
export function sequenceParts(data: Sequences, held: Sequences | null): Pick<Task, 'source' | 'reading' | 'judge'> {
  return {
    source: (options) => sequenceSource(data, options),
    reading: held && readingWindow(held),
    judge: (backend, config) => (held ? sequenceJudge(backend, config, held) : undefined),
  };
}

/** The share of right classes, beside always answering with the class that is most frequent in training. */
export function classReport(
  model: Model,
  data: Sequences,
  held: Sequences,
  labels: readonly string[],
  backend: Backend,
): TaskReport {
  const found = evaluateClasses(model, held, backend);
  const { accuracy, macroF1, classes, count } = found;
  const most = mostFrequent(data, labels.length);
  const share = classes[most].support / count;
  const always = `always ${shortened(labels[most])}`;
  const report = finding(
    { event: 'heldOut', accuracy, macroF1, majority: { label: labels[most], accuracy: share } },
    `Held-out accuracy: ${percent(accuracy)}, macro F1 ${macroF1.toFixed(3)}; ${always}, the most frequent: ${percent(share)}`,
    accuracy < share ? always : null,
  );
  return { ...report, picture: confusionOf(found, labels) };
}

/** The most classes of which a picture is made; of more, the most frequent are taken. */
const maxPictured = 40;

function confusionOf({ classes, confusion }: Classification, labels: readonly string[]): Picture {
  const bySupport = classes.map(({ support }, c) => [support, c]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  const shown = bySupport
    .slice(0, maxPictured)
    .map(([, c]) => c)
    .sort((a, b) => a - b);
  return {
    kind: 'confusion',
    labels: shown.map((c) => labels[c]),
    counts: shown.map((row) => shown.map((column) => confusion[row * classes.length + column])),
  };
}

function mostFrequent({ targets }: Sequences, size: number): number {
  const counts = new Uint32Array(size);
  if (targets?.kind === 'classes') for (const id of targets.ids) counts[id]++;
  return counts.indexOf(largest(counts));
}

export interface SequenceTaskOptions {
  /** Held-out sequences. Default: none. */
  readonly validation?: Sequences;
  /** The state that answers where a sequence has one answer. Default last. */
  readonly pooling?: 'last' | 'mean';
}

const sequenceDefaults: TaskDefaults = {
  network: { cell: 'gru', bidirectional: false, hiddenSize: 128, embeddingSize: 64, dropout: 0 },
  training: { batchSize: 32, epochs: 10, learningRate: 0.003 },
  validation: 0.1,
  pooling: 'last',
};

/**
 * The task of any sequences with targets: symbols or vectors at each step; a class or numbers to predict, for each step or for each sequence.
 * @param sequences made by `createSequences`
 * @throws UnrolledError where the sequences have no targets
 */
export function sequenceTask(sequences: Sequences, options: SequenceTaskOptions = {}): Task<Sequences> {
  const { input, targets } = sequences;
  if (!targets) throw new UnrolledError('sequences: expected targets to learn, got none');
  const held = options.validation ?? null;
  const steps = sequences.starts[sequences.count];
  const isClass = targets.kind === 'classes';
  const isVectors = input.kind === 'vectors';
  return {
    name: 'sequences',
    architecture: {
      vocabSize: isVectors ? 1 : input.size,
      symbols: isVectors ? 1 : input.planes,
      inputSize: isVectors ? input.size : null,
      outputSize: targets.size,
      pooling: targets.at === 'step' ? 'none' : (options.pooling ?? 'last'),
      loss: isClass ? 'nll' : 'squared',
    },
    kept: {},
    defaults: defaultsFor(
      isVectors
        ? { ...sequenceDefaults, network: { ...sequenceDefaults.network, embeddingSize: null } }
        : sequenceDefaults,
      { items: sequences.count },
    ),
    heldOut: held,
    words: {
      unit: targets.at,
      noun: targets.at,
      loss: isClass ? `nats per ${targets.at}` : 'squared error',
    },
    summary: `${plural(sequences.count, 'sequence')} of ${plural(steps, 'step')}${held ? `, ${plural(held.count, 'sequence')} more held out` : ''}`,
    facts: { task: 'sequences', sequences: sequences.count, steps, heldOutSequences: held?.count ?? 0 },
    describeBatch: ({ batchSize }) => plural(batchSize, 'sequence'),
    ...sequenceParts(sequences, held),
    report(model, _, backend) {
      if (!held || !isClass) return [];
      const labels = Array.from({ length: targets.size }, (_, i) => String(i));
      return [classReport(model, sequences, held, labels, backend)];
    },
  };
}
