// The formula of an operation as MathML. It was made when the page was built (../text/build/formulas.ts) and is the only HTML here that is not text: no
// visitor's word is ever in it. Loaded with the first number that is explained.

import { formulas } from 'virtual:formulas';
import type { Operation } from '../../src/insight.ts';
import { make, setText } from '../draw/dom.ts';

const parsed = new Map<string, Element | null>();

function mathOf({ latex }: Operation): Node | null {
  let found = parsed.get(latex);
  if (found === undefined) {
    const template = document.createElement('template');
    template.innerHTML = formulas[latex] ?? '';
    found = template.content.firstElementChild;
    parsed.set(latex, found);
  }
  return found?.cloneNode(true) ?? null;
}

/** A formula with its number in the book. Where it is too wide it scrolls, so it can have the focus. */
export class Formula {
  private readonly math = make('div', { class: 'number-formula-math', tabindex: 0, role: 'group' });
  private readonly number = make('span', { class: 'number-formula-name' });
  readonly element = make('div', { class: 'number-formula' }, this.math, this.number);
  private shown: Operation | null = null;

  constructor(label: string) {
    this.math.setAttribute('aria-label', label);
  }

  update(operation: Operation | null): void {
    if (operation === this.shown) return;
    this.shown = operation;
    this.element.hidden = operation === null;
    if (!operation) return;
    this.math.replaceChildren(mathOf(operation) ?? operation.text);
    setText(this.number, operation.number ? `(${operation.number})` : '');
  }
}
