// The edges of the window: over them goes the state, drawn as an arrow, and not the gradient, which is cut there.

import { svg } from '../../draw/svg.ts';
import { arrow } from './arrows.ts';
import { columnX, edgeOffset, type Layout, middleX, wY } from './layout.ts';
import { unrolledStrings } from './strings.ts';

const words = unrolledStrings.picture;

/** What goes over the edges of the window. */
export interface Edges {
  /** Whether h(0) comes from the window before. */
  readonly isCarried: boolean;
  /** What becomes of h(T): it begins the next window, or is dropped, or the text ends. */
  readonly after: 'carried' | 'dropped' | 'end';
}

export function edgesOf(layout: Layout, { isCarried, after }: Edges): Node[] {
  const { box, copies, steps, hasStart, height, mode, bandTops, uTops } = layout;
  const out: Node[] = [];
  const line = (x: number): void =>
    void out.push(
      svg('path', { class: 'edge-line', d: `M${x} 8V${height - 26}` }),
      svg('text', { class: 'edge-name', x, y: height - 12 }, words.edge),
    );
  const lines = (texts: readonly string[], x: number, y: number, className = 'edge-note'): void =>
    texts.forEach((text, i) => void out.push(svg('text', { class: className, x, y: y + 13 * i }, text)));
  const cut = (x: number, y: number): void =>
    void out.push(
      svg('path', { class: 'cut', d: `M${x - 5} ${y - 7}l10 14M${x + 5} ${y - 7}l-10 14` }),
      svg('text', { class: 'cut-name', x, y: y + 20 }, words.cut),
    );
  if (hasStart) {
    const x = columnX(layout, 1) - edgeOffset;
    line(x);
    const middle = middleX(layout, 0);
    if (mode !== 'backward') {
      lines([words.start], middle, bandTops.at(-1)! - 12, 'edge-letter');
      lines(isCarried ? words.carried : words.zero, middle, uTops[0] + 14);
    }
    for (let l = 0; l < bandTops.length; l++) {
      const end = middle - layout.startBox / 2 - 1;
      if (isCarried && mode !== 'backward')
        out.push(svg('path', { class: 'carry', d: arrow(4, wY(layout, l), end, wY(layout, l)) }));
      if (mode !== 'forward') cut(x, wY(layout, l, true));
    }
  }
  if (copies === steps) {
    const x = columnX(layout, copies + 1) + 8;
    line(x);
    const from = middleX(layout, copies) + box / 2 + 1;
    for (let l = 0; l < bandTops.length; l++) {
      if (mode !== 'backward') {
        if (after === 'carried')
          out.push(svg('path', { class: 'carry', d: arrow(from, wY(layout, l), x + 34, wY(layout, l)) }));
        else out.push(svg('path', { class: 'carry stopped', d: `M${from} ${wY(layout, l)}H${x}` }));
        const texts = { carried: words.next, dropped: words.dropped, end: words.end }[after];
        lines(texts, x + (after === 'carried' ? 62 : 40), wY(layout, l) - (after === 'carried' ? 2 : 2), 'edge-note');
      }
      if (mode !== 'forward') {
        const y = wY(layout, l, true);
        out.push(svg('path', { class: 'carry stopped', d: `M${x + 40} ${y}H${x}` }));
        cut(x, y);
      }
    }
  }
  return out;
}
