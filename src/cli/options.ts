// What a command takes: one table per command, from which its arguments are read and checked and its help is written (help.ts).
// Every mistake is one sentence that names the option, what was expected and what was given.

import { parseArgs } from 'node:util';
import { expectInteger, expectNumber, expectOneOf, UnrolledError } from '../errors.ts';

/** One option. */
export interface Option {
  readonly type: 'integer' | 'number' | 'choice' | 'text' | 'flag';
  readonly help: string;
  /** What stands for the value in the help, such as N or DIR. */
  readonly value?: string;
  /** Taken where the option is not given. */
  readonly default?: number | string;
  /** What the help says of the default where it is not one value. */
  readonly defaultText?: string;
  readonly least?: number;
  readonly most?: number;
  /** `least` itself is refused. */
  readonly above?: boolean;
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly repeatable?: boolean;
  readonly required?: boolean;
}

/** A command: its line in the list of commands, its arguments and options, and examples that run as they stand. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Arguments before the options, as the help shows them. */
  readonly operands: string;
  readonly operandHelp: string;
  readonly fewest: number;
  readonly most: number;
  /** Options in groups with a title each. */
  readonly groups: readonly { readonly title: string; readonly options: Readonly<Record<string, Option>> }[];
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  /** Carries the command out, and returns the exit code. */
  readonly run: (request: Request) => Promise<number>;
}

/** What was asked for: checked, with defaults. */
export class Request {
  readonly operands: readonly string[];
  private readonly options: Readonly<Record<string, Option>>;
  private readonly given: ReadonlyMap<string, readonly (string | number | true)[]>;

  constructor(
    operands: readonly string[],
    options: Readonly<Record<string, Option>>,
    given: ReadonlyMap<string, readonly (string | number | true)[]>,
  ) {
    this.operands = operands;
    this.options = options;
    this.given = given;
  }

  /** Whether the option stands on the command line. */
  has(name: string): boolean {
    return this.given.has(name);
  }

  flag(name: string): boolean {
    return this.given.has(name);
  }

  /** A number, or undefined where none is given and there is no default. */
  number(name: string): number | undefined {
    return this.last(name) as number | undefined;
  }

  text(name: string): string | undefined {
    return this.last(name) as string | undefined;
  }

  /** All values of a repeatable option. */
  texts(name: string): readonly string[] {
    return (this.given.get(name) ?? []) as readonly string[];
  }

  private last(name: string): string | number | true | undefined {
    return this.given.get(name)?.at(-1) ?? this.options[name].default;
  }
}

/** All options of a command by name. */
export function optionsOf(command: Command): Record<string, Option> {
  return Object.assign({}, ...command.groups.map(({ options }) => options));
}

/**
 * Reads and checks the arguments of a command.
 * @throws UnrolledError for the first argument that is wrong
 */
export function readArguments(command: Command, args: readonly string[]): Request {
  const options = optionsOf(command);
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { type }]) => [name, { type: type === 'flag' ? 'boolean' : 'string' }]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, (string | number | true)[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!option || !token.rawName.startsWith('--')) throw unknownOption(command, token.rawName, Object.keys(options));
    const value = readValue(token.rawName, option, token.value, token.inlineValue === true, options);
    if (given.has(token.name) && !option.repeatable)
      throw new UnrolledError(`${token.rawName}: expected once, got it twice`);
    given.set(token.name, [...(given.get(token.name) ?? []), value]);
  }
  if (positionals.length < command.fewest || positionals.length > command.most) {
    const got = positionals.length === 0 ? 'nothing' : positionals.join(' ');
    throw new UnrolledError(
      `${command.name}: expected ${command.operands}, got ${got}; see unrolled ${command.name} --help`,
    );
  }
  for (const [name, option] of Object.entries(options))
    if (option.required && !given.has(name))
      throw new UnrolledError(`--${name}: expected ${option.value}, got no such option; ${option.help}`);
  return new Request(positionals, options, given);
}

function readValue(
  where: string,
  option: Option,
  raw: string | undefined,
  inline: boolean,
  options: Readonly<Record<string, Option>>,
): string | number | true {
  if (option.type === 'flag') {
    if (raw !== undefined) throw new UnrolledError(`${where}: expected no value, got ${raw}`);
    return true;
  }
  const swallowed = !inline && raw?.startsWith('--') && Object.hasOwn(options, raw.slice(2).split('=', 1)[0]);
  if (raw === undefined || swallowed)
    throw new UnrolledError(`${where}: expected a value (${where} ${placeholder(option)}), got ${raw ?? 'none'}`);
  if (option.type === 'text') return raw;
  if (option.type === 'choice') return expectOneOf(where, raw, option.choices!);
  // Number() would take '' and '0x10'
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(raw) ? Number(raw) : Number.NaN;
  const { least = -Infinity, most, above } = option;
  try {
    return option.type === 'integer'
      ? expectInteger(where, value, least, most)
      : expectNumber(where, value, least, most, above);
  } catch (error) {
    const { message } = error as Error;
    throw new UnrolledError(message.replace(/, got .*$/, `, got ${raw === '' ? 'an empty text' : raw}`));
  }
}

/** What stands for the value of an option. */
export function placeholder({ type, value, choices }: Option): string {
  if (type === 'flag') return '';
  return value ?? (choices ? choices.join('|') : type === 'text' ? 'TEXT' : 'N');
}

function unknownOption(command: Command, name: string, names: readonly string[]): UnrolledError {
  const near = nearest(name.replace(/^-+/, ''), names);
  return new UnrolledError(
    `${name}: there is no such option of ${command.name}; ` +
      (near ? `did you mean --${near}?` : `see unrolled ${command.name} --help`),
  );
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
