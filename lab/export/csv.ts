// Tables as CSV (RFC 4180): a comma between cells, quotes where a cell needs them, numbers as programs read them.

import { readNumber } from '../format.ts';

/** A number that was written for a person is written for a program; every digit that it has stays. */
function cellOf(cell: string | number): string {
  if (typeof cell === 'number')
    return Number.isFinite(cell) ? String(cell) : Number.isNaN(cell) ? 'NaN' : cell > 0 ? 'inf' : '-inf';
  const number = /^[−-]?[\d.,\u202f]+(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?$/.test(cell) ? readNumber(cell) : Number.NaN;
  const text = Number.isNaN(number) ? cell : String(number);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvOf = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');

/** A matrix with the names of its rows and columns. */
export function csvOfMatrix(values: ArrayLike<number>, rows: readonly string[], columns: readonly string[]): string {
  const lines = rows.map((name, r) => [name, ...columns.map((_, c) => values[r * columns.length + c])]);
  return csvOf([['', ...columns], ...lines]);
}
