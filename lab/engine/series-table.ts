// The table of a series as somebody gives it, and how far forecasts of it are off: those of a network, and the simplest ones of the same moments.

import type { Origin, SeriesPart } from '../../src/core.ts';
import { parseTable, type Table, UnrolledError } from '../../src/index.ts';

/** Rows that can be read at most. */
const maxRows = 20_000;
/** The share of cells that are numbers in a column of numbers. */
const mostly = 0.5;

type Series = SeriesPart['series'];

/** A table; numbers alone, one in each line, are a column without a name. */
export function tableOf(text: string): Table {
  const [first = ''] = text.split('\n', 1);
  const isNameless = /^[\s\d.,+-]+$/.test(first.trim()) && /\d/.test(first);
  const table = parseTable(text, { where: 'series', ...(isNameless && { header: false }) });
  if (table.rows.length > maxRows)
    throw new UnrolledError(`series: expected at most ${maxRows} rows, got ${table.rows.length}; take a part of them`);
  return table;
}

/** The columns that hold numbers, most of them. */
export function numbersOf({ columns, rows }: Table): string[] {
  const found = columns.filter((_, c) => {
    const count = rows.filter(
      (row) => row[c].trim() !== '' && Number.isFinite(Number(row[c].replace(',', '.'))),
    ).length;
    return count > mostly * rows.length;
  });
  if (found.length > 0) return found;
  const wrong = rows.flat().find((cell) => cell.trim() !== '') ?? '';
  throw new UnrolledError(
    `series: expected a column of numbers, one in each row, got ${JSON.stringify(wrong.slice(0, 40))}; take words out, or choose another task`,
  );
}

/** Mean squared errors of repeating the last value, and that of the season before, over the same moments as the forecasts. */
export function simplest(
  { target: values, filled }: Series,
  part: SeriesPart['part'],
  ahead: number,
  season: number | null,
  of: (value: number) => number,
) {
  const target = values.map(of);
  let [naive, seasonal, count] = [0, 0, 0];
  for (let at = part.from - 1; at < part.to - ahead; at++)
    for (let k = 1; k <= ahead; k++) {
      if (filled?.[at + k]) continue;
      const before = season === null ? at : at + k - season * Math.ceil(k / season);
      naive += (target[at + k] - target[at]) ** 2;
      seasonal += (target[at + k] - (target[before] ?? target[at])) ** 2;
      count++;
    }
  return { naive: naive / count, seasonal: season === null ? null : seasonal / count };
}

/** How far forecasts are off, in the units of the column. */
export function errorsOf(origins: readonly Origin[]) {
  const ahead = origins[0].values.length;
  const [squares, counts] = [new Float64Array(ahead), new Float64Array(ahead)];
  let absolute = 0;
  for (const { series, at, values } of origins)
    for (let k = 1; k <= ahead; k++) {
      if (at + k >= series.length || series.filled?.[at + k]) continue;
      const error = values[k - 1][0] - series.target[at + k];
      squares[k - 1] += error ** 2;
      counts[k - 1]++;
      absolute += Math.abs(error);
    }
  const count = counts.reduce((sum, each) => sum + each, 0);
  return {
    rmse: squares.map((sum, k) => Math.sqrt(sum / counts[k])),
    mse: squares.reduce((sum, each) => sum + each, 0) / count,
    mae: absolute / count,
  };
}
