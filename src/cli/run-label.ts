// A run that learns a label for each token: sentences of CoNLL-U or of columns.

import { extname } from 'node:path';
import type { LabeledSequence } from '../data/conllu.ts';
import { readLabeled } from '../node/read-examples.ts';
import { label } from '../tasks/label.ts';
import { type RunData, runOf } from './run-data.ts';
import type { TaskRequest } from './run-task.ts';

export function readLabelRun({ files, options, facts }: TaskRequest): RunData {
  const read = (paths: readonly string[]) => readLabeledFiles(paths, options.column ?? undefined);
  const file = options['validation-file'];
  const task = label(read(files), {
    column: options.column ?? (files.every(isConllu) ? defaultColumn : undefined),
    minCount: options['min-count'] ?? undefined,
    validation: file === null ? (options.validation ?? 0) : read([file]),
  });
  return runOf(task, options, facts);
}

const isConllu = (path: string) => extname(path).toLowerCase() === '.conllu';
/** The column of the labels in CoNLL-U: parts of speech. */
const defaultColumn = 'upos';

/** Labeled sequences of files, each in its own form; in CoNLL-U the labels are parts of speech unless told otherwise. */
export function readLabeledFiles(paths: readonly string[], column?: string): LabeledSequence[] {
  return paths.flatMap((path) => readLabeled([path], column ?? (isConllu(path) ? defaultColumn : undefined)));
}
