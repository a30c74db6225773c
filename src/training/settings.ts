// The options of a training run, with every default filled in and checked: what a checkpoint records and a resumed run must repeat.

import { expectInteger, expectNumber, UnrolledError } from '../errors.ts';
import type { ModelConfig } from '../network/config.ts';
import { type OptimizerOptions, type OptimizerSettings, optimizerSettings } from './optimizers.ts';
import { type ScheduleOptions, type ScheduleSettings, scheduleSettings } from './schedules.ts';
import type { BatchSource } from './source.ts';

export interface TrainingOptions extends OptimizerOptions, ScheduleOptions {
  /** B: streams that the text is cut into, side by side. Default 32. */
  readonly batchSize?: number;
  /** T: steps of a window; the gradient goes back this far, the state is carried on. Default 64. */
  readonly bptt?: number;
  /** Passes over the text. Default 10. */
  readonly epochs?: number;
  /** Updates in all, over as many epochs as that takes, instead of `epochs`. */
  readonly updates?: number;
  /** Largest global norm of the gradient of the mean loss; 0 for none. Default 5. */
  readonly clip?: number;
  /** Largest absolute value of a gradient's element; 0 for none. Default 0. */
  readonly clipValue?: number;
  /** Of the dropout masks. Default 1. */
  readonly seed?: number;
  /** K: keep only every K-th state of a window, and compute the others again: less memory, the same gradient. Default: keep all. */
  readonly checkpointEvery?: number;
}

/** Everything that decides the numbers of a run, besides the model and the data. */
export interface TrainingSettings extends OptimizerSettings, ScheduleSettings {
  readonly batchSize: number;
  readonly bptt: number;
  readonly updates: number;
  readonly clip: number;
  readonly clipValue: number;
  readonly seed: number;
}

/**
 * Defaults filled in, everything checked.
 * @param config of the model, on which some defaults depend
 */
export function trainingSettings(
  options: TrainingOptions,
  source: Pick<BatchSource, 'batchSize' | 'bptt' | 'batches'>,
  hasValidation: boolean,
  config: Pick<ModelConfig, 'numLayers' | 'cell' | 'nonlinearity'>,
): TrainingSettings {
  const epochs = expectInteger('epochs', options.epochs ?? 10, 0);
  const updates = expectInteger('updates', options.updates ?? epochs * source.batches, 0);
  const schedule = scheduleSettings(options, updates);
  if (!hasValidation && schedule.schedule === 'newbob')
    throw new UnrolledError('schedule newbob: expected held-out data to judge by, got none; hold some out');
  if (!hasValidation && schedule.patience > 0)
    throw new UnrolledError('patience: expected held-out data to judge by, got none; hold some out');
  return {
    ...optimizerSettings(options, config),
    ...schedule,
    batchSize: source.batchSize,
    bptt: source.bptt,
    updates,
    clip: expectNumber('clip', options.clip ?? 5, 0),
    clipValue: expectNumber('clipValue', options.clipValue ?? 0, 0),
    seed: expectInteger('seed', options.seed ?? 1, -(2 ** 31), 2 ** 32 - 1),
  };
}
