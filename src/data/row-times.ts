// The time of the rows of a table: which column has it, whether the rows are in its order, and the time of rows that are still to come. Rows that are
// newest first are turned round; rows out of order, or twice at one time, are refused; gaps and other steps are told of.

import { quoted, shortened, UnrolledError } from '../errors.ts';
import { placeOf } from './lines.ts';
import { columnIndex, type Table } from './table.ts';
import {
  type DateOrder,
  dateOrdersOf,
  formatMoment,
  hasShortParts,
  instantOf,
  later,
  type Moment,
  momentOf,
  stepInWords,
  stepOf,
  stepsBetween,
  type TimeStep,
} from './times.ts';

/** The column of the time, and how its cells are read. */
export interface TimeColumn {
  /** The name of the column. */
  readonly column: string;
  /** The order of year, month and day in its cells. */
  readonly order: DateOrder;
  /** The regular distance between two rows; null for a table of one row. */
  readonly step: TimeStep | null;
}

/** The times of the rows of a table. */
export interface RowTimes {
  /** The column that has the times. */
  readonly column: string;
  /** The time of each row. */
  readonly moments: readonly Moment[];
  /** The time of a row, counted from 0, as its cell has it. */
  of(row: number): string;
  /** The time some regular steps after that of a row, written as the cells of the column are; undefined where rows have no regular step. */
  after(row: number, steps: number): string | undefined;
}

/** Whether a column may be the time by itself: all cells are dates, in one order. Two orders leave it open. */
export function datesIn(table: Table, index: number): readonly DateOrder[] {
  const cells = table.rows.map((row) => row[index]);
  return (momentOf(cells[0], 'ymd') ?? momentOf(cells[0], 'dmy') ?? momentOf(cells[0], 'mdy'))
    ? dateOrdersOf(cells)
    : [];
}

/**
 * The column of the time: the one that is named, else the first whose cells are all dates.
 * @param named its name; `none` for none
 * @param group the index of a column that is not the time
 * @throws UnrolledError where a named column has no times, or dates whose order is open
 */
export function timeColumnOf(
  table: Table,
  named: string | undefined | null,
  group: number,
): Pick<TimeColumn, 'column' | 'order'> | null {
  if (named === null) return null;
  if (named === 'none' && !table.columns.includes('none')) return null;
  if (named === undefined) {
    for (const [index, column] of table.columns.entries()) {
      if (index === group) continue;
      const orders = datesIn(table, index);
      if (orders.length === 1) return { column, order: orders[0] };
    }
    return null;
  }
  const index = columnIndex(table, named);
  const cells = table.rows.map((row) => row[index]);
  const orders = dateOrdersOf(cells);
  if (orders.length === 1) return { column: named, order: orders[0] };
  if (orders.length > 1)
    throw new UnrolledError(
      `${placeOf(table.where, table.lines[0])}, column ${shortened(named)}: expected dates of which one shows whether the day or the month is first, got ${quoted(cells[0])} and others like it; write them as 2024-03-01`,
    );
  if (cells.every((cell) => momentOf(cell, 'number') !== undefined)) return { column: named, order: 'number' };
  const order = (['ymd', 'dmy', 'mdy', 'number'] as const).find((one) => momentOf(cells[0], one) !== undefined);
  const wrong = order ? cells.findIndex((cell) => momentOf(cell, order) === undefined) : 0;
  throw notATime(table, wrong, named);
}

function notATime(table: Table, row: number, column: string): UnrolledError {
  const cell = table.rows[row][columnIndex(table, column)];
  return new UnrolledError(
    `${placeOf(table.where, table.lines[row])}, column ${shortened(column)}: expected a date or a time, such as 2024-03-01 or 2024-03-01T07:00, ` +
      `${row > 0 ? 'written as in the rows before, ' : ''}got ${cell.trim() === '' ? 'an empty cell' : quoted(cell)}; ` +
      'correct it, or name another column (--time, in a program time)',
  );
}

/** The rows of a table in order of time. */
export interface TimedRows {
  /** The rows, by their numbers in the table; null where they are in order as they are. */
  readonly order: readonly number[] | null;
  readonly times: RowTimes;
  readonly step: TimeStep | null;
  readonly remarks: readonly string[];
}

/**
 * Puts the rows of a table into the order of time.
 * @param series the rows of each series
 * @throws UnrolledError where rows are out of order, or two of a series have one time
 */
export function inOrderOfTime(
  table: Table,
  { column, order }: Pick<TimeColumn, 'column' | 'order'>,
  series: readonly (readonly number[])[],
  known: TimeStep | null,
): TimedRows {
  const index = columnIndex(table, column);
  const moments = table.rows.map((row, at) => {
    const moment = momentOf(row[index], order);
    if (!moment) throw notATime(table, at, column);
    return moment;
  });
  const turned = directionOf(table, moments, series, column) < 0;
  const rows = table.rows.map((_, at) => at);
  if (turned) for (const own of series) for (const [i, at] of own.entries()) rows[at] = own[own.length - 1 - i];
  const sorted = rows.map((at) => moments[at]);
  const pairs = series.flatMap((own) => own.slice(1).map((at, i) => [own[i], at] as const));
  const step = stepOf(sorted, pairs, order) ?? known;
  const cells = rows.map((at) => table.rows[at][index]);
  const like = cells.find(hasShortParts) ?? cells[cells.length - 1];
  const name = shortened(column);
  const remarks = turned
    ? [
        `${table.where}: the newest row is the first (column ${name}), so the rows are turned round and read from the oldest on`,
      ]
    : [];
  const remark = step && stepRemark(table, cells, sorted, rows, pairs, step, name);
  if (remark) remarks.push(remark);
  return {
    order: turned ? rows : null,
    step,
    remarks,
    times: {
      column,
      moments: sorted,
      of: (row) => cells[row].trim(),
      after: (row, steps) => (step ? formatMoment(later(sorted[row], step, steps), like, order) : undefined),
    },
  };
}

/** 1 where the rows go forward in time, −1 where they go back. Throws where they do neither. */
function directionOf(
  table: Table,
  moments: readonly Moment[],
  series: readonly (readonly number[])[],
  column: string,
): number {
  let direction = 0;
  const fail = (at: number, sentence: string): never => {
    throw new UnrolledError(`${placeOf(table.where, table.lines[at])}, column ${shortened(column)}: ${sentence}`);
  };
  const cell = (at: number) => quoted(table.rows[at][columnIndex(table, column)].trim());
  for (const rows of series)
    for (let i = 1; i < rows.length; i++) {
      const [a, b] = [rows[i - 1], rows[i]];
      const difference = instantOf(moments[b]) - instantOf(moments[a]);
      const isTurn = direction !== 0 && Math.sign(difference) !== direction;
      const same = (at: number) => instantOf(moments[at]) === instantOf(moments[b]);
      const twin = difference === 0 ? a : isTurn ? rows.slice(0, i - 1).find(same) : undefined;
      if (twin !== undefined)
        fail(
          b,
          `expected each time once, got ${cell(b)} as in line ${table.lines[twin]} before; leave out one of two rows, give each series a table of its own, or, if this is not the time of the rows, name the column that is, or none (--time, in a program time)`,
        );
      if (isTurn)
        fail(
          b,
          `expected rows in order of time, got ${cell(b)} below ${cell(a)}; sort the rows, or, if this is not their time, name the column that is, or none (--time, in a program time)`,
        );
      direction = Math.sign(difference);
    }
  return direction;
}

/** A sentence about times that are missing between two rows, and about rows that have no regular step. */
function stepRemark(
  table: Table,
  cells: readonly string[],
  moments: readonly Moment[],
  rows: readonly number[],
  pairs: readonly (readonly [number, number])[],
  step: TimeStep,
  column: string,
): string | undefined {
  const near = 0.02; // an hour of summer time in two days, and seconds that were rounded
  let missing = 0;
  let irregular = 0;
  let first: readonly [number, number] | undefined;
  for (const pair of pairs) {
    const steps = stepsBetween(moments[pair[0]], moments[pair[1]], step);
    if (Math.abs(steps - 1) <= near) continue;
    first ??= pair;
    if (steps > 1 && Math.abs(steps - Math.round(steps)) <= near) missing += Math.round(steps) - 1;
    else irregular++;
  }
  if (!first) return undefined;
  const [a, b] = first;
  const where = `after line ${table.lines[rows[a]]}, from ${shortened(cells[a].trim())} to ${shortened(cells[b].trim())}`;
  const many = (value: number, noun: string) => `${value} ${noun}${value === 1 ? '' : 's'}`;
  const found = [
    ...(missing > 0 ? [`${many(missing, 'time')} of a row ${missing === 1 ? 'is' : 'are'} missing`] : []),
    ...(irregular > 0 ? [`${many(irregular, 'row')} ${irregular === 1 ? 'has' : 'have'} another distance`] : []),
  ];
  return `${table.where}: most rows are ${stepInWords(step)} after the one before (column ${column}), but ${found.join(' and ')}, first ${where}; the network takes all rows as equally far apart`;
}
