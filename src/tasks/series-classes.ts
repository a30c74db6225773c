// Classes of series: a class for each sequence of vectors, such as the speaker of a recording, or for each of its steps. The sequences stand in a table,
// one after the other; `classify(table, …)` and `label(table, …)` make the task.

import { type Group, groupLabels, groupsOf, rowLabels, scalesOf, tableOfGroups } from '../data/grouped-rows.ts';
import { learnTable, type TablePlanOptions } from '../data/prepare-table.ts';
import { expectNear, standardize } from '../data/series.ts';
import { splitByClass, splitExamples } from '../data/split.ts';
import { numberColumn, type Table, textColumn } from '../data/table.ts';
import { readRow } from '../data/table-plan.ts';
import { learnLabels } from '../data/vocabulary.ts';
import type { ClassWeights } from '../data/weights.ts';
import { described, expectNumber, expectOptions, listed, shortened, UnrolledError } from '../errors.ts';
import type { Pooling } from '../network/config.ts';
import { type ClassEvaluation, evaluateClasses } from './evaluate-classes.ts';
import { defaultsFor, wantedSequences, withShare } from './few-data.ts';
import { isNumbers } from './past.ts';
import { count, plural } from './phrases.ts';
import { type Choice, mostProbable, ranking, rowsOf } from './read-outputs.ts';
import { readOutputs } from './sequence-batches.ts';
import { classReport, sequenceParts, weighted } from './sequence-task.ts';
import {
  labeledSequences,
  type Place,
  parseSeries,
  planOfSeries,
  preparedSeries,
  type SeriesDescription,
  seriesSequences,
} from './series-description.ts';
import { heldOutShare, type Task, type TaskDefaults } from './task.ts';
import { classReader, isTable, type Row, type TaskKind, type TaskUse } from './task-kind.ts';

/** Chosen by thirds of the training part of Japanese vowels (docs/results.md). */
const defaults: TaskDefaults = {
  network: { cell: 'gru', bidirectional: true, hiddenSize: 128, embeddingSize: null, dropout: 0.5 },
  training: { batchSize: 8, epochs: 15, learningRate: 0.003 },
  validation: 0.1,
  pooling: 'mean',
};

/** Which columns tell sequences apart, name their classes and are read, and what is held out. */
export interface SeriesClassOptions extends Pick<TablePlanOptions, 'missing' | 'calendar'> {
  /** The column that tells the sequences apart: the rows with the same cell are one. */
  readonly group: string;
  /** The column of the classes. Default label. */
  readonly label?: string;
  /** The columns that are read. Default: all of numbers but those two. */
  readonly inputs?: readonly string[];
  /** The column of the time, by which the rows of a sequence are put into order and checked. Default: rows are in order as they stand. */
  readonly time?: string;
  /** How much each class counts in the loss: a weight by its name, or `balanced` for all classes alike. Default: each counts by how often it occurs. */
  readonly classWeights?: ClassWeights;
  /** The column that says how much each sequence counts in the loss, or each row where rows have classes. Default: each counts alike. */
  readonly weight?: string;
  /** For a class of a whole sequence: the state that decides, the last one or the mean of all. Default mean. */
  readonly pooling?: Exclude<Pooling, 'none'>;
  /** The classes that there are. Default: those that occur. */
  readonly labels?: readonly string[];
  /** What is held out: a share of the sequences of each class, 0 for nothing, or a table of its own. Default 0.1. */
  readonly validation?: number | Table;
}

/** A class for a sequence, and how probable the model finds every class, the most probable first. */
export interface SeriesPrediction extends Choice {
  /** The sequence, as its cells in the column of groups have it. */
  readonly group: string;
  /** Every class with its probability, the most probable first. */
  readonly classes: readonly Choice[];
}

/** A class for a step of a sequence. */
export interface StepPrediction extends Choice {
  /** The sequence that the step belongs to. */
  readonly group: string;
  /** The row of the table, counted from 1. */
  readonly row: number;
}

const optionNames: Readonly<Record<keyof Required<SeriesClassOptions>, true>> = {
  ...{ group: true, label: true, inputs: true, pooling: true, labels: true, validation: true },
  ...{ missing: true, time: true, calendar: true, classWeights: true, weight: true },
};

/** Recordings, whose numbers were never text: there is nothing to learn of how they are written. */
function recordingsAsTable(table: Table, { inputs, missing, time, calendar }: SeriesClassOptions) {
  for (const [name, value] of Object.entries({ missing, time, calendar }))
    if (value !== undefined && value !== null)
      throw new UnrolledError(
        `${name}: expected none with recordings, which have all their numbers, got ${described(value)}; leave it out`,
      );
  const columns = inputs ?? [...(table.numbers?.keys() ?? [])];
  if (columns.length === 0)
    throw new UnrolledError(`${table.where}: expected at least 1 column of numbers to read, got none`);
  return {
    plan: undefined,
    table: { ...table, filled: new Map<string, Uint8Array>(), times: null, remarks: [] as readonly string[] },
    inputs: columns,
  };
}

/** The task of giving each sequence of a table a class, or each step of them. */
export function seriesClasses(asGiven: Table, options: SeriesClassOptions, at: Place): Task<Table> {
  const where = at === 'sequence' ? 'classify' : 'label';
  expectOptions(where, options, optionNames);
  const { group, label = 'label', validation, pooling = 'mean', weight } = options;
  if (typeof group !== 'string')
    throw new UnrolledError(
      `${where}: expected the group, the one of the columns ${listed(asGiven.columns)} that tells the sequences apart, got ${described(group)}`,
    );
  if (at === 'step' && options.pooling !== undefined)
    throw new UnrolledError('pooling: expected none, as each step has a class of its own, got one; leave it out');
  for (const column of [group, label]) textColumn(asGiven, column); // they are there, whatever the numbers are
  if (label === group)
    throw new UnrolledError(
      `${where}: expected two columns, got ${shortened(group)} as group and as label; name another one (--label-column and --group, in a program label and group)`,
    );
  if (options.inputs?.includes(label))
    throw new UnrolledError(`inputs: expected columns without the answer, got ${shortened(label)}; leave it out`);
  const { missing, calendar, time = null } = options;
  const learned = asGiven.sound
    ? recordingsAsTable(asGiven, options)
    : learnTable(asGiven, {
        ...{ group, missing, calendar, time, inputs: options.inputs, others: [label, weight] },
      });
  const { table, inputs: columns } = learned;
  const groups = groupsOf(table, group);
  const own = withShare(defaults, groups.length, { wanted: wantedSequences, asked: validation });
  const classes = at === 'sequence' ? groupLabels(table, groups, label) : rowLabels(table, label);
  const whole = () => ({ training: groups, heldOut: [] as readonly Group[] });
  const split = (share: number) => {
    const { training, heldOut } =
      at === 'sequence' ? splitByClass(classes, share, 0) : splitExamples(groups.length, share, 0);
    return { training: training.map((i) => groups[i]), heldOut: heldOut.map((i) => groups[i]) };
  };
  const { training, heldOut } = typeof validation === 'object' ? whole() : heldOutShare(own, validation, split, whole);
  const held = typeof validation === 'object' ? validation : heldOut.length > 0 ? tableOfGroups(table, heldOut) : null;
  const labels = learnLabels(options.labels ?? classes, table.where);
  const description: SeriesDescription = {
    ...{ task: 'series', at, group, label },
    inputs: scalesOf(table, columns, training),
    labels: labels.names,
    ...(asGiven.sound ? { sound: asGiven.sound } : { table: learned.plan }),
  };
  const noun = at === 'sequence' ? 'sequence' : 'step';
  const {
    data,
    held: heldData,
    suffix,
    remarks,
    facts,
  } = weighted(
    labeledSequences(description, table, training, weight),
    held && labeledSequences(description, held, undefined, weight),
    ...([labels.names, options.classWeights, noun] as const),
  );
  const steps = data.starts[data.count];
  return {
    name: 'series',
    architecture: {
      ...{ vocabSize: 1, inputSize: columns.length, outputSize: labels.size },
      ...{ pooling: at === 'sequence' ? pooling : 'none', loss: 'nll' },
    },
    kept: { task: description },
    defaults: defaultsFor(own, { items: data.count }, defaults),
    heldOut: held,
    words: { unit: noun, noun, loss: `nats per ${noun}${suffix}` },
    summary:
      `${plural(data.count, 'sequence')} of ${plural(steps, 'step')}${heldData ? `, ${plural(heldData.count, 'sequence')} more held out` : ''}, ` +
      `${count(labels.size)} classes of ${shortened(label)}, from ${listed(columns)}`,
    remarks: [...table.remarks, ...remarks],
    facts: {
      ...{ task: where, group, label, inputs: columns, labels: labels.names },
      ...{ sequences: data.count, steps, heldOutSequences: heldData?.count ?? 0 },
      ...(weight !== undefined && { weight }),
      ...facts,
    },
    describeBatch: ({ batchSize }) => plural(batchSize, 'sequence'),
    ...sequenceParts(data, heldData),
    report: (model, _, backend) =>
      heldData ? [classReport(model, data, heldData, labels.names, backend, options.classWeights !== undefined)] : [],
  };
}

/** How a model of series is read back, and reads: a row of numbers, one with names, or all rows of a table. */
export const seriesKind: TaskKind<SeriesDescription> = {
  defaults,
  parse: parseSeries,
  model: ({ at, inputs, labels }) => ({
    ...{ loss: 'nll', pools: at === 'sequence' },
    counts: { outputs: labels.length, 'input columns': inputs.length },
  }),
  reader(task) {
    const { inputs, labels } = task;
    const plan = planOfSeries(task);
    const columns = inputs.map(({ column }) => column);
    const placeOf = (column: string) => `session, column ${shortened(column)}`;
    const vector = (row: ArrayLike<number>) =>
      inputs.map((scale, d) => {
        const value = expectNumber(placeOf(scale.column), row[d], -Infinity);
        return expectNear(() => placeOf(scale.column), standardize(value, scale), value);
      });
    return {
      ...classReader(`a row with numbers of ${listed(columns)}`, labels),
      stepsOf(input) {
        if (isNumbers(input)) return input.length === inputs.length ? { count: 1, values: vector(input) } : undefined;
        if (isTable(input)) {
          const table = preparedSeries(task, input);
          const values = columns.map((column) => numberColumn(table, column));
          const rows = table.rows.map((_, t) => vector(values.map((column) => column[t])));
          return { count: rows.length, values: rows.flat() };
        }
        if (typeof input !== 'object') return undefined;
        const given = readRow(plan, columns, input as Row, placeOf);
        return { count: 1, values: vector(given) };
      },
    };
  },
};

/** What a model of series says of a table. */
export const seriesUse: TaskUse<
  SeriesDescription,
  Table,
  SeriesPrediction[] | StepPrediction[],
  Table,
  ClassEvaluation
> = {
  inputs: { expected: 'a table', each: false, is: isTable },
  /** The class of each sequence, or of each step. */
  predict(model, task, asGiven, backend) {
    const table = preparedSeries(task, asGiven);
    const groups = groupsOf(table, task.group);
    const outputs = readOutputs(backend, model, seriesSequences(task, table, groups));
    if (task.at === 'sequence')
      return outputs.map((o, i) => {
        const classes = ranking(o, task.labels);
        return { group: groups[i].name, ...classes[0], classes };
      });
    const steps = outputs.flatMap((o, i) =>
      rowsOf(o, task.labels.length).map((row, t) => ({
        ...{ group: groups[i].name, row: groups[i].rows[t] + 1 },
        ...mostProbable(row, task.labels),
      })),
    );
    return steps.sort((a, b) => a.row - b.row);
  },
  truth: { expected: 'a table', each: false, is: isTable },
  /** How many classes are right, and which are taken for which. */
  evaluate: (model, task, table, backend) =>
    evaluateClasses(model, labeledSequences(task, table), backend, task.labels),
  card: {
    says: 'It gives a sequence of vectors, or each of its steps, a class; task.json names the columns and their scales.',
    pipeline: 'tabular-classification',
    javascript: [
      "import { loadModel, predict, readTable } from 'unrolled/node';",
      '',
      "console.log(predict(loadModel('.'), readTable('data.csv')));",
    ],
    python: ({ group, inputs }) => [
      `row = ${JSON.stringify({ [group]: 'one', ...Object.fromEntries(inputs.map(({ column, mean }) => [column, Number(mean.toPrecision(3))])) })}`,
      'print(model.predict([row] * 3))',
    ],
  },
};
