// What stands in the place of a view that is there for texts alone, while another task is learned: why, and what there is instead.

import { button, make } from '../../draw/dom.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Rows, View } from '../view.ts';
import { taskStrings, type ViewOfTexts } from './strings.ts';

const words = taskStrings.absent;

export class AbsentView implements View {
  private readonly name: ViewOfTexts;

  constructor(name: ViewOfTexts) {
    this.name = name;
  }

  mount(element: HTMLElement): void {
    element.append(
      make(
        'section',
        { class: 'card' },
        make('p', {}, words.works),
        make(
          'p',
          {},
          button(words.toTexts, '', () => actions.chooseTask('text')),
        ),
      ),
    );
  }

  update(): void {}

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    return words.why[this.name];
  }

  table(): Rows {
    return [];
  }

  dispose(): void {}
}
