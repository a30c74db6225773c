// What every view is: plain TypeScript on a piece of the page, told of every change, that can say in words and as a table what it shows.

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
  /** One sentence of what there is to see, made of the numbers. */
  describe(): string;
  table(): Rows;
  /** A key of the page that no control took; whether it meant something here. */
  key?(event: KeyboardEvent): boolean;
  dispose(): void;
}
