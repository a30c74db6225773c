// The weights of classes in a file: JSON, an object with a weight for each class, or a table with the class and its weight in each row. Node only.

import { parseTable } from '../data/csv.ts';
import { placeOf } from '../data/lines.ts';
import { writtenNumber } from '../data/number-form.ts';
import { rowWeights } from '../data/row-weights.ts';
import { expectWeight } from '../data/weights.ts';
import { described, quoted, shortened, UnrolledError } from '../errors.ts';
import { parseJson } from '../formats/json.ts';
import type { ReadFileOptions } from './read-examples.ts';
import { readText } from './read-text.ts';
import { nameOf } from './standard-input.ts';

/**
 * Reads the weights of classes, for the option `classWeights`. A first row of the table whose second cell is no number names the columns.
 * @throws UnrolledError for a weight that is none, and for a class that is there twice
 */
export function readClassWeights(path: string, { encoding }: ReadFileOptions = {}): Record<string, number> {
  return parseClassWeights(readText(path, { encoding }), nameOf(path));
}

/** The same from the text of such a file. */
export function parseClassWeights(text: string, where: string): Record<string, number> {
  return /^\s*[{[]/.test(text) ? fromJson(text, where) : fromTable(text, where);
}

function fromJson(text: string, where: string): Record<string, number> {
  const json = parseJson(text, where, 'usage');
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new UnrolledError(`${where}: expected an object with a weight for each class, got ${described(json)}`);
  const weights = Object.entries(json).map(([name, weight]) => [
    name,
    expectWeight(`${where}, class ${shortened(name)}`, weight),
  ]);
  return Object.fromEntries(weights);
}

function fromTable(text: string, where: string): Record<string, number> {
  const whole = parseTable(text, { where, header: false });
  const [first] = whole.rows;
  if (first.length !== 2)
    throw new UnrolledError(
      `${placeOf(where, whole.lines[0])}: expected 2 columns, a class and its weight, or an object of JSON, got ${first.length} column${first.length === 1 ? '' : 's'}`,
    );
  const isHeader = whole.rows.length > 1 && writtenNumber(first[1]) === undefined && first[1].trim() !== '';
  const table = isHeader ? { ...whole, rows: whole.rows.slice(1), lines: whole.lines.slice(1) } : whole;
  const weights = rowWeights(table, '2');
  const found = new Map<string, number>();
  for (const [at, [cell]] of table.rows.entries()) {
    const name = cell.trim();
    const place = placeOf(where, table.lines[at]);
    if (name === '')
      throw new UnrolledError(`${place}: expected a class, got an empty cell; name it or leave the row out`);
    if (found.has(name)) throw new UnrolledError(`${place}: expected each class once, got ${quoted(name)} twice`);
    found.set(name, weights[at]);
  }
  return Object.fromEntries(found);
}
