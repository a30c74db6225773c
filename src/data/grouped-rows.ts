// Sequences of vectors in a table: the rows with the same cell in the column of groups are one sequence, in the order in which they stand. x(t) has the
// values of the number columns, each standardized by the mean and the deviation of the rows that are learned from (series.ts).

import { shortened, UnrolledError } from '../errors.ts';
import { placeOf } from './lines.ts';
import type { VectorInput } from './sequences.ts';
import { expectMoments, expectNear, type Scale, standardize } from './series.ts';
import { numberColumn, rowsByCell, type Table, textColumn } from './table.ts';

/** The rows of one sequence. */
export interface Group {
  /** The cell that its rows share. */
  readonly name: string;
  /** Indices of rows, ascending. */
  readonly rows: readonly number[];
}

/** The sequences of a table, in the order in which they begin. Throws, with the line, where a row does not say which it belongs to. */
export function groupsOf(table: Table, column: string): Group[] {
  const groups = rowsByCell(table, column);
  if (groups.size === 0) throw new UnrolledError(`${table.where}: expected at least 1 row, got none`);
  return Array.from(groups, ([name, rows]) => ({ name, rows }));
}

/** The class of each row. Throws, with the line, on an empty cell. */
export function rowLabels(table: Table, column: string): string[] {
  return textColumn(table, column).map((cell, row) => filled(table, column, row, cell));
}

/** The class of each sequence, which its rows share. Throws, with the line, where one row has another than the first. */
export function groupLabels(table: Table, groups: readonly Group[], column: string): string[] {
  const labels = rowLabels(table, column);
  return groups.map(({ name, rows }) => {
    const other = rows.find((row) => labels[row] !== labels[rows[0]]);
    if (other === undefined) return labels[rows[0]];
    throw new UnrolledError(
      `${placeOf(table.where, table.lines[other])}, column ${shortened(column)}: expected ${shortened(labels[rows[0]])}, as the other rows of ${shortened(name)} have, got ${shortened(labels[other])}; ` +
        'correct it, or label each step with --task label (label in the library)',
    );
  });
}

function filled(table: Table, column: string, row: number, cell: string): string {
  const text = cell.trim();
  if (text !== '') return text;
  throw new UnrolledError(
    `${placeOf(table.where, table.lines[row])}, column ${shortened(column)}: expected a name, got an empty cell; fill it or leave the row out`,
  );
}

/** The mean and the deviation of columns in the rows of some groups. */
export function scalesOf(table: Table, columns: readonly string[], groups: readonly Group[]): Scale[] {
  const rows = groups.flatMap((group) => group.rows);
  return columns.map((column) => {
    const all = numberColumn(table, column);
    const mean = rows.reduce((sum, row) => sum + all[row], 0) / rows.length;
    // compared directly, because the rounding of the mean would leave a constant column a deviation
    if (rows.every((row) => all[row] === all[rows[0]])) return { column, mean: all[rows[0]], std: 1 };
    const std = Math.sqrt(rows.reduce((sum, row) => sum + (all[row] - mean) ** 2, 0) / rows.length);
    return expectMoments(table.where, column, { column, mean, std: std || 1 });
  });
}

/** The vectors of groups, one sequence after the other. Throws, with the line, on a value far from those of the training part. */
export function groupVectors(table: Table, groups: readonly Group[], scales: readonly Scale[]): VectorInput {
  const columns = scales.map(({ column }) => numberColumn(table, column));
  const D = scales.length;
  const count = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const values = new Float32Array(count * D); // [N, D]
  let at = 0;
  for (const { rows } of groups)
    for (const row of rows)
      for (const [d, scale] of scales.entries()) {
        const place = () => `${placeOf(table.where, table.lines[row])}, column ${shortened(scale.column)}`;
        values[at++] = expectNear(place, standardize(columns[d][row], scale), columns[d][row]);
      }
  return { kind: 'vectors', size: D, values };
}

/** The rows of some groups as a table of their own. */
export function tableOfGroups(table: Table, groups: readonly Group[]): Table {
  const rows = groups.flatMap((group) => group.rows).sort((a, b) => a - b);
  const numbers =
    table.numbers &&
    new Map(Array.from(table.numbers, ([name, all]) => [name, Float64Array.from(rows, (row) => all[row])]));
  return {
    ...table,
    ...{ rows: rows.map((row) => table.rows[row]), lines: rows.map((row) => table.lines[row]) },
    ...(numbers && { numbers }),
  };
}
