// Step records on their way to the page: collected as they come, sent in buffers that the page gives back. While the page still holds all of
// them nothing is sent and nothing is lost: the next reply is longer.

import { recordSize } from '../protocol.ts';
import type { StepFigures } from './run.ts';

const recordsInBuffer = 1024;
const buffersInPool = 3;

/** The record of a step. */
export const recordOf = (figures: StepFigures): readonly number[] => [
  figures.update,
  figures.loss,
  figures.smoothed,
  figures.gradientNorm,
  figures.clipped ? 1 : 0,
  figures.learningRate,
  figures.ratio,
];

export class Recorder {
  private pending: number[] = [];
  private readonly pool: ArrayBuffer[] = Array.from(
    { length: buffersInPool },
    () => new ArrayBuffer(recordsInBuffer * recordSize * Float64Array.BYTES_PER_ELEMENT),
  );

  get waiting(): number {
    return this.pending.length / recordSize;
  }

  /** Whether the page has given a buffer back to send the next in. */
  get ready(): boolean {
    return this.pool.length > 0;
  }

  add(figures: StepFigures): void {
    this.pending.push(...recordOf(figures));
  }

  /** A buffer with the records that wait, as many as it holds. */
  take(): { records: Float64Array<ArrayBuffer>; count: number } {
    const buffer = this.pool.pop();
    if (!buffer) return { records: new Float64Array(0), count: 0 };
    const records = new Float64Array(buffer);
    const count = Math.min(recordsInBuffer, this.waiting);
    records.set(this.pending.slice(0, count * recordSize));
    this.pending = this.pending.slice(count * recordSize);
    return { records, count };
  }

  giveBack(buffer: ArrayBuffer): void {
    if (buffer.byteLength > 0 && this.pool.length < buffersInPool) this.pool.push(buffer);
  }

  clear(): void {
    this.pending = [];
  }
}
