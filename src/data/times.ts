// Dates and times in the cells of a column: ISO 8601 (2024-03-01, 2024-03, 2024-03-01T07:00:00Z), day, month and year in the order that the whole
// column shows (01.03.2024 07:00, 3/14/2024 7:00 PM), and numbers where a column of numbers is named as the time. From them come the order of the
// rows, their regular step, and the time of a row that is still to come. A time without a zone is read as one of UTC; no clock is put forward.

export const dateOrders = ['ymd', 'dmy', 'mdy', 'number'] as const;
/** The order of year, month and day in a cell; `number` for numbers such as seconds since 1970. */
export type DateOrder = (typeof dateOrders)[number];

export const stepUnits = ['millisecond', 'weekday', 'month', 'end of month', 'number'] as const;
/** The regular distance from one row to the next. Weekdays are Monday to Friday. */
export interface TimeStep {
  /** What is counted. */
  readonly unit: (typeof stepUnits)[number];
  /** How many of the unit lie between two rows. */
  readonly count: number;
}

/** A time: as the clock on the wall shows it, in milliseconds as if it were UTC, and how far that clock is ahead of UTC. A number stands alone. */
export interface Moment {
  /** What the clock shows, in milliseconds since 1970 as if it were UTC; of a column of numbers the number. */
  readonly wall: number;
  /** How far that clock is ahead of UTC, in milliseconds. */
  readonly ahead: number;
}

const longestTime = 40;
const yearFirst =
  /^(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2})(?:([Tt]| {1,3})(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?( ?[AaPp][Mm])?)?)?( ?(?:[Zz]|UTC|[-+]\d{2}(?::?\d{2})?))?$/;
const yearLast =
  /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:(,? {1,3}|T)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?( ?[AaPp][Mm])?)?( ?(?:[Zz]|UTC|[-+]\d{2}(?::?\d{2})?))?$/;

/** The parts of a cell, as they are written; the day is missing where there is only a month. */
interface Parts {
  readonly order: 'ymd' | 'other';
  readonly numbers: readonly [string, string, string | undefined];
  readonly mark: string;
  readonly between: string | undefined;
  readonly hours: string | undefined;
  readonly minutes: string | undefined;
  readonly seconds: string | undefined;
  readonly fraction: string | undefined;
  readonly half: string | undefined;
  readonly zone: string | undefined;
}

function partsOf(cell: string): Parts | undefined {
  const text = cell.trim();
  if (text.length > longestTime) return undefined;
  const found = yearFirst.exec(text) ?? yearLast.exec(text);
  if (!found) return undefined;
  const [, first, mark, second, third, between, hours, minutes, seconds, fraction, half, zone] = found;
  const order = first.length === 4 ? 'ymd' : 'other';
  if (third === undefined && (mark === '.' || zone !== undefined)) return undefined; // 2024.03 is a number
  return {
    ...{ order, numbers: [first, second, third], mark, between, hours, minutes, seconds, fraction, half, zone },
  } as Parts;
}

const day = 86_400_000;
const hour = 3_600_000;
const minute = 60_000;

/** Reads a cell whose parts are in this order; undefined where it holds no such time. */
export function momentOf(cell: string, order: DateOrder): Moment | undefined {
  if (order === 'number') {
    const value = cell.trim() === '' ? Number.NaN : Number(cell);
    return Number.isFinite(value) ? { wall: value, ahead: 0 } : undefined;
  }
  const parts = partsOf(cell);
  if (!parts || (parts.order === 'ymd') !== (order === 'ymd')) return undefined;
  const [a, b, c] = parts.numbers.map((digits) => Number(digits ?? 1));
  const [year, month, date] = order === 'ymd' ? [a, b, c] : order === 'dmy' ? [fullYear(c), b, a] : [fullYear(c), a, b];
  if (year < 1000 || month < 1 || month > 12 || date < 1 || date > daysIn(year, month)) return undefined;
  let hours = Number(parts.hours ?? 0);
  if (parts.half !== undefined) {
    if (hours < 1 || hours > 12) return undefined;
    hours = (hours % 12) + (/p/i.test(parts.half) ? 12 : 0);
  }
  const minutes = Number(parts.minutes ?? 0);
  const seconds = Number(parts.seconds ?? 0);
  if (hours > 24 || minutes > 59 || seconds > 60 || (hours === 24 && minutes + seconds > 0)) return undefined;
  const ahead = aheadOf(parts.zone);
  if (ahead === undefined) return undefined;
  const fraction = Math.floor(1000 * Number(`0.${parts.fraction ?? 0}`) + 1e-6);
  return { wall: Date.UTC(year, month - 1, date, hours, minutes, seconds, fraction), ahead };
}

const fullYear = (year: number) => (year >= 100 ? year : year < 69 ? 2000 + year : 1900 + year);
const daysIn = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

function aheadOf(zone: string | undefined): number | undefined {
  const [, sign, hours, minutes = '0'] = /([-+])(\d{2}):?(\d{2})?$/.exec(zone ?? '') ?? [];
  if (sign === undefined) return 0;
  if (Number(hours) > 14 || Number(minutes) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * hour + Number(minutes) * minute);
}

/** The moment on the line of time that all zones share. */
export const instantOf = ({ wall, ahead }: Moment): number => wall - ahead;

/** What a column of times turns out to be: the orders in which all of its cells are times. Where there are two, the cells leave it open. */
export function dateOrdersOf(cells: readonly string[]): DateOrder[] {
  return (['ymd', 'dmy', 'mdy'] as const).filter((order) => {
    // 01.03.2024 is nowhere the third of January
    if (order === 'mdy' && /^\s*\d+\./.test(cells[0])) return false;
    return cells.every((cell) => momentOf(cell, order) !== undefined);
  });
}

/**
 * The step that most rows are from those before them.
 * @param pairs neighbors in order of time
 */
export function stepOf(
  moments: readonly Moment[],
  pairs: readonly (readonly [number, number])[],
  order: DateOrder,
): TimeStep | null {
  if (pairs.length === 0) return null;
  const difference = ([a, b]: readonly [number, number]) => instantOf(moments[b]) - instantOf(moments[a]);
  if (order === 'number') return { unit: 'number', count: mostFrequent(pairs.map(difference)) };
  const dates = moments.map(({ wall }) => new Date(wall));
  const [first] = dates;
  const isMidnight = dates.every((one) => one.getTime() % day === first.getTime() % day);
  if (isMidnight) {
    const months = mostFrequent(pairs.map(([a, b]) => monthOf(dates[b]) - monthOf(dates[a])));
    if (months > 0 && dates.every((one) => one.getUTCDate() === first.getUTCDate()))
      return { unit: 'month', count: months };
    if (months > 0 && dates.every((one) => isMonthEnd(one))) return { unit: 'end of month', count: months };
  }
  const usual = mostFrequent(pairs.map(difference));
  const isWeekend = (one: Date) => one.getUTCDay() % 6 === 0;
  if (usual === day && isMidnight && moments.length >= 8 && !dates.some(isWeekend))
    return { unit: 'weekday', count: 1 };
  return { unit: 'millisecond', count: usual };
}

const monthOf = (date: Date) => 12 * date.getUTCFullYear() + date.getUTCMonth();
const isMonthEnd = (date: Date) => date.getUTCDate() === daysIn(date.getUTCFullYear(), date.getUTCMonth() + 1);

function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = values[0];
  for (const [value, times] of counts) {
    const most = counts.get(best)!;
    if (times > most || (times === most && value < best)) best = value;
  }
  return best;
}

/** The moment so many steps after another. */
export function later({ wall, ahead }: Moment, { unit, count: each }: TimeStep, steps: number): Moment {
  const many = each * steps;
  if (unit === 'millisecond' || unit === 'number') return { wall: wall + many, ahead };
  const date = new Date(wall);
  if (unit === 'weekday') {
    let left = many;
    let at = wall;
    while (left > 0) {
      at += day;
      if (new Date(at).getUTCDay() % 6 !== 0) left--;
    }
    return { wall: at, ahead };
  }
  const month = monthOf(date) + many;
  const [year, within] = [Math.floor(month / 12), (month % 12) + 1];
  const last = daysIn(year, within);
  const date2 = unit === 'end of month' ? last : Math.min(date.getUTCDate(), last);
  return { wall: Date.UTC(year, within - 1, date2) + (wall % day), ahead };
}

/** How many steps lie between two moments, where that is a whole number of steps or, of milliseconds, near one. */
export function stepsBetween(a: Moment, b: Moment, { unit, count: each }: TimeStep): number {
  if (unit === 'month' || unit === 'end of month')
    return (monthOf(new Date(b.wall)) - monthOf(new Date(a.wall))) / each;
  if (unit !== 'weekday') return (instantOf(b) - instantOf(a)) / each;
  const days = Math.round((b.wall - a.wall) / day);
  const from = new Date(a.wall).getUTCDay();
  let weekdays = 5 * Math.floor(days / 7);
  for (let i = 1; i <= days % 7; i++) if ((from + i) % 7 !== 0 && (from + i) % 7 !== 6) weekdays++;
  return weekdays;
}

/** A step in words: `1 hour`, `15 minutes`, `3 months`. */
export function stepInWords({ unit, count: each }: TimeStep): string {
  const named = (value: number, noun: string) => `${value} ${noun}${value === 1 ? '' : 's'}`;
  if (unit === 'number') return String(each);
  if (unit === 'end of month') return named(each, 'month');
  if (unit !== 'millisecond') return named(each, unit);
  for (const [size, noun] of [
    [7 * day, 'week'],
    [day, 'day'],
    [hour, 'hour'],
    [minute, 'minute'],
    [1000, 'second'],
  ] as const)
    if (each % size === 0) return named(each / size, noun);
  return named(each, 'millisecond');
}

/** Writes a moment as another cell of its column is written; `''` for one that no calendar has. */
export function formatMoment({ wall }: Moment, like: string, order: DateOrder): string {
  if (order === 'number') return String(wall);
  const parts = partsOf(like);
  const date = new Date(wall);
  if (!parts || Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1000) return '';
  const two = (value: number) => String(value).padStart(2, '0');
  const [a, b, c] = parts.numbers;
  const year = String(date.getUTCFullYear());
  const inDate = order === 'ymd' ? [b, c] : [a, b];
  const written = inDate.some((one) => one?.length === 1) ? String : two;
  const [month, dayOfMonth] = [written(date.getUTCMonth() + 1), written(date.getUTCDate())];
  const shortYear = c?.length === 2 ? year.slice(2) : year;
  const dates = {
    ymd: c === undefined ? [year, month] : [year, month, dayOfMonth],
    dmy: [dayOfMonth, month, shortYear],
    mdy: [month, dayOfMonth, shortYear],
  };
  let text = dates[order].join(parts.mark);
  if (parts.hours !== undefined) {
    const hours = parts.half === undefined ? date.getUTCHours() : date.getUTCHours() % 12 || 12;
    text += `${parts.between}${parts.hours.length === 1 ? hours : two(hours)}:${two(date.getUTCMinutes())}`;
    if (parts.seconds !== undefined) text += `:${two(date.getUTCSeconds())}`;
    if (parts.fraction !== undefined) {
      const thousandths = String(date.getUTCMilliseconds()).padStart(3, '0');
      text += `.${thousandths.padEnd(parts.fraction.length, '0').slice(0, parts.fraction.length)}`;
    }
    if (parts.half !== undefined) {
      const half = date.getUTCHours() < 12 ? 'am' : 'pm';
      const isCapital = /[AP]/.test(parts.half);
      text += (parts.half.startsWith(' ') ? ' ' : '') + (isCapital ? half.toUpperCase() : half);
    }
  }
  return text + (parts.zone ?? '');
}

/** Whether a part of a time has one digit where another would have two, so that a cell like it shows that numbers are not padded. */
export function hasShortParts(cell: string): boolean {
  const parts = partsOf(cell);
  return parts !== undefined && [...parts.numbers, parts.hours].some((digits) => digits?.length === 1);
}

export const calendarParts = ['hour', 'weekday', 'month'] as const;
/** A part of the calendar that a network may read as a sine and a cosine. */
export type CalendarPart = (typeof calendarParts)[number];

/** How far a moment is in the day, the week or the year, from 0 to below 1. Every month takes a twelfth of the year. */
export function turnOf({ wall }: Moment, part: CalendarPart): number {
  const inDay = (((wall % day) + day) % day) / day;
  if (part === 'hour') return inDay;
  const date = new Date(wall);
  if (part === 'weekday') return ((date.getUTCDay() + 6) % 7) / 7;
  return date.getUTCMonth() / 12;
}
