// Text as the network sees it: one element for each token, shaded by its surprisal. Elements are kept and changed, not made anew. The text has the
// direction of its own first letter, and its letters join over the elements, as no element is isolated.

import { formatNumber, formatToken } from '../format.ts';
import { strings } from '../strings.ts';
import { make } from './dom.ts';
import { css, inkOn, probability, type Theme } from './palette.ts';

/** Surprisal at which the shade is full: as if the token had been guessed. */
export function shade(surprisal: number, guess: number, theme: Theme): { background: string; color: string } {
  const color = probability(surprisal / guess, theme);
  return { background: css(color), color: css(inkOn(color)) };
}

/** White space stays what it is; what cannot be seen is shown by a sign. */
function visible(token: string): string {
  if (token === '\n' || token === '<eos>') return '⏎\n';
  return token === ' ' ? ' ' : formatToken(token);
}

export class TokenText {
  readonly element = make('div', { class: 'token-text', dir: 'auto' });
  private shown: { ids: Int32Array; theme: Theme; guess: number } | null = null;

  update(ids: Int32Array, surprisals: Float32Array, vocabulary: readonly string[], guess: number, theme: Theme): void {
    if (this.shown?.ids === ids && this.shown.theme === theme && this.shown.guess === guess) return;
    this.shown = { ids, theme, guess };
    while (this.element.childElementCount < ids.length) this.element.append(make('span'));
    while (this.element.childElementCount > ids.length) this.element.lastElementChild?.remove();
    for (let i = 0; i < ids.length; i++) {
      const span = this.element.children[i] as HTMLElement;
      const text = visible(vocabulary[ids[i]]);
      if (span.textContent !== text) span.textContent = text;
      const { background, color } = shade(surprisals[i], guess, theme);
      span.style.backgroundColor = background;
      span.style.color = color;
      span.title = `${formatToken(vocabulary[ids[i]])}  ${strings.nats(formatNumber(surprisals[i]))}`;
    }
  }
}

/** Tokens as plain text. */
export function plainText(ids: Int32Array, vocabulary: readonly string[], isWords: boolean): string {
  return Array.from(ids, (id) => (vocabulary[id] === '<eos>' ? '\n' : vocabulary[id])).join(isWords ? ' ' : '');
}
