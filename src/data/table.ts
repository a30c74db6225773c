// Tables of cells, as csv.ts parses them, and their columns by name, as text or as numbers. Error messages name the line.

import { expectText, listed, quoted, shortened, UnrolledError } from '../errors.ts';
import { placeOf } from './lines.ts';
import type { SoundSettings } from './sound/cepstra.ts';

export const decimalMarks = ['.', ','] as const;
/** The mark before the decimals of a number. */
export type DecimalMark = (typeof decimalMarks)[number];

/** A table of cells as text, with the names of its columns. `parseTable` and `readTable` make one. */
export interface Table {
  /** The name of the table in error messages, such as that of its file. */
  readonly where: string;
  /** The names of the columns. */
  readonly columns: readonly string[];
  /** The rows below the header; each has a cell for each column. */
  readonly rows: readonly (readonly string[])[];
  /** The line in the file, from 1, at which each row begins. */
  readonly lines: readonly number[];
  /** The mark before decimals, where it was said. */
  readonly decimal?: DecimalMark;
  /** Further columns, of numbers that were never text: the vectors of recordings (sound/recording.ts). */
  readonly numbers?: ReadonlyMap<string, Float64Array>; // [rows]
  /** How the recordings were read that these vectors are of. */
  readonly sound?: SoundSettings;
}

/** The index of a column. Throws where no column has this name, or more than one. */
export function columnIndex(table: Table, name: string): number {
  expectText(`${table.where}, column`, name);
  const index = table.columns.indexOf(name);
  if (index < 0) {
    const names = [...table.columns, ...(table.numbers?.keys() ?? [])];
    const got =
      names.length === 1 && /[,;\t|]/.test(names[0])
        ? `only ${quoted(names[0])}; say what separates columns (--delimiter, in a program delimiter)`
        : `the columns ${listed(names)}`;
    throw new UnrolledError(`${table.where}: expected a column ${shortened(name)}, got ${got}`);
  }
  if (table.columns.indexOf(name, index + 1) >= 0)
    throw new UnrolledError(`${table.where}: expected each column once, got ${quoted(name)} twice; rename one`);
  return index;
}

/** The cells of a column, as they are. */
export function textColumn(table: Table, name: string): string[] {
  const index = columnIndex(table, name);
  return table.rows.map((row) => row[index]);
}

/** The numbers of a column, [rows]. Throws, with the line, where a cell is empty or is not a finite number. */
export function numberColumn(table: Table, name: string): Float64Array {
  const known = table.numbers?.get(name);
  if (known) return known;
  const index = columnIndex(table, name);
  return Float64Array.from(table.rows, (row, at) => {
    if (isNumber(row[index])) return Number(row[index]);
    throw new UnrolledError(
      `${placeOf(table.where, table.lines[at])}, column ${shortened(name)}: ${wrongCell(table, index, row[index])}`,
    );
  });
}

/** What is wrong with a cell that is not a number, and what to do about it. */
function wrongCell(table: Table, index: number, cell: string): string {
  if (cell.trim() === '') return 'expected a number, got an empty cell; fill the gap or leave the row out';
  if (/^\s*[-+]?\d*,\d+\s*$/.test(cell))
    return `expected a number with a decimal point, got ${quoted(cell)}; replace decimal commas by points`;
  const hasNumbers = table.rows.some((row) => isNumber(row[index]));
  const remedy = hasNumbers
    ? 'correct the cell or leave the row out'
    : 'this is not a column of numbers, so take another one';
  return `expected a number, got ${quoted(cell)}; ${remedy}`;
}

/** The rows that have the same cell in a column, by that cell, in the order in which they stand. Throws, with the line, on an empty one. */
export function rowsByCell(table: Table, name: string): Map<string, number[]> {
  const index = columnIndex(table, name);
  const found = new Map<string, number[]>();
  for (const [at, row] of table.rows.entries()) {
    const cell = row[index].trim();
    if (cell === '')
      throw new UnrolledError(
        `${placeOf(table.where, table.lines[at])}, column ${shortened(name)}: expected a name, got an empty cell; fill it or leave the row out`,
      );
    const rows = found.get(cell);
    if (rows) rows.push(at);
    else found.set(cell, [at]);
  }
  return found;
}

/** Whether a cell is a finite number, written with a point: `-1.5`, `2e3`. */
export function isNumber(cell: string): boolean {
  // each digit can be matched in one way only, so that a cell takes time in proportion to its length
  return /^\s*[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i.test(cell) && Number.isFinite(Number(cell));
}
