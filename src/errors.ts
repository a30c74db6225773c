// The library's error class, the checks that throw it, and how names and values from outside look in a message. Every message is one sentence for a
// person: `where: what, expected …, got …; remedy`. It stays one line of bounded length, whatever the names and values in it are.

/** The longest message, in UTF-16 units; of a longer one the middle is left out. */
const longestMessage = 1000;
/** The characters of a name or a value that a message shows. */
const longestName = 60;
/** The names of a list that a message shows. */
const longestList = 20;

/**
 * A problem that the caller can put right: a bad option, a file that is not what it should be, text the model does not know.
 * The message alone says what was wrong, what was expected and what to do about it, so nobody needs to read the stack trace.
 */
export class UnrolledError extends Error {
  /** `usage`: the request itself was wrong (the command line exits with 2); `failure`: carrying it out failed (exits with 1). */
  readonly kind: 'usage' | 'failure';

  /** Makes the error. The message is one sentence: what was wrong, what was expected, what was got, and what to do. */
  constructor(message: string, kind: 'usage' | 'failure' = 'usage', options?: ErrorOptions) {
    super(withoutMiddle(inOneLine(message)), options);
    this.name = 'UnrolledError';
    this.kind = kind;
  }
}

/**
 * Carries out what may throw an error about a part, and puts the name of the whole before it: `task.json, labels: expected …`.
 * @param kind default: as the part's
 */
export function atPlace<Result>(where: string, action: () => Result, kind?: UnrolledError['kind']): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    throw new UnrolledError(`${where}, ${error.message}`, kind ?? error.kind, { cause: error });
  }
}

/** Throws a usage error `where: expected …, got …` unless `value` is a whole number from `low` to `high`. */
export function expectInteger(where: string, value: unknown, low: number, high = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
  const range = high === Number.MAX_SAFE_INTEGER ? `of ${low} or more` : `from ${low} to ${high}`;
  throw new UnrolledError(`${where}: expected a whole number ${range}, got ${described(value)}`);
}

/** Throws a usage error unless `value` is a finite number from `low` to `high`, or any one with −∞ as `low`; with `open`, `low` itself is refused too. */
export function expectNumber(where: string, value: unknown, low: number, high = Infinity, open = false): number {
  if (typeof value === 'number' && Number.isFinite(value) && value <= high && (open ? value > low : value >= low))
    return value;
  const range =
    high === Infinity
      ? `number ${open ? 'above' : 'of at least'} ${low}`
      : `number ${open ? `above ${low}, up to` : `from ${low} to`} ${high}`;
  throw new UnrolledError(
    `${where}: expected a ${low === -Infinity ? 'finite number' : range}, got ${described(value)}`,
  );
}

/**
 * Throws a usage error, with the position, unless all values are finite and no larger than float32 holds.
 * @param counts which values matter, where not all do
 */
export function expectFloats(where: string, values: ArrayLike<number>, counts = (_: number): boolean => true): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(Math.fround(values[i])) && counts(i))
      throw new UnrolledError(
        `${where} ${i + 1}: expected a finite number${Number.isFinite(values[i]) ? ' that float32 holds' : ''}, got ${values[i]}`,
      );
}

/** Throws a usage error unless `value` is one of `choices`. */
export function expectOneOf<Choice extends string>(where: string, value: unknown, choices: readonly Choice[]): Choice {
  if (choices.includes(value as Choice)) return value as Choice;
  throw new UnrolledError(
    `${where}: expected one of ${choices.join(', ')}, got ${typeof value === 'string' ? shortened(value) : described(value)}`,
  );
}

/** Throws a usage error unless `value` is an object, and no list. */
export function expectObject(where: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UnrolledError(`${where}: expected an object, got ${described(value)}`);
}

/** Throws a usage error unless `value` is a list of at least `least` items. */
export function expectList(where: string, value: unknown, least = 0): unknown[] {
  if (Array.isArray(value) && value.length >= least) return value;
  throw new UnrolledError(`${where}: expected a list, got ${described(value)}`);
}

/** Throws a usage error unless `value` is a text. */
export function expectText(where: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new UnrolledError(`${where}: expected a text, got ${described(value)}`);
}

/** Throws a usage error unless `value` is a list of texts. */
export function expectTexts(where: string, value: unknown): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new UnrolledError(`${where}: expected a list of texts, such as ["one"], got ${described(value)}`);
}

/** The bytes of a file as an array. Throws a usage error unless they are one, or an ArrayBuffer. */
export function expectBytes(where: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new UnrolledError(`${where}: expected the bytes of a file, got ${described(value)}`);
}

/** Throws a usage error unless `value` is true or false. */
export function expectFlag(where: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new UnrolledError(`${where}: expected true or false, got ${described(value)}`);
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

/** The options that have a value: one that is undefined is left to its default, as if it were not there. */
export function givenOptions<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

/** Control characters, line ends, marks that turn the direction of writing, and halves of surrogate pairs. */
const invisible = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Surrogate}]/gu;
const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' };

/**
 * A text of unknown origin on one line: what would end the line, move a terminal's cursor, or turn the direction of writing, is written as JSON
 * writes it, such as `\n` or `\u001b`.
 */
export function inOneLine(text: string): string {
  return text.replace(invisible, escaped);
}

/** A text as a cell of a table without quoting: control characters, line ends and tabs among them, are written as JSON writes them. */
export function inOneCell(text: string): string {
  return text.replace(/\p{Cc}/gu, escaped);
}

function escaped(character: string): string {
  return escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A name as a message or a line of a table shows it: on one line, and cut after 60 characters. */
export function shortened(name: string, length = longestName): string {
  return inOneLine(cut(name, length));
}

/** A text as a message shows it: in quotes, on one line, and cut after 60 characters. */
export function quoted(text: string): string {
  return inOneLine(JSON.stringify(cut(text, longestName)));
}

/** At most so many characters of a text, the last of them … where it is cut. */
function cut(text: string, length: number): string {
  // a character has at most two units, so the rest of a long text is never looked at
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text;
}

/** A list of names as a message shows it, such as `one, two, three`; it is cut after 20 names. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, longestList).map((name) => shortened(name));
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`;
}

/** How a value looks in a message: as JSON, on one line, and cut after 60 characters. No more of it is looked at than is shown. */
export function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'string' ? quoted(value) : shortened(jsonOf(value, longestName + 1));
}

/** The beginning of a value as JSON: all of it, or at least `length` characters. */
function jsonOf(value: unknown, length: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, length));
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? 'a function' : String(value);
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)) {
    const list = value as ArrayLike<unknown>;
    let text = '[';
    for (let i = 0; i < list.length && text.length <= length; i++)
      text += `${i > 0 ? ',' : ''}${jsonOf(list[i] ?? null, length - text.length)}`;
    return `${text}]`;
  }
  let text = '{';
  for (const key in value) {
    if (text.length > length) break;
    const item = (value as Readonly<Record<string, unknown>>)[key];
    if (!Object.hasOwn(value, key) || item === undefined) continue;
    const name = JSON.stringify(key.slice(0, length));
    text += `${text === '{' ? '' : ','}${name}:${jsonOf(item, length - text.length)}`;
  }
  return `${text}}`;
}

/** The reason that an error of the engine or the system gives, with each run of white space as one space. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : described(error)).replaceAll(/\s+/g, ' ');
}

/** A message with its middle left out if it is too long: its beginning says where and what, its end what to do. */
function withoutMiddle(message: string): string {
  if (message.length <= longestMessage) return message;
  const head = message.slice(0, longestMessage - 300).replace(/\p{Surrogate}$/u, '');
  const tail = message.slice(-299).replace(/^\p{Surrogate}/u, '');
  return `${head}…${tail}`;
}

/** The first name that was there before; undefined where each occurs once. */
export function firstTwice(names: Iterable<string>): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** The name that is the fewest edits away, if they are few enough for a slip: a third of its letters. Of two as near, one that begins so. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (word.length > longestName) return undefined;
  const ranked = names
    .map((name) => ({ name, distance: edits(word, name) - Number(name.startsWith(word)) }))
    .sort((a, b) => a.distance - b.distance);
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
