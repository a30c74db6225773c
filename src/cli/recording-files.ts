// Recordings on the command line: `--task classify` with folders of WAV files, or with a table whose --file-column has their paths.

import { recordingColumn } from '../data/sound/recording.ts';
import type { Table } from '../data/table.ts';
import { listed, UnrolledError } from '../errors.ts';
import { type RecordingFilesOptions, type Recordings, readRecordings } from '../node/read-recordings.ts';
import { classify } from '../tasks/classify.ts';
import type { SeriesDescription } from '../tasks/series-description.ts';
import { checkedSound } from '../tasks/sound-of.ts';
import type { Task } from '../tasks/task.ts';
import { optionsFor, type RunOptions } from './run-options.ts';
import { tableForm } from './table-options.ts';
import { classWeightsFor } from './task-form.ts';
import { plural } from './text.ts';

/** The options that are not for vectors, with those of texts. */
const textOptions = ['level', 'min-count', 'text-column', 'column'] as const;

/** The options of the rows of a table. */
const tableOptions = ['missing', 'time', 'calendar', 'weight-column'] as const;

/** The task of the classes of recordings. */
export function recordingsOfFiles(files: readonly string[], options: RunOptions): Task {
  const { 'label-column': column, 'file-column': file, 'validation-file': held } = options;
  const wrong = textOptions.find((name) => options[name] !== null && !(name === 'level' && options.level === 'char'));
  if (wrong !== undefined)
    throw new UnrolledError(`--${wrong}: expected none with recordings, which are vectors, got one; leave it out`);
  const other = tableOptions.find((name) => (options[name] ?? null) !== null);
  if (other !== undefined)
    throw new UnrolledError(
      `--${other}: expected none with recordings, which are no rows of a table, got one; leave it out`,
    );
  const { validation, inputs, pooling } = optionsFor('task', options);
  const reading = { file: file ?? undefined, label: column ?? undefined, form: tableForm(options) };
  const table = readRecordings(files, { ...optionsFor('sound', options), ...reading });
  if (table.columns.length === 1)
    throw new UnrolledError(
      `${table.where}: expected a class for each recording, got none; put those of a class into a folder with its name, or name the columns of a table (--file-column, --label-column)`,
    );
  const task = classify(table, {
    ...{ group: recordingColumn, label: reading.label, inputs, pooling, ...classWeightsFor(options) },
    validation: held === null ? validation : readRecordings([held], { ...table.sound, ...reading }),
  });
  return { ...task, remarks: [...(task.remarks ?? []), ...silentRemark(table)] };
}

/** A sentence about recordings in which there is nothing to hear. */
function silentRemark({ where, silent = [] }: Recordings): string[] {
  if (silent.length === 0) return [];
  return [
    `${where}: ${plural(silent.length, 'recording')} without a sound: ${listed(silent)}; leave out what is there by mistake`,
  ];
}

/** Recordings, read as those of training were; a label of null reads no classes. */
export function recordingsFor(
  files: readonly string[],
  task: SeriesDescription,
  reading: RecordingFilesOptions,
): Table {
  const label = reading.label === undefined ? task.label : reading.label;
  const table = readRecordings(files, { ...checkedSound(task.sound!), ...reading, label });
  if (label === null || table.columns.length > 1)
    return label === null ? table : { ...table, columns: [recordingColumn, task.label] };
  throw new UnrolledError(
    `${table.where}: expected a class for each recording, got none; give a folder with a folder for each class, or a table (--file-column, --label-column)`,
  );
}
