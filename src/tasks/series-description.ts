// What a model of classes of series keeps of its task, and tables as it reads them: each group of rows a sequence of vectors, with a class for each or for
// each row, and with weights where a column has them.

import { type Group, groupLabels, groupsOf, groupVectors, rowLabels } from '../data/grouped-rows.ts';
import { placeOf } from '../data/lines.ts';
import { type PreparedTable, prepareTable } from '../data/prepare-table.ts';
import { rowWeights } from '../data/row-weights.ts';
import { createSequences, type Sequences } from '../data/sequences.ts';
import type { Scale } from '../data/series.ts';
import type { SoundSettings } from '../data/sound/cepstra.ts';
import type { Table } from '../data/table.ts';
import { parseTablePlan, type TablePlan } from '../data/table-plan.ts';
import { createLabels } from '../data/vocabulary.ts';
import {
  described,
  expectList,
  expectNumber,
  expectObject,
  expectOneOf,
  expectText,
  shortened,
  UnrolledError,
} from '../errors.ts';
import { parseLabels } from './task-kind.ts';

const places = ['sequence', 'step'] as const;
/** What has a class. */
export type Place = (typeof places)[number];

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
  /** How the table is read; models of the first versions do not have it, and read plain numbers. */
  readonly table?: TablePlan;
  /** How recordings become the vectors that are read. */
  readonly sound?: SoundSettings;
}

/** A table as the model of a task reads it. */
export function preparedSeries(task: SeriesDescription, table: Table): Table | PreparedTable {
  return task.table ? prepareTable(table, task.table) : table;
}

/** The sequences of a table, as the model of a task reads them. */
export function seriesSequences(
  task: SeriesDescription,
  asGiven: Table,
  groups: readonly Group[] = groupsOf(preparedSeries(task, asGiven), task.group),
): Sequences {
  const { inputs, sound } = task;
  if (asGiven.sound && JSON.stringify(asGiven.sound) !== JSON.stringify(sound))
    throw new UnrolledError(
      `${asGiven.where}: expected recordings that were read as those of training, ${described(sound)}, got ${described(asGiven.sound)}; read them with soundOf(model)`,
    );
  const table = preparedSeries(task, asGiven);
  const lengths = groups.map(({ rows }) => rows.length);
  return createSequences(lengths, { input: groupVectors(table, groups, inputs) });
}

/** The same with their classes. */
export function labeledSequences(
  task: SeriesDescription,
  asGiven: Table,
  asked?: readonly Group[],
  weight?: string,
): Sequences {
  const { at, label } = task;
  const table = preparedSeries(task, asGiven);
  const groups = asked ?? groupsOf(table, task.group);
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
    ...(weight !== undefined && { weights: weightsOf(table, groups, at, weight) }),
  };
}

/** The weight of each sequence, which its rows share, or of each step. */
function weightsOf(table: Table, groups: readonly Group[], at: Place, column: string): Float64Array {
  const weights = rowWeights(table, column);
  if (at === 'step')
    return Float64Array.from(
      groups.flatMap(({ rows }) => rows),
      (row) => weights[row],
    );
  return Float64Array.from(groups, ({ name, rows }) => {
    const other = rows.find((row) => weights[row] !== weights[rows[0]]);
    if (other === undefined) return weights[rows[0]];
    throw new UnrolledError(
      `${placeOf(table.where, table.lines[other])}, column ${shortened(column)}: expected the weight ${weights[rows[0]]}, as the other rows of ${shortened(name)} have, got ${weights[other]}; correct it`,
    );
  });
}

/** How a row by itself is read. */
export function planOfSeries({ table, inputs }: SeriesDescription): TablePlan {
  return (
    table ?? {
      numbers: inputs.map(({ column }) => ({ column, decimal: '.', sign: '' })),
      ...{ missing: 'error', time: null, calendar: [], group: null },
    }
  );
}

/** Checks what task.json holds. */
export function parseSeries(json: Readonly<Record<string, unknown>>): SeriesDescription {
  return {
    task: 'series',
    at: expectOneOf('at', json.at as Place, places),
    group: expectText('group', json.group),
    label: expectText('label', json.label),
    inputs: expectList('inputs', json.inputs, 1).map(parseScale),
    labels: parseLabels(json.labels),
    ...(json.table !== undefined && { table: parseTablePlan(json.table) }),
    // checked where a recording is read, so that a page without recordings has no code for them
    ...(json.sound !== undefined && { sound: expectObject('sound', json.sound) as unknown as SoundSettings }),
  };
}

function parseScale(json: unknown): Scale {
  const { column, mean, std } = expectObject('inputs', json);
  return {
    column: expectText('inputs, column', column),
    mean: expectNumber('inputs, mean', mean as number, -Infinity),
    std: expectNumber('inputs, std', std as number, 0, Number.MAX_VALUE, true),
  };
}
