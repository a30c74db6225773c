// The measurements of every step. When there are too many points, neighbors are joined (losses and norms become their mean, and a clipped step keeps its
// mark), so that a run of any length is drawn from a few thousand points.

import { recordSize } from '../protocol.ts';
import type { HeldOutFigures } from '../task-data.ts';

const maxPoints = 4096;

export interface Point {
  step: number;
  /** Mean over the steps that were joined. */
  loss: number;
  /** Exponential mean at the last of them. */
  smoothed: number;
  norm: number;
  clipped: boolean;
  rate: number;
  ratio: number;
}

/** How good the model of a step was on held-out data. */
export interface HeldOut extends HeldOutFigures {
  readonly step: number;
}

/** The loss at a step: smoothed, but not where that still is full of losses that are long over, as after a leap. */
export const lossOf = ({ loss, smoothed }: Point): number => (smoothed <= 2 * loss ? smoothed : loss);

/** Something that happened at a step. */
export interface Mark {
  readonly step: number;
  readonly label: string;
}

export class History {
  points: Point[] = [];
  heldOut: HeldOut[] = [];
  marks: Mark[] = [];
  /** The very last step, as it was measured. */
  last: Point | null = null;
  /** Steps that one point stands for. */
  stride = 1;
  /** Changes with every change. */
  version = 0;
  private joining: Point[] = [];

  add(records: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const [step, loss, smoothed, norm, clipped, rate, ratio] = records.subarray(i * recordSize, (i + 1) * recordSize);
      const before = this.last?.ratio ?? Number.NaN;
      this.push({
        step,
        loss,
        smoothed,
        norm,
        clipped: clipped === 1,
        rate,
        ratio: Number.isNaN(ratio) ? before : ratio,
      });
    }
    this.version++;
  }

  addHeldOut(step: number, loss: number, { score, error }: Partial<HeldOutFigures> = {}): void {
    if (this.heldOut.at(-1)?.step === step) return;
    this.heldOut.push({ step, loss, score, error });
    if (this.heldOut.length > maxPoints) this.heldOut = this.heldOut.filter((_, i) => i % 2 === 1);
    this.version++;
  }

  mark(step: number, label: string): void {
    this.marks.push({ step, label });
    this.version++;
  }

  /** Forgets what came after a step. */
  cut(step: number): void {
    const until = <T extends { step: number }>(list: T[]): T[] => list.filter((each) => each.step <= step);
    this.points = until(this.points);
    this.heldOut = until(this.heldOut);
    this.joining = until(this.joining);
    this.last = this.points.at(-1) ?? null;
    this.version++;
  }

  /** The first point at or after a step; the last one where there is none. */
  at(step: number): Point | null {
    let low = 0;
    let high = this.points.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.points[middle].step < step) low = middle + 1;
      else high = middle;
    }
    return this.points[low] ?? null;
  }

  private push(point: Point): void {
    this.last = point;
    this.joining.push(point);
    if (this.joining.length < this.stride) return;
    this.points.push(join(this.joining));
    this.joining = [];
    if (this.points.length < maxPoints) return;
    const joined: Point[] = [];
    for (let i = 0; i + 1 < this.points.length; i += 2) joined.push(join([this.points[i], this.points[i + 1]]));
    this.points = joined;
    this.stride *= 2;
  }
}

function join(points: readonly Point[]): Point {
  const mean = (key: 'loss' | 'norm'): number => points.reduce((sum, point) => sum + point[key], 0) / points.length;
  const last = points[points.length - 1];
  return { ...last, loss: mean('loss'), norm: mean('norm'), clipped: points.some(({ clipped }) => clipped) };
}
