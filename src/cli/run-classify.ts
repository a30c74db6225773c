// A run that learns the class of a text: a folder with a file or a folder for each class, or a table.

import type { Example } from '../data/sequences.ts';
import { splitByClass } from '../data/split.ts';
import type { StepLevel } from '../data/tokens.ts';
import { UnrolledError } from '../errors.ts';
import { readClasses } from '../node/read-examples.ts';
import { isFolder } from '../node/read-text.ts';
import { classifySequences, classifyTask } from '../tasks/task.ts';
import type { RunData } from './run-data.ts';
import { classesAtTheEnd, sequenceRun, type TaskRequest } from './run-task.ts';
import { count, plural } from './text.ts';

export function readClassifyRun(request: TaskRequest): RunData {
  const { files, options } = request;
  const columns = { label: options['label-column'] ?? undefined, text: options['text-column'] ?? undefined };
  for (const name of ['label-column', 'text-column'] as const) {
    const folder = options[name] === null ? undefined : files.find(isFolder);
    if (folder !== undefined)
      throw new UnrolledError(`--${name}: expected a table, which it is for, got the folder ${folder}; leave it out`);
  }
  const all = files.flatMap((path) => readClasses(path, columns));
  const file = options['validation-file'];
  let [training, held]: Example[][] = [all, file === null ? [] : readClasses(file, { ...columns, oneClass: true })];
  if (options.validation) {
    const labels = all.map(({ label }) => label);
    const split = splitByClass(labels, options.validation, 0);
    training = split.training.map((i) => all[i]);
    held = split.heldOut.map((i) => all[i]);
  }
  const level = options.level as StepLevel;
  const task = classifyTask(training, {
    level,
    pooling: options.pooling!,
    minCount: options['min-count'] ?? undefined,
    labels: all.map(({ label }) => label),
  });
  const heldOut = held.length > 0 ? classifySequences(task.description, held) : null;
  const { labels } = task.description;
  const steps = task.training.starts[training.length];
  const run = sequenceRun(request, task, heldOut);
  return {
    ...run,
    words: { unit: 'text', noun: 'text', loss: 'nats per text' },
    start: {
      ...{ task: 'classify', level, labels, vocabulary: task.architecture.vocabSize, texts: training.length, steps },
      heldOutTexts: held.length,
    },
    introduction: {
      title: 'Data',
      data: `${plural(training.length, 'text')} of ${plural(steps, level === 'char' ? 'character' : 'word')}${held.length ? `, ${plural(held.length, 'text')} more held out` : ''}, ${count(labels.length)} classes`,
      batch: `${count(run.shape.batchSize)} texts`,
    },
    closing: classesAtTheEnd(task.training, heldOut, labels),
  };
}
