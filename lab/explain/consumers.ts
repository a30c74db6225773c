// What is computed from a number, as buttons: the first few, then more. A weight of a large model has thousands, so they are looked for in a turn of
// their own, once for each number, and only their values follow the training.

import { type Address, type Explanation, type Trace, valueAt } from '../../src/insight.ts';
import { make, setText } from '../draw/dom.ts';
import { changeOf } from './edits.ts';
import { symbolIn } from './names.ts';
import { type NumberActions, NumberButton } from './number-button.ts';
import { inspectorStrings } from './strings.ts';

const words = inspectorStrings;
const first = 8;
const page = 40;

export class Consumers {
  private readonly list = make('ul', { class: 'number-consumers' });
  private readonly none = make('p', { class: 'note' }, words.noConsumers);
  private readonly more = make('button', { type: 'button', class: 'quiet' });
  readonly element = make('div', {}, this.list, this.none, this.more);
  private readonly buttons: NumberButton[] = [];
  private readonly items: HTMLElement[] = [];
  private readonly actions: NumberActions;
  private found: readonly Address[] = [];
  private trace: Trace | null = null;
  private count = first;
  private key = '';
  private timer = 0;

  constructor(actions: NumberActions) {
    this.actions = actions;
    this.more.addEventListener('click', () => {
      this.count += page;
      this.draw();
    });
  }

  /** @param key of the number and of the window */
  update(trace: Trace, explanation: Explanation, key: string): void {
    this.trace = trace;
    if (key === this.key) {
      this.draw();
      return;
    }
    this.key = key;
    this.found = []; // the old ones may not be in this window
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.count = first;
      this.found = explanation.consumers;
      this.draw();
    });
  }

  private draw(): void {
    const { trace, found, buttons, items } = this;
    if (!trace) return;
    const shown = found.slice(0, this.count);
    while (buttons.length < shown.length) {
      const button = new NumberButton(this.actions);
      const item = make('li', {}, button.element);
      buttons.push(button);
      items.push(item);
      this.list.append(item);
    }
    for (const [i, item] of items.entries()) {
      item.hidden = i >= shown.length;
      if (i >= shown.length) continue;
      const canChange = changeOf(trace.config, shown[i]) !== null;
      buttons[i].update(shown[i], symbolIn(trace, shown[i]), valueAt(trace, shown[i]), '#', canChange, false);
    }
    this.none.hidden = found.length > 0;
    this.more.hidden = found.length <= this.count;
    setText(this.more, words.more(found.length - this.count));
  }
}
