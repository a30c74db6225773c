// How the numbers of a column are written: with a decimal point or a decimal comma, with marks between thousands, with a sign of a currency or a
// percent beside them. What one cell leaves open (is 2,564 more than two thousand?) the whole column decides, else the other columns of the table do.
// A number becomes the text of the same number as JavaScript writes it, digit for digit, so nothing is rounded on the way.

import { type DecimalMark, isNumber } from './table.ts';

/** The longest cell that is looked at as a number with marks. */
const longestNumber = 80;

/** The ways to write a number, each a bit: a decimal mark, and what stands between thousands, `''` where nothing does. */
const ways: readonly { readonly decimal: DecimalMark; readonly thousands: string }[] = [
  ...['', ',', ' ', "'"].map((thousands) => ({ decimal: '.' as const, thousands })),
  ...['', '.', ' ', "'"].map((thousands) => ({ decimal: ',' as const, thousands })),
];
const waysWith = (fits: (way: (typeof ways)[number]) => boolean): number =>
  ways.reduce((set, way, bit) => (fits(way) ? set | (1 << bit) : set), 0);
const allWays = waysWith(() => true);
const pointWays = waysWith(({ decimal }) => decimal === '.');
const commaWays = allWays & ~pointWays;
const plainWay = 1;

/** A cell that holds a number. */
export interface WrittenNumber {
  /** The currency, percent or degree beside it; `''` where there is none. */
  readonly sign: string;
  /** The ways in which it may be written, as bits. */
  readonly ways: number;
  /** Its minus or nothing, and its digits with all marks. */
  readonly minus: string;
  readonly body: string;
}

/** What may stand beside a number: percent, degrees, the sign of a currency or its code. */
const signs =
  /^(%|‰|°|°[CF]|(US|A|C|HK|NZ|S|R)?\$|\p{Sc}|EUR|USD|GBP|JPY|CHF|CNY|INR|AUD|CAD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BRL|MXN|KRW|TRY|ZAR|kr\.?|zł|Kč|Ft|Fr\.?|Rs\.?)$/u;

/** Reads a cell as a number with its marks; undefined where it is none. */
export function writtenNumber(cell: string): WrittenNumber | undefined {
  const text = cell.trim();
  if (text.length > longestNumber)
    return isNumber(text) ? { sign: '', ways: plainWay, minus: '', body: text } : undefined;
  const from = text.search(/[\d.,]/);
  if (from < 0) return undefined;
  let to = text.length;
  while (to > from && !/[\d.,]/.test(text[to - 1])) to--;
  const head = text.slice(0, from).replaceAll(/\s/g, '').replaceAll('−', '-');
  const tail = text.slice(to).trim();
  const unsigned = head.replace(/^[-+]|[-+]$/, '');
  if ((unsigned !== '' && tail !== '') || !/^[^-+]*$/.test(unsigned)) return undefined;
  const sign = unsigned + tail;
  if (sign !== '' && !signs.test(sign)) return undefined;
  const body = text.slice(from, to);
  const found = waysOf(body);
  return found === 0 ? undefined : { sign, ways: found, minus: head.includes('-') ? '-' : '', body };
}

/** The ways in which digits with marks may be read. */
function waysOf(body: string): number {
  const [, mantissa, exponent] = /^([\d.,'’\s]+)(e[-+]?\d+)?$/i.exec(body) ?? [];
  if (mantissa === undefined) return 0;
  const parts = mantissa.split(/[.,'’\s]/);
  const marks = Array.from(mantissa.replaceAll(/\d/g, ''), (mark) =>
    mark === '’' ? "'" : /\s/.test(mark) ? ' ' : mark,
  );
  const whole = (digits: string, besides?: string) =>
    waysWith(({ thousands }) => thousands === '' || (digits.length <= 4 && thousands !== besides));
  if (marks.length === 0) return parts[0] === '' ? 0 : whole(parts[0]);
  const last = marks[marks.length - 1];
  const alike = (some: readonly string[]) => some.every((mark) => mark === some[0]);
  let found = 0;
  if (last === '.' || last === ',') {
    const decimal = waysWith((way) => way.decimal === last);
    const earlier = marks.slice(0, -1);
    if (earlier.length === 0) {
      if (parts.some((part) => part !== '')) found |= decimal & whole(parts[0], last);
    } else if (alike(earlier) && earlier[0] !== last && isGrouped(parts.slice(0, -1)))
      found |= decimal & waysWith(({ thousands }) => thousands === earlier[0]);
  }
  if (exponent === undefined && alike(marks) && isGrouped(parts))
    found |= waysWith(({ thousands }) => thousands === last);
  return found;
}

/** Whether digits are in groups as thousands are: three in the last, two or three before, one to three in the first. */
function isGrouped(parts: readonly string[]): boolean {
  return (
    /^[1-9]\d{0,2}$/.test(parts[0]) &&
    parts[parts.length - 1].length === 3 &&
    parts.slice(1).every((part) => part.length === 2 || part.length === 3)
  );
}

/** The text of a number as JavaScript reads it, once its decimal mark is known; undefined where it is not written so, or not finite. */
export function plainNumber(number: WrittenNumber, decimal: DecimalMark): string | undefined {
  if ((number.ways & (decimal === '.' ? pointWays : commaWays)) === 0) return undefined;
  const digits = number.body.replaceAll(decimal === '.' ? /[,'’\s]/g : /[.'’\s]/g, '').replace(',', '.');
  const text = number.minus + digits;
  return isNumber(text) ? text : undefined;
}

/** What the cells of a column tell of how its numbers are written. */
export interface ColumnForm {
  /** The first row with a number; undefined where there is none. */
  readonly first: number | undefined;
  /** The first row that is not written as those before it, and a row that it is unlike. */
  readonly mixed: number | undefined;
  readonly unlike: number | undefined;
  readonly sign: string;
  /** The decimal mark that the column shows; undefined where its cells would do with either. */
  readonly decimal: DecimalMark | undefined;
  /** The mark in cells that may be decimals or thousands; undefined where none has one, or it is plain which it is. */
  readonly open: DecimalMark | undefined;
  /** Whether there are whole numbers below a thousand, as there hardly are where three decimals are written. */
  readonly isLikelyThousands: boolean;
}

/** Looks at how the numbers of a column are written. A cell that is no number is passed over. */
export function columnForm(rows: readonly (readonly string[])[], index: number): ColumnForm {
  let left = allWays;
  let sign: string | undefined;
  let first: number | undefined;
  let mixed: number | undefined;
  let unlike: number | undefined;
  let marked: number | undefined; // the first row whose cell leaves fewer ways than there are
  const seen = { '.': false, ',': false };
  let isLikelyThousands = false;
  for (const [at, row] of rows.entries()) {
    const number = writtenNumber(row[index]);
    if (!number) continue;
    first ??= at;
    sign ??= number.sign;
    if (number.body.includes('.')) seen['.'] = true;
    if (number.body.includes(',')) seen[','] = true;
    if (/^\d{1,3}$/.test(number.body)) isLikelyThousands = true;
    if (sign !== number.sign || (left & number.ways) === 0) {
      mixed = at;
      unlike = sign === number.sign ? (marked ?? first) : first;
      break;
    }
    if (number.ways !== allWays) marked ??= at;
    left &= number.ways;
  }
  const isOpen = (left & pointWays) !== 0 && (left & commaWays) !== 0;
  return {
    ...{ first, mixed, unlike, isLikelyThousands, sign: sign ?? '' },
    decimal: isOpen ? undefined : (left & pointWays) !== 0 ? '.' : ',',
    open: isOpen && (seen['.'] || seen[',']) ? (seen[','] ? ',' : '.') : undefined,
  };
}
