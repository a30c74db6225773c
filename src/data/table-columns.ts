// Which columns of a table hold numbers, and how they are written: a row of units below the header is found, every column that holds no numbers has
// its reason, and marks that may be decimals or thousands in one column are decided by the others.

import { listed, quoted, shortened, UnrolledError } from '../errors.ts';
import { isGap } from './gaps.ts';
import { placeOf } from './lines.ts';
import { type ColumnForm, columnForm, plainNumber, writtenNumber } from './number-form.ts';
import { datesIn } from './row-times.ts';
import { columnIndex, type DecimalMark, type Table } from './table.ts';

const isWrittenNumber = (cell: string) => writtenNumber(cell) !== undefined;

/** The table without a row of units below its header, and what that row was. */
export function withoutUnits(table: Table): { readonly table: Table; readonly remark?: string } {
  const [units, ...others] = [table.rows[0], table.rows[1], table.rows[2]];
  if (others.some((row) => row === undefined) || units.some(isWrittenNumber)) return { table };
  const rest = { ...table, rows: table.rows.slice(1), lines: table.lines.slice(1) };
  const numbers = table.columns.map((_, index) => {
    const cells = rest.rows.map((row) => row[index]).filter((cell) => !isGap(cell));
    return cells.length > 1 && cells.every(isWrittenNumber);
  });
  const isUnit = (cell: string) => !isGap(cell) && cell.length <= 24;
  if (!units.some((cell, index) => numbers[index] && isUnit(cell))) return { table };
  // a word where another column of numbers has none is a row of data that lacks a number
  if (units.some((cell, index) => numbers[index] && !isUnit(cell) && cell.trim() !== '')) return { table };
  return {
    table: rest,
    remark: `${placeOf(table.where, table.lines[0])}: the row below the header, ${listed(units.filter((cell) => cell.trim() !== ''))}, has no number, is taken for units and left out`,
  };
}

/** The columns of numbers, and the others, each with its reason. */
export interface FoundColumns {
  readonly numbers: readonly string[];
  readonly leftOut: readonly string[];
}

/**
 * Finds the columns of numbers: those whose first cell that is not empty is one.
 * @param used columns that are used for something else
 */
export function findColumns(table: Table, used: readonly (string | undefined)[]): FoundColumns {
  const numbers: string[] = [];
  const leftOut: string[] = [];
  for (const [index, column] of table.columns.entries()) {
    if (used.includes(column)) continue;
    const at = table.rows.findIndex((row) => !isGap(row[index]));
    const name = shortened(column) || `column ${index + 1}, which has no name`;
    if (at < 0) leftOut.push(`${name}, in which no cell has a number`);
    else if (isWrittenNumber(table.rows[at][index])) numbers.push(column);
    else if (datesIn(table, index).length > 0)
      leftOut.push(`${name}, which has dates, such as ${quoted(table.rows[at][index])}`);
    else leftOut.push(`${name}, which has ${quoted(table.rows[at][index])} in line ${table.lines[at]}`);
  }
  return { numbers, leftOut };
}

/** How the numbers of a column are written. Throws where it has none, or is written in two ways. */
export function formOfColumn(table: Table, column: string): ColumnForm {
  const index = columnIndex(table, column);
  const form = columnForm(table.rows, index);
  const at = (row: number) => `${placeOf(table.where, table.lines[row])}, column ${shortened(column)}`;
  if (form.first === undefined) {
    const row = Math.max(
      0,
      table.rows.findIndex((cells) => !isGap(cells[index])),
    );
    const cell = table.rows[row][index];
    throw new UnrolledError(
      `${at(row)}: expected a number, got ${cell.trim() === '' ? 'an empty cell' : quoted(cell)}; this is not a column of numbers, so take another one`,
    );
  }
  if (form.mixed !== undefined)
    throw new UnrolledError(
      `${at(form.mixed)}: expected a number written as ${quoted(table.rows[form.unlike!][index])} in line ${table.lines[form.unlike!]} is, got ${quoted(table.rows[form.mixed][index])}; write the whole column in one way, or leave it out (--inputs, in a program inputs)`,
    );
  return form;
}

/**
 * The decimal mark of each column: the one that its cells show, or that was said; what they leave open is decided by the other columns, else a point
 * is one of decimals, and a comma one of thousands where there are whole numbers below a thousand beside it.
 * @throws UnrolledError where nothing decides
 */
export function decimalsOf(table: Table, forms: ReadonlyMap<string, ColumnForm>): Map<string, DecimalMark> {
  const shown = new Set([...forms.values()].flatMap(({ decimal }) => decimal ?? []));
  const usual = table.decimal ?? (shown.size === 1 ? [...shown][0] : undefined);
  const decide = (column: string, { decimal, open, first, isLikelyThousands }: ColumnForm): DecimalMark => {
    if (table.decimal) return table.decimal;
    if (decimal) return decimal;
    if (usual) return usual;
    if (open !== ',' || isLikelyThousands) return '.';
    const index = columnIndex(table, column);
    const row = table.rows.findIndex((cells, at) => at >= first! && cells[index].includes(','));
    const cell = table.rows[row][index];
    const number = writtenNumber(cell)!;
    throw new UnrolledError(
      `${placeOf(table.where, table.lines[row])}, column ${shortened(column)}: expected a number that is plain, got ${quoted(cell)}, which may be ` +
        `${plainNumber(number, '.')} or ${plainNumber(number, ',')}; say which mark is before the decimals (--decimal point or comma, in a program decimal)`,
    );
  };
  return new Map(Array.from(forms, ([column, form]) => [column, decide(column, form)]));
}
