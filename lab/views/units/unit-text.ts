// The stretch of text in the colors of one unit, with its sign. A place is chosen by a click or the arrows; a range by selecting text, or by Shift and
// the arrows.

import { make } from '../../draw/dom.ts';
import { css, inkOn, type Rgb } from '../../draw/palette.ts';
import { formatToken } from '../../format.ts';
import { unitsStrings } from './strings.ts';

export type Range = readonly [from: number, to: number];

interface Options {
  onPlace(place: number): void;
  onRange(range: Range | null): void;
}

export class UnitText {
  readonly element = make('div', {
    class: 'token-text units-text',
    dir: 'auto',
    tabindex: 0,
    role: 'slider',
    'aria-label': unitsStrings.text.slider,
  });
  private readonly options: Options;
  private tokens: ArrayLike<number> = [];
  private place = 0;
  /** Where a range began that the arrows extend. */
  private anchor: number | null = null;
  private readonly onSelection = (): void => this.select();

  constructor(options: Options) {
    this.options = options;
    this.element.addEventListener('click', (event) => {
      const place = this.placeOf(event.target as Node);
      if (place < 0 || !document.getSelection()?.isCollapsed) return;
      this.anchor = null;
      options.onRange(null);
      options.onPlace(place);
    });
    this.element.addEventListener('keydown', (event) => this.key(event));
    document.addEventListener('selectionchange', this.onSelection);
  }

  dispose(): void {
    document.removeEventListener('selectionchange', this.onSelection);
  }

  /** @param tokens another array where the text is another one */
  update(tokens: ArrayLike<number>, vocabulary: readonly string[], color: (place: number) => Rgb): void {
    const { element } = this;
    if (tokens !== this.tokens) {
      this.tokens = tokens;
      this.anchor = null;
      while (element.childElementCount < tokens.length) element.append(make('span'));
      while (element.childElementCount > tokens.length) element.lastElementChild?.remove();
    }
    for (let i = 0; i < tokens.length; i++) {
      const span = element.children[i] as HTMLElement;
      const token = vocabulary[tokens[i]];
      const text = token === ' ' ? token : token === '\n' ? '⏎\n' : formatToken(token);
      if (span.textContent !== text) span.textContent = text;
      const shade = color(i);
      const background = css(shade);
      if (span.dataset.shade === background) continue;
      span.dataset.shade = background;
      span.style.background = background;
      span.style.color = css(inkOn(shade));
    }
  }

  /** Marks the place and the range. */
  mark(place: number, range: Range | null, text: string): void {
    const { children } = this.element;
    for (const each of this.element.querySelectorAll('.here, .in-range')) each.classList.remove('here', 'in-range');
    children[place]?.classList.add('here');
    if (range) for (let i = range[0]; i <= range[1]; i++) children[i]?.classList.add('in-range');
    this.place = place;
    const values = { min: 1, max: children.length, now: place + 1, text };
    for (const [name, value] of Object.entries(values)) this.element.setAttribute(`aria-value${name}`, String(value));
  }

  /** Brings a place into sight within the text. */
  show(place: number): void {
    const span = this.element.children[place] as HTMLElement | undefined;
    if (!span) return;
    const { offsetTop, offsetHeight } = span;
    const top = offsetTop - this.element.offsetTop;
    if (top < this.element.scrollTop || top + offsetHeight > this.element.scrollTop + this.element.clientHeight)
      this.element.scrollTop = top - this.element.clientHeight / 2;
  }

  private placeOf(node: Node | null): number {
    const span = node instanceof Element ? node : node?.parentElement;
    return span?.parentElement === this.element ? Array.prototype.indexOf.call(this.element.children, span) : -1;
  }

  private select(): void {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) return;
    const { startContainer, endContainer, endOffset } = selection.getRangeAt(0);
    const from = this.placeOf(startContainer);
    let to = this.placeOf(endContainer);
    if (to >= 0 && endOffset === 0) to--; // ends before that token
    if (from < 0 || to < from) return;
    this.options.onRange([from, to]);
  }

  private key(event: KeyboardEvent): void {
    const last = this.element.childElementCount - 1;
    const moves: Record<string, number> = {
      ArrowLeft: this.place - 1,
      ArrowRight: this.place + 1,
      ArrowUp: this.place - 10,
      ArrowDown: this.place + 10,
      Home: 0,
      End: last,
    };
    if (event.key === 'Escape') {
      this.anchor = null;
      this.options.onRange(null);
    }
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const place = Math.min(last, Math.max(0, moves[event.key]));
    if (!event.shiftKey) this.anchor = null;
    else this.anchor ??= this.place;
    const { anchor } = this;
    this.options.onPlace(place);
    if (anchor !== null) this.options.onRange([Math.min(anchor, place), Math.max(anchor, place)]);
    this.show(place);
  }
}
