// Text of CSV or TSV ⇄ a table of cells (RFC 4180, by Papa Parse). Every row must have as many cells as the first, and an error names the line.
// Nothing here reads files or knows what the columns are for.

import Papa from 'papaparse';
import { described, expectOneOf, expectOptions, expectText, listed, UnrolledError } from '../errors.ts';
import { placeOf, withoutByteOrderMark } from './lines.ts';
import { type DecimalMark, decimalMarks, isNumber, type Table } from './table.ts';

export const delimiters = ['\t', ';', ',', '|', ' '] as const;
/** The character between two cells; a blank stands for any run of blanks and tabs. */
export type Delimiter = (typeof delimiters)[number];

/** How the cells of a table are told apart. What is left out is found out from the first rows. */
export interface TableOptions {
  /** The name of the table in error messages, such as that of its file; a name that ends in `.tsv` or `.tab` implies tabs. Default `table`. */
  readonly where?: string;
  /** The character between two cells. By default the name decides, else it is the one of tab, semicolon, comma and bar that cuts the first rows alike. */
  readonly delimiter?: Delimiter;
  /** Whether the first row names the columns (default). Without a header they are called 1, 2, … */
  readonly header?: boolean;
  /** The character in which a cell may stand that holds delimiters, line ends and, doubled, this character. Default `"`; with `none` it is one like others. */
  readonly quote?: string;
  /** Lines that begin with this text are left out. Default: none are. */
  readonly comment?: string;
  /** The mark before the decimals of a number, where the cells do not tell (data/number-form.ts). */
  readonly decimal?: DecimalMark;
}

const optionNames: Readonly<Record<keyof Required<TableOptions>, true>> = {
  ...{ where: true, delimiter: true, header: true, quote: true, comment: true, decimal: true },
};

/** Parses a table. Throws on a row of another length, a quote that is not closed, a header of numbers, and a table without rows. */
export function parseTable(content: string, options: TableOptions = {}): Table {
  expectOptions('parseTable', options, optionNames);
  const { where = 'table', header = true, decimal } = options;
  expectText(where, content);
  if (decimal !== undefined) expectOneOf(`${where}, decimal`, decimal, decimalMarks);
  const text = withoutByteOrderMark(content);
  const form = formOf(text, where, options);
  const rows: string[][] = [];
  const lines: number[] = [];
  for (const { cells, line, blank } of records(text, where, form)) {
    // a blank line is no row, except in a table of one column, where it is an empty cell
    if (blank && (rows.length === 0 || rows[0].length > 1)) continue;
    if (rows.length > 0 && cells.length !== rows[0].length)
      throw new UnrolledError(
        `${placeOf(where, line)}: expected ${count(rows[0].length, 'column')}, as in ${header ? 'the header' : 'the first row'}, got ${cells.length}; ${raggedRemedy(rows[0], cells, form)}`,
      );
    rows.push(cells);
    lines.push(line);
  }
  if (rows.length === 0)
    throw new UnrolledError(
      `${where}: expected a table, got ${text.trim() === '' ? 'an empty file' : 'comments only'}`,
    );
  let columns = rows[0].map((_, index) => `${index + 1}`);
  if (header) {
    columns = (rows.shift() as string[]).map((name) => name.trim());
    const line = lines.shift() as number;
    if (columns.every(isNumber))
      throw new UnrolledError(
        `${placeOf(where, line)}: expected names of columns, got only numbers (${listed(columns)}); write a line above it that names the columns, ` +
          'or say that there is none (--no-header, in a program header: false)',
      );
  }
  if (rows.length === 0) throw new UnrolledError(`${where}: expected rows below the header, got none`);
  return { where, columns, rows, lines, ...(decimal && { decimal }) };
}

/** What to do about a row that has more or fewer cells than the first. */
function raggedRemedy(first: readonly string[], row: readonly string[], { delimiter, comment }: Form): string {
  const mark = [first, row].map(([cell]) => /^\s*(#|%|\/\/)/.exec(cell)?.[1]).find((found) => found !== undefined);
  if (mark !== undefined && comment === undefined)
    return `if lines that begin with ${mark} are comments, leave them out (--comment '${mark}', in a program comment)`;
  const other = 'if something else separates the cells, name it (--delimiter, in a program delimiter)';
  if (delimiter === ' ') return `put a cell in quotes where it has a blank in it; ${other}`;
  return (
    `put a cell in quotes where it has ${named(delimiter)} in it${delimiter === '\t' ? '' : ', or save the table with tabs, as .tsv'}; ` +
    other
  );
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
const named = (delimiter: Delimiter) =>
  ({ ',': 'a comma', ';': 'a semicolon', '\t': 'a tab', '|': 'a bar', ' ': 'a blank' })[delimiter];

/** The characters by which the delimiter is chosen. */
const sampleLength = 1 << 20;

/** How the cells of a text are told apart. */
interface Form {
  readonly delimiter: Delimiter;
  /** undefined where no character quotes. */
  readonly quote: string | undefined;
  readonly comment: string | undefined;
}

function formOf(text: string, where: string, options: TableOptions): Form {
  const { quote = '"', comment, delimiter } = options;
  if (quote !== 'none' && (quote.length !== 1 || /[\s\ufeff]/.test(quote) || quote === delimiter))
    throw new UnrolledError(`${where}, quote: expected one character, or none, got ${described(quote)}`);
  if (comment !== undefined && (comment.trim() !== comment || comment === '' || comment === delimiter))
    throw new UnrolledError(
      `${where}, comment: expected what comments begin with, such as #, got ${described(comment)}`,
    );
  const form = { quote: quote === 'none' ? undefined : quote, comment };
  if (delimiter !== undefined) return { ...form, delimiter: expectOneOf(`${where}, delimiter`, delimiter, delimiters) };
  return { ...form, delimiter: delimiterOf(text, where, form) };
}

interface TableRecord {
  readonly cells: string[];
  readonly line: number;
  readonly blank: boolean;
}

/** The first `limit` records of a text, each with the line at which it begins. A line end after the last record does not begin another. */
function records(text: string, where: string, form: Form, limit = Infinity): TableRecord[] {
  if (form.delimiter === ' ') return spacedRecords(text, form);
  const { delimiter, quote, comment } = form;
  const found: TableRecord[] = [];
  const newline = text.includes('\n') ? '\n' : '\r';
  let start = 0; // of the record, in the text
  let line = 1;
  Papa.parse<string[]>(text, {
    delimiter,
    newline,
    ...(quote === undefined ? { fastMode: true } : { quoteChar: quote }),
    ...(comment !== undefined && { comments: comment }),
    step({ data: cells, errors, meta: { cursor } }, parser) {
      while (comment !== undefined && text.startsWith(comment, start) && start < cursor) {
        const end = text.indexOf(newline, start);
        if (end < 0 || end >= cursor) break;
        start = end + 1;
        line++;
      }
      const raw = text.slice(start, cursor);
      if (errors.length > 0 && limit === Infinity) {
        const at = line + linesIn(text.slice(start, errors[0].index), newline);
        throw new UnrolledError(
          `${placeOf(where, at)}: expected a cell in quotes to end with a quote before ${named(delimiter)} or a line end, ` +
            'got none; put the whole cell in quotes and double the quotes inside it, or read quotes as characters like others (--quote none, in a program quote)',
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

/** The records of a text whose cells are separated by runs of blanks; a cell in quotes may have blanks in it, but no line end. */
function spacedRecords(text: string, { quote, comment }: Form): TableRecord[] {
  return text.split(/\r\n|\n|\r/).flatMap((content, index, all) => {
    if (comment !== undefined && content.startsWith(comment)) return [];
    const cells: string[] = [];
    let cell: string | undefined; // undefined between two cells
    for (let at = 0, quoting = false; at < content.length; at++) {
      const character = content[at];
      if (character === quote && quoting && content[at + 1] === quote) cell += content[++at];
      else if (character === quote && (quoting || cell === undefined)) {
        quoting = !quoting;
        cell ??= '';
      } else if (!quoting && (character === ' ' || character === '\t')) {
        if (cell !== undefined) cells.push(cell);
        cell = undefined;
      } else cell = (cell ?? '') + character;
    }
    if (cell !== undefined) cells.push(cell);
    const blank = cells.length === 0;
    if (blank && index === all.length - 1) return [];
    return [{ cells: blank ? [''] : cells, line: index + 1, blank }];
  });
}

function linesIn(text: string, newline: string): number {
  let lines = 0;
  for (let at = text.indexOf(newline); at >= 0; at = text.indexOf(newline, at + 1)) lines++;
  return lines;
}

/**
 * Chooses the delimiter by the file's name, else the first of tab, semicolon, comma and bar that gives the first ten rows equally many cells, else
 * the one that is most frequent in the first row.
 */
function delimiterOf(text: string, where: string, form: Omit<Form, 'delimiter'>): Delimiter {
  if (/\.(tsv|tab)$/i.test(where)) return '\t';
  // the first rows of a long text are enough, and it is not split four times
  const start = text.length > sampleLength ? text.slice(0, text.lastIndexOf('\n', sampleLength) + 1) || text : text;
  const widths = (['|', '\t', ';', ','] as const).map((delimiter) => ({
    delimiter,
    cells: records(start, where, { ...form, delimiter }, 10).flatMap(({ cells, blank }) =>
      blank ? [] : [cells.length],
    ),
  }));
  const isAlike = ({ cells }: (typeof widths)[number]) => cells[0] > 1 && cells.every((width) => width === cells[0]);
  const alike = [...widths.slice(1), widths[0]].find(isAlike);
  if (alike) return alike.delimiter;
  return widths.reduce((best, other) => ((other.cells[0] ?? 0) >= (best.cells[0] ?? 0) ? other : best)).delimiter;
}
