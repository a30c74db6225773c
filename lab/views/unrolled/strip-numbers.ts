// The numbers of the strips, written into them where units are few: for whoever computes along by hand.

import { setText } from '../../draw/dom.ts';
import { css, inkOn, signed, type Theme } from '../../draw/palette.ts';
import { set, svg } from '../../draw/svg.ts';
import { formatNumber } from '../../format.ts';
import { columnX, isWritten, type Layout, type StripName, stripX } from './layout.ts';

/** A strip and the column that it begins with. */
export interface StripValues {
  readonly name: StripName;
  readonly layer: number;
  /** 0 for h(0), which has but one. */
  readonly first: number;
  readonly values: ArrayLike<number>;
  readonly limit: number;
}

export class StripNumbers {
  readonly element = svg('svg', { class: 'strip-numbers', 'aria-hidden': 'true' });
  private texts: { readonly node: SVGTextElement; column: number; isGradient: boolean }[] = [];

  /** @param times t of each copy */
  draw(layout: Layout, strips: readonly StripValues[], times: readonly number[], theme: Theme): void {
    const { layers: L, units: H, unit, strip, width, height } = layout;
    let used = 0;
    if (isWritten(layout))
      for (const { name, layer, first, values, limit } of strips)
        for (let column = first; column <= (first === 0 ? 0 : layout.copies); column++)
          for (let u = 0; u < H; u++) {
            const text = this.text(used++);
            text.column = column;
            text.isGradient = name === 'dh';
            const value = values[((column === 0 ? 0 : times[column - 1]) * L + layer) * H + u];
            set(text.node, {
              x: columnX(layout, column) + stripX(layout, layout.strips.indexOf(name), column === 0) + strip / 2,
              y: layout.bandTops[layer] + (u + 0.5) * unit + 3,
            });
            text.node.style.fill = css(inkOn(signed(value, limit, theme)));
            setText(text.node, Number.isNaN(value) ? 'NaN' : formatNumber(value, 2));
          }
    for (const { node } of this.texts.splice(used)) node.remove();
    set(this.element, { width, height, display: used > 0 ? 'inline' : 'none' });
  }

  reveal(forward: number, backward: number): void {
    for (const { node, column, isGradient } of this.texts)
      set(node, { visibility: (isGradient ? column >= backward : column <= forward) ? 'inherit' : 'hidden' });
  }

  private text(place: number) {
    while (this.texts.length <= place) {
      const node = this.element.appendChild(svg('text'));
      this.texts.push({ node, column: 0, isGradient: false });
    }
    return this.texts[place];
  }
}
