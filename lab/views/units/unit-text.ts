// The stretch of text in the colors of one unit, with its sign. A place is chosen by a click or the arrows; a range by selecting text, or by Shift and
// the arrows.

import { make } from '../../draw/dom.ts';
import { css, inkOn, type Rgb } from '../../draw/palette.ts';
import { formatToken } from '../../format.ts';
import { unitsStrings } from './strings.ts';

export type Range = readonly [from: number, to: number];

/** Tokens that are put on the page in one frame; the rest follow, so that no frame is long. */
const perFrame = 256;

interface Options {
  onPlace(place: number): void;
  onRange(range: Range | null): void;
}

const isIn = (range: Range | null, place: number): boolean => range !== null && range[0] <= place && place <= range[1];

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
  private vocabulary: readonly string[] = [];
  private color: (place: number) => Rgb = () => [0, 0, 0];
  private readonly spans: { readonly element: HTMLElement; text: string; shade: string }[] = [];
  private frame = 0;
  private place = 0;
  private range: Range | null = null;
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
    cancelAnimationFrame(this.frame);
  }

  /** @param tokens another array where the text is another one */
  update(tokens: ArrayLike<number>, vocabulary: readonly string[], color: (place: number) => Rgb): void {
    if (tokens !== this.tokens) this.anchor = null;
    this.tokens = tokens;
    this.vocabulary = vocabulary;
    this.color = color;
    for (const { element } of this.spans.splice(tokens.length)) element.remove();
    for (let i = 0; i < this.spans.length; i++) this.draw(i);
    this.extend(perFrame);
  }

  /** Puts more of the text on the page, at least so many tokens of it; what is left follows frame by frame. */
  private extend(least: number): void {
    const added: HTMLElement[] = [];
    const end = Math.min(this.tokens.length, Math.max(least, this.spans.length));
    for (let i = this.spans.length; i < end; i++) {
      const element = make('span');
      element.classList.toggle('here', i === this.place);
      element.classList.toggle('in-range', isIn(this.range, i));
      this.spans.push({ element, text: '', shade: '' });
      this.draw(i);
      added.push(element);
    }
    this.element.append(...added);
    cancelAnimationFrame(this.frame);
    if (end < this.tokens.length) this.frame = requestAnimationFrame(() => this.extend(end + perFrame));
  }

  private draw(i: number): void {
    const span = this.spans[i];
    const token = this.vocabulary[this.tokens[i]];
    const text = token === ' ' ? token : token === '\n' ? '⏎\n' : formatToken(token);
    if (span.text !== text) span.element.textContent = text;
    span.text = text;
    const shade = this.color(i);
    const background = css(shade);
    if (span.shade === background) return;
    span.shade = background;
    span.element.style.backgroundColor = background;
    span.element.style.color = css(inkOn(shade));
  }

  /** Marks the place and the range. */
  mark(place: number, range: Range | null, text: string): void {
    const { spans } = this;
    spans[this.place]?.element.classList.remove('here');
    spans[place]?.element.classList.add('here');
    if (range !== this.range)
      for (const [i, { element }] of spans.entries()) element.classList.toggle('in-range', isIn(range, i));
    this.place = place;
    this.range = range;
    const values = { min: 1, max: this.tokens.length, now: place + 1, text };
    for (const [name, value] of Object.entries(values)) this.element.setAttribute(`aria-value${name}`, String(value));
  }

  /** Brings a place into sight within the text. */
  show(place: number): void {
    if (place >= this.tokens.length) return;
    this.extend(place + 1);
    const { offsetTop, offsetHeight } = this.spans[place].element;
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
    const last = this.tokens.length - 1;
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
