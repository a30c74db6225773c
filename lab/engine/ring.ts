// The snapshots of the time machine. One is taken every so many steps; when they are too many or too large together, half of them go, so that they
// always reach back to the start of the run.

import type { FrozenRun } from '../protocol.ts';
import { bytesOf } from './run.ts';

const maxBytes = 64 * 2 ** 20;
const maxSnapshots = 256;

export class Ring {
  private kept: FrozenRun[] = [];
  private every = 5;
  private bytes = 0;

  /** The steps that have a snapshot, in order. */
  get steps(): number[] {
    return this.kept.map(({ step }) => step);
  }

  /** Whether the snapshot of this step would be kept. */
  wants(step: number): boolean {
    return step % this.every === 0 && this.kept.at(-1)?.step !== step;
  }

  add(frozen: FrozenRun): void {
    this.kept.push(frozen);
    this.bytes += bytesOf(frozen);
    while (this.kept.length > maxSnapshots || (this.bytes > maxBytes && this.kept.length > 1)) this.thin();
  }

  /** The latest snapshot up to a step; the first where there is none. */
  at(step: number): FrozenRun | undefined {
    return this.kept.findLast((frozen) => frozen.step <= step) ?? this.kept[0];
  }

  /** Forgets what came after a step. */
  forgetAfter(step: number): void {
    this.kept = this.kept.filter((frozen) => frozen.step <= step);
    this.count();
  }

  private thin(): void {
    this.every *= 2;
    const thinned = this.kept.filter(({ step }) => step % this.every === 0);
    this.kept = thinned.length > 0 && thinned.length < this.kept.length ? thinned : this.kept.slice(1);
    this.count();
  }

  private count(): void {
    this.bytes = this.kept.reduce((sum, frozen) => sum + bytesOf(frozen), 0);
  }
}
