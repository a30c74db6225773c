// A snapshot: a run between two updates as plain data.

import {
  described,
  expectFlag,
  expectInteger,
  expectNumber,
  expectObject,
  expectOneOf,
  expectText,
  shortened,
  UnrolledError,
} from '../errors.ts';
import type { UpdateReport } from './reports.ts';
import type { ScheduleState } from './schedules.ts';
import type { TrainingSettings } from './settings.ts';

/** The counters of a run, which together with the tensors are all of its state. */
export interface Progress {
  /** Updates done. */
  update: number;
  /** Passes over the data that are complete. */
  epoch: number; // passes completed
  /** Batches of this pass that are done. */
  window: number; // batches of this pass done
  /** Σ loss · tokens of this pass. */
  lossSum: number; // Σ loss · tokens of this pass
  /** Σ tokens of this pass. */
  tokenSum: number;
  /** Whether the schedule or patience has ended the run. */
  stopped: boolean;
  /** The state of the schedule. */
  schedule: ScheduleState;
  /** The loss of the first update; null before it. Runs from before this was counted have none of the rest. */
  firstLoss?: number | null;
  /** The updates of this pass whose gradient was clipped. */
  clippedUpdates?: number;
  /** The update at which the run went back to earlier weights; null while it has not. */
  rolledBackAt?: number | null;
  /** The updates that the average of the weights has seen, where there is one. */
  averaged?: number;
  /** The report of an update after which the look at the held-out data is still to come: only where that look could not be finished. */
  due?: UpdateReport;
}

/** A run frozen between two updates. Plain data: numbers in `state` survive JSON exactly. */
export interface Snapshot {
  /** The parameters, the optimizer's moments, the carried states, the best weights and the average, by name. */
  readonly tensors: Map<string, Float32Array | Float64Array>;
  /** Everything else, as plain values. */
  readonly state: {
    /** The settings of the run; a run that goes on from here must have the same. */
    readonly settings: TrainingSettings;
    /** The counters of the run. */
    readonly progress: Progress;
    /** The name of the backend, which decides the bits. */
    readonly backend: string;
  };
}

/** The numbers of a report that is due. */
const reported: readonly (keyof UpdateReport)[] = [
  ...(['update', 'updates', 'epoch', 'loss', 'gradientNorm', 'learningRate', 'tokens'] as const),
];

/**
 * Checks that what a file holds is a snapshot: its tensors are floats, and each counter is a number. Whether it is one of a certain run, the trainer
 * tells when it restores it.
 * @throws UnrolledError that names the first part that is not as expected
 */
export function parseSnapshot(
  tensors: Iterable<readonly [string, unknown]>,
  state: Readonly<Record<string, unknown>>,
): Snapshot {
  const floats = new Map<string, Float32Array | Float64Array>();
  for (const [name, data] of tensors) {
    if (!(data instanceof Float32Array || data instanceof Float64Array))
      throw new UnrolledError(`${shortened(name)}: expected floats, got others`);
    floats.set(name, data);
  }
  if (!floats.has('parameters')) throw new UnrolledError('parameters: expected numbers, got none');
  const settings = expectObject('settings', state.settings);
  for (const [name, value] of Object.entries(settings))
    if (!['number', 'string', 'boolean'].includes(typeof value) && value !== null)
      throw new UnrolledError(`settings, ${shortened(name)}: expected a number or a name, got ${described(value)}`);
  const progress = expectObject('progress', state.progress);
  for (const name of ['update', 'epoch', 'window', 'tokenSum']) expectInteger(`progress, ${name}`, progress[name], 0);
  expectNumber('progress, lossSum', progress.lossSum, -Infinity);
  expectFlag('progress, stopped', progress.stopped);
  const { firstLoss = null, rolledBackAt = null, due } = progress;
  if (firstLoss !== null) expectNumber('progress, firstLoss', firstLoss, -Infinity);
  for (const name of ['clippedUpdates', 'averaged']) expectInteger(`progress, ${name}`, progress[name] ?? 0, 0);
  if (rolledBackAt !== null) expectInteger('progress, rolledBackAt', rolledBackAt, 0);
  if (due !== undefined) {
    const { kind, clipped, ...numbers } = expectObject('progress, due', due);
    expectOneOf('due, kind', kind, ['update']);
    expectFlag('due, clipped', clipped);
    for (const name of reported) expectNumber(`due, ${name}`, numbers[name], -Infinity);
  }
  const schedule = expectObject('progress, schedule', progress.schedule);
  expectInteger('schedule, failures', schedule.failures, 0);
  expectNumber('schedule, factor', schedule.factor, 0);
  expectFlag('schedule, halving', schedule.halving);
  for (const name of ['best', 'previous'])
    if (schedule[name] !== null) expectNumber(`schedule, ${name}`, schedule[name], -Infinity);
  const backend = expectText('backend', state.backend);
  return { tensors: floats, state: { settings, progress, backend } as unknown as Snapshot['state'] };
}
