// The drawing around the strips: boxes of the copies, the arrows U, W and V that are the same in each, the edges of the window over which the state
// goes and the gradient does not, and the columns. What is alike in all copies is one path, so that lighting it lights every copy.

import { set, svg } from '../../draw/svg.ts';
import { arrow, loop, loopHead } from './arrows.ts';
import { Column, type Measures, type Step } from './column.ts';
import { type Edges, edgesOf } from './edges.ts';
import {
  armHeight,
  barTop,
  candidates,
  columnX,
  edgeOffset,
  type Layout,
  loopSize,
  lossHeight,
  middleX,
  type Part,
  rectOf,
  wY,
} from './layout.ts';
import { unrolledStrings } from './strings.ts';
import { unfoldTime } from './strips.ts';

const words = unrolledStrings.picture;

export class Picture {
  readonly element = svg('svg', { class: 'unrolled-picture', 'aria-hidden': 'true' });
  /** Names of the rows; stays where it is while the rest scrolls. */
  readonly gutter = svg('svg', { class: 'unrolled-gutter', 'aria-hidden': 'true', width: gutterWidth });
  private readonly here = svg('rect', { class: 'here', rx: 8 });
  private readonly boxes = svg('path', { class: 'boxes' });
  private readonly guess = svg('path', { class: 'guess-line' });
  private readonly parts = svg('g', {});
  private readonly edges = svg('g', { class: 'edges' });
  private readonly body = svg('g', {});
  private readonly changes = svg('path', { class: 'changes' });
  private readonly columns: Column[] = [];
  private layout: Layout | null = null;
  private parted = '';
  /** Whether a column does not show its numbers yet: those that are out of sight wait. */
  private stale: boolean[] = [];
  private stepAt: (column: number) => Step = () => {
    throw new Error('nothing to show yet');
  };
  private measures: Measures = { low: 1, high: 1, maxLoss: 1 };

  constructor() {
    const { here, boxes, guess, parts, edges, body, changes } = this;
    this.element.append(here, boxes, guess, edges, parts, body, changes);
  }

  arrange(layout: Layout, parts: readonly Part[], edges: Edges): void {
    this.layout = layout;
    const { width, height, copies } = layout;
    set(this.element, { width, height, viewBox: `0 0 ${width} ${height}` });
    set(this.boxes, { d: boxesOf(layout) });
    const isHere = (layer: number): boolean => parts.some((part) => part.letter === 'W' && part.layer === layer);
    const bare = layout.bandTops.map((_, layer) => layer).filter((layer) => !isHere(layer));
    this.parts.replaceChildren(
      ...parts.map((part) => group(layout, part)),
      ...bare.map((layer) => group(layout, { letter: 'W', layer }, '')),
    );
    this.parted = '';
    this.edges.replaceChildren(...edgesOf(layout, edges));
    while (this.columns.length < copies) {
      const column = new Column();
      this.columns.push(column);
      this.body.append(column.element);
    }
    this.columns.forEach((column, i) => {
      set(column.element, { display: 'none' });
      if (i < copies) column.arrange(layout, i + 1);
    });
    this.fillGutter(layout);
  }

  /**
   * @param stepAt what a column shows
   * @param edited cells of states that the visitor changed, which get a mark at both sides: columns, layers and units
   */
  fill(
    stepAt: (column: number) => Step,
    measures: Measures,
    guess: number,
    edited: readonly (readonly [column: number, layer: number, unit: number])[],
  ): void {
    const { layout } = this;
    if (!layout) return;
    this.stepAt = stepAt;
    this.measures = measures;
    this.stale = Array.from({ length: layout.copies }, () => true);
    const y = layout.lossTop + lossHeight - Math.min(1, guess / measures.maxLoss) * (lossHeight - 14);
    const [from, to] = [columnX(layout, 1), columnX(layout, layout.copies + 1)];
    set(this.guess, { d: `M${from} ${y}H${to}` });
    const d = edited.map(([column, layer, unit]) => {
      const { x, y: top, width, height } = rectOf(layout, { kind: 'unit', layer, unit }, column);
      const middle = top + height / 2;
      const head = (at: number, by: number): string => `M${at} ${middle}l${by} -4v8Z`;
      return head(x - 1, -7) + head(x + width + 1, 7);
    });
    set(this.changes, { d: d.join('') });
  }

  /** Draws the columns that can be seen between two places, and lets the others wait. */
  sight(from: number, to: number): void {
    const { layout, columns, stale } = this;
    if (!layout) return;
    for (let i = 0; i < layout.copies; i++) {
      const x = columnX(layout, i + 1);
      const isSeen = x + layout.pitch > from && x < to;
      set(columns[i].element, { display: isSeen ? 'inline' : 'none' });
      if (!isSeen || !stale[i]) continue;
      stale[i] = false;
      columns[i].fill(layout, i + 1, this.stepAt(i + 1), this.measures);
    }
  }

  /** Marks the column of the cursor, or of the wave. */
  mark(column: number): void {
    if (!this.layout) return;
    const { pitch, height } = this.layout;
    set(this.here, { x: columnX(this.layout, column) + 1, y: 2, width: pitch - 2, height: height - 4 });
    this.columns.forEach(({ element }, i) => void element.classList.toggle('now', i + 1 === column));
  }

  /** Shows the columns up to `forward`, and gradients from `backward` on. */
  reveal(forward: number, backward: number): void {
    this.columns.forEach(({ element }, i) => {
      element.classList.toggle('ahead', i + 1 > forward);
      element.classList.toggle('unreached', i + 1 < backward);
    });
  }

  unfold(from: number): void {
    for (const { element } of this.columns.slice(from, this.layout?.copies))
      element.animate([{ opacity: 0 }, { opacity: 0, offset: 0.4 }, { opacity: 1 }], unfoldTime);
  }

  light(part: Part | null): void {
    const key = part ? `${part.letter}${part.layer}` : '';
    if (key === this.parted) return;
    this.parted = key;
    this.element.classList.toggle('is-lit', key !== '');
    for (const each of this.parts.children) each.classList.toggle('lit', each.getAttribute('data-part') === key);
  }

  private fillGutter(layout: Layout): void {
    const { height, lossTop, vTop, bandTops, uTops, normTops, xTop, timeTop, layers } = layout;
    const label = (text: string, y: number, className = 'letter'): SVGTextElement =>
      svg('text', { x: gutterWidth - 10, y, class: className }, text);
    const state = { forward: 'h', backward: '∇h', both: 'h ∇h' }[layout.mode];
    const names = layout.hasS && layout.mode !== 'backward' ? state.replace('h', 'h s') : state;
    set(this.gutter, { height });
    this.gutter.replaceChildren(
      label('L', lossTop + lossHeight - 4),
      label('ŷ', barTop(layout, 2) + 12),
      label('y', barTop(layout, candidates) + 11),
      label('V', vTop + armHeight / 2 + 4, 'letter weak'),
      ...bandTops.flatMap((top, l) => [
        label(names, top + layout.band / 2 + 4),
        ...(layers > 1 ? [label(words.layer(l), top + layout.band / 2 + 20, 'small')] : []),
        ...(layout.mode === 'forward' ? [] : [label('‖∇h‖', normTops[l] + 11, 'small')]),
        label('U', uTops[l] + armHeight / 2 + 4, 'letter weak'),
      ]),
      label('x', xTop + 19),
      label('t', timeTop + 12),
    );
  }
}

export const gutterWidth = 52;

function boxesOf(layout: Layout): string {
  const { bandTops, band, copies, hasStart, mode } = layout;
  const out: string[] = [];
  for (const top of bandTops)
    for (let column = hasStart && mode !== 'backward' ? 0 : 1; column <= copies; column++) {
      const box = column === 0 ? layout.startBox : layout.box;
      const x = middleX(layout, column) - box / 2;
      const [w, h, r] = [box, band + 8, 5];
      out.push(
        `M${x + r} ${top - 4}h${w - 2 * r}q${r} 0 ${r} ${r}v${h - 2 * r}q0 ${r} ${-r} ${r}h${2 * r - w}q${-r} 0 ${-r} ${-r}v${2 * r - h}q0 ${-r} ${r} ${-r}Z`,
      );
    }
  return out.join('');
}

/** All copies of U, W or V of a layer: their arrows in one path, their letters in one text. A minGRU's state goes on without W. */
function group(layout: Layout, { letter, layer }: Part, sign: string = letter): SVGGElement {
  const { copies, box, steps, hasStart, mode, vTop, uTops } = layout;
  const isTwoWay = mode === 'both' && (letter === 'V' || (letter === 'U' && layer > 0));
  const lines: string[] = [];
  const letters: [number, number][] = [];
  const extra: Node[] = [];
  for (let column = 1; column <= copies; column++) {
    const middle = middleX(layout, column);
    if (letter === 'W') {
      if (column === 1 && !hasStart) continue;
      const y = wY(layout, layer);
      const from = middleX(layout, column - 1) + (column === 1 ? layout.startBox : box) / 2 + 1;
      const to = middle - box / 2 - 1;
      if (mode !== 'backward') lines.push(arrow(from, y, to, y));
      letters.push([
        column === 1 ? (to + columnX(layout, 1) - edgeOffset) / 2 : (from + to) / 2,
        y - 7 - (mode === 'backward' ? 6 : 0),
      ]);
    } else {
      const top = letter === 'V' ? vTop : uTops[layer];
      const x = middle - (isTwoWay ? 8 : 0);
      const isUp = mode !== 'backward' || (letter === 'U' && layer === 0);
      if (isUp) lines.push(arrow(x, top + armHeight - 2, x, top + 3));
      letters.push([x - (copies === 1 ? 13 : 9), top + armHeight / 2 + 5]);
    }
  }
  const name = sign && `${letter}${layer}`;
  if (letter === 'W' && copies < steps) {
    const x = middleX(layout, copies) + box / 2 + 1;
    const y = wY(layout, layer);
    const size = loopSize(layout);
    if (mode !== 'backward')
      extra.push(
        svg('path', { class: 'loop', d: loop(x, y, size) }),
        svg('path', { class: 'arrows', d: loopHead(x, y, size) }),
      );
    const beside = x + 1.2 * size + 4;
    extra.push(
      svg('text', { class: 'letter beside', x: beside, y: y - 2 }, sign),
      svg('text', { class: 'span', x: beside, y: y + 14 }, words.loop(copies, steps)),
    );
  }
  return svg(
    'g',
    {
      class: 'part',
      'data-part': name,
    },
    svg('path', { class: 'arrows', d: lines.join('') }),
    svg(
      'text',
      { class: 'letter', x: letters.map(([x]) => x).join(' '), y: letters.map(([, y]) => y).join(' ') },
      sign.repeat(letters.length),
    ),
    ...extra,
  );
}
