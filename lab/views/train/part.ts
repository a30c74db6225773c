// The part of Train that belongs to a task: what stands above the charts, and the words for its loss.

import type { RunInfo } from '../../protocol.ts';
import type { Frame } from '../../state/frame.ts';
import type { HeldOut, Point } from '../../state/history.ts';

/** The figures that can stand above the charts. */
export type FigureName =
  | ('loss' | 'heldOut' | 'perplexity' | 'accuracy' | 'skill' | 'error')
  | ('norm' | 'ratio' | 'speed');

export interface TrainPart {
  readonly elements: readonly HTMLElement[];
  /** The figures above the charts. */
  readonly figures: readonly FigureName[];
  /** What the chart of the loss is called. */
  readonly loss: string;
  /** What the speed counts. */
  readonly speed: string;
  /** The loss at a point, as it is drawn. */
  lossOf(point: Point): number;
  /** What the score of held-out data is called, where there is one. */
  readonly score: string | null;
  /** What is said before the first step. */
  readonly start: string;
  /** The names of the baselines that the loss is compared with. */
  baselines(info: RunInfo | null): Readonly<Record<string, string>>;
  summary(step: number, loss: number, heldOut: HeldOut | undefined, info: RunInfo): string;
  update(frame: Frame): void;
  dispose(): void;
}
