// A run that learns a label for each token: sentences of CoNLL-U or of columns.

import { extname } from 'node:path';
import type { LabeledSequence } from '../data/conllu.ts';
import { splitExamples } from '../data/split.ts';
import { readLabeled } from '../node/read-examples.ts';
import { labelSequences, labelTask } from '../tasks/task.ts';
import type { RunData } from './run-data.ts';
import { classesAtTheEnd, sequenceRun, type TaskRequest } from './run-task.ts';
import { count, plural } from './text.ts';

export function readLabelRun(request: TaskRequest): RunData {
  const { files, options } = request;
  const read = (paths: readonly string[]) => readLabeledFiles(paths, options.column ?? undefined);
  const all = read(files);
  const file = options['validation-file'];
  let [training, held]: LabeledSequence[][] = [all, file === null ? [] : read([file])];
  if (options.validation) {
    const split = splitExamples(all.length, options.validation, 0);
    training = split.training.map((i) => all[i]);
    held = split.heldOut.map((i) => all[i]);
  }
  const task = labelTask(training, {
    column: options.column ?? (files.every(isConllu) ? defaultColumn : undefined),
    minCount: options['min-count'] ?? undefined,
    // a label that only the held-out part has is one of the same data
    labels: all.flatMap(({ labels }) => labels),
  });
  const heldOut = held.length > 0 ? labelSequences(task.description, held) : null;
  const { labels } = task.description;
  const tokens = task.training.starts[training.length];
  const run = sequenceRun(request, task, heldOut);
  return {
    ...run,
    words: { unit: 'token', noun: 'token', loss: 'nats per token' },
    start: {
      ...{ task: 'label', labels, vocabulary: task.architecture.vocabSize, sequences: training.length, tokens },
      heldOutSequences: held.length,
    },
    introduction: {
      title: 'Data',
      data: `${plural(training.length, 'sequence')} of ${plural(tokens, 'token')}${held.length ? `, ${plural(held.length, 'sequence')} more held out` : ''}, ${plural(labels.length, 'label')}`,
      batch: `${count(run.shape.batchSize)} sequences`,
    },
    closing: classesAtTheEnd(task.training, heldOut, labels),
  };
}

const isConllu = (path: string) => extname(path).toLowerCase() === '.conllu';
/** Of the labels in CoNLL-U: parts of speech. */
const defaultColumn = 'upos';

/** Labeled sequences of files, each in its own form; in CoNLL-U the labels are parts of speech unless told otherwise. */
export function readLabeledFiles(paths: readonly string[], column?: string): LabeledSequence[] {
  return paths.flatMap((path) => readLabeled([path], column ?? (isConllu(path) ? defaultColumn : undefined)));
}
