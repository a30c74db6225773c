// A series over its rows, in SVG at its own size: lines, the held-out part shaded, a band around a path, a mark at a row, and a strip of colors below, one for
// each row. The pointer chooses a row; whoever uses it has a slider for the same beside it.

import { formatCount, formatShort } from '../format.ts';
import { make, setText } from './dom.ts';
import { set, svg } from './svg.ts';
import { evenly } from './ticks.ts';
import './series-chart.css';

/** Numbers at rows that follow each other. */
export interface Line {
  /** The class of its look: `actual`, `next`, `path`. */
  readonly look: string;
  readonly first: number;
  readonly values: ArrayLike<number>;
}

export interface SeriesPicture {
  readonly label: string;
  /** The first and the last row that is shown, from 0. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly Line[];
  readonly band: { readonly first: number; readonly low: ArrayLike<number>; readonly high: ArrayLike<number> } | null;
  /** The first held-out row. */
  readonly heldOutFrom: number;
  readonly shown: number | null;
  /** The colors of rows. */
  readonly strip: { readonly first: number; readonly colors: readonly string[] } | null;
}

interface Options {
  readonly height: number;
  onRow?(row: number): void;
}

const edge = { right: 14, top: 10, bottom: 26 };
const stripHeight = 18;
const digitWidth = 6.6;

export class SeriesChart {
  readonly element: HTMLElement;
  private readonly options: Options;
  private readonly picture = svg('svg', { role: 'img', class: 'series-chart' });
  private shown: SeriesPicture | null = null;
  private width = 0;
  private left = 46;
  private readonly sizes = new ResizeObserver(([{ contentRect }]) => {
    this.width = contentRect.width;
    this.draw();
  });

  constructor(options: Options) {
    this.options = options;
    this.element = make('div', { class: 'series-box' });
    this.element.append(this.picture);
    this.sizes.observe(this.element);
    if (!options.onRow) return;
    this.picture.classList.add('chooses');
    const choose = (event: PointerEvent): void => {
      const row = this.rowAt(event.clientX);
      if (row !== null) options.onRow?.(row);
    };
    this.picture.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.picture.setPointerCapture(event.pointerId);
      choose(event);
    });
    this.picture.addEventListener('pointermove', (event) => {
      if (this.picture.hasPointerCapture(event.pointerId)) choose(event);
    });
  }

  update(picture: SeriesPicture): void {
    this.shown = picture;
    this.draw();
  }

  dispose(): void {
    this.sizes.disconnect();
  }

  private rowAt(clientX: number): number | null {
    if (!this.shown) return null;
    const { from, to } = this.shown;
    const { left, width } = this.picture.getBoundingClientRect();
    const share = (clientX - left - this.left) / (width - this.left - edge.right);
    return Math.min(to, Math.max(from, Math.round(from + share * (to - from))));
  }

  private draw(): void {
    const { shown, width } = this;
    if (!shown || width === 0) return;
    const { from, to, lines, band, strip } = shown;
    const height = this.options.height + (strip ? stripHeight : 0);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const reach = (first: number, values: ArrayLike<number>): void => {
      for (let i = Math.max(0, from - first); i < values.length && first + i <= to; i++) {
        if (!Number.isFinite(values[i])) continue;
        low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
      }
    };
    for (const { first, values } of lines) reach(first, values);
    if (!(high > low)) [low, high] = [Number.isFinite(low) ? low - 1 : 0, Number.isFinite(high) ? high + 1 : 1];
    const room = 0.08 * (high - low);
    [low, high] = [low - room, high + room];
    const ticks = evenly(low, high, 4);
    const names = ticks.map(formatShort);
    this.left = 16 + digitWidth * Math.max(2, ...names.map(({ length }) => length));
    const [left, right, top, bottom] = [this.left, width - edge.right, edge.top, this.options.height - edge.bottom];
    const x = (row: number): number => left + ((right - left) * (row - from)) / Math.max(1, to - from);
    const y = (value: number): number =>
      bottom - ((bottom - top) * (Math.min(high, Math.max(low, value)) - low)) / (high - low);
    const parts: SVGElement[] = [];
    if (shown.heldOutFrom <= to) {
      const begin = x(Math.max(from, shown.heldOutFrom - 0.5));
      parts.push(svg('rect', { class: 'held-out', x: begin, y: top, width: right - begin, height: bottom - top }));
    }
    for (const [i, value] of ticks.entries()) {
      parts.push(svg('line', { class: 'grid', x1: left, x2: right, y1: y(value), y2: y(value) }));
      parts.push(svg('text', { x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }, names[i]));
    }
    // rows count from 1 for a reader
    for (const row of evenly(from + 1, to + 1, Math.max(2, Math.floor((right - left) / 80)), true))
      parts.push(svg('text', { x: x(row - 1), y: bottom + 18, 'text-anchor': 'middle' }, formatCount(row)));
    if (band) {
      const upper = pointsOf(band.first, band.high, from, to, x, y);
      const lower = pointsOf(band.first, band.low, from, to, x, y).reverse();
      parts.push(svg('polygon', { class: 'band', points: [...upper, ...lower].join(' ') }));
    }
    for (const { look, first, values } of lines)
      parts.push(
        svg('polyline', { class: `line line-${look}`, points: pointsOf(first, values, from, to, x, y).join(' ') }),
      );
    if (shown.shown !== null && shown.shown >= from && shown.shown <= to)
      parts.push(svg('line', { class: 'mark', x1: x(shown.shown), x2: x(shown.shown), y1: top, y2: bottom }));
    if (strip) {
      const step = (right - left) / Math.max(1, to - from);
      for (const [i, color] of strip.colors.entries()) {
        const row = strip.first + i;
        if (row < from || row > to) continue;
        const attributes = { x: x(row) - step / 2, y: bottom + 26, width: step + 0.5, height: 14, fill: color };
        parts.push(svg('rect', { class: 'cell', 'data-row': row, ...attributes }));
      }
    }
    set(this.picture, { viewBox: `0 0 ${width} ${height}`, width, height, 'aria-label': shown.label });
    this.picture.replaceChildren(...parts);
  }
}

function pointsOf(
  first: number,
  values: ArrayLike<number>,
  from: number,
  to: number,
  x: (row: number) => number,
  y: (value: number) => number,
): string[] {
  const points: string[] = [];
  for (let i = Math.max(0, from - first); i < values.length && first + i <= to; i++)
    if (Number.isFinite(values[i])) points.push(`${x(first + i).toFixed(1)},${y(values[i]).toFixed(1)}`);
  return points;
}

/** Numbers that follow one. */
export function after(first: number, values: ArrayLike<number>): Float64Array {
  const all = new Float64Array(values.length + 1);
  all[0] = first;
  all.set(values, 1);
  return all;
}

/** The names of lines with their looks. */
export class SeriesLegend {
  readonly element = make('ul', { class: 'series-legend' });

  update(entries: readonly (readonly [look: string, label: string])[]): void {
    while (this.element.childElementCount < entries.length)
      this.element.append(make('li', {}, make('i', { 'aria-hidden': 'true' }), make('span')));
    while (this.element.childElementCount > entries.length) this.element.lastElementChild?.remove();
    for (const [i, [look, label]] of entries.entries()) {
      const [swatch, name] = Array.from(this.element.children[i].children);
      swatch.className = `look-${look}`;
      setText(name, label);
    }
  }
}
