// Several series in one table, told apart by a column, and several tables as one.

import { listed, shortened, UnrolledError } from '../errors.ts';
import type { PreparedTable } from './prepare-table.ts';
import type { RowTimes } from './row-times.ts';
import type { SeriesTable, TableOfSeries } from './series.ts';
import { rowsByCell, type Table } from './table.ts';

/** The series of a table, each with its rows in their order: by the names in a column, or one without a name. */
export function seriesTables(table: TableOfSeries, group?: string): SeriesTable[] {
  if (group === undefined) return [{ name: null, table }];
  return [...rowsByCell(table, group)].map(([name, own]) => ({
    name,
    table: {
      ...table,
      rows: own.map((i) => table.rows[i]),
      lines: own.map((i) => table.lines[i]),
      ...(table.filled && { filled: filledOf(table.filled, own) }),
      ...(table.times && { times: timesOf(table.times, own) }),
    },
  }));
}

/** Where some rows were filled. */
function filledOf(filled: PreparedTable['filled'], rows: readonly number[]): PreparedTable['filled'] {
  return new Map(Array.from(filled, ([column, where]) => [column, Uint8Array.from(rows, (i) => where[i])]));
}

/** The times of some rows. */
function timesOf(times: RowTimes, rows: readonly number[]): RowTimes {
  return {
    ...times,
    moments: rows.map((i) => times.moments[i]),
    of: (row) => times.of(rows[row]),
    after: (row, steps) => times.after(rows[row], steps),
  };
}

/** Tables with the same columns, one below the other. */
export function stackTables(tables: readonly Table[]): Table {
  const [first] = tables;
  for (const { where, columns } of tables)
    if (columns.length !== first.columns.length || columns.some((name) => !first.columns.includes(name)))
      throw new UnrolledError(
        `${where}: expected the columns of ${first.where}, ${listed(first.columns)}, got ${listed(columns)}`,
      );
  return {
    where: tables.length === 1 ? first.where : `${first.where} and ${tables.length - 1} more`,
    columns: first.columns,
    rows: tables.flatMap((table) => {
      const order = first.columns.map((name) => table.columns.indexOf(name));
      return table.rows.map((row) => order.map((at) => row[at]));
    }),
    lines: tables.flatMap(({ lines }) => lines),
  };
}

/**
 * The same with one more column, which names the table of each row.
 * @param names the name of each
 */
export function joinTables(tables: readonly Table[], names: readonly string[], column: string): Table {
  const wrong = tables.find(({ columns }) => columns.includes(column));
  if (wrong)
    throw new UnrolledError(`${wrong.where}: expected no column ${shortened(column)}, which names the tables, got one`);
  const named = tables.map((table, i) => ({
    ...table,
    columns: [...table.columns, column],
    rows: table.rows.map((row) => [...row, names[i]]),
  }));
  return stackTables(named);
}
