// The options that decide the numbers of a training run: from the command line for a new run, from the checkpoint for one that goes on.
// An option that is given again must be what it was; the sentence that refuses names it.

import type { Level } from '../data/text/tokenizer.ts';
import { UnrolledError } from '../errors.ts';
import type { CellName, Nonlinearity, Pooling, Softmax } from '../network/config.ts';
import type { Initialization } from '../network/initialize.ts';
import type { OptimizerName } from '../training/optimizers.ts';
import type { ScheduleName } from '../training/schedules.ts';
import type { TrainingSettings } from '../training/settings.ts';
import type { Request } from './options.ts';
import { expectForTask, type RunTask, taskDefaults } from './run-defaults.ts';

/** The options under their names on the command line; null where one does not apply. */
export interface RunOptions {
  readonly task: RunTask;
  readonly level: Level | null;
  readonly pretokenized: boolean;
  readonly 'min-count': number | null;
  readonly validation: number | null;
  readonly 'validation-file': string | null;
  readonly unknown: 'error' | 'skip';
  readonly 'replace-invalid': boolean;
  readonly column: string | null;
  readonly 'label-column': string | null;
  readonly 'text-column': string | null;
  readonly pooling: Exclude<Pooling, 'none'> | null;
  readonly longest: number | null;
  readonly target: string | null;
  readonly horizon: number | null;
  readonly inputs: readonly string[] | null;
  readonly window: number | null;
  readonly cell: CellName;
  readonly bidirectional: boolean;
  readonly nonlinearity: Nonlinearity;
  readonly hidden: number;
  readonly layers: number;
  readonly embedding: number;
  readonly tied: boolean;
  readonly dropout: number;
  readonly softmax: Softmax;
  readonly init: Initialization;
  readonly 'init-from': string | null;
  readonly batch: number;
  readonly bptt: number | null;
  readonly epochs: number | null;
  readonly updates: number | null;
  readonly optimizer: OptimizerName;
  readonly lr: number | null;
  readonly momentum: number | null;
  readonly 'weight-decay': number;
  readonly clip: number;
  readonly schedule: ScheduleName;
  readonly patience: number;
  readonly seed: number;
  /** K; null where all states are kept. */
  readonly 'checkpoint-every': number | null;
  readonly memory: string | null;
}

/**
 * The options of a run. Throws for those that contradict each other.
 * @param task that it is for, where the command line does not say it
 */
export function newRunOptions(request: Request, task: RunTask = request.text('task') as RunTask): RunOptions {
  const not = (a: string, b: string, why: string): void => {
    if (request.has(a) && request.has(b)) throw new UnrolledError(`--${a}: expected without --${b}, got both; ${why}`);
  };
  not('epochs', 'updates', 'take one of them');
  not('validation', 'validation-file', 'take one of them');
  not('json', 'quiet', 'take one of them');
  not('resume', 'overwrite', 'either go on with the run or replace it');
  for (const name of ['level', 'pretokenized', 'min-count', 'init'])
    not(name, 'init-from', 'it comes from the other model');
  not('checkpoint-every', 'memory', '--memory chooses K itself');
  not('bidirectional', 'no-bidirectional', 'take one of them');
  expectForTask(request, task);
  const defaults = taskDefaults[task];
  const isText = task === 'text';
  const isClassify = task === 'classify';
  const isForecast = task === 'forecast';
  const level = request.text('level') as Level;
  if (isClassify && level === 'byte')
    throw new UnrolledError('--level: expected char or word with --task classify, got byte');
  for (const name of ['pretokenized', 'min-count'])
    if (isText && request.has(name) && level !== 'word')
      throw new UnrolledError(`--${name}: expected --level word, which it is for, got --level ${level}`);
  const softmax = request.text('softmax') as Softmax;
  if (softmax === 'adaptive' && level !== 'word' && !request.has('init-from'))
    throw new UnrolledError(
      `--softmax adaptive: expected --level word, whose ids are ordered by frequency, got --level ${level}`,
    );
  if (softmax === 'adaptive' && request.flag('tied'))
    throw new UnrolledError(
      '--softmax adaptive: expected without --tied, got both; clusters have no row for each word',
    );
  const cell = (request.text('cell') ?? defaults.cell) as CellName;
  if (request.has('nonlinearity') && cell !== 'rnn')
    throw new UnrolledError(`--nonlinearity: expected --cell rnn, which it is for, got --cell ${cell}`);
  const optimizer = request.text('optimizer') as OptimizerName;
  if (request.has('momentum') && optimizer !== 'momentum' && optimizer !== 'nesterov')
    throw new UnrolledError(
      `--momentum: expected --optimizer momentum or nesterov, which it is for, got --optimizer ${optimizer}`,
    );
  const isAdam = optimizer === 'adam' || optimizer === 'adamw';
  return {
    task,
    level: isText || isClassify ? level : null,
    pretokenized: request.flag('pretokenized'),
    'min-count': request.number('min-count') ?? (isText && level === 'word' ? 1 : null),
    validation: request.has('validation-file') ? null : (request.number('validation') ?? defaults.validation),
    'validation-file': request.text('validation-file') ?? null,
    unknown: request.text('unknown') as RunOptions['unknown'],
    'replace-invalid': request.flag('replace-invalid'),
    column: request.text('column') ?? null,
    'label-column': request.text('label-column') ?? null,
    'text-column': request.text('text-column') ?? null,
    pooling: isClassify ? ((request.text('pooling') ?? defaults.pooling) as RunOptions['pooling']) : null,
    longest: request.number('longest') ?? null,
    target: request.text('target') ?? null,
    horizon: isForecast ? (request.number('horizon') ?? 1) : null,
    inputs: request.text('inputs')?.split(',') ?? null,
    window: request.number('window') ?? null,
    cell,
    bidirectional: request.flag('bidirectional') || (defaults.bidirectional && !request.flag('no-bidirectional')),
    nonlinearity: request.text('nonlinearity') as Nonlinearity,
    hidden: request.number('hidden') ?? defaults.hidden,
    layers: request.number('layers')!,
    embedding: request.number('embedding') ?? defaults.embedding,
    tied: request.flag('tied'),
    dropout: request.number('dropout') ?? defaults.dropout,
    softmax,
    init: request.text('init') as Initialization,
    'init-from': request.text('init-from') ?? null,
    batch: request.number('batch') ?? defaults.batch,
    bptt: isText ? request.number('bptt')! : null,
    epochs: request.has('updates') ? null : (request.number('epochs') ?? defaults.epochs),
    updates: request.number('updates') ?? null,
    optimizer,
    lr: request.number('lr') ?? (isAdam ? defaults.lr : null),
    momentum: request.number('momentum') ?? null,
    'weight-decay': request.number('weight-decay')!,
    clip: request.number('clip')!,
    schedule: request.text('schedule') as ScheduleName,
    patience: request.number('patience')!,
    seed: request.number('seed')!,
    'checkpoint-every': checkpointOption(request),
    memory: request.text('memory') ?? null,
  };
}

/** K as asked for; of a window shorter than --bptt the trainer makes less. */
function checkpointOption(request: Request): number | null {
  const asked = request.text('checkpoint-every');
  if (asked === undefined) return null;
  if (asked === 'auto') return Math.ceil(Math.sqrt(request.number('bptt')!));
  if (/^[1-9]\d*$/.test(asked)) return Number(asked);
  throw new UnrolledError(
    `--checkpoint-every: expected auto or a whole number from 1, got ${asked || 'an empty text'}`,
  );
}

/** Bytes of a size such as 200MB. */
export function memoryOption(text: string): number {
  const units: Record<string, number> = { kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 };
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]i?b)$/i.exec(text);
  if (match && Number(match[1]) > 0) return Number(match[1]) * units[match[2].toLowerCase()];
  throw new UnrolledError(`--memory: expected a size such as 200MB or 1.5GB, got ${text || 'an empty text'}`);
}

/** The recorded options, once every given one is found to be the same. `settings` are what came of defaults. */
export function resumedRunOptions(
  request: Request,
  recorded: RunOptions,
  settings: TrainingSettings,
  directory: string,
): RunOptions {
  const fail = (name: string, was: string, got: unknown) =>
    new UnrolledError(
      `--${name}: expected ${was}, as the run in ${directory} was started with, got ${got}; ` +
        'leave the option out, or start anew with --overwrite instead of --resume',
    );
  // first: with another task most other options would be wrong too
  if (request.has('task') && request.text('task') !== recorded.task)
    throw fail('task', `--task ${recorded.task}`, request.text('task'));
  const asked = newRunOptions(request, recorded.task);
  const before = {
    ...recorded,
    updates: settings.updates,
    lr: settings.learningRate,
    momentum: settings.momentum,
  };
  const given = (name: string) => request.has(name) || (name === 'bidirectional' && request.has('no-bidirectional'));
  for (const [name, value] of Object.entries(asked)) {
    const then = before[name as keyof RunOptions];
    if (!given(name) || String(value) === String(then)) continue;
    const was = then === null || then === false ? `no --${name}` : then === true ? `--${name}` : `--${name} ${then}`;
    throw fail(name, was, value);
  }
  return recorded;
}
