// A run that learns the class of a text: a folder with a file or a folder for each class, or a table.

import type { StepLevel } from '../data/tokens.ts';
import { UnrolledError } from '../errors.ts';
import { readClasses } from '../node/read-examples.ts';
import { isFolder } from '../node/read-text.ts';
import { classify } from '../tasks/classify.ts';
import { type RunData, runOf } from './run-data.ts';
import type { TaskRequest } from './run-task.ts';

export function readClassifyRun({ files, options, facts }: TaskRequest): RunData {
  const columns = { label: options['label-column'] ?? undefined, text: options['text-column'] ?? undefined };
  for (const name of ['label-column', 'text-column'] as const) {
    const folder = options[name] === null ? undefined : files.find(isFolder);
    if (folder !== undefined)
      throw new UnrolledError(`--${name}: expected a table, which it is for, got the folder ${folder}; leave it out`);
  }
  const all = files.flatMap((path) => readClasses(path, columns));
  const file = options['validation-file'];
  const task = classify(all, {
    level: options.level as StepLevel,
    pooling: options.pooling!,
    minCount: options['min-count'] ?? undefined,
    validation: file === null ? (options.validation ?? 0) : readClasses(file, { ...columns, oneClass: true }),
  });
  return runOf(task, options, facts);
}
