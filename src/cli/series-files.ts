// Classes of series on the command line: `--task classify` or `label` on a table whose --group names the sequences. A pipe is answered row by row; a row of
// another sequence begins anew.

import { formatTable } from '../data/csv.ts';
import type { PreparedTable } from '../data/prepare-table.ts';
import type { Table } from '../data/table.ts';
import { calendarParts } from '../data/times.ts';
import { expectOneOf, inOneCell, listed, shortened, UnrolledError } from '../errors.ts';
import { type ReadTableOptions, readTable } from '../node/read-examples.ts';
import { classify } from '../tasks/classify.ts';
import type { ClassEvaluation } from '../tasks/evaluate-classes.ts';
import { predict, type TaskDescription } from '../tasks/kinds.ts';
import { label } from '../tasks/label.ts';
import { pipeRows } from '../tasks/pipe-rows.ts';
import type { Choice } from '../tasks/read-outputs.ts';
import type { SeriesPrediction, StepPrediction } from '../tasks/series-classes.ts';
import { planOfSeries, preparedSeries, type SeriesDescription, seriesSequences } from '../tasks/series-description.ts';
import { open } from '../tasks/session.ts';
import type { Task } from '../tasks/task.ts';
import { printClasses } from './class-report.ts';
import { note } from './output.ts';
import { recordingsFor } from './recording-files.ts';
import { optionsFor, type RunOptions } from './run-options.ts';
import { tableForm } from './table-options.ts';
import { classesJson, classWeightsFor, someOf, type TaskFiles } from './task-form.ts';
import { plural } from './text.ts';

/** The one table that there is to read. */
function oneTable(where: string, files: readonly string[]): string {
  if (files.length === 1) return files[0];
  throw new UnrolledError(`${where}: expected one table, got ${files.length} files (${files.join(', ')})`);
}

/** Reads a table as the model's task says, and tells of what was done. */
function preparedTable(
  where: string,
  files: readonly string[],
  task: SeriesDescription,
  form: ReadTableOptions,
): Table {
  const prepared = preparedSeries(task, readTable(oneTable(where, files), form));
  if ('remarks' in prepared) for (const remark of prepared.remarks) note(`unrolled: ${remark}`);
  return prepared;
}

/** The options that only series have. */
const seriesOptions = ['inputs', 'missing', 'time', 'calendar', 'decimal'] as const;

const formOptions = {
  delimiter: 'delimiter',
  header: 'no-header',
  quote: 'quote',
  comment: 'comment',
  decimal: 'decimal',
};

/** Refuses options of tables for files that are none: what has tokens to label is CoNLL-U or columns. */
export function expectNoTableForm(form: ReadTableOptions): void {
  for (const [name, option] of Object.entries(formOptions))
    if (form[name as keyof typeof formOptions] !== undefined)
      throw new UnrolledError(
        `--${option}: expected a table of series, as --group has, which it is for, got tokens to label; leave it out`,
      );
}

/** Refuses options of series where there are none. */
export function expectNoSeriesOptions(options: RunOptions): void {
  for (const name of seriesOptions)
    if ((options[name] ?? null) !== null)
      throw new UnrolledError(`--${name}: expected --group, whose series have columns, got none; leave it out`);
}

/** The options that are not for series, with those of texts. */
const textOptions = ['level', 'min-count', 'text-column', 'column'] as const;

/** The task of the classes of series in a table. */
function seriesOfFiles(files: readonly string[], options: RunOptions, begun?: TaskDescription): Task {
  const { group, 'label-column': column, 'validation-file': held, task } = options;
  const wrong = textOptions.find((name) => options[name] !== null && !(name === 'level' && options.level === 'char'));
  if (wrong !== undefined)
    throw new UnrolledError(`--${wrong}: expected none with --group, whose series are vectors, got one; leave it out`);
  const { validation, inputs, pooling, missing, time, calendar } = optionsFor('task', options);
  // a run of before numbers had marks goes on with the columns that it began with
  const theirs = begun?.task === 'series' && !begun.table ? begun.inputs.map(({ column: name }) => name) : undefined;
  const form = tableForm(options);
  const asked = {
    ...{ group: group!, label: column ?? undefined, inputs: inputs ?? theirs, missing, time },
    ...(calendar && { calendar: calendar.map((part) => expectOneOf('--calendar', part, calendarParts)) }),
    ...{ weight: options['weight-column'] ?? undefined, ...classWeightsFor(options) },
    validation: held === null ? validation : readTable(held, form),
  };
  const table = readTable(oneTable(`--task ${task}`, files), form);
  return task === 'classify' ? classify(table, { ...asked, pooling }) : label(table, asked);
}

export const seriesFiles: TaskFiles<SeriesDescription, Table, Table, ClassEvaluation> = {
  purpose: 'classify series',
  describe({ at, group, label, inputs, labels, sound }) {
    const what = at === 'sequence' ? `each ${shortened(group)}` : 'each row';
    const rate = sound ? `, read at ${sound.rate} Hz` : '';
    return `tell the ${shortened(label)} of ${what}: ${someOf(labels)}; from ${listed(inputs.map(({ column }) => column))}${rate}`;
  },
  train: seriesOfFiles,
  truth: (files, task, { file, label: column, form }) =>
    task.sound ? recordingsFor(files, task, { file, label: column, form }) : preparedTable('eval', files, task, form),
  evaluationJson: classesJson,
  printEvaluation: (found, { labels, at }) => printClasses(found, labels, at === 'sequence' ? 'sequence' : 'step'),
  inputs: (files, task, { file, form }) =>
    task.sound ? recordingsFor(files, task, { file, label: null, form }) : preparedTable('predict', files, task, form),
  readsWhole: (task) => task.sound !== undefined,
  sequences: (task, table) => seriesSequences(task, table),
  predictions(model, task, table, probabilities, backend) {
    const found = predict<SeriesPrediction | StepPrediction>(model, table, backend);
    const names = 'classes' in found[0] && probabilities ? task.labels : [];
    const rows = () =>
      found.map((one) => {
        const of = new Map('classes' in one ? one.classes.map((choice) => [choice.label, choice.probability]) : []);
        const place = 'row' in one ? [String(one.row)] : [];
        return [
          one.group,
          ...place,
          one.label,
          one.probability.toFixed(4),
          ...names.map((name) => of.get(name)!.toFixed(4)),
        ];
      });
    const place = 'row' in found[0] ? ['row'] : [];
    return {
      amount: plural(found.length, task.at === 'sequence' ? 'sequence' : 'step'),
      tsv: () => formatTable([task.group, ...place, 'label', 'probability', ...names], rows(), '\t'),
      json: () =>
        found.map((one) => {
          if (!('classes' in one)) return one;
          const { classes, ...best } = one;
          const all = Object.fromEntries(classes.map((choice) => [choice.label, choice.probability]));
          return { ...best, ...(probabilities && { probabilities: all }) };
        }),
    };
  },
  answers(model, task, probabilities, backend, form) {
    const { group, inputs, labels, at } = task;
    const names = inputs.map(({ column }) => column);
    const read = pipeRows(
      { plan: planOfSeries(task), names, group, isGroupOptional: true, isWritten: task.table !== undefined },
      form,
    );
    // a model that reads from both ends reads all rows of the sequence again for each one
    const session = model.config.bidirectional ? null : open(model, { backend });
    let rows: string[][] = [];
    let series: string | undefined;
    return (line) => {
      const found = read(line);
      if (!found) return null;
      const name = found.cells[group];
      if (name !== series) {
        rows = [];
        session?.reset();
      }
      series = name;
      rows.push([name ?? '1', ...found.numbers.map(String)]);
      const classes = session ? classesOf(session.read(found.numbers).probabilities(), labels) : last(rows);
      const { label: best, probability } = classes[0];
      return {
        text: `${inOneCell(best)}\t${probability.toFixed(4)}`,
        json: {
          ...(name !== undefined && { group: name }),
          ...{ [at === 'sequence' ? 'rows' : 'row']: rows.length, label: best, probability },
          ...(probabilities &&
            classes.length === labels.length && {
              probabilities: Object.fromEntries(classes.map((one) => [one.label, one.probability])),
            }),
        },
      };
    };

    /** The class of a sequence, or of its last row. */
    function last(all: readonly (readonly string[])[]): readonly Choice[] {
      const table: PreparedTable = {
        ...{ where: 'row', columns: [group, ...names], rows: all, lines: all.map((_, i) => i + 1) },
        ...{ filled: new Map(), times: null, remarks: [] },
      };
      const found = predict<SeriesPrediction | StepPrediction>(model, table, backend).at(-1)!;
      return 'classes' in found ? found.classes : [found];
    }
  },
};

/** Classes, the most probable first. */
function classesOf(probabilities: ArrayLike<number>, labels: readonly string[]): Choice[] {
  return Array.from(probabilities, (probability, c) => ({ label: labels[c], probability })).sort(
    (a, b) => b.probability - a.probability,
  );
}
