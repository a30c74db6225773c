// The lines of a pipe as rows of a table, one by one: the first line may be its header. Numbers and times are written as in the table that the model was
// trained on; a gap is filled with the number before, where the model's task fills gaps.

import { type Delimiter, parseTable, type TableOptions } from '../data/csv.ts';
import { isGap } from '../data/gaps.ts';
import { writtenNumber } from '../data/number-form.ts';
import { columnIndex, isNumber } from '../data/table.ts';
import { columnsOfRow, readRow, type TablePlan } from '../data/table-plan.ts';
import { listed, quoted, shortened, UnrolledError } from '../errors.ts';
import { plural } from './phrases.ts';

/** What a row is read by. */
export interface RowForm {
  readonly plan: TablePlan;
  /** The numbers that a row has, in the order of a row without names. */
  readonly names: readonly string[];
  /** The column that names the series of a row, the first one of a row without names. */
  readonly group?: string;
  /** Whether a row may do without the name of its series. */
  readonly isGroupOptional?: boolean;
  /** Whether numbers may have the marks and signs of the training table. */
  readonly isWritten: boolean;
}

/** A row: its cells by column, with gaps filled, and the numbers of `names`. */
export interface PipeRow {
  readonly cells: Readonly<Record<string, string>>;
  readonly numbers: readonly number[];
}

/** Begins to read rows; null stands for a line that is none. */
export function pipeRows(
  { plan, names, group, isGroupOptional = false, isWritten: hasMarks }: RowForm,
  form: Omit<TableOptions, 'where'>,
): (line: string) => PipeRow | null {
  const whole = [...(group === undefined ? [] : [group]), ...names];
  const columns = columnsOfRow(plan, names);
  const needed = group === undefined || isGroupOptional ? columns : [group, ...columns];
  const isWritten = (cell: string) => (hasMarks ? writtenNumber(cell) !== undefined || isGap(cell) : isNumber(cell));
  const last = new Map<string, string>();
  let series: string | undefined;
  let header: readonly string[] | null = null;
  let { delimiter } = form;
  return (line) => {
    if (form.comment !== undefined && line.startsWith(form.comment)) return null;
    const table = parseTable(line, { ...form, header: false, delimiter, where: 'row' });
    const cells = table.rows[0].map((cell) => cell.trim());
    if (!header) {
      delimiter ??= (['\t', ';', ',', '|'] as const).find((one: Delimiter) => line.split(one).length === cells.length);
      const inputs = isGroupOptional && cells.length === names.length ? names : whole;
      const isNamed =
        !cells.every((cell, i) => isWritten(cell) || (group !== undefined && inputs[i] === group)) ||
        columns.length > names.length;
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
    if (group !== undefined && row[group] !== series) {
      series = row[group];
      last.clear(); // nothing is taken from another series
    }
    for (const column of columns) row[column] = withoutGap(column, row[column], plan.missing !== 'error', last);
    return { cells: row, numbers: readRow(plan, names, row, (column) => `column ${shortened(column)}`) };
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
