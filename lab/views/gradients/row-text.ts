// The window's text, each character in the color of the gradient that one error sends back to the state after it: a row of the triangle, read as text.

import { make, setText } from '../../draw/dom.ts';
import { css, inkOn, type Rgb } from '../../draw/palette.ts';
import { formatToken } from '../../format.ts';
import { gradientsStrings } from './strings.ts';

const words = gradientsStrings.triangle;

export class RowText {
  readonly element = make('div', { class: 'row-text' });
  private readonly title = make('p', { class: 'note' });
  private readonly text = make('div', { class: 'token-text', dir: 'auto' });

  /**
   * @param onToken the character x(t) was chosen, t from 1
   * @param onHover the pointer is over the character of h(k), or over none
   */
  constructor(onToken: (t: number) => void, onHover: (k: number | null) => void) {
    this.element.append(this.title, this.text);
    const placeOf = ({ target }: Event): number => Array.prototype.indexOf.call(this.text.children, target);
    this.text.addEventListener('click', (event) => {
      if (placeOf(event) > 0) onToken(placeOf(event));
    });
    this.text.addEventListener('pointerover', (event) => onHover(placeOf(event) < 0 ? null : placeOf(event)));
    this.text.addEventListener('pointerleave', () => onHover(null));
  }

  /**
   * @param tokens x(1) … x(T), as a person sees them
   * @param t of the error, from 1
   * @param row G[t, k] for k = 0 … t
   */
  update(
    tokens: readonly string[],
    wanted: string,
    t: number,
    row: ArrayLike<number>,
    color: (value: number) => Rgb | null,
  ): void {
    setText(this.title, words.text(t, wanted));
    while (this.text.childElementCount < tokens.length + 1) this.text.append(make('span'));
    while (this.text.childElementCount > tokens.length + 1) this.text.lastElementChild?.remove();
    for (let k = 0; k <= tokens.length; k++) {
      const span = this.text.children[k] as HTMLElement;
      const token = k === 0 ? words.more : tokens[k - 1];
      const windowTrace = token === ' ' || k === 0 ? token : formatToken(token);
      if (span.textContent !== windowTrace) span.textContent = windowTrace;
      const shade = k <= t ? color(row[k]) : null;
      const background = shade ? css(shade) : '';
      span.classList.toggle('later', k > t);
      span.classList.toggle('here', k === t);
      span.classList.toggle('before', k === 0);
      if (span.dataset.shade === background) continue;
      span.dataset.shade = background;
      span.style.background = background;
      span.style.color = shade ? css(inkOn(shade)) : '';
    }
  }
}
