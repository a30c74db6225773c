// The options that decide the numbers of a training run, as a checkpoint records them: from the command line for a new run, from the checkpoint for
// one that is resumed. An option that is given again must be what it was; the sentence that refuses it names it.

import type { Level, Tokenizer } from '../data/text/tokenizer.ts';
import { UnrolledError } from '../errors.ts';
import type { ModelConfig } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import { holdsRecordings } from '../node/read-recordings.ts';
import { asksForNetwork, networkFor } from '../tasks/default-network.ts';
import { type TaskName, taskDefaults } from '../tasks/kinds.ts';
import type { Task } from '../tasks/task.ts';
import { settled } from '../tasks/train.ts';
import type { TrainingSettings } from '../training/settings.ts';
import type { BatchSource } from '../training/source.ts';
import { type TrainRequest, trainOptions } from './option-tables.ts';
import {
  expectForTask,
  expectNeeds,
  type Given,
  isByTask,
  isMet,
  libraryOptions,
  type Rows,
  type RowsOf,
  rowsOf,
} from './options.ts';
import { anyOf } from './text.ts';

type TrainRows = RowsOf<typeof trainOptions>;
const rows = rowsOf(trainOptions) as Rows;

/** The options that a checkpoint records. */
type Recorded = {
  [Name in keyof TrainRows]: TrainRows[Name] extends { recorded: false } ? never : Name;
}[keyof TrainRows];
/** An option's value in a run: null where it does not apply. */
type RunValue<O> = O extends { type: 'flag' }
  ? boolean | (O extends { defaultText: string } ? null : never)
  :
      | (O extends { word: string } ? number : Given<O>)
      | (O extends { tasks: unknown } | { without: unknown }
          ? null
          : O extends { default: infer Default }
            ? Default extends Record<TaskName, infer Value>
              ? Extract<Value, null>
              : never
            : null);

/** Whether a run is of recordings: a column has their paths, or a folder has WAV files. */
export function areRecordings(
  files: readonly string[],
  { task, group, 'file-column': file }: Partial<Pick<RunOptions, 'task' | 'group' | 'file-column'>>,
): boolean {
  return task === 'classify' && group == null && (file != null || files.some(holdsRecordings));
}

/** The options of a run under their names on the command line. */
export type RunOptions = { readonly [Name in Recorded]: RunValue<TrainRows[Name]> };

/** The name by which a row sets an option of the library for a target, such as `network`. */
type LibraryName<Name extends Recorded, Target> = TrainRows[Name] extends { sets: readonly [Target, infer Library] }
  ? Library & string
  : never;
type LibraryValue<Name extends Recorded> = TrainRows[Name] extends { none: number } ? number | null : RunOptions[Name];
type LibraryOptions<Target extends string> = {
  readonly [Name in Recorded as null extends RunOptions[Name] ? never : LibraryName<Name, Target>]: LibraryValue<Name>;
} & {
  readonly [Name in Recorded as null extends RunOptions[Name]
    ? LibraryName<Name, Target>
    : never]?: TrainRows[Name] extends {
    none: number;
  }
    ? number | null
    : NonNullable<RunOptions[Name]>;
};

/** What a run asks of the library. */
export function optionsFor<Target extends 'network' | 'training' | 'task' | 'text' | 'columns' | 'sound'>(
  target: Target,
  options: RunOptions,
): LibraryOptions<Target> {
  // a task refuses options of other tasks, which have their defaults here
  const isFor = ([, row]: readonly [string, (typeof rows)[keyof typeof rows]]) =>
    target !== 'task' || (row.tasks as readonly TaskName[] | undefined)?.includes(options.task) !== false;
  return libraryOptions(
    Object.fromEntries(Object.entries(rows).filter(isFor)),
    options,
    target,
  ) as LibraryOptions<Target>;
}

/**
 * The options of a new run. Those whose defaults depend on the amount of data are null until `withDefaults` has the data.
 * @param task that it is for, where the command line does not say it
 * @throws UnrolledError for an option that the task or another option leaves no use for
 */
export function newRunOptions(request: TrainRequest, task: TaskName = request.values.task): RunOptions {
  const { given } = request;
  expectForTask(rows, given, task, {
    expected: (tasks) => `--task ${anyOf(tasks)}`,
    got: `--task ${task}${given.task === undefined && task === 'text' ? ', the default' : ''}`,
  });
  // classes of series and of recordings have defaults of their own
  const ofVectors =
    (task === 'classify' || task === 'label') &&
    (given.group !== undefined || areRecordings(request.operands, { ...given, task }));
  const options: Record<string, unknown> = { task };
  for (const name of Object.keys(rows))
    if (rows[name].recorded !== false) options[name] ??= runValue(name, given, task, ofVectors);
  for (const [name, { defaultWith }] of Object.entries(rows))
    if (defaultWith && !(name in given) && !isMet(defaultWith, options)) options[name] = null;
  expectNeeds(rows, given, options);
  return options as RunOptions;
}

/**
 * Whether a command says what it trains, by an option of the network or the training. Without one, and with no more than a new end, it means a run that
 * is there: the defaults that it would begin with are rather not what was meant.
 */
export function saysWhatItTrains({ given }: TrainRequest): boolean {
  const isEnd = (name: string) => name === 'epochs' || name === 'updates';
  return Object.keys(given).some(
    (name) => name === 'init-from' || (!isEnd(name) && /^(network|training)$/.test(rows[name]?.sets?.[0] ?? '')),
  );
}

/** The batches of a task, and the options with the defaults for its data, where `newRunOptions` left them open. */
export function withDefaults(options: RunOptions, task: Task): { options: RunOptions; source: BatchSource } {
  const { settings, source } = settled(task, optionsFor('training', options));
  const { validation } = task.defaults;
  const { cell, hidden, tied } = options;
  const asked = { cell: cell ?? undefined, hiddenSize: hidden ?? undefined, tieWeights: tied || undefined };
  const network = networkFor(task.defaults, asked);
  const isShared = options['validation-file'] === null;
  const defaults = {
    ...{ batch: settings.batchSize, epochs: options.updates === null ? (settings.epochs ?? null) : null },
    ...{ patience: settings.patience ?? 0, cell: network.cell, hidden: network.hiddenSize },
    nonlinearity: network.nonlinearity,
    ...{ dropout: network.dropout, bidirectional: network.bidirectional, embedding: network.embeddingSize ?? 0 },
    ...(task.name === 'text' && { softmax: network.softmax, bptt: task.defaults.training.bptt ?? null }),
    'min-count': task.kept.tokenizer?.minCount ?? null,
    ...{ optimizer: settings.optimizer, lr: settings.learningRate ?? null, 'weight-decay': settings.weightDecay ?? 0 },
    ...{ pooling: task.defaults.pooling ?? null },
    validation: !isShared ? null : task.heldOut === null ? 0 : validation,
  };
  const open = Object.entries(defaults).filter(([name]) => options[name as Recorded] === null);
  const complete = { ...options, ...Object.fromEntries(open) };
  // without a default it was given, and what it needs may be known only now
  const given = Object.entries(options).filter(
    ([name, value]) => (value ?? false) !== false && rows[name].default === undefined,
  );
  expectNeeds(rows, Object.fromEntries(given), complete);
  return { options: withInterval(complete), source };
}

/** The options with --checkpoint-every auto as a number: √T, and for sequences as for windows of the usual size. */
function withInterval(options: RunOptions): RunOptions {
  const every: unknown = options['checkpoint-every'];
  if (every !== 'auto') return options;
  const steps = options.bptt ?? taskDefaults.text.training.bptt!;
  return { ...options, 'checkpoint-every': Math.ceil(Math.sqrt(steps)) };
}

/** The value of an option, with its default for the task; null where it has none, or where another option excludes it. */
function runValue(name: string, given: Readonly<Record<string, unknown>>, task: TaskName, ofVectors: boolean): unknown {
  const { type, tasks, without = {}, default: value, defaultText } = rows[name];
  if (given[name] !== undefined) return given[name];
  if (ofVectors && (isByTask(rows[name].default) || name === 'pooling')) return null;
  const { byData } = rows[name];
  const isAsked = given.level !== 'word' && asksForNetwork(libraryOptions(rows, given, 'network'));
  if (byData?.tasks.includes(task) && !(byData.unlessAsked && isAsked)) return null;
  const isExcluded = Object.keys(without).some((other) => given[other] !== undefined);
  const usual = isExcluded || (tasks && !tasks.includes(task)) ? null : isByTask(value) ? value[task] : value;
  return usual ?? (type === 'flag' && defaultText === undefined ? false : null);
}

/** The recorded options, once every given one is found to be the same, or longer. `settings` are what came of defaults. */
export function resumedRunOptions(
  request: TrainRequest,
  recorded: RunOptions,
  settings: TrainingSettings,
  directory: string,
): RunOptions {
  const fail = (name: string, was: string, got: unknown, end = '') =>
    new UnrolledError(
      `--${name}: expected ${was}, as the run in ${directory} was started with${end}, got ${got}; ` +
        'leave the option out, or start anew with --overwrite instead of --resume',
    );
  const { given } = request;
  // first: with another task most other options would be wrong too
  if (given.task !== undefined && given.task !== recorded.task)
    throw fail('task', `--task ${recorded.task}`, given.task);
  const asked = newRunOptions(request, recorded.task);
  const { 'checkpoint-every': interval } = withInterval({ ...asked, bptt: asked.bptt ?? recorded.bptt });
  const came = settings as unknown as Record<string, unknown>;
  let options = recorded;
  for (const [name, value] of Object.entries({ ...asked, 'checkpoint-every': interval })) {
    const then = recorded[name as Recorded] ?? came[rows[name].sets?.[1] ?? ''] ?? null;
    if (!(name in given) || String(value) === String(then)) continue;
    const isLonger = (name === 'epochs' || name === 'updates') && then !== null && Number(value) > Number(then);
    if (isLonger) {
      options = { ...options, epochs: null, [name]: value };
      continue;
    }
    if ((name === 'epochs' || name === 'updates') && then !== null) throw fail(name, String(then), value, ', or more');
    const was = then === null || then === false ? `no --${name}` : then === true ? `--${name}` : `--${name} ${then}`;
    throw fail(name, was, value);
  }
  return options;
}

/**
 * The options of a run that starts from another model: its network and vocabulary, our training.
 * @throws UnrolledError for a given option that the other model contradicts
 */
export function adoptModel({ given }: TrainRequest, options: RunOptions, model: Model): RunOptions {
  const { config, tokenizer } = model;
  const from = options['init-from'];
  if (!tokenizer)
    throw new UnrolledError(`${from}: expected a language model, with tokenizer.json, got a model without one`);
  const theirs: Record<string, unknown> = {};
  for (const [name, { sets, none }] of Object.entries(rows)) {
    if (sets?.[0] !== 'network' || !(sets[1] in config)) continue;
    const value = config[sets[1] as keyof ModelConfig] ?? none;
    if (name === 'dropout' && name in given) continue; // the one part of a network that a run may change
    const asked = given[name as Recorded];
    if (asked !== undefined && asked !== value)
      throw new UnrolledError(
        `--${name}: expected ${value}, as the model in ${from} has, got ${asked}; leave the option out`,
      );
    theirs[name] = value;
  }
  return { ...options, ...theirs, ...vocabularyOf(tokenizer) };
}

function vocabularyOf(tokenizer: Tokenizer): { level: Level; pretokenized: boolean } {
  return { level: tokenizer.level, pretokenized: tokenizer.options.pretokenized ?? false };
}
