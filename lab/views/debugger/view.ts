// V4 Debugger: every operation of a window, stepped forward and backward, in symbols and in numbers.

import { make, setText } from '../../draw/dom.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import type { Rows, View } from '../view.ts';

export class DebuggerView implements View {
  readonly needs = ['trace'] as const;
  private readonly note = make('p', { class: 'note' });
  private frame: Frame | null = null;

  mount(element: HTMLElement): void {
    element.append(this.note);
  }

  update(frame: Frame): void {
    this.frame = frame;
    setText(this.note, this.describe());
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    return this.frame?.seen ? `step ${this.frame.seen.step}` : '';
  }

  table(): Rows {
    return [];
  }

  dispose(): void {}
}
