// What a command takes. Every option is one row of a table (option-tables.ts), and from that row come its type, its default, its help and every
// check on it. Each mistake is one sentence that names the option, what was expected and what was given.

import { parseArgs } from 'node:util';
import { isNumber } from '../data/table.ts';
import { expectInteger, expectNumber, expectOneOf, nearest, UnrolledError } from '../errors.ts';
import type { TaskName } from '../tasks/kinds.ts';
import { anyOf, wrap } from './text.ts';

type Value = string | number | boolean | readonly string[];

/** One option. */
export interface Option {
  /** `list` is separated by commas, `size` is an amount of memory such as 200MB. */
  readonly type: 'integer' | 'number' | 'choice' | 'text' | 'list' | 'size' | 'flag';
  /** A phrase that begins with what the option does. */
  readonly help: string;
  /** What stands for the value in the help, such as N or DIR. */
  readonly value?: string;
  /** The value where none is given: one for all tasks, or one for each. */
  readonly default?: Value | Readonly<Partial<Record<TaskName, Value | null>>>;
  /** The help's words for a default that the program finds out. */
  readonly defaultText?: string;
  /** The tasks in which the default follows from the data, in the words of the help; it is known once they are read. */
  readonly byData?: {
    readonly tasks: readonly TaskName[];
    readonly text: string;
    /** Whether an option that asks for a network leaves the usual default, but for words. */
    readonly unlessAsked?: true;
  };
  /** The default holds only with these values of another option. */
  readonly defaultWith?: Need;
  readonly min?: number;
  readonly max?: number;
  /** Whether `min` itself is refused. */
  readonly above?: boolean;
  readonly choices?: readonly string[];
  /** A word that is taken in place of a number. */
  readonly word?: string;
  /** Whether it may be given several times. */
  readonly repeatable?: boolean;
  /** The words for what is expected where an option that must be given is not. */
  readonly required?: string;
  /** A flag that --no-NAME turns off. */
  readonly negatable?: boolean;
  /** The option of the library that it sets: for what, and by which name. */
  readonly sets?: readonly [target: string, name: string];
  /** The number that stands for the library's null. */
  readonly none?: number;
  /** The tasks that it is for, where it is not for all. */
  readonly tasks?: readonly TaskName[];
  /** Why it is not for a task, where that is not plain. */
  readonly why?: Readonly<Partial<Record<TaskName, string>>>;
  /** Other options that it depends on. */
  readonly needs?: readonly Need[];
  /** The option that it says more of, without which it is refused. */
  readonly requires?: string;
  /** Options that contradict it, each with what to do. */
  readonly without?: Readonly<Record<string, string>>;
  /** Whether a checkpoint records it, as it decides the numbers of a run. Default true; of `unrolled train` only. */
  readonly recorded?: boolean;
}

/** What an option asks of another one. */
export interface Need {
  readonly option: string;
  readonly values: readonly string[];
  /** The value that needs it, where not every value does. */
  readonly value?: string;
  /** The task in which it is needed, where that is not every task. */
  readonly task?: TaskName;
  readonly because?: string;
}

export type Rows = Readonly<Record<string, Option>>;
/** Options in groups, by the titles of these. */
export type Groups = Readonly<Record<string, Rows>>;

type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
/** The rows of some groups. */
export type RowsOf<G extends Groups> = Intersection<G[keyof G]>;

/** What a given option is read as. */
export type Given<O> = O extends { repeatable: true } | { type: 'list' }
  ? readonly string[]
  : O extends { type: 'flag' }
    ? boolean
    : O extends { choices: readonly (infer Choice)[] }
      ? Choice
      : O extends { type: 'integer' | 'number' }
        ? number | (O extends { word: infer Word } ? Word : never)
        : string;

/** An option's value: undefined where it may be left out and has no default, or one for each task. */
type ValueOf<O> =
  | Given<O>
  | (O extends { type: 'flag' } | { required: string } | { repeatable: true } | { default: Value } ? never : undefined);
export type ValuesOf<G extends Groups> = { readonly [Name in keyof RowsOf<G>]: ValueOf<RowsOf<G>[Name]> };

/** What was asked for, checked. */
export interface Request<Values = unknown> {
  readonly operands: readonly string[];
  /** The options that stand on the command line. */
  readonly given: Partial<Values>;
  /** The same with defaults. */
  readonly values: Values;
}

/** What is asked of a command with these options. */
export type RequestOf<G extends Groups> = Request<ValuesOf<G>>;

/** A command: its line in the list of commands, its arguments and options, and examples that run as they stand. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Arguments before the options, as the help shows them. */
  readonly operands: string;
  readonly operandHelp: string;
  readonly minOperands: number;
  readonly maxOperands: number;
  readonly groups: Groups;
  /** What that comes with the package its arguments may name. */
  readonly reads?: readonly ('data' | 'models')[];
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  /** Carries the command out, and returns the exit code. */
  readonly run: (request: Request<never>) => Promise<number>;
}

/** A command whose request has the types of its options. */
export function command<G extends Groups>(
  definition: Omit<Command, 'groups' | 'run'> & {
    readonly groups: G;
    readonly run: (request: Request<ValuesOf<G>>) => Promise<number>;
  },
): Command {
  return definition as Command;
}

/** All options of some groups by name. */
export function rowsOf<G extends Groups>(groups: G): RowsOf<G> {
  return Object.assign({}, ...Object.values(groups));
}

/**
 * Reads and checks the arguments of a command.
 * @throws UnrolledError for the first argument that is wrong
 */
export function readArguments(
  asked: Pick<Command, 'name' | 'operands' | 'minOperands' | 'maxOperands' | 'groups'>,
  args: readonly string[],
): Request<never> {
  const rows = rowsOf(asked.groups) as Rows;
  const flags = (name: string, { type, negatable }: Option) => [
    [name, { type: type === 'flag' ? 'boolean' : 'string' }],
    ...(negatable ? [[`no-${name}`, { type: 'boolean' }]] : []),
  ];
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(rows).flatMap(([name, row]) => flags(name, row))),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: Record<string, Value> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const turnedOff = /^no-(.*)/.exec(token.name)?.[1];
    const isOff = turnedOff !== undefined && Object.hasOwn(rows, turnedOff) && rows[turnedOff].negatable === true;
    const name = isOff ? turnedOff : token.name;
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
    if (!row || !token.rawName.startsWith('--')) throw unknownOption(asked, token.rawName, Object.keys(rows));
    const value = readValue(token.rawName, row, token.value, token.inlineValue === true, rows);
    if (row.repeatable) given[name] = [...((given[name] as string[]) ?? []), value as string];
    else if (name in given && isOff === (given[name] !== false))
      throw new UnrolledError(`--${name} cannot be combined with --no-${name}; give one of them`);
    else if (name in given) throw new UnrolledError(`${token.rawName}: expected once, got it twice`);
    else given[name] = isOff ? false : value;
  }
  if (positionals.length < asked.minOperands || positionals.length > asked.maxOperands) {
    const got = positionals.length === 0 ? 'nothing' : positionals.join(' ');
    throw new UnrolledError(
      `${asked.name}: expected ${asked.operands || 'no argument'}, got ${got}; see unrolled ${asked.name} --help`,
    );
  }
  if (positionals.includes(''))
    throw new UnrolledError(`${asked.name}: expected ${asked.operands}, got an empty text; give a path or a name`);
  for (const [name, row] of Object.entries(rows))
    if (row.required && !(name in given))
      throw new UnrolledError(`--${name}: expected ${row.required}, got none; see unrolled ${asked.name} --help`);
  const values = Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, given[name] ?? plainDefault(row)]),
  );
  const request = { operands: positionals, given, values } as Request<Record<string, Value>>;
  expectTogether(rows, request);
  return request as Request<never>;
}

/** The default that holds for every task. */
function plainDefault({ type, repeatable, default: value }: Option): Value | undefined {
  if (type === 'flag') return value === true;
  if (repeatable) return [];
  return isByTask(value) ? undefined : (value as Value | undefined);
}

export function isByTask(value: Option['default']): value is Partial<Record<TaskName, Value | null>> {
  return typeof value === 'object' && !Array.isArray(value);
}

/** Refuses two options that contradict each other, and one without that which it says more of. */
function expectTogether(rows: Rows, { given }: Request<Record<string, Value>>): void {
  for (const [name, { without = {} }] of Object.entries(rows))
    for (const [other, remedy] of Object.entries(without))
      if (given[name] !== undefined && given[other] !== undefined)
        throw new UnrolledError(`--${name} cannot be combined with --${other}; ${remedy}`);
  for (const [name, { requires }] of Object.entries(rows))
    if (requires !== undefined && given[name] !== undefined && given[requires] === undefined)
      throw new UnrolledError(
        `--${name} needs --${requires}; add ${headOf(requires, rows[requires])}, or leave --${name} out`,
      );
}

/**
 * Refuses an option that is not for a task.
 * @param words what is expected for an option of some tasks, and what was given
 */
export function expectForTask(
  rows: Rows,
  given: Readonly<Record<string, unknown>>,
  task: TaskName,
  words: { readonly expected: (tasks: readonly TaskName[]) => string; readonly got: string },
): void {
  for (const [name, { tasks, why }] of Object.entries(rows)) {
    if (given[name] === undefined || !tasks || tasks.includes(task)) continue;
    const reason = why?.[task] ? `; ${why[task]}` : '';
    throw new UnrolledError(`--${name}: expected ${words.expected(tasks)}, which it is for, got ${words.got}${reason}`);
  }
}

/** Refuses an option whose need another one does not meet; `values` are those of all options. */
export function expectNeeds(
  rows: Rows,
  given: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, unknown>>,
): void {
  for (const [name, { needs = [] }] of Object.entries(rows)) {
    if (given[name] === undefined) continue;
    for (const need of needs) {
      if (isMet(need, values, given[name])) continue;
      const { option, value, because } = need;
      throw new UnrolledError(
        `--${name}${value ? ` ${value}` : ''} works only with --${option} ${anyOf(need.values)}${because ? `, ${because}` : ''}, got --${option} ${values[option]}; ` +
          (value ? `give another --${name}, or leave it out` : 'leave it out'),
      );
    }
  }
}

/** Whether what an option needs is so, or nobody asks for it. */
export function isMet(need: Need, values: Readonly<Record<string, unknown>>, own?: unknown): boolean {
  const other = values[need.option];
  if (need.value !== undefined && need.value !== own) return true;
  if (need.task !== undefined && need.task !== values.task) return true;
  return other === null || other === undefined || need.values.includes(String(other));
}

/** A sentence of the library with the command line's name of the option that it is about. */
export function withOptionNames(rows: Rows, sentence: string): string {
  const optionOf = (libraryName: string) =>
    Object.keys(rows).find((name) => rows[name].sets?.[1] === libraryName && rows[name].sets[0] !== 'columns');
  const named = (text: string) =>
    text.replaceAll(/\b[a-z]+[A-Z]\w*\b/g, (name) => (optionOf(name) ? `--${optionOf(name)}` : name));
  return sentence
    .split(/(in a program [^()]*)/)
    .map((text, i) => (i % 2 === 0 ? named(text) : text)) // what is said for programs stays
    .join('')
    .replace(/^column(?=: )/, (name) => (Object.hasOwn(rows, name) ? `--${name}` : name))
    .replace(/^\w+(?=( [\w.-]+)?: )/, (name) => (optionOf(name) ? `--${optionOf(name)}` : name))
    .replace('with unknown: skip', 'with --unknown skip');
}

/** The options of the library for a target, from the values of the options that set them; what is left out or null takes the library's default. */
export function libraryOptions(
  rows: Rows,
  values: Readonly<Record<string, unknown>>,
  target: string,
): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [name, { sets, none, tasks }] of Object.entries(rows)) {
    const value = values[name];
    if (sets?.[0] !== target || value === undefined || value === null) continue;
    if (tasks && 'task' in values && !tasks.includes(values.task as TaskName)) continue; // a flag that is for other tasks is false
    options[sets[1]] = value === none ? null : value;
  }
  return options;
}

/** The value that the text of an option stands for, checked; `inline` says that it cannot be the next option. */
export function readValue(
  where: string,
  row: Option,
  raw: string | undefined,
  inline: boolean,
  rows: Rows,
): string | number | boolean | readonly string[] {
  if (row.type === 'flag') {
    if (raw !== undefined) throw new UnrolledError(`${where}: expected no value, got ${raw}`);
    return true;
  }
  const swallowed = !inline && raw?.startsWith('--') && Object.hasOwn(rows, raw.slice(2).split('=', 1)[0]);
  if (raw === undefined || swallowed)
    throw new UnrolledError(`${where}: expected a value (${where} ${placeholder(row)}), got ${raw ?? 'none'}`);
  if (raw === '' && /^(DIR|FILE|COLUMN|NAME)\b/.test(row.value ?? ''))
    throw new UnrolledError(
      `${where}: expected ${row.value}, got an empty text; give a name${row.required ? '' : ', or leave it out'}`,
    );
  if (row.type === 'text') return raw;
  if (row.type === 'list') return raw.split(',');
  if (row.type === 'choice') return expectOneOf(where, raw, row.choices!);
  if (row.type === 'size') {
    bytesOf(where, raw);
    return raw;
  }
  if (row.word === raw) return raw;
  // Number() would take '' and '0x10'
  const value = isNumber(raw) && raw.trim() === raw ? Number(raw) : Number.NaN;
  const { min = -Infinity, max, above, word } = row;
  try {
    return row.type === 'integer' ? expectInteger(where, value, min, max) : expectNumber(where, value, min, max, above);
  } catch (error) {
    const sentence = (error as Error).message.replace(/, got .*$/, () => `, got ${raw === '' ? 'an empty text' : raw}`);
    throw new UnrolledError(word ? sentence.replace('expected', `expected ${word} or`) : sentence);
  }
}

/** The bytes of a size such as 200MB. */
export function bytesOf(where: string, text: string): number {
  const units: Record<string, number> = { kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 };
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]i?b)$/i.exec(text);
  if (match && Number(match[1]) > 0) return Number(match[1]) * units[match[2].toLowerCase()];
  throw new UnrolledError(`${where}: expected a size such as 200MB or 1.5GB, got ${text || 'an empty text'}`);
}

/** What stands for the value of an option. */
function placeholder({ type, value, choices }: Option): string {
  if (type === 'flag') return '';
  return value ?? (choices ? choices.join('|') : type === 'integer' || type === 'number' ? 'N' : 'TEXT');
}

function unknownOption(asked: Pick<Command, 'name'>, name: string, names: readonly string[]): UnrolledError {
  const near = nearest(name.replace(/^-+/, ''), names);
  return new UnrolledError(
    `${name}: there is no such option of ${asked.name}; ` +
      (near ? `did you mean --${near}?` : `see unrolled ${asked.name} --help`),
  );
}

/** The list of the commands. */
export function overview(commands: readonly Command[], width: number): string {
  const pad = Math.max(...commands.map(({ name }) => name.length));
  return [
    ...wrap('unrolled: recurrent neural networks, trained by exact back-propagation through time.', width),
    '',
    'Usage: unrolled COMMAND …',
    '',
    ...commands.flatMap(({ name, summary }) => entry(name, summary, pad, width)),
    '',
    ...wrap(
      'unrolled COMMAND --help describes a command, with examples; unrolled --version prints the version.',
      width,
    ),
    '',
    'A first run:',
    '  unrolled train @river --out river',
    '  unrolled sample river --prompt "The river"',
  ].join('\n');
}

/** How a command is called: its arguments, and the options that must be given. */
export function synopsisOf({ name, operands, groups }: Command): string {
  const required = Object.entries(rowsOf(groups) as Rows)
    .filter(([, row]) => row.required)
    .map(([option, row]) => ` --${option} ${placeholder(row)}`);
  return `${['unrolled', name, operands].filter(Boolean).join(' ')}${required.join('')} [options]`;
}

/** An option as it is typed. */
export function headOf(name: string, row: Option): string {
  return `--${row.negatable ? '[no-]' : ''}${name} ${placeholder(row)}`.trim();
}

/** The help of one command. */
export function helpOf(asked: Command, width: number): string {
  const { summary, operandHelp, groups, examples } = asked;
  const lines = [`Usage: ${synopsisOf(asked)}`, '', ...wrap(`${summary}.`, width), '', ...wrap(operandHelp, width)];
  for (const [title, rows] of Object.entries(groups)) {
    lines.push('', `${title}:`);
    for (const [option, row] of Object.entries(rows)) {
      lines.push(...entry(headOf(option, row), helpOfOption(row), 24, width));
    }
  }
  lines.push('', 'Examples:');
  for (const { line, says } of examples) lines.push(...wrap(says, width - 4).map((text) => `  # ${text}`), `  ${line}`);
  return lines.join('\n');
}

/** The help of an option, and behind it what its row says of tasks, of other options and of the default. */
export function helpOfOption({ help, tasks, needs = [], requires, without = {}, ...row }: Option): string {
  const notes = [
    ...(tasks ? [`for ${tasks.join(', ')}`] : []),
    ...needs
      .filter(({ task, option }) => task === undefined && option !== 'task')
      .map(({ value, option, values }) => `${value ? `${value} ` : ''}needs --${option} ${values.join(', ')}`),
    ...(requires ? [`needs --${requires}`] : []),
    ...(Object.keys(without).length > 0
      ? [
          `not with ${Object.keys(without)
            .map((other) => `--${other}`)
            .join(' or ')}`,
        ]
      : []),
  ];
  const value = defaultText(row);
  if (value !== '') notes.push(`default ${value}${row.byData ? `; ${row.byData.text}` : ''}`);
  return notes.length > 0 ? `${help} (${notes.join('; ')})` : help;
}

/** The default in words: of the text first, then of the tasks where it differs. */
function defaultText({ defaultText: text, default: value, defaultWith, type }: Partial<Option>): string {
  if (text !== undefined && !isByTask(value)) return text;
  if (!isByTask(value)) return value === undefined ? '' : String(value);
  const names = Object.keys(value) as TaskName[];
  if (type === 'flag') return `with ${names.filter((name) => value[name]).join(', ')}`;
  const usual = value.text ?? null;
  const others = names.filter((name) => value[name] !== usual && value[name] !== null);
  const groups = [...new Set(others.map((name) => value[name]))].map(
    (one) => `${others.filter((name) => value[name] === one).join(' and ')} ${one}`,
  );
  const own = groups.join(', ') + (defaultWith ? ` with ${defaultWith.values.join(' and ')}` : '');
  if (text !== undefined) return `${text}; ${own}`;
  return [String(usual), own].filter((part) => part !== '').join(', ');
}

/** A name and what it means, in two columns; where there is no room for two, below each other. */
function entry(name: string, text: string, pad: number, width: number): string[] {
  const narrow = width < 60;
  const indent = narrow ? 6 : pad + 4;
  const lines = wrap(text, width - indent).map((line) => ' '.repeat(indent) + line);
  const head = `  ${name}`;
  if (narrow || head.length > indent - 2) return [head, ...lines];
  return [head.padEnd(indent) + lines[0].trimStart(), ...lines.slice(1)];
}
