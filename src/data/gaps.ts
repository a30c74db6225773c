// Cells without a number, and what becomes of them:
//
//   error         they are refused, with the line
//   previous      they get the last number before them; in the first rows, where there is none, the first one after them
//   interpolate   they get what lies on the line between their neighbors; at either end the nearest number
//
// Nothing is taken from another series. What was filled in is marked, because a target that nobody measured must not count.

export const missingRules = ['error', 'previous', 'interpolate'] as const;
/** What becomes of a cell without a number. */
export type MissingRule = (typeof missingRules)[number];

/** Words that stand for a number that is not there. */
const gaps = new Set([
  '',
  'na',
  'n/a',
  '#n/a',
  'nan',
  'null',
  'none',
  'nil',
  '-',
  '--',
  '–',
  '—',
  '?',
  '.',
  '..',
  '...',
]);

/** Whether a cell says that there is no number. */
export function isGap(cell: string): boolean {
  return gaps.has(cell.length < 32 ? cell.trim().toLowerCase() : cell);
}

/**
 * Fills the gaps of a column, in place.
 * @param cells numbers as text; undefined for a gap
 * @param series the rows of each series, in order
 * @returns where something was filled in, and the first series that has no number at all
 */
export function fillGaps(
  cells: (string | undefined)[],
  rule: Exclude<MissingRule, 'error'>,
  series: readonly (readonly number[])[],
): { readonly filled: Uint8Array; readonly empty: number | undefined } {
  const filled = new Uint8Array(cells.length);
  let empty: number | undefined;
  for (const [which, rows] of series.entries()) {
    for (let next = 0; next < rows.length; ) {
      if (cells[rows[next]] !== undefined) {
        next++;
        continue;
      }
      const from = next;
      while (next < rows.length && cells[rows[next]] === undefined) next++;
      const before = from > 0 ? cells[rows[from - 1]] : undefined;
      const after = next < rows.length ? cells[rows[next]] : undefined;
      if (before === undefined && after === undefined) {
        empty ??= which;
        break;
      }
      for (let at = from; at < next; at++) {
        filled[rows[at]] = 1;
        if (before === undefined || after === undefined || rule === 'previous') cells[rows[at]] = before ?? after;
        else {
          const share = (at - from + 1) / (next - from + 1);
          cells[rows[at]] = String((1 - share) * Number(before) + share * Number(after));
        }
      }
    }
  }
  return { filled, empty };
}
