// Classes of series: a class for each sequence of vectors, such as the speaker of a recording, or for each of its steps. The sequences stand in a table,
// one after the other; `classify(table, …)` and `label(table, …)` make the task.

import {
  type Group,
  groupLabels,
  groupsOf,
  groupVectors,
  inputColumns,
  rowLabels,
  scalesOf,
  tableOfGroups,
} from '../data/grouped-rows.ts';
import { createSequences, type Sequences } from '../data/sequences.ts';
import { type Scale, standardize } from '../data/series.ts';
import type { SoundSettings } from '../data/sound/cepstra.ts';
import { splitByClass, splitExamples } from '../data/split.ts';
import { numberColumn, type Table } from '../data/table.ts';
import { findColumns } from '../data/table-columns.ts';
import { createLabels, learnLabels } from '../data/vocabulary.ts';
import {
  described,
  expectList,
  expectNumber,
  expectObject,
  expectOneOf,
  expectOptions,
  expectText,
  listed,
  shortened,
  UnrolledError,
} from '../errors.ts';
import type { Pooling } from '../network/config.ts';
import { type ClassEvaluation, evaluateClasses } from './evaluate-classes.ts';
import { defaultsFor, wantedSequences, withShare } from './few-data.ts';
import { count, plural } from './phrases.ts';
import { type Choice, mostProbable, ranking, rowsOf } from './read-outputs.ts';
import { readOutputs } from './sequence-batches.ts';
import { classReport, sequenceParts } from './sequence-task.ts';
import { heldOutShare, type Task, type TaskDefaults } from './task.ts';
import { classReader, isNumbers, isTable, parseLabels, type Row, type TaskKind, type TaskUse } from './task-kind.ts';

/** Chosen by thirds of the training part of Japanese vowels (docs/results.md). */
const defaults: TaskDefaults = {
  network: { cell: 'gru', bidirectional: true, hiddenSize: 128, embeddingSize: null, dropout: 0.5 },
  training: { batchSize: 8, epochs: 15, learningRate: 0.003 },
  validation: 0.1,
  pooling: 'mean',
};

const places = ['sequence', 'step'] as const;
type Place = (typeof places)[number];

/** A class for a sequence of vectors, or for each step. */
export interface SeriesDescription {
  readonly task: 'series';
  /** What has a class. */
  readonly at: Place;
  /** The column that tells the sequences apart. */
  readonly group: string;
  /** The column of the classes. */
  readonly label: string;
  /** The columns that are read, with their scales. */
  readonly inputs: readonly Scale[];
  readonly labels: readonly string[];
  /** How recordings become the vectors that are read. */
  readonly sound?: SoundSettings;
}

export interface SeriesClassOptions {
  /** The column that tells the sequences apart: the rows with the same cell are one. */
  readonly group: string;
  /** The column of the classes. Default label. */
  readonly label?: string;
  /** The columns that are read. Default: all of numbers but those two. */
  readonly inputs?: readonly string[];
  /** For a class of a whole sequence: the state that decides, the last one or the mean of all. Default mean. */
  readonly pooling?: Exclude<Pooling, 'none'>;
  /** The classes that there are. Default: those that occur. */
  readonly labels?: readonly string[];
  /** What is held out: a share of the sequences of each class, 0 for nothing, or a table of its own. Default 0.1. */
  readonly validation?: number | Table;
}

/** A class for a sequence, and how probable the model finds every class, the most probable first. */
export interface SeriesPrediction extends Choice {
  readonly group: string;
  readonly classes: readonly Choice[];
}

/** A class for a step of a sequence. */
export interface StepPrediction extends Choice {
  readonly group: string;
  /** The row of the table, counted from 1. */
  readonly row: number;
}

const optionNames: Readonly<Record<keyof Required<SeriesClassOptions>, true>> = {
  ...{ group: true, label: true, inputs: true, pooling: true, labels: true, validation: true },
};

/** The task of giving each sequence of a table a class, or each step of them. */
export function seriesClasses(table: Table, options: SeriesClassOptions, at: Place): Task<Table> {
  const where = at === 'sequence' ? 'classify' : 'label';
  expectOptions(where, options, optionNames);
  const { group, label = 'label', validation, pooling = 'mean' } = options;
  if (typeof group !== 'string')
    throw new UnrolledError(
      `${where}: expected the group, the one of the columns ${listed(table.columns)} that tells the sequences apart, got ${described(group)}`,
    );
  if (at === 'step' && options.pooling !== undefined)
    throw new UnrolledError('pooling: expected none, as each step has a class of its own, got one; leave it out');
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
  const columns = inputColumns(table, options.inputs, [group, label]);
  const leftOut = options.inputs ? [] : findColumns(table, [group, label]).leftOut;
  const labels = learnLabels(options.labels ?? classes, table.where);
  const description: SeriesDescription = {
    ...{ task: 'series', at, group, label },
    inputs: scalesOf(table, columns, training),
    labels: labels.names,
    ...(table.sound && { sound: table.sound }),
  };
  const data = labeledSequences(description, table, training);
  const heldData = held && labeledSequences(description, held);
  const steps = data.starts[data.count];
  const noun = at === 'sequence' ? 'sequence' : 'step';
  return {
    name: 'series',
    architecture: {
      ...{ vocabSize: 1, inputSize: columns.length, outputSize: labels.size },
      ...{ pooling: at === 'sequence' ? pooling : 'none', loss: 'nll' },
    },
    kept: { task: description },
    defaults: defaultsFor(own, { items: data.count }, defaults),
    heldOut: held,
    words: { unit: noun, noun, loss: `nats per ${noun}` },
    summary:
      `${plural(data.count, 'sequence')} of ${plural(steps, 'step')}${heldData ? `, ${plural(heldData.count, 'sequence')} more held out` : ''}, ` +
      `${count(labels.size)} classes of ${shortened(label)}, from ${listed(columns)}`,
    remarks: leftOut.length > 0 ? [`${table.where}: columns that are not read: ${leftOut.join('; ')}`] : [],
    facts: {
      ...{ task: where, group, label, inputs: columns, labels: labels.names },
      ...{ sequences: data.count, steps, heldOutSequences: heldData?.count ?? 0 },
    },
    describeBatch: ({ batchSize }) => plural(batchSize, 'sequence'),
    ...sequenceParts(data, heldData),
    report: (model, _, backend) => (heldData ? [classReport(model, data, heldData, labels.names, backend)] : []),
  };
}

/** The sequences of a table, as the model of a task reads them. */
export function seriesSequences(
  { group, inputs, sound }: SeriesDescription,
  table: Table,
  groups: readonly Group[] = groupsOf(table, group),
): Sequences {
  if (table.sound && JSON.stringify(table.sound) !== JSON.stringify(sound))
    throw new UnrolledError(
      `${table.where}: expected recordings that were read as those of training, ${described(sound)}, got ${described(table.sound)}; read them with soundOf(model)`,
    );
  const lengths = groups.map(({ rows }) => rows.length);
  return createSequences(lengths, { input: groupVectors(table, groups, inputs) });
}

/** The same with their classes. */
function labeledSequences(
  task: SeriesDescription,
  table: Table,
  groups: readonly Group[] = groupsOf(table, task.group),
): Sequences {
  const { at, label } = task;
  const labels = createLabels(task.labels);
  const names = at === 'sequence' ? groupLabels(table, groups, label) : rowLabels(table, label);
  const rows = groups.flatMap((group) => group.rows);
  const ids =
    at === 'sequence'
      ? names.map((name, i) => labels.idOf(name, `${table.where}, ${shortened(groups[i].name)}`))
      : rows.map((row) => labels.idOf(names[row], `${table.where}, line ${table.lines[row]}`));
  return {
    ...seriesSequences(task, table, groups),
    targets: { kind: 'classes', at, size: labels.size, ids: Int32Array.from(ids) },
  };
}

/** How a model of series is read back, and reads: a row of numbers, one with names, or all rows of a table. */
export const seriesKind: TaskKind<SeriesDescription> = {
  defaults,
  parse(json) {
    return {
      task: 'series',
      at: expectOneOf('at', json.at as Place, places),
      group: expectText('group', json.group),
      label: expectText('label', json.label),
      inputs: expectList('inputs', json.inputs, 1).map(parseScale),
      labels: parseLabels(json.labels),
      // checked where a recording is read, so that a page without recordings has no code for them
      ...(json.sound !== undefined && { sound: expectObject('sound', json.sound) as unknown as SoundSettings }),
    };
  },
  model: ({ at, inputs, labels }) => ({
    ...{ loss: 'nll', pools: at === 'sequence' },
    counts: { outputs: labels.length, 'input columns': inputs.length },
  }),
  reader({ inputs, labels }) {
    const columns = inputs.map(({ column }) => column);
    const vector = (row: ArrayLike<number>) => inputs.map((scale, d) => standardize(row[d], scale));
    return {
      ...classReader(`a row with numbers of ${listed(columns)}`, labels),
      stepsOf(input) {
        if (isNumbers(input)) return input.length === inputs.length ? { count: 1, values: vector(input) } : undefined;
        if (isTable(input)) {
          const values = columns.map((column) => numberColumn(input, column));
          const rows = input.rows.map((_, t) => vector(values.map((column) => column[t])));
          return { count: rows.length, values: rows.flat() };
        }
        if (typeof input !== 'object') return undefined;
        const row = input as Row;
        const given = columns.map((column) => {
          const value = row[column];
          const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
          return expectNumber(`session, column ${shortened(column)}`, read as number, -Infinity);
        });
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
  predict(model, task, table, backend) {
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

function parseScale(json: unknown): Scale {
  const { column, mean, std } = expectObject('inputs', json);
  return {
    column: expectText('inputs, column', column),
    mean: expectNumber('inputs, mean', mean as number, -Infinity),
    std: expectNumber('inputs, std', std as number, 0, Number.MAX_VALUE, true),
  };
}
