// A snapshot: a run between two updates as plain data.

import type { UpdateReport } from './reports.ts';
import type { ScheduleState } from './schedules.ts';
import type { TrainingSettings } from './settings.ts';

/** The counters of a run, which together with the tensors are all of its state. */
export interface Progress {
  update: number;
  epoch: number; // passes completed
  window: number; // batches of this pass done
  lossSum: number; // Σ loss · tokens of this pass
  tokenSum: number;
  stopped: boolean;
  schedule: ScheduleState;
  /** The loss of the first update; null before it. Runs from before this was counted have none of the rest. */
  firstLoss?: number | null;
  /** The updates of this pass whose gradient was clipped. */
  clippedUpdates?: number;
  /** The update at which the run went back to earlier weights; null while it has not. */
  rolledBackAt?: number | null;
  /** The report of an update after which the look at the held-out data is still to come: only where that look could not be finished. */
  due?: UpdateReport;
}

/** A run frozen between two updates. Plain data: numbers in `state` survive JSON exactly. */
export interface Snapshot {
  readonly tensors: Map<string, Float32Array | Float64Array>;
  readonly state: { readonly settings: TrainingSettings; readonly progress: Progress; readonly backend: string };
}
