// A table of texts and their classes → examples: which column is which, and what is wrong with a row. Nothing here reads files.

import { quoted, UnrolledError } from '../errors.ts';
import { parseTable, type TableOptions } from './csv.ts';
import { placeOf } from './lines.ts';
import { rowWeights } from './row-weights.ts';
import type { Example } from './sequences.ts';
import { columnIndex } from './table.ts';

/** Which columns of a table are the class, the text and the weight, and how its cells are told apart. */
export interface ClassTableOptions extends TableOptions {
  /** The column of the classes. Default: `label`, in capitals or not, where the first row has it and `text`, else the first column. */
  readonly label?: string;
  /** The column of the texts. Default: `text` likewise, else the second column. */
  readonly text?: string;
  /** The column of a table that says how much each example counts in the loss. Default: each counts alike. */
  readonly weight?: string;
}

/**
 * The texts of a table and their classes.
 * @example parseClasses('label,text\nIrish,Barry\nFinnish,Aalto') // [{ label: 'Irish', text: 'Barry', … }, …]
 * @throws UnrolledError as `parseTable`, for a table of one column, and where a class or a text is empty
 */
export function parseClasses(content: string, options: ClassTableOptions = {}): Example[] {
  const { label = 'label', text = 'text', weight, header, where = 'table', ...form } = options;
  const named = options.label !== undefined || options.text !== undefined || weight !== undefined;
  let table = parseTable(content, { ...form, where, header: false });
  const first = table.rows[0].map((cell) => cell.trim());
  const isHeader = columnLike(first, label) >= 0 && columnLike(first, text) >= 0;
  const headed = header ?? (named || isHeader);
  if (headed) table = parseTable(content, { ...form, where, header: true });
  const byName = named || (headed && isHeader);
  if (table.columns.length < 2)
    throw new UnrolledError(
      `${placeOf(where, table.lines[0])}: expected a label and a text, got 1 column; separate them by a comma, a semicolon or a tab, ` +
        'or name what separates them (--delimiter, in a program delimiter)',
    );
  const at = (name: string) =>
    columnLike(table.columns, name) >= 0 ? columnLike(table.columns, name) : columnIndex(table, name);
  const labelAt = byName ? at(label) : 0;
  const textAt = byName ? at(text) : 1;
  if (labelAt === textAt)
    throw new UnrolledError(
      `${where}: expected two columns, got ${quoted(table.columns[labelAt])} as text and as label; name another one (--label-column and --text-column, in a program label and text)`,
    );
  const labels = table.rows.map((row) => row[labelAt]);
  const weights = weight === undefined ? undefined : rowWeights(table, table.columns[at(weight)]);
  if (!headed && header === undefined && labels.length > 2 && labels.indexOf(labels[0], 1) < 0)
    throw new UnrolledError(
      `${placeOf(where, table.lines[0])}: expected a label that occurs again, or a header with label and text, got ${quoted(labels[0])} only here; ` +
        'if this row names the columns, say which two to read (--label-column and --text-column, in a program label and text), else write a first line label,text, or say that there is no header (--no-header, in a program header: false)',
    );
  return table.rows.map((row, index) => {
    const place = placeOf(where, table.lines[index]);
    if (labels[index].trim() === '')
      throw new UnrolledError(`${place}: expected a label, got an empty cell; fill it in, or leave the text out`);
    const example = { text: expectText(row[textAt].trim(), place), label: labels[index].trim(), place };
    return weights ? { ...example, weight: weights[index] } : example;
  });
}

/** A text that is not empty. */
export function expectText(text: string, place: string): string {
  if (text === '') throw new UnrolledError(`${place}: expected a text, got none; leave it out`);
  return text;
}

/** The index of the column of this name, or of the only one that differs from it in nothing but capitals; −1 where there is none. */
export function columnLike(columns: readonly string[], name: string): number {
  const exact = columns.indexOf(name);
  if (exact >= 0) return columns.indexOf(name, exact + 1) < 0 ? exact : -1;
  const like = columns.flatMap((column, index) => (column.toLowerCase() === name.toLowerCase() ? [index] : []));
  return like.length === 1 ? like[0] : -1;
}
