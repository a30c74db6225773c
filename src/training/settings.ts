// The options of a training run and its settings, which are the options checked and with every default filled in. A checkpoint records the settings,
// and a resumed run must have the same.

import { expectInteger, expectNumber, expectOneOf, UnrolledError } from '../errors.ts';
import type { ModelConfig } from '../network/config.ts';
import { expectSeed } from '../random.ts';
import { type OptimizerOptions, type OptimizerSettings, optimizerSettings } from './optimizers.ts';
import { type ScheduleOptions, type ScheduleSettings, scheduleSettings } from './schedules.ts';
import { expectShards } from './shards/shards.ts';
import type { BatchSource } from './source.ts';

/** What a run does where its numbers are not finite any more. */
export const divergences = ['stop', 'rollback'] as const;
/** What happens where training diverges: the run stops, or goes back to earlier weights once. */
export type Divergence = (typeof divergences)[number];

/** The longest memory of an average, of a million updates. */
export const maxAverage = 0.999999;

/** The share of streams that start again where nobody says otherwise: the smallest with which no start of 512 units was lost at any moment (docs/results.md). */
export const defaultRestart = 0.2;

/** The optimizer, the schedule and the length of a run. What is left out takes the default named here, or that of the task. */
export interface TrainingOptions extends OptimizerOptions, ScheduleOptions {
  /** B: the number of sequences in a batch; a text is cut into that many streams. Default: that of the task. */
  readonly batchSize?: number;
  /** T: the steps of a window of text. The gradient goes back this far; the state is carried on. Default 64, of words 32. */
  readonly bptt?: number;
  /** Passes over the data. Default 10. */
  readonly epochs?: number;
  /** The number of updates, over as many epochs as that takes, instead of `epochs`. */
  readonly updates?: number;
  /** The largest norm of the gradient of the mean loss over all parameters; 0 turns clipping off. Default 5. */
  readonly clip?: number;
  /** The largest absolute value of a gradient's element; 0 sets no limit. Default 0. */
  readonly clipValue?: number;
  /**
   * The share of a text's streams that start again from the initial state before a window, chosen by the seed. Default 0.2: a network that never
   * meets its initial state while it learns may be lost from there for ever (docs/math.md).
   */
  readonly restart?: number;
  /**
   * β: an exponential average of the weights over the updates is judged on the held-out data and kept, in place of the weights themselves, of which
   * it changes nothing: such as 0.99, with a constant learning rate. Default 0: none.
   */
  readonly average?: number;
  /**
   * What happens where the loss or a gradient is not finite: the run stops (default), or once it goes back to the best weights so far, or those of the
   * last epoch's end, and goes on with a tenth of the learning rate; then also after an epoch whose mean loss is above that of the first update.
   */
  readonly onDivergence?: Divergence;
  /** The seed of the dropout masks and of the restarts. Default 1. */
  readonly seed?: number;
  /**
   * S: a batch is computed as S windows of B / S sequences, one after the other, whose gradients are summed as a binary tree: a power of two that
   * divides B. The numbers depend on S, not on how many processes of a group share the windows. Default 1; with a group the least power of two of at
   * least 8 and at least its size.
   */
  readonly shards?: number;
  /** K: only every K-th state of a window is kept, and the others are computed again: less memory, the same gradient. Default: all are kept. */
  readonly checkpointEvery?: number;
}

/** Everything except the model and the data that decides the numbers of a run. */
export interface TrainingSettings extends OptimizerSettings, ScheduleSettings {
  /** B, sequences side by side. */
  readonly batchSize: number;
  /** T, the steps that the gradient goes back. */
  readonly bptt: number;
  /** The number of updates of the whole run. */
  readonly updates: number;
  /** The largest norm of the gradient; 0 turns clipping off. */
  readonly clip: number;
  /** The largest absolute value of its elements; 0 sets no limit. */
  readonly clipValue: number;
  /** Recorded only where there are restarts, so that the checkpoints of runs without them stay what they were. */
  readonly restart?: number;
  /** The same. */
  readonly onDivergence?: 'rollback';
  /** β, where there is an average. */
  readonly average?: number;
  /** S, where there are several. */
  readonly shards?: number;
  /** The seed of the dropout masks and of the restarts. */
  readonly seed: number;
}

/**
 * Reads options: fills in the defaults and checks everything.
 * @param config the architecture, on which some defaults depend
 */
export function trainingSettings(
  options: TrainingOptions,
  source: Pick<BatchSource, 'batchSize' | 'bptt' | 'batches' | 'carriesState'>,
  hasValidation: boolean,
  config: Pick<ModelConfig, 'numLayers' | 'cell' | 'nonlinearity' | 'hiddenSize'>,
): TrainingSettings {
  const epochs = expectInteger('epochs', options.epochs ?? 10, 0);
  const updates = expectInteger('updates', options.updates ?? epochs * source.batches, 0);
  const schedule = scheduleSettings(options, updates);
  const onDivergence = expectOneOf('onDivergence', options.onDivergence ?? 'stop', divergences);
  const restart = expectNumber('restart', options.restart ?? defaultRestart, 0, 1);
  const average = expectNumber('average', options.average ?? 0, 0, maxAverage);
  const shards = expectShards(options.shards ?? 1, source.batchSize);
  if (!hasValidation && schedule.schedule === 'newbob')
    throw new UnrolledError('schedule newbob: expected held-out data, whose loss it follows, got none; hold some out');
  if (!hasValidation && schedule.patience > 0)
    throw new UnrolledError('patience: expected held-out data, whose loss it follows, got none; hold some out');
  return {
    ...optimizerSettings(options, config),
    ...schedule,
    batchSize: source.batchSize,
    bptt: source.bptt,
    updates,
    clip: expectNumber('clip', options.clip ?? 5, 0),
    clipValue: expectNumber('clipValue', options.clipValue ?? 0, 0),
    ...(source.carriesState && restart > 0 && { restart }),
    ...(onDivergence === 'rollback' && { onDivergence }),
    ...(average > 0 && { average }),
    ...(shards > 1 && { shards }),
    seed: expectSeed(options.seed),
  };
}
