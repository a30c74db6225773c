// What is told of one character: its gradient, what it does to first order, and what the test without it finds, with the numbers that this comes from.

import { make, setText } from '../../draw/dom.ts';
import { formatNumber } from '../../format.ts';
import { rowOf } from './numbers.ts';
import { askedOf, quoted, readOf, type Shown } from './shown.ts';
import { memoryStrings } from './strings.ts';

const words = memoryStrings.cell;
const names = ['norm', 'effect', 'change'] as const;

export class Readout {
  readonly element: HTMLElement;
  private readonly title = make('h4');
  private readonly place = make('p', { class: 'note' });
  private readonly terms = new Map(names.map((name) => [name, make('dt')]));
  private readonly values = new Map(names.map((name) => [name, make('dd', { 'data-cell': name })]));
  private readonly numbers = make('dl', { class: 'memory-numbers' });
  private readonly test = make('p', { class: 'note' });

  constructor() {
    for (const name of names) this.numbers.append(make('div', {}, this.terms.get(name)!, this.values.get(name)!));
    this.element = make(
      'div',
      { class: 'memory-readout' },
      make('header', {}, this.title, this.place),
      this.numbers,
      this.test,
    );
  }

  /** @param k of the character that is told of, from 1 */
  update(shown: Shown, k: number): void {
    const { frame, memory, t } = shown;
    const { dependence } = memory;
    const isLater = k > t;
    setText(this.title, words.title(k, readOf(shown, k)));
    setText(this.place, isLater ? words.later : words.place(t - k, frame.settings.level));
    this.numbers.hidden = this.test.hidden = isLater;
    if (isLater) return;
    const { replacement } = frame.memoryQuestion;
    const change = rowOf(dependence.change, t)[k - 1];
    const asked = askedOf(shown, t);
    setText(this.terms.get('norm')!, words.norm(t, asked, k));
    setText(this.terms.get('effect')!, words.effect);
    setText(
      this.terms.get('change')!,
      replacement === null ? words.change.out : words.change.replaced(quoted(frame.info!.vocabulary[replacement])),
    );
    setText(this.values.get('norm')!, formatNumber(rowOf(dependence.norm, t)[k - 1]));
    setText(this.values.get('effect')!, words.nats(rowOf(dependence.effect, t)[k - 1]));
    setText(this.values.get('change')!, words.nats(0 - change));
    const before = dependence.logProbability[t - 1];
    setText(this.test, words.test(t, asked, before, before + change));
  }
}
