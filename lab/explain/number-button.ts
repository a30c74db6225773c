// A number that can be asked: its symbol above, its value below. A click explains it; a double click, a long press or the key E changes it, where it can be.

import type { Address } from '../../src/insight.ts';
import { make, setText } from '../draw/dom.ts';
import { formatNumber } from '../format.ts';
import * as store from '../state/store.ts';
import { inspectorStrings } from './strings.ts';

/** A press that lasts so many milliseconds changes the number. */
const longPressMs = 550;
const words = inspectorStrings;

export interface NumberActions {
  explain(address: Address): void;
  /** Opens the editor; null where this place has none. */
  readonly change: ((address: Address, from: HTMLElement) => void) | null;
}

export class NumberButton {
  private readonly symbol = make('span', { class: 'number-symbol' });
  private readonly value = make('span', { class: 'number-value' });
  private readonly mark = make('span', { class: 'edited-mark', 'aria-hidden': 'true', hidden: true }, '✎');
  readonly element = make('button', { type: 'button', class: 'number-button' }, this.symbol, this.mark, this.value);
  private address: Address | null = null;
  private canChange = false;
  /** What the first click of a double click was at. */
  private clicked: Address | null = null;
  private couldChange = false;
  private timer = 0;
  private wasLong = false;

  constructor(actions: NumberActions) {
    const { element } = this;
    const change = (): boolean => {
      if (!this.canChange || !this.address || !actions.change) return false;
      actions.change(this.address, element);
      return true;
    };
    element.addEventListener('click', (event) => {
      if (event.detail > 1) return; // of a double click, after which this may be another number already
      [this.clicked, this.couldChange] = [this.address, this.canChange];
      if (this.wasLong) this.wasLong = false;
      else if (this.address) actions.explain(this.address);
    });
    element.addEventListener('dblclick', () => {
      if (this.clicked && this.couldChange) actions.change?.(this.clicked, element);
    });
    element.addEventListener('keydown', (event) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (event.key.toLowerCase() !== 'e' || !isPlain || !store.singleKeys.peek() || !change()) return;
      event.preventDefault();
      event.stopPropagation();
    });
    element.addEventListener('pointerdown', () => {
      this.wasLong = false;
      this.timer = window.setTimeout(() => {
        this.wasLong = change();
      }, longPressMs);
    });
    for (const end of ['pointerup', 'pointerleave', 'pointercancel'] as const)
      element.addEventListener(end, () => clearTimeout(this.timer));
  }

  /** @param written how a function of the number is written, # for the number */
  update(
    address: Address,
    symbol: string,
    value: number,
    written: string,
    canChange: boolean,
    isChanged: boolean,
  ): void {
    this.address = address;
    this.canChange = canChange;
    const shown = formatNumber(value);
    const inside = written === '#' || value >= 0 ? shown : `(${shown})`;
    setText(this.symbol, written.replaceAll('#', symbol));
    setText(this.value, written.replaceAll('#', inside));
    this.mark.hidden = !isChanged;
    this.element.classList.toggle('is-edited', isChanged);
    const name = words.explain(symbol, shown) + (isChanged ? `, ${words.changedMark}` : '');
    if (this.element.getAttribute('aria-label') !== name) this.element.setAttribute('aria-label', name);
  }
}
