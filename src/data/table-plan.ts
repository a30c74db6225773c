// How a table is read, as a model keeps it: the columns of numbers and how they are written, what becomes of gaps, the time and the calendar. By it a
// cell or a row is read alone, as in a session or a pipe; prepare-table.ts learns it from a table, and reads tables by it.

import { sineOfTurn } from '../elementary.ts';
import {
  expectInteger,
  expectList,
  expectNumber,
  expectObject,
  expectOneOf,
  expectText,
  quoted,
  UnrolledError,
} from '../errors.ts';
import { type MissingRule, missingRules } from './gaps.ts';
import { plainNumber, writtenNumber } from './number-form.ts';
import type { TimeColumn } from './row-times.ts';
import { type DecimalMark, decimalMarks, isNumber } from './table.ts';
import {
  type CalendarPart,
  calendarParts,
  dateOrders,
  formatMoment,
  later,
  momentOf,
  stepUnits,
  turnOf,
} from './times.ts';

/** How the numbers of a column are written. */
export interface NumberColumn {
  /** The name of the column. */
  readonly column: string;
  /** The mark before the decimals. */
  readonly decimal: DecimalMark;
  /** The percent or currency beside them; `''` for none. */
  readonly sign: string;
}

/** What was learned of a table. Plain JSON. */
export interface TablePlan {
  /** The columns of numbers that are read: inputs, without those of the calendar, and the target. */
  readonly numbers: readonly NumberColumn[];
  /** What becomes of a cell without a number. */
  readonly missing: MissingRule;
  /** The column of the time; null where there is none. */
  readonly time: TimeColumn | null;
  /** The parts of the calendar that are inputs too. */
  readonly calendar: readonly CalendarPart[];
  /** The column that tells apart several series in one table: order, step and gaps are those of each. */
  readonly group: string | null;
}

/** The names of the columns that a part of the calendar becomes. */
export const calendarColumns = (part: CalendarPart): string[] => [`${part} sine`, `${part} cosine`];
/** The sine and the cosine of how far a cell of the time is in a part of the calendar. */
export const calendarValues = (turn: number): string[] => [String(sineOfTurn(turn)), String(sineOfTurn(turn + 0.25))];

/**
 * The number of a cell as a text with a point.
 * @param place names the cell in an error
 */
export function readCell({ decimal, sign }: NumberColumn, cell: string, place: () => string): string {
  if (decimal === '.' && sign === '' && isNumber(cell)) return cell;
  const number = writtenNumber(cell);
  if (!number) {
    if (isNumber(cell) && decimal === '.') return cell; // of more digits than anybody writes
    throw new UnrolledError(
      `${place()}: expected a number, got ${cell.trim() === '' ? 'an empty cell' : quoted(cell)}; correct the cell, leave the row out, or read other columns (--inputs, in a program inputs)`,
    );
  }
  if (number.sign !== sign && number.sign !== '')
    throw new UnrolledError(
      `${place()}: expected a number ${sign === '' ? 'without a sign beside it' : `with ${sign}`}, as in training, got ${quoted(cell)}; write it in that unit`,
    );
  const plain = plainNumber(number, decimal);
  if (plain !== undefined) return plain;
  throw new UnrolledError(
    `${place()}: expected a number with a decimal ${decimal === '.' ? 'point' : 'comma'}, got ${quoted(cell)}; write the column in one way, or say which mark is before the decimals (--decimal, in a program decimal)`,
  );
}

/** The columns that a row must have to be read by itself: those of numbers, and the time where the calendar is read. */
export function columnsOfRow({ numbers, time, calendar }: TablePlan, inputs: readonly string[]): string[] {
  const own = new Set(calendar.flatMap(calendarColumns));
  const read = inputs.filter((name) => !own.has(name) || numbers.some(({ column }) => column === name));
  return calendar.length > 0 ? [...read, time!.column] : read;
}

/**
 * The numbers of one row, by the names of the inputs.
 * @param cells by column; numbers as they are, or as they are written in the table
 * @param place names a column in an error
 */
export function readRow(
  plan: TablePlan,
  inputs: readonly string[],
  cells: Readonly<Record<string, string | number | undefined>>,
  place: (column: string) => string,
): number[] {
  const calendar = new Map<string, number>();
  if (plan.calendar.length > 0) {
    const { column, order } = plan.time!;
    const cell = cells[column];
    const moment = cell === undefined ? undefined : momentOf(String(cell), order);
    if (!moment)
      throw new UnrolledError(
        `${place(column)}: expected a date or a time as in training, got ${cell === undefined ? 'none' : quoted(String(cell))}`,
      );
    for (const part of plan.calendar)
      for (const [i, value] of calendarValues(turnOf(moment, part)).entries())
        calendar.set(calendarColumns(part)[i], Number(value));
  }
  return inputs.map((name) => {
    const known = plan.numbers.find(({ column }) => column === name);
    if (!known && calendar.has(name)) return calendar.get(name)!;
    const cell = cells[name];
    const value = typeof cell === 'string' && known ? Number(readCell(known, cell, () => place(name))) : cell;
    return expectNumber(place(name), value, -Infinity);
  });
}

/** The time so many regular steps after that of a cell, written as it is; undefined where the rows have no regular step, or the cell no time. */
export function timeAfter({ order, step }: TimeColumn, cell: string, steps: number): string | undefined {
  const moment = momentOf(cell, order);
  return moment && step ? formatMoment(later(moment, step, steps), cell, order) : undefined;
}

/** Checks what a model keeps of its table. */
export function parseTablePlan(json: unknown): TablePlan {
  const { numbers, missing, time, calendar, group } = expectObject('table', json);
  return {
    numbers: expectList('table, numbers', numbers).map((one) => {
      const { column, decimal, sign } = expectObject('table, numbers', one);
      return {
        column: expectText('table, column', column),
        decimal: expectOneOf('table, decimal', decimal, decimalMarks),
        sign: expectText('table, sign', sign),
      };
    }),
    missing: expectOneOf('table, missing', missing, missingRules),
    time: time === null ? null : parseTime(expectObject('table, time', time)),
    calendar: expectList('table, calendar', calendar).map((part) => {
      const name = expectOneOf('table, calendar', part, calendarParts);
      if (time === null) throw new UnrolledError(`table, calendar: expected none without a time, got ${name}`);
      return name;
    }),
    group: group === null ? null : expectText('table, group', group),
  };
}

function parseTime({ column, order, step }: Readonly<Record<string, unknown>>): TimeColumn {
  const parseStep = ({ unit, count }: Readonly<Record<string, unknown>>) => ({
    unit: expectOneOf('table, step', unit, stepUnits),
    count:
      unit === 'number' ? expectNumber('table, step', count, -Infinity) : expectInteger('table, step', count, 1, 1e15),
  });
  return {
    column: expectText('table, time', column),
    order: expectOneOf('table, time', order, dateOrders),
    step: step === null ? null : parseStep(expectObject('table, step', step)),
  };
}
