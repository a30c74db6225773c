// A run between two updates as plain data; and many of them within a budget of bytes, so that one can go back in time: the older they are, the fewer,
// evenly over the run.

import { expectInteger, UnrolledError } from '../errors.ts';
import type { ScheduleState } from './schedules.ts';
import type { Adjustment, TrainingSettings } from './settings.ts';

/** The counters of a run: with the tensors, all of its state. */
export interface Progress {
  update: number;
  epoch: number; // passes completed
  window: number; // batches of this pass done
  lossSum: number; // Σ loss · tokens of this pass
  tokenSum: number;
  stopped: boolean;
  schedule: ScheduleState;
  adjusted?: Adjustment; // what `adjust` has changed so far
}

/** A run frozen between two updates. Plain data: numbers in `state` survive JSON exactly. */
export interface Snapshot {
  readonly tensors: Map<string, Float32Array | Float64Array>;
  readonly state: { readonly settings: TrainingSettings; readonly progress: Progress; readonly backend: string };
}

/** What takes and restores snapshots: a trainer. */
interface Restorable {
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

/**
 * Snapshots of a run, at most so many bytes of tensors. When there are too many, the one goes whose neighbors are nearest to each other (the older
 * of two), never the first nor the last; so what is left stands evenly over the run, whatever its length.
 * @example const ring = new SnapshotRing(64e6); … ring.add(trainer); … ring.restore(trainer, 1200)
 */
export class SnapshotRing {
  /** Most bytes. */
  readonly limit: number;
  private readonly list: Snapshot[] = [];
  private used = 0;

  constructor(limit: number) {
    this.limit = expectInteger('snapshot ring: bytes', limit, 1);
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.used;
  }

  /** The updates after which snapshots were taken, in order. */
  get updates(): number[] {
    return this.list.map(updateOf);
  }

  /**
   * Takes a snapshot. Those of the same or later updates, of a future that a restored run leaves behind, go.
   * @throws UnrolledError where one snapshot alone is larger than the ring, or as `Trainer.snapshot`
   */
  add(trainer: Restorable): void {
    const snapshot = trainer.snapshot();
    const bytes = bytesOf(snapshot);
    if (bytes > this.limit)
      throw new UnrolledError(`snapshot ring: expected room for ${bytes} bytes, one snapshot, got ${this.limit}`);
    while (this.list.length > 0 && updateOf(this.list.at(-1)!) >= updateOf(snapshot)) this.drop(this.list.length - 1);
    this.list.push(snapshot);
    this.used += bytes;
    while (this.used > this.limit) this.drop(this.list.length > 2 ? this.crowded() : 0);
  }

  /** The snapshot nearest to an update, the earlier of two; undefined from an empty ring. */
  nearest(update: number): Snapshot | undefined {
    const distance = (snapshot: Snapshot): number => Math.abs(updateOf(snapshot) - update);
    return this.list.reduce<Snapshot | undefined>(
      (best, snapshot) => (best && distance(best) <= distance(snapshot) ? best : snapshot),
      undefined,
    );
  }

  /**
   * Takes a trainer back (or forward) to the snapshot nearest to an update, and returns which update that is.
   * @throws UnrolledError where there is none
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

  /** Between the first and the last, the one whose neighbors are nearest to each other. */
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
