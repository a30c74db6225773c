// The terms that a number is the sum of, the largest first, each a product of numbers that can be asked in turn; the rest as one sum that opens. The nodes
// are kept while the numbers change, so that a focus stays where it is.

import type { Contribution, Edit, Explanation, Trace } from '../../src/insight.ts';
import { make, setText } from '../draw/dom.ts';
import { formatNumber } from '../format.ts';
import { changeOf, isEdited } from './edits.ts';
import { symbolIn } from './names.ts';
import { type NumberActions, NumberButton } from './number-button.ts';
import { inspectorStrings } from './strings.ts';

const words = inspectorStrings;
const first = 5;
/** More of them at a time. */
const page = 50;

class Line {
  private readonly product = make('span', { class: 'number-product' });
  private readonly amount = make('span', { class: 'number-amount' });
  readonly element = make('li', { class: 'number-term' }, this.product, this.amount);
  private readonly buttons: NumberButton[] = [];
  private readonly actions: NumberActions;
  private shape = '';

  constructor(actions: NumberActions) {
    this.actions = actions;
  }

  update(trace: Trace, { sign, factors, amount }: Contribution, edits: readonly Edit[]): void {
    const shape = `${sign} ${factors.length}`;
    while (this.buttons.length < factors.length) this.buttons.push(new NumberButton(this.actions));
    if (shape !== this.shape) {
      this.shape = shape;
      const parts = factors.flatMap((_, i): (Node | string)[] => [i > 0 ? times() : '', this.buttons[i].element]);
      this.product.replaceChildren(sign < 0 ? make('span', { class: 'number-sign' }, '−') : '', ...parts);
    }
    for (const [i, { address, value, written }] of factors.entries()) {
      const canChange = changeOf(trace.config, address) !== null;
      const isChanged = isEdited(edits, trace.config, address);
      this.buttons[i].update(address, symbolIn(trace, address), value, written, canChange, isChanged);
    }
    setText(this.amount, `= ${formatNumber(amount)}`);
  }
}

const times = (): HTMLElement => make('span', { class: 'number-sign' }, '×');

export class Terms {
  private readonly list = make('ol', { class: 'number-terms' });
  private readonly more = make('button', { type: 'button', class: 'quiet number-terms-more' });
  readonly element = make('div', { class: 'number-terms-all' }, this.list, this.more);
  private readonly lines: Line[] = [];
  private readonly actions: NumberActions;
  private count = first;
  private key = '';
  private again = (): void => {};

  constructor(actions: NumberActions) {
    this.actions = actions;
    this.more.addEventListener('click', () => {
      this.count += page;
      this.again();
    });
  }

  /** @param key of the number: another one begins with its first terms again */
  update(trace: Trace, explanation: Explanation, edits: readonly Edit[], key: string): void {
    if (key !== this.key) this.count = first;
    this.key = key;
    this.again = () => this.update(trace, explanation, edits, key);
    const { contributors, operation } = explanation;
    const shown = contributors.slice(0, this.count + (contributors.length === this.count + 1 ? 1 : 0));
    while (this.lines.length < shown.length) {
      const line = new Line(this.actions);
      this.lines.push(line);
      this.list.append(line.element);
    }
    for (const [i, line] of this.lines.entries()) {
      line.element.hidden = i >= shown.length;
      if (i < shown.length) line.update(trace, shown[i], edits);
    }
    const rest = contributors.slice(shown.length);
    this.more.hidden = rest.length === 0;
    if (rest.length === 0) return;
    const sum = rest.reduce((total, { amount }) => total + amount, 0);
    setText(this.more, words.moreTerms(rest.length, operation?.outer === 'sum' ? formatNumber(sum) : ''));
  }
}
