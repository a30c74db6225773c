// Snapshots: a run between two updates as plain data, and a ring of snapshots within a budget of bytes, spread evenly over the run, with which a run
// can return to an earlier update.

import { expectInteger, UnrolledError } from '../errors.ts';
import type { ScheduleState } from './schedules.ts';
import type { Adjustment, TrainingSettings } from './settings.ts';

/** The counters of a run, which together with the tensors are all of its state. */
export interface Progress {
  update: number;
  epoch: number; // passes completed
  window: number; // batches of this pass done
  lossSum: number; // Σ loss · tokens of this pass
  tokenSum: number;
  stopped: boolean;
  schedule: ScheduleState;
  adjusted?: Adjustment; // the changes made by `adjust` so far
}

/** A run frozen between two updates. Plain data: numbers in `state` survive JSON exactly. */
export interface Snapshot {
  readonly tensors: Map<string, Float32Array | Float64Array>;
  readonly state: { readonly settings: TrainingSettings; readonly progress: Progress; readonly backend: string };
}

/** A trainer, as far as snapshots are concerned. */
interface Restorable {
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

/**
 * A ring of snapshots of a run, whose tensors have at most `limit` bytes together. When there are too many, the snapshot whose neighbors are nearest to
 * each other is dropped (the older of two), never the first or the last, so the rest is spread evenly over the run, whatever its length.
 * @example const ring = new SnapshotRing(64e6); … ring.add(trainer); … ring.restore(trainer, 1200)
 */
export class SnapshotRing {
  /** The most bytes. */
  readonly limit: number;
  private readonly list: Snapshot[] = [];
  private used = 0;

  constructor(limit: number) {
    this.limit = expectInteger('snapshot ring: bytes', limit, 1);
  }

  /** The bytes in use. */
  get bytes(): number {
    return this.used;
  }

  /** The updates after which snapshots were taken, in order. */
  get updates(): number[] {
    return this.list.map(updateOf);
  }

  /**
   * Takes a snapshot. Snapshots of the same or later updates, from a future that a restored run has left, are dropped.
   * @throws UnrolledError where one snapshot alone is larger than the ring, and where `Trainer.snapshot` does
   */
  add(trainer: Restorable): void {
    const snapshot = trainer.snapshot();
    const bytes = bytesOf(snapshot);
    if (bytes > this.limit)
      throw new UnrolledError(
        `snapshot ring: expected room for one snapshot, ${bytes} bytes, got ${this.limit}; make a larger ring`,
      );
    while (this.list.length > 0 && updateOf(this.list.at(-1)!) >= updateOf(snapshot)) this.drop(this.list.length - 1);
    this.list.push(snapshot);
    this.used += bytes;
    while (this.used > this.limit) this.drop(this.list.length > 2 ? this.crowded() : 0);
  }

  /** The snapshot nearest to an update, the earlier one of two; undefined if the ring is empty. */
  nearest(update: number): Snapshot | undefined {
    const distance = (snapshot: Snapshot): number => Math.abs(updateOf(snapshot) - update);
    return this.list.reduce<Snapshot | undefined>(
      (best, snapshot) => (best && distance(best) <= distance(snapshot) ? best : snapshot),
      undefined,
    );
  }

  /**
   * Takes a trainer back (or forward) to the snapshot nearest to an update, and returns that snapshot's update.
   * @throws UnrolledError if the ring is empty
   */
  restore(trainer: Restorable, update: number): number {
    const snapshot = this.nearest(update);
    if (!snapshot) throw new UnrolledError('snapshot ring: expected a snapshot to restore, got none; add one first');
    trainer.restore(snapshot);
    return updateOf(snapshot);
  }

  private drop(index: number): void {
    const [dropped] = this.list.splice(index, 1);
    this.used -= bytesOf(dropped);
  }

  /** The place of the snapshot, neither the first nor the last, whose neighbors are nearest to each other. */
  private crowded(): number {
    const updates = this.updates;
    let best = 1;
    for (let i = 2; i < updates.length - 1; i++)
      if (updates[i + 1] - updates[i - 1] < updates[best + 1] - updates[best - 1]) best = i;
    return best;
  }
}

const updateOf = ({ state }: Snapshot): number => state.progress.update;

function bytesOf({ tensors }: Snapshot): number {
  let bytes = 0;
  for (const tensor of tensors.values()) bytes += tensor.byteLength;
  return bytes;
}
