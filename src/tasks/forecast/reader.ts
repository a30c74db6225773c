// How a model that forecasts reads rows as they come: a row is a number for each column that it reads. What is known of the future is a column of its
// own, `promo+1` for the promotion one row later. Of what it has read it remembers the rows that a change is counted from.

import { seriesTables } from '../../data/grouped.ts';
import {
  baseAt,
  changedBy,
  changeFrom,
  expectNear,
  isPositive,
  knownRows,
  notPositive,
  reachOf,
  type Scale,
  scaleOf,
  standardize,
} from '../../data/series.ts';
import { numberColumn, type Table } from '../../data/table.ts';
import { columnsOfRow, readRow, type TablePlan } from '../../data/table-plan.ts';
import { expectNumber, listed, shortened, UnrolledError } from '../../errors.ts';
import { isNumbers, type Past, type Steps } from '../past.ts';
import { isTable, type Row, type StepInput, type StepReader } from '../task-kind.ts';
import { type ForecastDescription, preparedFor } from './description.ts';
import { valuesOf } from './evaluate.ts';

/** The name under which a row gives what an input reads. */
const nameOf = ({ column, ahead }: Pick<Scale, 'column' | 'ahead'>) =>
  ahead === undefined ? column : `${column}+${ahead}`;

/** The numbers that a row has, by name, in the order of a row without names. */
export function numbersOf({ inputs, target }: ForecastDescription): string[] {
  return [...new Set([...inputs.map(nameOf), ...(target.change === undefined ? [] : [target.column])])];
}

/** How a row by itself is read: what is known of the future is written as its column is. */
export function planOfRow(task: ForecastDescription): TablePlan {
  const { numbers, ...plan } = task.table ?? {
    ...{ numbers: [], missing: 'error' as const, time: null, calendar: [], group: null },
  };
  const written = (column: string) =>
    numbers.find((one) => one.column === column) ?? { column, decimal: '.' as const, sign: '' };
  const own = [...task.inputs, task.target].filter(
    ({ column }) => !task.table || numbers.some((one) => one.column === column),
  );
  return { ...plan, numbers: own.map((input) => ({ ...written(input.column), column: nameOf(input) })) };
}

/** Reads a row of numbers, one with names, or all rows of a table. */
export function rowReader(task: ForecastDescription): StepReader {
  const { inputs, target, group } = task;
  const names = numbersOf(task);
  const plan = planOfRow(task);
  const at = inputs.map((input) => names.indexOf(nameOf(input)));
  const reach = reachOf(task);
  const W = names.length;
  const isRemembering = reach > 0 || group !== undefined;

  const placeOf = (column: string): string => `session, column ${shortened(column)}`;

  /** The inputs of the rows that come behind those of the past, and the past behind them. */
  const next = (rows: readonly (readonly number[])[], { numbers = [] }: Past, series: string | null): Steps => {
    const { inputs: scales } = scaleOf(task, series, { where: 'session' });
    const known = [...numbers, ...rows.flat()];
    const before = numbers.length / W;
    for (const row of rows) expectPositive(row);
    const values = rows.flatMap((row, r) =>
      inputs.map((input, d) => {
        const { change = 0 } = input;
        if (change > before + r) return 0; // no change is known yet: 0 is the mean
        const value = row[at[d]];
        const read = change === 0 ? value : changeFrom(known[(before + r - change) * W + at[d]], value, input);
        return expectNear(() => placeOf(names[at[d]]), standardize(read, scales[d]), value);
      }),
    );
    if (!isRemembering) return { count: rows.length, values };
    const past = { numbers: known.slice(Math.max(0, known.length - (reach + 1) * W)) };
    return { count: rows.length, values, past: series === null ? past : { ...past, series } };
  };

  /** Throws on a number that has no logarithm where it needs one. */
  const expectPositive = (row: readonly number[]): void => {
    for (const scale of [...inputs, target]) {
      const value = row[names.indexOf(nameOf(scale))];
      if (scale.log && !isPositive(value)) throw new UnrolledError(`${placeOf(scale.column)}: ${notPositive(value)}`);
    }
  };

  /** The name of the series of a row, which stays the same from row to row. */
  const seriesOf = (given: unknown, { series }: Past): string | null => {
    if (group === undefined) return null;
    const name = given === undefined ? series : String(given).trim();
    if (name === undefined || (series !== undefined && name !== series))
      throw new UnrolledError(
        `session, column ${shortened(group)}: expected the name of the series${series === undefined ? '' : `, ${shortened(series)} as before`}, got ${name === undefined ? 'none' : shortened(name)}; a session reads one series`,
      );
    return name;
  };

  return {
    reads: `a row with ${group === undefined ? '' : `${shortened(group)} and `}numbers of ${listed(columnsOfRow(plan, names))}`,
    labels: null,
    restore(outputs, past) {
      const { change } = target;
      const { numbers = [] } = past;
      const last = numbers.length / W - 1;
      const own = { ...target, ...scaleOf(task, seriesOf(undefined, past), { where: 'session' }).target };
      const column = names.indexOf(target.column);
      const base = (k: number) =>
        change === undefined
          ? 0
          : (numbers[baseAt(last, k, change) * W + column] ?? changedBy(numbers[last * W + column], -own.mean, own));
      return Float64Array.from(valuesOf(task, outputs, own, base).flat());
    },
    stepsOf(input: StepInput, past) {
      if (typeof input === 'number' || isNumbers(input)) {
        const row = typeof input === 'number' ? [input] : Array.from(input);
        if (row.length !== W) return undefined;
        row.forEach((value, i) => void expectNumber(placeOf(names[i]), value, -Infinity));
        return next([row], past, seriesOf(undefined, past));
      }
      if (isTable(input)) return ofTable(input, past);
      if (typeof input !== 'object') return undefined;
      const row = input as Row;
      const given = readRow(plan, names, row, placeOf);
      return next([given], past, seriesOf(group === undefined ? undefined : row[group], past));
    },
  };

  function ofTable(table: Table, past: Past): Steps {
    const parts = seriesTables(preparedFor(task, table), group);
    if (parts.length > 1)
      throw new UnrolledError(
        `${table.where}: expected the rows of one series, as a session reads it, got ${parts.length} series; use predict`,
      );
    const [{ name, table: own }] = parts;
    const length = names.includes(target.column) ? knownRows(own, target.column) : own.rows.length;
    const past0 = { ...own, rows: own.rows.slice(0, length), lines: own.lines.slice(0, length) };
    const furthest = inputs.reduce((most, { ahead = 0 }) => Math.max(most, ahead), 0);
    const columns = names.map((read) => {
      const input = inputs.find((one) => nameOf(one) === read);
      const { column, ahead = 0 } = input ?? target;
      return { ahead, numbers: numberColumn(ahead > 0 ? own : past0, column) };
    });
    const count = Math.max(0, Math.min(length, own.rows.length - furthest));
    const rows = Array.from({ length: count }, (_, t) => columns.map(({ ahead, numbers }) => numbers[t + ahead]));
    return next(rows, past, seriesOf(name ?? undefined, past));
  }
}
