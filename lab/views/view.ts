// What every view is: plain TypeScript on a piece of the page, told of every change, that can say in words and as a table what it shows.

import type { Cursor } from '../state/cursor.ts';
import type { Frame } from '../state/frame.ts';

/** A table: the first row names the columns. */
export type Rows = readonly (readonly (string | number)[])[];

export interface View {
  mount(element: HTMLElement): void;
  /** At most once per painted frame, with the newest state. */
  update(frame: Frame): void;
  /** Moves the shared cursor. */
  focus(cell: Partial<Cursor>): void;
  /** One sentence of what there is to see, made of the numbers. */
  describe(): string;
  table(): Rows;
  dispose(): void;
}
