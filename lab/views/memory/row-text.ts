// The window's text, each token in the color of what it does for one guess. The first of them is also where the guess is chosen: one stop for the
// keyboard, whose arrows move from guess to guess.

import { make } from '../../draw/dom.ts';
import { css, inkOn, type Rgb } from '../../draw/palette.ts';
import { formatToken } from '../../format.ts';

interface Options {
  /** The guess after x(t) was chosen, t from 1. */
  onTime(t: number): void;
  /** The pointer is over x(k), k from 1, or over none. */
  onHover(k: number | null): void;
  /** Names the text as a slider; null where it is none. */
  readonly slider: string | null;
}

export class RowText {
  readonly element: HTMLElement;
  private readonly options: Options;
  private t = 1;

  constructor(options: Options) {
    this.options = options;
    this.element = make('div', { class: 'token-text memory-text', dir: 'auto' });
    const placeOf = ({ target }: Event): number => Array.prototype.indexOf.call(this.element.children, target) + 1;
    this.element.addEventListener('click', (event) => {
      if (placeOf(event) > 0) options.onTime(placeOf(event));
    });
    this.element.addEventListener('pointerover', (event) => options.onHover(placeOf(event) || null));
    this.element.addEventListener('pointerleave', () => options.onHover(null));
    if (options.slider === null) return;
    for (const [name, value] of Object.entries({ tabindex: '0', role: 'slider', 'aria-label': options.slider }))
      this.element.setAttribute(name, value);
    this.element.addEventListener('keydown', (event) => this.key(event));
  }

  /**
   * @param tokens x(1) … x(T), as a person sees them
   * @param t of the guess, from 1
   * @param color of x(k), k from 1; null where it has none
   */
  update(tokens: readonly string[], t: number, k: number, color: (k: number) => Rgb | null): void {
    const { element } = this;
    this.t = t;
    while (element.childElementCount < tokens.length) element.append(make('span'));
    while (element.childElementCount > tokens.length) element.lastElementChild?.remove();
    for (const [i, token] of tokens.entries()) {
      const span = element.children[i] as HTMLElement;
      const text = token === ' ' ? token : formatToken(token);
      if (span.textContent !== text) span.textContent = text;
      const shade = i < t ? color(i + 1) : null;
      const background = shade ? css(shade) : '';
      span.classList.toggle('later', i >= t);
      span.classList.toggle('here', i === t - 1);
      span.classList.toggle('chosen', i === k - 1);
      if (span.dataset.shade === background) continue;
      span.dataset.shade = background;
      span.style.background = background;
      span.style.color = shade ? css(inkOn(shade)) : '';
    }
  }

  /** What the slider is at, in words. */
  say(text: string): void {
    const { element, t } = this;
    const values = { min: 1, max: element.childElementCount, now: t, text };
    for (const [name, value] of Object.entries(values)) element.setAttribute(`aria-value${name}`, String(value));
  }

  private key(event: KeyboardEvent): void {
    const T = this.element.childElementCount;
    const far = event.shiftKey ? 10 : 1;
    const moves: Record<string, number> = {
      ArrowLeft: this.t - far,
      ArrowDown: this.t - far,
      ArrowRight: this.t + far,
      ArrowUp: this.t + far,
      Home: 1,
      End: T,
    };
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.options.onTime(Math.min(T, Math.max(1, moves[event.key])));
  }
}
