// Weights of the rows of a table, from one of its columns.

import { quoted, shortened, UnrolledError } from '../errors.ts';
import { isGap } from './gaps.ts';
import { placeOf } from './lines.ts';
import { columnIndex, type Table } from './table.ts';
import { decimalsOf, formOfColumn } from './table-columns.ts';
import { readCell } from './table-plan.ts';
import { expectWeight } from './weights.ts';

/**
 * The weight of each row, in any form that the numbers of a table have.
 * @param isOpen whether a row may have none, as it is still to come; its weight is 0
 * @throws UnrolledError, with the line, where there is none
 */
export function rowWeights(table: Table, column: string, isOpen: (row: number) => boolean = () => false): Float64Array {
  const index = columnIndex(table, column);
  const form = formOfColumn(table, column);
  const decimal = decimalsOf(table, new Map([[column, form]])).get(column)!;
  const weights = Float64Array.from(table.rows, (row, at) => {
    const place = `${placeOf(table.where, table.lines[at])}, column ${shortened(column)}`;
    if (isGap(row[index])) {
      if (isOpen(at)) return 0;
      throw new UnrolledError(
        `${place}: expected a weight, got ${row[index].trim() === '' ? 'an empty cell' : quoted(row[index])}; fill it, 1 for no change, or leave the row out`,
      );
    }
    return expectWeight(place, Number(readCell({ column, decimal, sign: form.sign }, row[index], () => place)));
  });
  if (weights.some((weight) => weight > 0)) return weights;
  throw new UnrolledError(`${table.where}, column ${shortened(column)}: expected a weight above 0, got 0 in all rows`);
}
