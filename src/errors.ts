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

/**
 * Throws a usage error for the first option that is none of those known, so that a slip is not left out in silence.
 * @param known the names of all options
 */
export function expectOptions(where: string, options: unknown, known: Readonly<Record<string, true>>): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new UnrolledError(`${where}: expected an object with options, got ${described(options)}`);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    const near = nearest(name, Object.keys(known));
    throw new UnrolledError(
      `${where}: there is no option ${name}; ${near ? `did you mean ${near}?` : `its options are ${Object.keys(known).join(', ')}`}`,
    );
  }
}

/** How a value looks in a message: as JSON, cut to one short line. */
export function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The name that is the fewest edits away, if they are few enough for a slip: a third of its letters. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const ranked = names.map((name) => ({ name, distance: edits(word, name) })).sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (best && best.distance <= Math.ceil(best.name.length / 3)) return best.name;
  return word.length > 2 ? names.find((name) => name.startsWith(word)) : undefined;
}

/** Levenshtein's distance: insertions, deletions and substitutions from a to b. */
export function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
