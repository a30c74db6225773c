// The library's error class, and the checks that throw it. Every message is one sentence for a person: `where: what, expected …, got …; remedy`.

/**
 * A problem that the caller can put right: a bad option, a file that is not what it should be, text the model does not know.
 * The message alone says what was wrong, what was expected and what to do about it, so nobody needs to read the stack trace.
 */
export class UnrolledError extends Error {
  /** `usage`: the request itself was wrong (the command line exits with 2); `failure`: carrying it out failed (exits with 1). */
  readonly kind: 'usage' | 'failure';

  constructor(message: string, kind: 'usage' | 'failure' = 'usage', options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnrolledError';
    this.kind = kind;
  }
}

/** Throws a usage error `where: expected …, got …` unless `value` is a whole number from `low` to `high`. */
export function expectInteger(where: string, value: unknown, low: number, high = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
  const range = high === Number.MAX_SAFE_INTEGER ? `of ${low} or more` : `from ${low} to ${high}`;
  throw new UnrolledError(`${where}: expected a whole number ${range}, got ${String(value)}`);
}

/** Throws a usage error unless `value` is a finite number from `low` to `high`; with `open`, `low` itself is refused too. */
export function expectNumber(where: string, value: unknown, low: number, high = Infinity, open = false): number {
  if (typeof value === 'number' && Number.isFinite(value) && value <= high && (open ? value > low : value >= low))
    return value;
  const range = high === Infinity ? `${open ? 'above' : 'of at least'} ${low}` : `from ${low} to ${high}`;
  throw new UnrolledError(`${where}: expected a number ${range}, got ${String(value)}`);
}

/** Throws a usage error unless `value` is one of `choices`. */
export function expectOneOf<Choice extends string>(where: string, value: unknown, choices: readonly Choice[]): Choice {
  if (choices.includes(value as Choice)) return value as Choice;
  throw new UnrolledError(`${where}: expected one of ${choices.join(', ')}, got ${String(value)}`);
}
