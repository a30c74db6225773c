// The one cursor that all views share: where the visitor looks. Three axes of time that are never mixed: the training step n, the time t in a
// window of text, the operation op within a step of computation.

export interface Cursor {
  /** The name of a view: views/index.ts lists them. */
  readonly view: string;
  /** Training step; null follows the newest. */
  readonly n: number | null;
  /** Window of the text, from 0. */
  readonly w: number;
  /** Time in the window, from 0. */
  readonly t: number;
  /** Layer, from 0. */
  readonly l: number;
  /** Unit, from 0. */
  readonly u: number;
  /** Operation of a step of the debugger, from 0. */
  readonly op: number;
  readonly direction: 'forward' | 'backward';
}

export const startOfCursor: Cursor = { view: 'train', n: null, w: 0, t: 0, l: 0, u: 0, op: 0, direction: 'forward' };
