// The plan of a sweep: a file of JSON that says which options of `unrolled train` are the same in every trial, which are tried in all combinations,
// and which are drawn. A trial is a pure function of the plan and its number: nothing else decides its options.
//
//   files     what `train` reads, from the folder of the plan
//   options   under their names on the command line: a value for all trials; a list, each of whose values is tried (null leaves the option out); or a
//             range from which every draw takes a value: { "uniform": [a, b] }, { "log": [a, b] }, { "integer": [a, b] }, { "choice": […] }
//   list      settings that belong together: objects with values
//   draws     how often the ranges are drawn; seed   of the draws
//   halving   { "factor": 3, "epochs": 1 }: poor trials are stopped early (halving.ts)
//
// The trials are numbered from 0: the first draw with every entry of the list with every combination, the last option first, then the second draw.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  atPlace,
  expectInteger,
  expectList,
  expectObject,
  expectOptions,
  expectText,
  shortened,
  UnrolledError,
} from '../../errors.ts';
import { parseJson } from '../../formats/json.ts';
import { locate } from '../../node/built-in.ts';
import { readTextIfThere } from '../../node/replacement.ts';
import { expectShards } from '../../training/shards/shards.ts';
import { type TrainRequest, trainOptions } from '../option-tables.ts';
import { type Rows, readArguments, rowsOf } from '../options.ts';
import { newRunOptions } from '../run-options.ts';
import { quoted } from '../text.ts';
import {
  drawnFrom,
  optionOf,
  type Range,
  rangeOf,
  type Setting,
  type Settings,
  settingOf,
  valuesOf,
} from './values.ts';

/** How poor trials are stopped: after so many epochs, and again after `factor` times as many, the best `1 / factor` go on. */
export interface Halving {
  readonly factor: number;
  readonly epochs: number;
}

export interface Trial {
  readonly index: number;
  /** What tells it from other trials: the options that are not the same in all. */
  readonly settings: Settings;
  /** The arguments of `unrolled train`, without --out and how it runs. */
  readonly args: readonly string[];
}

export interface Plan {
  readonly path: string;
  /** The folder that its files are named from. */
  readonly folder: string;
  /** All of it that decides the trials, for the record in the folder of the sweep. */
  readonly content: object;
  readonly halving: Halving;
  /** Whether the plan asks for halving. */
  readonly isHalved: boolean;
  /** The threads of a trial. */
  readonly threads: number;
  readonly trials: readonly Trial[];
}

const rows = rowsOf(trainOptions) as Rows;
const train = {
  ...{ name: 'train', operands: 'FILE…', minOperands: 1, maxOperands: Infinity },
  groups: trainOptions,
};
/** What every trial has where the plan says nothing: a trial must have the same bits wherever it is carried out. */
const usual: Settings = { threads: 1, blas: 'none' };
const keys = { files: true, options: true, list: true, draws: true, seed: true, halving: true } as const;
const mostTrials = 100_000;

/**
 * Reads a plan, and checks every option of every trial.
 * @throws UnrolledError that names the first key that is wrong
 */
export function readPlan(path: string): Plan {
  const plan = expectObject(path, parseJson(textOf(path), path, 'usage'));
  expectOptions(path, plan, keys);
  const folder = dirname(resolve(path));
  const within = <Result>(action: () => Result): Result => atPlace(path, action, 'usage');
  const files = within(() => filesIn(plan.files, folder));
  const fixed: Record<string, Setting> = {};
  const axes: [name: string, values: readonly Setting[]][] = [];
  const ranges: [name: string, range: Range][] = [];
  for (const [name, value] of Object.entries(within(() => expectObject('options', plan.options ?? {})))) {
    if (name in keys && !Object.hasOwn(rows, name))
      throw new UnrolledError(`${path}, ${name}: expected beside options, got it among them`);
    const row = optionOf(path, name);
    if (Array.isArray(value)) axes.push([name, valuesOf(path, name, row, value)]);
    else if (typeof value === 'object' && value !== null) ranges.push([name, rangeOf(path, name, row, value)]);
    else fixed[name] = settingOf(path, name, row, value);
  }
  const list = plan.list === undefined ? [{}] : listIn(path, plan.list);
  for (const name of list.flatMap((entry) => Object.keys(entry)))
    if (name in fixed || axes.some(([other]) => other === name) || ranges.some(([other]) => other === name))
      throw new UnrolledError(`${path}, ${name}: expected in options or in list, got it in both`);
  const draws = within(() => drawsIn(plan.draws, ranges.length > 0));
  const seed = within(() => expectInteger('seed', plan.seed ?? 1, 0, 2 ** 32 - 1));
  const halving = within(() => halvingIn(plan.halving));
  const combinations = axes.reduce((product, [, values]) => product * values.length, 1);
  const count = draws * list.length * combinations;
  if (count > mostTrials)
    throw new UnrolledError(`${path}: expected at most ${mostTrials} trials, got a plan for ${count}`);
  const trials: Trial[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const drawn = drawnFrom(ranges, seed, draw);
    for (const entry of list)
      for (let combination = 0; combination < combinations; combination++) {
        const settings = { ...drawn, ...entry, ...combinationOf(axes, combination) };
        trials.push({ index: trials.length, settings, args: argumentsOf(files, { ...usual, ...fixed, ...settings }) });
      }
  }
  for (const trial of trials) expectTrial(path, folder, trial);
  const { threads } = { ...usual, ...fixed };
  return {
    ...{ path, folder, halving, isHalved: plan.halving !== undefined, trials },
    content: { files, options: plan.options ?? {}, list: plan.list ?? null, draws, seed },
    threads: Number(threads),
  };
}

function textOf(path: string): string {
  const text = readTextIfThere(path);
  if (text !== undefined) return text;
  throw new UnrolledError(`${path}: expected the plan of a sweep, got no such file; see unrolled sweep --help`);
}

function filesIn(value: unknown, folder: string): string[] {
  const files = (Array.isArray(value) ? value : [value]).map((file) => expectText('files', file));
  if (files.length === 0) throw new UnrolledError('files: expected the files to train on, got none');
  for (const file of files) {
    if (file === '-')
      throw new UnrolledError('files: expected files, which every trial reads, got - for standard input');
    expectThere('files', file, folder);
  }
  return files;
}

function expectThere(where: string, file: string, folder: string): void {
  const place = atPlace(where, () => locate(file));
  if (!existsSync(resolve(folder, place)))
    throw new UnrolledError(
      `${where}: expected a file from the folder of the plan, got ${shortened(file)}, which is not there`,
    );
}

function listIn(path: string, value: unknown): Settings[] {
  const list = atPlace(path, () => expectList('list', value, 1));
  return list.map((entry) => {
    const settings: Record<string, Setting> = {};
    for (const [name, one] of Object.entries(atPlace(path, () => expectObject('list', entry))))
      settings[name] = settingOf(path, name, optionOf(path, name), one);
    return settings;
  });
}

function drawsIn(value: unknown, hasRanges: boolean): number {
  if (value === undefined && !hasRanges) return 1;
  if (value === undefined) throw new UnrolledError('draws: expected how often the ranges are drawn, got none');
  if (!hasRanges) throw new UnrolledError('draws needs a range in options; give one, or leave it out');
  return expectInteger('draws', value, 1, mostTrials);
}

function halvingIn(value: unknown): Halving {
  const given = value === undefined || value === true ? {} : expectObject('halving', value);
  expectOptions('halving', given, { factor: true, epochs: true });
  return {
    factor: expectInteger('halving, factor', given.factor ?? 3, 2, 1000),
    epochs: expectInteger('halving, epochs', given.epochs ?? 1, 1),
  };
}

/** The combination with this number; the last axis changes fastest. */
function combinationOf(axes: readonly (readonly [string, readonly Setting[]])[], number: number): Settings {
  const settings: Record<string, Setting> = {};
  let rest = number;
  for (const [name, values] of axes.toReversed()) {
    settings[name] = values[rest % values.length];
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(axes.map(([name]) => [name, settings[name]]));
}

/** The arguments of `unrolled train` that stand for some files and settings. */
export function argumentsOf(files: readonly string[], settings: Settings): string[] {
  const options = Object.entries(settings).flatMap(([name, value]) => {
    if (value === true) return [`--${name}`];
    if (value === false) return rows[name].negatable ? [`--no-${name}`] : [];
    if (value === null) return [];
    return String(value).startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, String(value)];
  });
  return [...options, '--', ...files];
}

/** Refuses a trial that `train` would refuse, before any has begun. */
function expectTrial(path: string, folder: string, { index, args }: Trial): void {
  atPlace(`${path}, trial ${index}`, () => {
    const options = newRunOptions(
      requestOf([...args.slice(0, args.indexOf('--')), '--out', '-', ...args.slice(args.indexOf('--'))]),
    );
    if (options.validation === 0)
      throw new UnrolledError('--validation: expected a share to hold out, by which trials are compared, got 0');
    if (options.shards !== null) expectShards(options.shards, options.batch ?? options.shards);
    for (const name of ['validation-file', 'init-from'] as const)
      if (options[name] !== null) expectThere(`--${name}`, options[name], folder);
  });
}

/** What `unrolled train` is asked for with these arguments. */
export function requestOf(args: readonly string[]): TrainRequest {
  return readArguments(train, args) as unknown as TrainRequest;
}

/** The arguments with which a trial runs, `more` among them. */
export function trainArguments({ args }: Trial, ...more: readonly string[]): string[] {
  const end = args.indexOf('--');
  return [...args.slice(0, end), ...more, ...args.slice(end)];
}

/** The command of a trial as it is given in the folder that a path of the plan leads from; it reads its files there. */
export function commandOf({ path }: Plan, trial: Trial, out: string): string {
  const from = dirname(path);
  const at = (file: string): string => (file.startsWith('@') ? file : join(from, file));
  const end = trial.args.indexOf('--');
  const options = trial.args
    .slice(0, end)
    .map((argument, i, all) => (/^--(validation-file|init-from)$/.test(all[i - 1] ?? '') ? at(argument) : argument));
  const files = trial.args.slice(end + 1).map(at);
  const marked = files.some((file) => file.startsWith('-')) ? ['--', ...files] : files;
  return ['train', ...(marked === files ? files : []), ...options, '--out', out, ...(marked === files ? [] : marked)]
    .map(quoted)
    .join(' ');
}
