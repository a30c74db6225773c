// What all tasks of separate sequences share: padded batches, held-out sequences as the judge, and the report on classes. And the task of sequences
// of any kind, which keeps nothing in the model: symbols or vectors in, a class or numbers out, for each step or each sequence.

import type { Classification } from '../data/metrics.ts';
import { expectSequences, type Sequences } from '../data/sequences.ts';
import { type ClassWeights, classWeightsOf } from '../data/weights.ts';
import { largest } from '../elementary.ts';
import type { Backend } from '../engine/backend.ts';
import { expectOneOf, expectOptions, listed, shortened, UnrolledError } from '../errors.ts';
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

/** The weights of a task with classes: its sequences with them, and what is said of them. */
export interface Weighting {
  readonly data: Sequences;
  readonly held: Sequences | null;
  /** The words that the unit of the loss ends with. */
  readonly suffix: string;
  readonly remarks: readonly string[];
  readonly facts: object;
}

/**
 * Weighs sequences with classes, by class and by what weights they have of their own.
 * @param noun what has a class
 */
export function weighted(
  data: Sequences,
  held: Sequences | null,
  labels: readonly string[],
  asked: ClassWeights | undefined,
  noun: string,
): Weighting {
  if (asked === undefined && !data.weights) return { data, held, suffix: '', remarks: [], facts: {} };
  const byClass = asked !== undefined && classWeightsOf(asked, labels, classesOf(data));
  const weigh = (sequences: Sequences): Sequences => {
    if (!byClass) return sequences;
    const own = sequences.weights;
    const weights = Float64Array.from(classesOf(sequences), (id, i) => byClass[id] * (own ? own[i] : 1));
    return { ...sequences, weights };
  };
  const what = [...(byClass ? ['class'] : []), ...(data.weights ? [noun] : [])].join(' and ');
  const shown = byClass
    ? `: ${listed(labels.map((name, c) => `${shortened(name)} ${Number(byClass[c].toPrecision(4))}`))}`
    : '';
  return {
    data: weigh(data),
    held: held && weigh(held),
    suffix: ', weighted',
    remarks: [`The loss is weighted by ${what}${shown}; accuracy, recall and F1 count each ${noun} once`],
    facts: {
      weighted: what,
      ...(byClass && { classWeights: Object.fromEntries(labels.map((name, c) => [name, byClass[c]])) }),
    },
  };
}

/** The share of right classes, beside always answering with the class that is most frequent in training. */
export function classReport(
  model: Model,
  data: Sequences,
  held: Sequences,
  labels: readonly string[],
  backend: Backend,
  isBalanced = false,
): TaskReport {
  const found = evaluateClasses(model, held, backend);
  const { accuracy, macroF1, classes, count, nll } = found;
  const counts = countsOf(data, labels.length);
  const most = counts.indexOf(largest(counts));
  const share = classes[most].support / count;
  const always = `always ${shortened(labels[most])}`;
  const majority = { label: labels[most], accuracy: share };
  if (isBalanced) return { ...balancedReport(), picture: confusionOf(found, labels) };
  const report = finding(
    { event: 'heldOut', accuracy, macroF1, majority },
    `Held-out accuracy: ${percent(accuracy)}, macro F1 ${macroF1.toFixed(3)}; ${always}, the most frequent: ${percent(share)}`,
    accuracy < share ? always : null,
  );
  return { ...report, picture: confusionOf(found, labels) };

  /** Where classes have weights, accuracy alone says little: recall is told too, and the simplest thing to beat is to take any class. */
  function balancedReport(): TaskReport {
    const { balancedAccuracy: balanced } = found;
    const chance = 1 / classes.filter(({ support }) => support > 0).length;
    const rarest = classes.reduce(
      (least, { support }, c) => (support > 0 && (least < 0 || counts[c] < counts[least]) ? c : least),
      -1,
    );
    return finding(
      {
        ...{ event: 'heldOut', accuracy, balancedAccuracy: balanced, macroF1, nll },
        majority: { ...majority, balancedAccuracy: chance },
        recall: Object.fromEntries(classes.map(({ recall }, c) => [labels[c], recall])),
      },
      `Held-out, unweighted: accuracy ${percent(accuracy)}, mean recall of the classes ${percent(balanced)}, of the rarest, ${shortened(labels[rarest])}, ${percent(classes[rarest].recall)}; ` +
        `macro F1 ${macroF1.toFixed(3)}; ${nll.toFixed(4)} nats; ${always}, the most frequent: accuracy ${percent(share)}, mean recall ${percent(chance)}`,
      balanced < chance ? always : null,
    );
  }
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

/** How often each class occurs. */
function countsOf(sequences: Sequences, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (const id of classesOf(sequences)) counts[id]++;
  return counts;
}

const classesOf = ({ targets }: Sequences) => (targets?.kind === 'classes' ? targets.ids : new Int32Array(0));

/** What is held out, and which state answers for a sequence. */
export interface SequenceTaskOptions {
  /** Held-out sequences. Default: none. */
  readonly validation?: Sequences;
  /** The state that answers where a sequence has one answer. Default last. */
  readonly pooling?: 'last' | 'mean';
}

const optionNames: Readonly<Record<keyof Required<SequenceTaskOptions>, true>> = { validation: true, pooling: true };

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
  const { input, targets } = expectSequences('sequenceTask', sequences);
  expectOptions('sequenceTask', options, optionNames);
  const { validation, pooling } = options;
  if (validation !== undefined) expectSequences('validation', validation);
  if (pooling !== undefined) expectOneOf('pooling', pooling, ['last', 'mean']);
  if (!targets) throw new UnrolledError('sequences: expected targets to learn, got none');
  const held = validation ?? null;
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
      pooling: targets.at === 'step' ? 'none' : (pooling ?? 'last'),
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
      loss: `${isClass ? `nats per ${targets.at}` : 'squared error'}${sequences.weights ? ', weighted' : ''}`,
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
