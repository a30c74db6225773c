// A few lines over whole numbers (states or steps of a window), on a linear or logarithmic axis, in SVG at its own size, so that the text on the axes is
// as large as it should be. Lines differ by color, dash and name; the pointer reads their values.

import { formatNumber } from '../format.ts';
import { make, setText } from './dom.ts';
import type { categories } from './palette.ts';
import { set, svg } from './svg.ts';
import { decades, evenly } from './ticks.ts';
import './curves.css';

export interface CurveStyle {
  readonly color: (typeof categories)[number];
  readonly dash?: string;
  readonly width?: number;
}

export interface Curve {
  readonly label: string;
  /** At x = from, from + 1, …; null: the line is not there. */
  readonly values: ArrayLike<number> | null;
}

interface Options {
  readonly styles: readonly CurveStyle[];
  readonly x: string;
  readonly y: string;
  readonly height: number;
  readonly logarithmic: boolean;
  /** Lines that do not decide how far the axis goes. */
  readonly loose?: readonly number[];
}

/** Room around the plane: at the left at least so much, and more where the numbers of the axis are long. */
const edge = { left: 62, right: 14, top: 10, bottom: 40 };
/** Of a digit at the axis, and of the axis's name beside the digits. */
const digitWidth = 6.4;
const nameWidth = 26;
const names = 'abcdefgh';

export class Curves {
  readonly element: HTMLElement;
  private readonly options: Options;
  private readonly picture = svg('svg', { role: 'img', class: 'curves' });
  private readonly axes = svg('g', { class: 'curve-axes' });
  private readonly marker = svg('line', { class: 'curve-marker' });
  private readonly paths: SVGPathElement[];
  private readonly legend = make('ul', { class: 'curve-legend' });
  private readonly entries: { readonly item: HTMLElement; readonly text: HTMLElement }[];
  private readonly readout = make('p', { class: 'note curve-readout' });
  private readonly sizes = new ResizeObserver(([{ contentRect }]) => {
    this.width = contentRect.width;
    this.draw();
  });
  /** As it was last told, so that drawing asks for no layout. */
  private width = 0;
  /** Where the plane begins. */
  private left = edge.left;
  private curves: readonly Curve[] = [];
  private from = 0;
  private to = 1;
  private chosen = 0;
  private name = (x: number): string => String(x);
  private drawn = '';

  constructor(options: Options) {
    this.options = options;
    this.paths = options.styles.map(({ color, dash, width = 2 }, i) =>
      svg('path', {
        class: 'curve',
        'data-curve': names[i],
        fill: 'none',
        stroke: color,
        'stroke-width': width,
        'stroke-dasharray': dash ?? 'none',
      }),
    );
    this.entries = options.styles.map(({ color, dash, width = 2 }) => {
      const swatch = svg('svg', { width: 26, height: 8, 'aria-hidden': 'true' });
      const attributes = { x1: 0, x2: 26, y1: 4, y2: 4, stroke: color, 'stroke-width': width };
      swatch.append(svg('line', { ...attributes, 'stroke-dasharray': dash ?? 'none' }));
      const text = make('span');
      return { text, item: make('li', {}, swatch, text) };
    });
    this.legend.append(...this.entries.map(({ item }) => item));
    this.picture.append(this.axes, this.marker, ...this.paths);
    this.element = make('div', { class: 'curve-box' }, this.legend, this.picture, this.readout);
    this.picture.addEventListener('pointermove', (event) => this.read(event));
    this.picture.addEventListener('pointerleave', () => this.say(this.chosen));
    this.sizes.observe(this.element);
  }

  /**
   * @param from the first x
   * @param chosen where the marker stands
   * @param name what stands at an x, in words
   */
  update(label: string, curves: readonly Curve[], from: number, chosen: number, name: (x: number) => string): void {
    this.curves = curves;
    this.from = from;
    this.chosen = chosen;
    this.name = name;
    this.to = from + Math.max(1, ...curves.map(({ values }) => (values?.length ?? 0) - 1));
    set(this.picture, { 'aria-label': label });
    for (const [i, { item, text }] of this.entries.entries()) {
      item.hidden = !curves[i]?.values;
      setText(text, curves[i]?.label ?? '');
    }
    this.draw();
    this.say(chosen);
  }

  dispose(): void {
    this.sizes.disconnect();
  }

  private draw(): void {
    const { width } = this;
    if (width === 0 || this.curves.length === 0) return;
    const { height } = this.options;
    const [low, high] = this.range();
    const ticks = this.ticks(low, high);
    const longest = Math.max(...ticks.map(({ text }) => text.length));
    this.left = Math.max(edge.left, nameWidth + digitWidth * longest);
    const [left, right, top, bottom] = [this.left, width - edge.right, edge.top, height - edge.bottom];
    const x = (value: number): number => left + ((right - left) * (value - this.from)) / (this.to - this.from);
    const scaled = this.options.logarithmic ? Math.log : (value: number): number => value;
    const y = (value: number): number =>
      bottom - ((bottom - top) * (scaled(value) - scaled(low))) / (scaled(high) - scaled(low));
    const key = [width, low, high, this.from, this.to].join();
    if (key !== this.drawn) {
      this.drawn = key;
      set(this.picture, { viewBox: `0 0 ${width} ${height}`, width, height });
      this.drawAxes(x, y, low, high, { left, right, top, bottom });
    }
    for (const [i, path] of this.paths.entries())
      set(path, { d: lineOf(this.curves[i]?.values ?? [], this.from, x, y, low, high, this.options.logarithmic) });
    this.mark(x(this.chosen), top, bottom);
  }

  private mark(x: number, top: number, bottom: number): void {
    set(this.marker, { x1: x, x2: x, y1: top, y2: bottom });
  }

  private range(): [low: number, high: number] {
    const { logarithmic, loose } = this.options;
    let [low, high] = [Number.POSITIVE_INFINITY, logarithmic ? 0 : 1];
    for (const [i, { values }] of this.curves.entries())
      for (let k = 0; k < (values?.length ?? 0) && !loose?.includes(i); k++) {
        const value = values![k];
        if (!Number.isFinite(value) || (logarithmic && value <= 0)) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    if (!logarithmic) return [0, Math.ceil(high * 4 - 1e-9) / 4];
    if (high === 0) return [0.1, 1];
    const [first, last] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
    return [10 ** first, 10 ** Math.max(last, first + 1)];
  }

  private ticks(low: number, high: number): readonly { readonly value: number; readonly text: string }[] {
    const { logarithmic } = this.options;
    const values = logarithmic ? decades(low, high, 7) : evenly(low, high, 4);
    return values.map((value) => ({ value, text: formatNumber(value, logarithmic ? 1 : 2) }));
  }

  private drawAxes(
    x: (value: number) => number,
    y: (value: number) => number,
    low: number,
    high: number,
    { left, right, top, bottom }: Readonly<Record<'left' | 'right' | 'top' | 'bottom', number>>,
  ): void {
    const { options, from, to } = this;
    const parts: SVGElement[] = [];
    for (const { value, text } of this.ticks(low, high)) {
      parts.push(svg('line', { x1: left, x2: right, y1: y(value), y2: y(value) }));
      parts.push(svg('text', { x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }, text));
    }
    for (const value of evenly(from, to, Math.max(3, Math.floor((right - left) / 60)), true))
      parts.push(svg('text', { x: x(value), y: bottom + 17, 'text-anchor': 'middle' }, String(value)));
    parts.push(svg('text', { x: (left + right) / 2, y: bottom + 35, 'text-anchor': 'middle' }, options.x));
    const turned = { 'text-anchor': 'middle', transform: `translate(11 ${(top + bottom) / 2}) rotate(-90)` };
    parts.push(svg('text', turned, options.y));
    this.axes.replaceChildren(...parts);
  }

  private read(event: PointerEvent): void {
    const { left, width } = this.picture.getBoundingClientRect();
    const share = (event.clientX - left - this.left) / (width - this.left - edge.right);
    this.say(Math.min(this.to, Math.max(this.from, this.from + Math.round(share * (this.to - this.from)))));
  }

  private say(x: number): void {
    const values = this.curves.flatMap(({ label, values }) => {
      const value = values?.[x - this.from];
      return value === undefined ? [] : [`${label.split(/: |, ‖/)[0]} ${formatNumber(value)}`];
    });
    setText(this.readout, `${this.name(x)}: ${values.join(' · ')}`);
  }
}

/** What the axis cannot show ends the line. */
function lineOf(
  values: ArrayLike<number>,
  from: number,
  x: (value: number) => number,
  y: (value: number) => number,
  low: number,
  high: number,
  logarithmic: boolean,
): string {
  let path = '';
  let isOn = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const isThere =
      Number.isFinite(value) && (!logarithmic || value > 0) && value >= low * 0.999 && value <= high * 1.001;
    if (isThere) path += `${isOn ? 'L' : 'M'}${x(from + i).toFixed(1)} ${y(value).toFixed(1)}`;
    isOn = isThere;
  }
  return path;
}
