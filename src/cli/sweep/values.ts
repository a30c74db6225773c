// The values of a plan: each is checked as the command line would check it, and what is drawn is drawn by the plan's seed, whatever the machine.

import { exp, log } from '../../elementary.ts';
import { atPlace, described, expectList, firstTwice, nearest, shortened, UnrolledError } from '../../errors.ts';
import { Random } from '../../random.ts';
import { trainOptions } from '../option-tables.ts';
import { type Option, type Rows, readValue, rowsOf } from '../options.ts';

/** The value of an option in a trial; null leaves it out. */
export type Setting = string | number | boolean | null;
export type Settings = Readonly<Record<string, Setting>>;

const rows = rowsOf(trainOptions) as Rows;
/** What a sweep decides itself. */
export const ofRun: readonly string[] = [
  ...['out', 'search', 'resume', 'overwrite', 'pause-after', 'tensorboard', 'json', 'quiet', 'mpi', 'mpi-timeout'],
];
const rangeKinds = ['uniform', 'log', 'integer', 'choice'] as const;

/** What values are drawn from. */
export interface Range {
  readonly kind: (typeof rangeKinds)[number];
  readonly values: readonly Setting[];
  /** Whether its values are whole numbers. */
  readonly isWhole: boolean;
}

/** The row of an option of `train` that a plan may set. */
export function optionOf(path: string, name: string): Option {
  const where = `${path}, ${shortened(name)}`;
  if (ofRun.includes(name))
    throw new UnrolledError(`${where}: expected options that a trial may have, got one that the sweep sets itself`);
  if (Object.hasOwn(rows, name)) return rows[name];
  const near = nearest(
    name.replace(/^-+/, ''),
    Object.keys(rows).filter((one) => !ofRun.includes(one)),
  );
  throw new UnrolledError(
    `${where}: there is no such option of train; ${near ? `did you mean ${near}?` : 'see unrolled train --help'}`,
  );
}

/** A value as the command line would read it. */
export function settingOf(path: string, name: string, row: Option, value: unknown): Setting {
  const where = `${path}, ${name}`;
  if (value === null) return null;
  if (row.type === 'flag') {
    if (typeof value === 'boolean') return value;
    throw new UnrolledError(`${where}: expected true or false, got ${described(value)}`);
  }
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new UnrolledError(`${where}: expected a value, a list of values or a range, got ${described(value)}`);
  readValue(where, row, String(value), true, rows);
  return value;
}

export function valuesOf(path: string, name: string, row: Option, values: readonly unknown[]): Setting[] {
  const settings = values.map((value) => settingOf(path, name, row, value));
  if (settings.length === 0) throw new UnrolledError(`${path}, ${name}: expected values to try, got an empty list`);
  const twice = firstTwice(settings.map(String));
  if (twice !== undefined)
    throw new UnrolledError(`${path}, ${name}: expected each value once, got ${shortened(twice)} twice`);
  return settings;
}

export function rangeOf(path: string, name: string, row: Option, value: object): Range {
  const where = `${path}, ${name}`;
  const kinds = Object.keys(value);
  const kind = rangeKinds.find((one) => one === kinds[0]);
  if (kinds.length !== 1 || kind === undefined)
    throw new UnrolledError(
      `${where}: expected one of ${rangeKinds.join(', ')} in braces, got ${shortened(kinds.join(', ')) || 'none'}`,
    );
  const given = atPlace(where, () => expectList(kind, (value as Record<string, unknown>)[kind]));
  const isWhole = row.type === 'integer';
  if (kind === 'choice') return { kind, values: valuesOf(path, name, row, given), isWhole };
  if (isWhole ? kind === 'uniform' : row.type !== 'number' || kind === 'integer')
    throw new UnrolledError(
      `${where}: expected ${isWhole ? 'integer, log or choice, as its values are whole numbers' : row.type === 'number' ? 'uniform, log or choice, as its values are not whole' : 'choice, as its values are no numbers'}, got ${kind}`,
    );
  if (given.length !== 2 || given.some((bound) => typeof bound !== 'number'))
    throw new UnrolledError(`${where}: expected ${kind}: [low, high], got ${described(given)}`);
  const [low, high] = given.map((bound) => settingOf(path, name, row, bound)) as number[];
  if (low >= high || (kind === 'log' && low <= 0))
    throw new UnrolledError(
      `${where}: expected ${kind === 'log' ? 'two numbers above 0, ' : ''}the lower one first, got [${low}, ${high}]`,
    );
  return { kind, values: [low, high], isWhole };
}

/** What a draw takes from every range: a stream of its own, so that more draws leave the first ones what they are. */
export function drawnFrom(ranges: readonly (readonly [string, Range])[], seed: number, draw: number): Settings {
  const random = new Random(new Random(seed).next() + draw);
  return Object.fromEntries(ranges.map(([name, range]) => [name, drawnValue(range, random)]));
}

function drawnValue({ kind, values, isWhole }: Range, random: Random): Setting {
  if (kind === 'choice') return values[Math.floor(random.uniform() * values.length)];
  const [low, high] = values as readonly number[];
  if (kind === 'integer') return low + Math.floor(random.uniform() * (high - low + 1));
  const drawn = kind === 'log' ? exp(random.uniform(log(low), log(high))) : random.uniform(low, high);
  // four digits are as good as sixteen, and can be read
  const value = isWhole ? Math.round(drawn) : Number(drawn.toPrecision(4));
  return Math.min(high, Math.max(low, value));
}
