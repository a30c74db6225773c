// What the runs of all tasks have in common: sequences as batches and as held-out data, and how right classes are at the end.

import type { Sequences } from '../data/sequences.ts';
import { evaluateClasses } from '../tasks/predict.ts';
import { readingWindow, sequenceJudge, sequenceSource } from '../tasks/sequence-batches.ts';
import type { TaskData } from '../tasks/task.ts';
import type { DataFacts, RunData } from './run-data.ts';
import type { RunOptions } from './run-options.ts';
import { percent } from './text.ts';

/** Options, files and facts of a run. */
export interface TaskRequest {
  readonly files: readonly string[];
  readonly options: RunOptions;
  readonly facts: DataFacts;
}

/** The part of a run that is the same for all tasks. */
export function sequenceRun(
  { options, facts }: TaskRequest,
  { description, architecture, training }: TaskData,
  heldOut: Sequences | null,
): Omit<RunData, 'words' | 'start' | 'introduction' | 'closing'> {
  const { batch: batchSize, seed, longest } = options;
  const source = sequenceSource(training, { batchSize, seed, longest: longest ?? undefined });
  return {
    kept: { task: description },
    architecture,
    shape: source,
    reading: heldOut && readingWindow(heldOut),
    source: () => source,
    judge: (backend, config) => (heldOut ? sequenceJudge(backend, config, heldOut) : undefined),
    facts,
    remarks: source.remark === null ? [] : [source.remark],
    invitation: { says: 'Use it', command: (directory) => `predict ${directory} FILE` },
  };
}

/** How right the best weights are, beside always saying the class that is most frequent in training. */
export function classesAtTheEnd(
  training: Sequences,
  heldOut: Sequences | null,
  labels: readonly string[],
): RunData['closing'] {
  return ({ model }, backend) => {
    if (!heldOut) return null;
    const { accuracy, macroF1, classes, count } = evaluateClasses(model, heldOut, backend);
    const most = mostFrequent(training, labels.length);
    const share = classes[most].support / count;
    return {
      json: { event: 'heldOut', accuracy, macroF1, majority: { label: labels[most], accuracy: share } },
      sentences: [
        `Held-out accuracy: ${percent(accuracy)}, macro F1 ${macroF1.toFixed(3)}; always ${labels[most]}, the most frequent: ${percent(share)}`,
      ],
    };
  };
}

function mostFrequent({ targets }: Sequences, size: number): number {
  const counts = new Uint32Array(size);
  if (targets?.kind === 'classes') for (const id of targets.ids) counts[id]++;
  return counts.indexOf(Math.max(...counts));
}
