// The written text as one stop for the keyboard: arrows move from token to token, a click goes to one. Shaded by surprisal; what was chosen by hand
// is underlined.

import { make } from '../../draw/dom.ts';
import type { Theme } from '../../draw/palette.ts';
import { TokenText } from '../../draw/token-text.ts';
import { formatShare, formatToken } from '../../format.ts';
import type { GeneratedText, RunInfo } from '../../protocol.ts';
import { generateStrings } from './strings.ts';

export class TokenLine {
  readonly element: HTMLElement;
  private readonly text = new TokenText();
  private readonly onPlace: (place: number) => void;
  private place = 0;
  private names: readonly string[] = [];

  constructor(onPlace: (place: number) => void) {
    this.onPlace = onPlace;
    this.element = make(
      'div',
      { class: 'token-line', tabindex: 0, role: 'slider', 'aria-label': generateStrings.text },
      this.text.element,
    );
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.element.addEventListener('click', (event) => {
      const place = Array.prototype.indexOf.call(this.text.element.children, event.target);
      if (place >= 0) this.onPlace(place);
    });
  }

  update({ ids, surprisals }: GeneratedText, { vocabulary, baselines }: RunInfo, fixed: number, theme: Theme): void {
    this.text.update(ids, surprisals, vocabulary, baselines.guess, theme);
    this.names = Array.from(ids, (id, n) => `${formatToken(vocabulary[id])}, ${formatShare(Math.exp(-surprisals[n]))}`);
    Array.from(this.text.element.children).forEach((span, n) => void span.classList.toggle('fixed', n < fixed));
    this.element.setAttribute('aria-valuemin', '1');
    this.element.setAttribute('aria-valuemax', String(ids.length));
  }

  select(place: number): void {
    const { children } = this.text.element;
    children[this.place]?.classList.remove('here');
    children[place]?.classList.add('here');
    this.place = place;
    this.element.setAttribute('aria-valuenow', String(place + 1));
    this.element.setAttribute('aria-valuetext', `${place + 1}: ${this.names[place] ?? ''}`);
  }

  private key(event: KeyboardEvent): void {
    const far = event.shiftKey ? 10 : 1;
    const moves: Record<string, number> = {
      ArrowLeft: this.place - far,
      ArrowRight: this.place + far,
      ArrowUp: this.place - far,
      ArrowDown: this.place + far,
      Home: 0,
      End: this.names.length - 1,
    };
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.onPlace(moves[event.key]);
  }
}
