// What every view is: plain TypeScript on a piece of the page. It gets every change, and can say in words and as a table what it shows.

import type { Cursor } from '../state/cursor.ts';
import type { Frame } from '../state/frame.ts';
import type { Need } from '../state/store.ts';

/** A table: the first row names the columns. */
export type Rows = readonly (readonly (string | number)[])[];

export interface View {
  /** What it shows about a window of the text: the frame then has `windowTrace`, `flow`. */
  readonly needs?: readonly Need[];
  mount(element: HTMLElement): void;
  /** At most once per painted frame, with the newest state. */
  update(frame: Frame): void;
  /** Moves the shared cursor. */
  focus(cell: Partial<Cursor>): void;
  /** One sentence that says what there is to see, with the numbers. */
  describe(): string;
  table(): Rows;
  /** Handles a key that no control took; returns whether it meant something here. */
  key?(event: KeyboardEvent): boolean;
  dispose(): void;
}
