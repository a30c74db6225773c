// What a session is given to read, and what it remembers of it besides the state of the network.

/** The steps of an input: symbols [S, count], or vectors [count, D]. */
export interface Steps {
  readonly count: number;
  readonly ids?: ArrayLike<number>;
  readonly values?: ArrayLike<number>;
  /** What a session is to remember behind them. */
  readonly past?: Past;
}

/** What a session remembers of its input besides the state of the network, as plain data: the numbers of the last rows, and of which series they are. */
export interface Past {
  /** The numbers of the last rows, as far as a later one needs them. */
  readonly numbers?: readonly number[];
  /** The name of the series that they are of. */
  readonly series?: string;
}

/** Checks the past of a session's state; undefined where there is none, null where it is none of a session. */
export function parsePast(past: unknown): Past | undefined | null {
  if (past === undefined) return undefined;
  if (typeof past !== 'object' || past === null) return null;
  const { numbers, series } = past as { readonly [Name in keyof Past]: unknown };
  if (numbers !== undefined && !(isNumbers(numbers) && Array.from(numbers).every(Number.isFinite))) return null;
  if (series !== undefined && typeof series !== 'string') return null;
  return past as Past;
}

/** Whether data are a list or an array of numbers. */
export const isNumbers = (input: unknown): input is ArrayLike<number> =>
  (ArrayBuffer.isView(input) && !(input instanceof DataView)) ||
  (Array.isArray(input) && input.every((item) => typeof item === 'number'));
