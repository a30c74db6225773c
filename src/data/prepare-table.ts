// A table as people keep it → a table that a series is made of. Numbers lose their marks and signs (number-form.ts), a row of units below the header
// is left out (table-columns.ts), gaps are filled where that is asked for (gaps.ts), rows are put into the order of time (row-times.ts), and parts of
// the calendar become columns. What is learned of the training table is a plan, plain JSON that the model keeps; later tables are prepared by it.
// Nothing is left out in silence: `remarks` has a sentence for whatever was done.
//
//   hour, weekday, month   two columns each: sin 2πu and cos 2πu, where u is how far the time of the row is in the day, the week or the year

import { expectOneOf, expectTexts, quoted, shortened, UnrolledError } from '../errors.ts';
import { fillGaps, isGap, type MissingRule, missingRules } from './gaps.ts';
import { placeOf } from './lines.ts';
import { inOrderOfTime, type RowTimes, timeColumnOf } from './row-times.ts';
import { columnIndex, rowsByCell, type Table } from './table.ts';
import { decimalsOf, findColumns, formOfColumn, withoutUnits } from './table-columns.ts';
import { calendarColumns, calendarValues, type NumberColumn, readCell, type TablePlan } from './table-plan.ts';
import { type CalendarPart, calendarParts, turnOf } from './times.ts';

/** Which columns of a table are read, and what becomes of gaps, of the time and of parts of the calendar. */
export interface TablePlanOptions {
  /** The column of numbers that is forecast, if one is. */
  readonly target?: string;
  /** Columns that are used for something else, and are not read unless they are named. */
  readonly others?: readonly (string | undefined)[];
  /** The columns that are read. Default: all of numbers. */
  readonly inputs?: readonly string[];
  /** What becomes of a cell without a number. Default error. */
  readonly missing?: MissingRule;
  /** The column of the time; `none` or null for none. Default: the first column of dates. A column of numbers is the time only where it is named. */
  readonly time?: string | null;
  /** Parts of the calendar that are inputs too. Default none. */
  readonly calendar?: readonly CalendarPart[];
  /** The column that tells series apart. Default: the table is one series. */
  readonly group?: string;
}

export interface PrepareOptions {
  /** A column that may have gaps at the end of a series, whatever `missing` says: these rows are to be forecast, and other columns may lack them too. */
  readonly openEnd?: string;
}

/** A table whose rows are in order of time, and whose columns of numbers hold numbers with a point and nothing else. */
export interface PreparedTable extends Table {
  /** Of each column that had gaps: 1 in the rows in which it had. A target that was filled in must not count. */
  readonly filled: ReadonlyMap<string, Uint8Array>;
  /** null where the table has no column of times. */
  readonly times: RowTimes | null;
  /** Sentences about what was done. */
  readonly remarks: readonly string[];
}

/** What was learned of a table, and the table prepared. */
export interface LearnedTable {
  readonly plan: TablePlan;
  readonly table: PreparedTable;
  /** The columns that are read: those of the table, then those of the calendar. */
  readonly inputs: readonly string[];
}

/**
 * Learns how a table is to be read, and reads it.
 * @throws UnrolledError, with the line, for a cell that is no number in a column of numbers, a column that is written in two ways, a number that may
 * be two, and rows that are out of order or twice at one time
 */
export function learnTable(asGiven: Table, options: TablePlanOptions & PrepareOptions): LearnedTable {
  const { target, group, others = [] } = options;
  const missing = expectOneOf('missing', options.missing ?? 'error', missingRules);
  const calendar = expectTexts('calendar', options.calendar ?? []).map((part) =>
    expectOneOf('calendar', part, calendarParts),
  );
  const { table } = withoutUnits(asGiven);
  const time = timeColumnOf(table, options.time, group === undefined ? -1 : columnIndex(table, group));
  if (calendar.length > 0 && (!time || time.order === 'number'))
    throw new UnrolledError(
      `${table.where}, calendar: expected a column of dates or times, got ${time ? 'numbers' : 'none'}; name one (--time, in a program time), or write it as 2024-03-01T07:00`,
    );
  const found = findColumns(table, [time?.column, group, ...others]);
  const inputs = options.inputs === undefined ? found.numbers : expectTexts('inputs', options.inputs);
  const forms = new Map(
    [...inputs, ...(target === undefined ? [] : [target])].map((name) => [name, formOfColumn(table, name)]),
  );
  if (forms.size === 0)
    throw new UnrolledError(`${table.where}: expected at least 1 column of numbers to read, got none`);
  const decimals = decimalsOf(table, forms);
  const plan: TablePlan = {
    numbers: Array.from(forms, ([column, { sign }]) => ({ column, decimal: decimals.get(column)!, sign })),
    ...{ missing, calendar, group: group ?? null },
    time: time && { ...time, step: null },
  };
  const prepared = prepare(asGiven, plan, options);
  const unread = options.inputs === undefined && found.leftOut.length > 0;
  const remarks = [
    ...(unread ? [`${table.where}: columns that are not read: ${found.leftOut.join('; ')}`] : []),
    ...(prepared.marked.length > 0 ? [`${table.where}: numbers with marks: ${prepared.marked.join('; ')}`] : []),
    ...prepared.table.remarks,
  ];
  return {
    plan: { ...plan, time: time && { ...time, step: prepared.step } },
    table: { ...prepared.table, remarks },
    inputs: [...inputs, ...calendar.flatMap(calendarColumns)],
  };
}

/**
 * Prepares a table as the plan says. A table without the column of the time has no times, unless the calendar needs them.
 * @throws UnrolledError as `learnTable` does
 */
export function prepareTable(table: Table, plan: TablePlan, options: PrepareOptions = {}): PreparedTable {
  return 'filled' in table ? (table as PreparedTable) : prepare(table, plan, options).table;
}

function prepare(asGiven: Table, plan: TablePlan, { openEnd }: PrepareOptions) {
  const { table: whole, remark } = withoutUnits(asGiven);
  const isTimed = plan.time && (plan.calendar.length > 0 || whole.columns.includes(plan.time.column));
  const series = seriesOf(whole, plan.group);
  const timed = isTimed ? inOrderOfTime(whole, plan.time!, series, plan.time!.step) : null;
  const remarks = [...(remark === undefined ? [] : [remark]), ...(timed?.remarks ?? [])];
  const table = timed?.order
    ? { ...whole, rows: timed.order.map((at) => whole.rows[at]), lines: timed.order.map((at) => whole.lines[at]) }
    : whole;
  const columns = new Map<number, readonly string[]>();
  const marked: string[] = [];
  const read = plan.numbers.map((one) => readNumbers(table, one));
  const open = openEnd === undefined ? new Set<number>() : openRows(read, openEnd, series);
  expectNoGaps(table, read, plan, open);
  const filled = new Map<string, Uint8Array>();
  for (const one of read) {
    const { column, index, cells } = one;
    if (one.marked !== undefined) marked.push(one.marked);
    if (one.gaps > 0) {
      const rule = plan.missing === 'error' ? 'previous' : plan.missing;
      const toCome = Array.from(open).filter((at) => cells[at] === undefined);
      const { filled: where, empty } = fillGaps(cells, rule, series);
      for (const at of toCome) [cells[at], where[at]] = ['', 0];
      if (empty !== undefined)
        throw new UnrolledError(
          `${placeOf(table.where, table.lines[series[empty][0]])}, column ${shortened(column)}: expected a number in one row at least, got none; leave the column out (--inputs, in a program inputs)`,
        );
      filled.set(column, where);
      const gaps = one.gaps - toCome.length;
      const many = gaps === 1 ? '1 gap is' : `${gaps} gaps are`;
      if (gaps > 0) remarks.push(`${table.where}: in column ${shortened(column)} ${many} filled by the rule ${rule}`);
    }
    if (one.gaps > 0 || one.isChanged) columns.set(index, cells as string[]);
  }
  const calendar = plan.calendar.map((part) =>
    timed!.times.moments.map((moment) => calendarValues(turnOf(moment, part))),
  );
  const isSame = columns.size === 0 && calendar.length === 0;
  const rows = isSame
    ? table.rows
    : table.rows.map((row, at) => [
        ...row.map((cell, index) => columns.get(index)?.[at] ?? cell),
        ...calendar.flatMap((values) => values[at]),
      ]);
  const names = [...table.columns, ...plan.calendar.flatMap(calendarColumns)];
  const prepared: PreparedTable = { ...table, columns: names, rows, filled, times: timed?.times ?? null, remarks };
  return { table: prepared, step: timed?.step ?? null, marked };
}

/** The rows of each series, in order: those of the whole table, or of each group. */
export function seriesOf(table: Table, group: string | null): number[][] {
  return group === null ? [table.rows.map((_, at) => at)] : [...rowsByCell(table, group).values()];
}

/** A column whose cells are numbers with a point, or undefined where there is none. */
interface ReadColumn {
  readonly column: string;
  readonly index: number;
  readonly cells: (string | undefined)[];
  readonly gaps: number;
  readonly firstGap: number;
  readonly isChanged: boolean;
  /** How a cell is read that has marks: `usd, where "$46.93" is read as 46.93`. */
  readonly marked: string | undefined;
}

function readNumbers(table: Table, plan: NumberColumn): ReadColumn {
  const { column } = plan;
  const index = columnIndex(table, column);
  let gaps = 0;
  let firstGap = -1;
  let marked: string | undefined;
  let isChanged = false;
  const cells = table.rows.map((row, at) => {
    const cell = row[index];
    if (isGap(cell)) {
      if (gaps++ === 0) firstGap = at;
      return undefined;
    }
    const place = () => `${placeOf(table.where, table.lines[at])}, column ${shortened(column)}`;
    const plain = readCell(plan, cell, place);
    if (plain !== cell) isChanged = true;
    if (plain.trim() !== cell.trim())
      marked ??= `${shortened(column)}, where ${quoted(cell.trim())} is read as ${plain}`;
    return plain;
  });
  return { column, index, cells, gaps, firstGap, isChanged, marked };
}

/** The rows at the end of each series in which a column has no number: they are still to come, and nothing in them need be known. */
function openRows(read: readonly ReadColumn[], column: string, series: readonly (readonly number[])[]): Set<number> {
  const cells = read.find((one) => one.column === column)?.cells ?? [];
  const open = new Set<number>();
  for (const rows of series)
    for (let i = rows.length - 1; i >= 0 && cells[rows[i]] === undefined; i--) open.add(rows[i]);
  return open;
}

/** Refuses gaps, unless they are to be filled. */
function expectNoGaps(
  table: Table,
  read: readonly ReadColumn[],
  { missing }: TablePlan,
  open: ReadonlySet<number>,
): void {
  if (missing !== 'error') return;
  const holed = read.flatMap((one) => {
    const rows = one.cells.flatMap((cell, row) => (cell === undefined && !open.has(row) ? [row] : []));
    return rows.length === 0 ? [] : [{ ...one, at: rows[0], count: rows.length }];
  });
  if (holed.length === 0) return;
  const [{ column, index, at }] = holed;
  const cell = table.rows[at][index];
  const all = holed.map((one) => `${one.count} in ${shortened(one.column)}`).join(', ');
  throw new UnrolledError(
    `${placeOf(table.where, table.lines[at])}, column ${shortened(column)}: expected a number, got ${cell.trim() === '' ? 'an empty cell' : quoted(cell)}; ` +
      `fill the gaps (${all}) or leave the rows out, have them filled (--missing previous or interpolate, in a program missing), or read other columns (--inputs, in a program inputs)`,
  );
}
