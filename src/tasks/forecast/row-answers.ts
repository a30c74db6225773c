// The answers to the lines of a pipe to forecast: each is a row of a table, whose first line may be its header, and is answered with a forecast from
// all rows so far. Numbers and times are written as in the table that the model was trained on; a gap is filled with the number before, where the
// model's task fills gaps.

import { type Delimiter, parseTable, type TableOptions } from '../../data/csv.ts';
import { isGap } from '../../data/gaps.ts';
import { writtenNumber } from '../../data/number-form.ts';
import { columnIndex, isNumber } from '../../data/table.ts';
import { columnsOfRow, readRow, timeAfter } from '../../data/table-plan.ts';
import { listed, quoted, shortened, UnrolledError } from '../../errors.ts';
import { plural } from '../phrases.ts';
import type { Session } from '../session.ts';
import type { ForecastDescription } from './description.ts';
import { numbersOf, planOfRow } from './reader.ts';

/** The numbers that come some rows later. */
interface RowAnswer {
  /** The first row of the answer, counted from 1, and its time, where rows have one. */
  readonly row: number;
  readonly time?: string;
  /** By each row ahead, then by each quantile. */
  readonly values: readonly number[];
}

/** Begins to answer rows; null stands for a line that has no answer. */
export function rowAnswers(
  session: Session,
  task: ForecastDescription,
  form: Omit<TableOptions, 'where'>,
): (line: string) => RowAnswer | null {
  const { group, horizon, from = horizon } = task;
  const names = numbersOf(task);
  const plan = planOfRow(task);
  const inputs = [...(group === undefined ? [] : [group]), ...names];
  const needed = [...(group === undefined ? [] : [group]), ...columnsOfRow(plan, names)];
  const isWritten = (cell: string) => (task.table ? writtenNumber(cell) !== undefined || isGap(cell) : isNumber(cell));
  const last = new Map<string, string>();
  let header: readonly string[] | null = null;
  let { delimiter } = form;
  return (line) => {
    if (form.comment !== undefined && line.startsWith(form.comment)) return null;
    const table = parseTable(line, { ...form, header: false, delimiter, where: 'row' });
    const cells = table.rows[0].map((cell) => cell.trim());
    if (!header) {
      delimiter ??= (['\t', ';', ',', '|'] as const).find((one: Delimiter) => line.split(one).length === cells.length);
      const isNamed =
        !cells.every((cell, i) => isWritten(cell) || (group !== undefined && i === 0)) || needed.length > inputs.length;
      header = isNamed ? cells : inputs;
      if (isNamed && (cells.some(isNumber) || !inputs.some((column) => cells.includes(column))))
        throw new UnrolledError(
          `header: expected the names of the columns, ${listed(needed)}, got ${listed(cells)}; ` +
            'it may be left out only where each line has just these numbers, in this order',
        );
      if (isNamed) for (const column of needed) columnIndex({ ...table, where: 'header', columns: cells }, column);
      if (isNamed) return null;
    }
    if (cells.length !== header.length)
      throw new UnrolledError(
        `row: expected ${plural(header.length, 'column')} (${listed(header)}), got ${cells.length}`,
      );
    const row = Object.fromEntries(header.map((column, index) => [column, cells[index]]));
    for (const column of needed)
      if (column !== group) row[column] = withoutGap(column, row[column], plan.missing !== 'error', last);
    const numbers = readRow(plan, names, row, (column) => `column ${shortened(column)}`);
    const named = names.map((column, i) => [column, numbers[i]] as const);
    session.read(group === undefined ? numbers : { ...Object.fromEntries(named), [group]: row[group] });
    const { time: timed } = plan;
    const time = timed && row[timed.column] !== undefined ? timeAfter(timed, row[timed.column], from) : undefined;
    const at = session.steps() + from;
    return { row: at, ...(time !== undefined && { time }), values: Array.from(session.values()) };
  };
}

/** The cell, or the last one of its column where it has no number and such are filled. */
function withoutGap(column: string, cell: string, isFilled: boolean, last: Map<string, string>): string {
  if (!isGap(cell)) last.set(column, cell);
  else if (isFilled) {
    const before = last.get(column);
    if (before !== undefined) return before;
    throw new UnrolledError(
      `column ${shortened(column)}: expected a number in the first row, got ${cell === '' ? 'an empty cell' : quoted(cell)}; there is none before it to fill the gap with`,
    );
  }
  return cell;
}
