// Text of CSV or TSV ⇄ a table of cells (RFC 4180, by Papa Parse). Every row must have as many cells as the first, and an error names the line.
// Nothing here reads files or knows what the columns are for.

import Papa from 'papaparse';
import { listed, UnrolledError } from '../errors.ts';
import { placeOf, withoutByteOrderMark } from './lines.ts';
import { isNumber, type Table } from './table.ts';

export type Delimiter = ',' | ';' | '\t';

export interface TableOptions {
  /** The name of the table in error messages, such as that of its file; a name that ends in `.tsv` or `.tab` implies tabs. Default `table`. */
  readonly where?: string;
  /** The character between two cells. By default the name decides, else it is the one of tab, semicolon and comma that cuts the first rows alike. */
  readonly delimiter?: Delimiter;
  /** Whether the first row names the columns (default). Without a header they are called 1, 2, … */
  readonly header?: boolean;
  /** Whether a cell in double quotes may hold delimiters, line ends and doubled quotes (default). Without quoting they are characters like others. */
  readonly quoting?: boolean;
}

/** Parses a table. Throws on a row of another length, a quote that is not closed, a header of numbers, and a table without rows. */
export function parseTable(content: string, options: TableOptions = {}): Table {
  const { where = 'table', header = true, quoting = true } = options;
  const text = withoutByteOrderMark(content);
  const delimiter = options.delimiter ?? delimiterOf(text, where, quoting);
  const rows: string[][] = [];
  const lines: number[] = [];
  for (const { cells, line, blank } of records(text, where, delimiter, quoting)) {
    // a blank line is no row, except in a table of one column, where it is an empty cell
    if (blank && (rows.length === 0 || rows[0].length > 1)) continue;
    if (rows.length > 0 && cells.length !== rows[0].length)
      throw new UnrolledError(
        `${placeOf(where, line)}: expected ${count(rows[0].length, 'column')}, as in ${header ? 'the header' : 'the first row'}, ` +
          `got ${cells.length}; put a cell in quotes where it has ${named(delimiter)} in it${delimiter === '\t' ? '' : ', or save the table with tabs, as .tsv'}`,
      );
    rows.push(cells);
    lines.push(line);
  }
  if (rows.length === 0) throw new UnrolledError(`${where}: expected a table, got an empty file`);
  let columns = rows[0].map((_, index) => `${index + 1}`);
  if (header) {
    columns = rows.shift() as string[];
    const line = lines.shift() as number;
    if (columns.every(isNumber))
      throw new UnrolledError(
        `${placeOf(where, line)}: expected names of columns, got only numbers (${listed(columns)}); write a line above it that names the columns`,
      );
  }
  if (rows.length === 0) throw new UnrolledError(`${where}: expected rows below the header, got none`);
  return { where, columns, rows, lines };
}

/** Formats a table as text that `parseTable` reads back cell for cell; it ends in a line end. Throws on a row of another length. */
export function formatTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  delimiter: Delimiter = ',',
): string {
  const ragged = rows.findIndex((row) => row.length !== columns.length);
  if (ragged >= 0)
    throw new UnrolledError(
      `table: expected ${count(columns.length, 'cell')} in each row, got ${rows[ragged].length} in row ${ragged + 1}`,
    );
  const quotes = (cell: string) => cell.trim() === '' || /["\r\n]/.test(cell);
  return `${Papa.unparse([columns, ...rows] as string[][], { delimiter, newline: '\n', quotes })}\n`;
}

const count = (number: number, unit: string) => `${number} ${unit}${number === 1 ? '' : 's'}`;
const named = (delimiter: Delimiter) => ({ ',': 'a comma', ';': 'a semicolon', '\t': 'a tab' })[delimiter];

interface TableRecord {
  readonly cells: string[];
  readonly line: number;
  readonly blank: boolean;
}

/** The first `limit` records of a text, each with the line at which it begins. A line end after the last record does not begin another. */
function records(text: string, where: string, delimiter: string, quoting: boolean, limit = Infinity): TableRecord[] {
  const found: TableRecord[] = [];
  const newline = text.includes('\n') ? '\n' : '\r';
  let start = 0; // of the record, in the text
  let line = 1;
  Papa.parse<string[]>(text, {
    delimiter,
    newline,
    fastMode: quoting ? undefined : true,
    step({ data: cells, errors, meta: { cursor } }, parser) {
      const raw = text.slice(start, cursor);
      if (errors.length > 0 && limit === Infinity) {
        const at = line + linesIn(text.slice(start, errors[0].index), newline);
        throw new UnrolledError(
          `${placeOf(where, at)}: expected a cell in quotes to end with a quote before ${named(delimiter as Delimiter)} or a line end, ` +
            'got none; put the whole cell in quotes and double the quotes inside it',
        );
      }
      const last = cells[cells.length - 1];
      // removes the \r of \r\n; a quoted cell may itself end in \r
      if (last.endsWith('\r') && (raw.endsWith(`${last}\n`) || raw === last || raw.endsWith(delimiter + last)))
        cells[cells.length - 1] = last.slice(0, -1);
      const blank = cells.length === 1 && raw.trim() === '';
      if (start < text.length) found.push({ cells, line, blank });
      line += linesIn(raw, newline);
      start = cursor;
      if (found.length >= limit) parser.abort();
    },
  });
  return found;
}

function linesIn(text: string, newline: string): number {
  let lines = 0;
  for (let at = text.indexOf(newline); at >= 0; at = text.indexOf(newline, at + 1)) lines++;
  return lines;
}

/**
 * Chooses the delimiter by the file's name, else the first of tab, semicolon and comma that gives the first ten rows equally many cells, else the
 * one that is most frequent in the first row.
 */
function delimiterOf(text: string, where: string, quoting: boolean): Delimiter {
  if (/\.(tsv|tab)$/i.test(where)) return '\t';
  const widths = (['\t', ';', ','] as const).map((delimiter) => ({
    delimiter,
    cells: records(text, where, delimiter, quoting, 10).flatMap(({ cells, blank }) => (blank ? [] : [cells.length])),
  }));
  const alike = widths.find(({ cells }) => cells[0] > 1 && cells.every((width) => width === cells[0]));
  if (alike) return alike.delimiter;
  return widths.reduce((best, other) => ((other.cells[0] ?? 0) >= (best.cells[0] ?? 0) ? other : best)).delimiter;
}
