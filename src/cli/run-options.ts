// The options that decide the numbers of a training run: from the command line for a new run, from the checkpoint for one that goes on.
// An option that is given again must be what it was; the sentence that refuses names it.

import { UnrolledError } from '../errors.ts';
import type { CellName, ModelConfig, ModelOptions, Nonlinearity, Softmax } from '../model/config.ts';
import type { Initialization } from '../model/initialize.ts';
import type { Model } from '../model/model.ts';
import type { Level } from '../text/tokenizer.ts';
import type { OptimizerName } from '../training/optimizers.ts';
import type { ScheduleName } from '../training/schedules.ts';
import type { TrainingOptions, TrainingSettings } from '../training/settings.ts';
import type { Request } from './options.ts';

/** The options under their names on the command line; null where one does not apply. */
export interface RunOptions {
  readonly level: Level;
  readonly pretokenized: boolean;
  readonly 'min-count': number | null;
  readonly validation: number | null;
  readonly 'validation-file': string | null;
  readonly unknown: 'error' | 'skip';
  readonly 'replace-invalid': boolean;
  readonly cell: CellName;
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
  readonly bptt: number;
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

/** The options of a new run. Throws for those that contradict each other. */
export function newRunOptions(request: Request): RunOptions {
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
  const level = request.text('level') as Level;
  for (const name of ['pretokenized', 'min-count'])
    if (request.has(name) && level !== 'word')
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
  const optimizer = request.text('optimizer') as OptimizerName;
  if (request.has('momentum') && optimizer !== 'momentum' && optimizer !== 'nesterov')
    throw new UnrolledError(
      `--momentum: expected --optimizer momentum or nesterov, which it is for, got --optimizer ${optimizer}`,
    );
  return {
    level,
    pretokenized: request.flag('pretokenized'),
    'min-count': level === 'word' ? request.number('min-count')! : null,
    validation: request.has('validation-file') ? null : request.number('validation')!,
    'validation-file': request.text('validation-file') ?? null,
    unknown: request.text('unknown') as RunOptions['unknown'],
    'replace-invalid': request.flag('replace-invalid'),
    cell: request.text('cell') as CellName,
    nonlinearity: request.text('nonlinearity') as Nonlinearity,
    hidden: request.number('hidden')!,
    layers: request.number('layers')!,
    embedding: request.number('embedding')!,
    tied: request.flag('tied'),
    dropout: request.number('dropout')!,
    softmax,
    init: request.text('init') as Initialization,
    'init-from': request.text('init-from') ?? null,
    batch: request.number('batch')!,
    bptt: request.number('bptt')!,
    epochs: request.has('updates') ? null : request.number('epochs')!,
    updates: request.number('updates') ?? null,
    optimizer,
    lr: request.number('lr') ?? null,
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
  const asked = newRunOptions(request);
  const older = { softmax: 'full' }; // what a checkpoint from before the option means
  const before = {
    ...older,
    ...recorded,
    updates: settings.updates,
    lr: settings.learningRate,
    momentum: settings.momentum,
  };
  for (const [name, value] of Object.entries(asked)) {
    const then = before[name as keyof RunOptions];
    if (!request.has(name) || value === then) continue;
    const was = then === null || then === false ? `no --${name}` : then === true ? `--${name}` : `--${name} ${then}`;
    throw new UnrolledError(
      `--${name}: expected ${was}, as the run in ${directory} was started with, got ${value}; ` +
        'leave the option out, or start anew with --overwrite instead of --resume',
    );
  }
  return recorded;
}

/** The architecture that the options ask for. */
export function architecture(options: RunOptions, vocabSize: number): ModelOptions {
  if (options.tied && options.embedding !== options.hidden)
    throw new UnrolledError(
      `--tied: expected --embedding as large as --hidden (${options.hidden}), got --embedding ${options.embedding}`,
    );
  return {
    cell: options.cell,
    nonlinearity: options.nonlinearity,
    vocabSize,
    embeddingSize: options.embedding === 0 ? null : options.embedding,
    hiddenSize: options.hidden,
    numLayers: options.layers,
    dropout: options.dropout,
    tieWeights: options.tied,
    softmax: options.softmax,
  };
}

/**
 * The options of a run that starts from another model: its architecture and vocabulary, our training.
 * @throws UnrolledError for a given option that the other model contradicts
 */
export function adoptModel(request: Request, options: RunOptions, model: Model): RunOptions {
  const { config, tokenizer } = model;
  const from = options['init-from'];
  if (!tokenizer) throw new UnrolledError(`${from}: expected a model of text, with tokenizer.json, got one without`);
  const theirs = {
    cell: config.cell,
    nonlinearity: config.nonlinearity,
    hidden: config.hiddenSize,
    layers: config.numLayers,
    embedding: config.embeddingSize ?? 0,
    tied: config.tieWeights,
    softmax: config.softmax,
  };
  for (const [name, value] of Object.entries(theirs)) {
    const asked = options[name as keyof RunOptions];
    if (request.has(name) && asked !== value)
      throw new UnrolledError(
        `--${name}: expected ${value}, as the model in ${from} has, got ${asked}; leave the option out`,
      );
  }
  return {
    ...options,
    ...theirs,
    level: tokenizer.level,
    pretokenized: tokenizer.options.pretokenized ?? false,
    'min-count': null,
    dropout: request.has('dropout') ? options.dropout : config.dropout,
  };
}

/** What the trainer is told. */
export function trainingOptions(options: RunOptions): TrainingOptions {
  return {
    optimizer: options.optimizer,
    learningRate: options.lr ?? undefined,
    momentum: options.momentum ?? undefined,
    weightDecay: options['weight-decay'],
    schedule: options.schedule,
    patience: options.patience,
    batchSize: options.batch,
    bptt: options.bptt,
    epochs: options.epochs ?? undefined,
    updates: options.updates ?? undefined,
    clip: options.clip,
    seed: options.seed,
    checkpointEvery: options['checkpoint-every'] ?? undefined,
  };
}

/** The config of another model with the run's dropout. */
export function withDropout(config: ModelConfig, dropout: number): ModelConfig {
  return config.dropout === dropout ? config : { ...config, dropout };
}
