// Recordings on the command line: `--task classify` with folders of WAV files, or with a table whose --file-column has their paths.

import { recordingColumn } from '../data/sound/recording.ts';
import type { Table } from '../data/table.ts';
import { UnrolledError } from '../errors.ts';
import { type RecordingFilesOptions, readRecordings } from '../node/read-recordings.ts';
import { classify } from '../tasks/classify.ts';
import type { TaskDescription } from '../tasks/kinds.ts';
import type { SeriesDescription } from '../tasks/series-description.ts';
import { checkedSound } from '../tasks/sound-of.ts';
import type { Task } from '../tasks/task.ts';
import { note } from './output.ts';
import { optionsFor, type RunOptions } from './run-options.ts';
import { type ReadingValues, tableForm } from './table-options.ts';
import { classWeightsFile, classWeightsFor } from './task-form.ts';

/** The options that are not for vectors, with those of texts. */
const textOptions = ['level', 'min-count', 'text-column', 'column'] as const;

/** The options of the rows of a table. */
const tableOptions = ['missing', 'time', 'calendar', 'weight-column'] as const;

const formOptions = ['delimiter', 'no-header', 'quote', 'comment', 'encoding'] as const;

/** Refuses options of tables where no table is read, and the mark of decimals, as of no table of recordings numbers are read. */
function expectRecordingForm(
  values: ReadingValues & { readonly 'file-column'?: string | null },
  hasWeights = false,
): void {
  if (values.decimal != null)
    throw new UnrolledError(
      '--decimal: expected none with recordings, whose numbers are not written, got one; leave it out',
    );
  if (values['file-column'] != null) return;
  const name = formOptions.find(
    (one) => values[one] != null && values[one] !== false && !(one === 'encoding' && hasWeights),
  );
  if (name !== undefined)
    throw new UnrolledError(
      `--${name}: expected a table of recordings (--file-column), which it is for, got none; leave it out`,
    );
}

/** Refuses options of recordings where there are none. */
export function expectNoSoundOptions(options: RunOptions): void {
  const name = options['file-column'] == null ? Object.keys(optionsFor('sound', options))[0] : 'file-column';
  if (name === undefined) return;
  const got = options.group == null ? 'other data' : '--group, whose table has its vectors';
  throw new UnrolledError(
    `--${name}: expected WAV files, one folder of them for each class, or a table with --file-column, got ${got}; leave it out`,
  );
}

/** Refuses options of what `predict` and `eval` read that is not what a model reads. */
export function expectColumnsFor(
  task: TaskDescription | null,
  values: ReadingValues & { readonly 'file-column'?: string; readonly 'text-column'?: string },
): void {
  const isOfRecordings = task?.task === 'series' && task.sound !== undefined;
  if (isOfRecordings) expectRecordingForm(values);
  const made = isOfRecordings ? 'recordings' : task?.task === 'series' ? 'series' : 'texts';
  const wrong = [
    ['file-column', 'recordings'],
    ['text-column', 'texts'],
  ].find(([name, own]) => values[name as 'file-column' | 'text-column'] !== undefined && own !== made);
  if (wrong)
    throw new UnrolledError(
      `--${wrong[0]}: expected a model made for ${wrong[1]}, which it is for, got one made for ${made}; leave it out`,
    );
}

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
  expectRecordingForm(options, classWeightsFile(options) !== null);
  const { validation, inputs, pooling } = optionsFor('task', options);
  const reading = { file: file ?? undefined, label: column ?? undefined, form: tableForm(options) };
  const table = readRecordings(files, { ...optionsFor('sound', options), ...reading });
  if (table.columns.length === 1)
    throw new UnrolledError(
      `${table.where}: expected a class for each recording, got none; put those of a class into a folder with its name, or name the columns of a table (--file-column, --label-column)`,
    );
  const heldOut = held === null ? undefined : readRecordings([held], { ...table.sound, ...reading });
  const task = classify(table, {
    ...{ group: recordingColumn, label: reading.label, inputs, pooling, ...classWeightsFor(options) },
    validation: heldOut ?? validation,
  });
  return { ...task, remarks: [...(task.remarks ?? []), ...table.remarks, ...(heldOut?.remarks ?? [])] };
}

/** Recordings, read as those of training were; a label of null reads no classes. */
export function recordingsFor(
  files: readonly string[],
  task: SeriesDescription,
  reading: RecordingFilesOptions,
): Table {
  const label = reading.label === undefined ? task.label : reading.label;
  const table = readRecordings(files, { ...checkedSound(task.sound!), ...reading, label });
  for (const remark of table.remarks) note(`unrolled: ${remark}`);
  if (label === null || table.columns.length > 1)
    return label === null ? table : { ...table, columns: [recordingColumn, task.label] };
  throw new UnrolledError(
    `${table.where}: expected a class for each recording, got none; give a folder with a folder for each class, or a table (--file-column, --label-column)`,
  );
}
