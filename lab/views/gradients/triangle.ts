// The triangle of gradients by distance: G[t, k] = ‖∂L(t)/∂h(k)‖ as a heat map, a row for each error, with lines where a row falls below a hundredth of its diagonal or
// rises above a hundredfold; above it the text in the colors of one row.

import { make, setText } from '../../draw/dom.ts';
import { HeatMap } from '../../draw/heatmap.ts';
import { Domain } from '../../draw/limit.ts';
import { magnitude, type Rgb } from '../../draw/palette.ts';
import { Scale } from '../../draw/scale.ts';
import { set, svg } from '../../draw/svg.ts';
import { formatNumber, formatToken } from '../../format.ts';
import { crossings, type GradientByDistance, rowOf } from './numbers.ts';
import { RowText } from './row-text.ts';
import { gradientsStrings } from './strings.ts';

const words = gradientsStrings.triangle;

/** Chosen error t (from 1) and state k. */
type Choose = (t: number, k: number) => void;

export class Triangle {
  readonly element: HTMLElement;
  private readonly scale = new Scale();
  private readonly scaleOf = new Domain();
  private readonly text: RowText;
  private readonly map: HeatMap;
  private readonly lines = svg('svg', { class: 'triangle-lines', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  private readonly paths = ['vanished', 'exploded'].map((name) => [
    svg('path', { class: 'line-case' }),
    svg('path', { class: `line-${name}` }),
  ]);
  private readonly value = make('p', { class: 'triangle-value' });
  private readonly valueName = make('p', { class: 'note' });
  private readonly last: readonly HTMLElement[];
  private readonly keys = (['vanished', 'exploded'] as const).map((name) => {
    const swatch = svg('svg', { width: 26, height: 8, 'aria-hidden': 'true', class: 'swatch-line' });
    for (const kind of ['case', name]) swatch.append(svg('path', { d: 'M0 4h26', class: `line-${kind}` }));
    return make('li', {}, swatch, words[name]);
  });
  private tokens: readonly string[] = [];
  private targets: readonly string[] = [];
  private gradientByDistance: GradientByDistance | null = null;
  private t = 1;
  private k = 1;
  private hovered: readonly [t: number, k: number] | null = null;
  private domain: readonly [number, number] = [1e-6, 100];

  constructor(choose: Choose) {
    this.map = new HeatMap({
      label: words.label,
      cellName: (row, column) => words.cell(row + 1, column, this.nameOf(column)),
      format: formatNumber,
      onFocus: (row, column) => choose(row + 1, column),
      onHover: (cell) => {
        this.hovered = cell && [cell[0] + 1, cell[1]];
        this.drawText();
      },
    });
    this.map.element.classList.add('triangle');
    this.text = new RowText(
      (t) => choose(t, t),
      (k) => {
        this.hovered = k === null ? null : [this.t, k];
        this.drawText();
      },
    );
    this.lines.append(...this.paths.flat());
    this.map.element.append(this.lines);
    const rows = ['1', 't', ''].map((text) => make('span', {}, text));
    const frame = make(
      'div',
      { class: 'triangle-frame' },
      make('div', { class: 'triangle-rows', 'aria-hidden': 'true' }, ...rows),
      this.map.element,
    );
    const ends = ['0', 'k', ''].map((text) => make('span', {}, text));
    this.last = [rows[2], ends[2]];
    this.element = make(
      'section',
      { class: 'card' },
      make('header', { class: 'card-head' }, make('h3', {}, words.title), this.scale.element),
      this.text.element,
      make(
        'div',
        { class: 'triangle-columns' },
        make('div', {}, frame, make('p', { class: 'flow-axis', 'aria-hidden': 'true' }, ...ends)),
        make(
          'div',
          { class: 'triangle-side' },
          this.value,
          this.valueName,
          make('ul', { class: 'curve-legend' }, ...this.keys),
          make('p', { class: 'note' }, words.note),
        ),
      ),
    );
  }

  /** @param tokens x(1) … x(T); targets y(1) … y(T) */
  update(gradientByDistance: GradientByDistance, tokens: readonly string[], targets: readonly string[]): void {
    this.gradientByDistance = gradientByDistance;
    this.tokens = tokens;
    this.targets = targets;
    const T = gradientByDistance.total.length - 1;
    this.domain = this.scaleOf.of(gradientByDistance.norms);
    const [low, high] = this.domain;
    this.scale.update(`≤ ${formatNumber(low, 1)}`, `${formatNumber(high, 1)} ≤`, `${low} ${high}`, (place) =>
      magnitude(low * (high / low) ** place, low, high),
    );
    this.map.draw(gradientByDistance.norms, T, T + 1, (value) => this.color(value));
    set(this.lines, { viewBox: `0 0 ${T + 1} ${T}` });
    for (const [i, isGrowing] of [false, true].entries()) {
      const found = crossings(gradientByDistance, isGrowing);
      for (const path of this.paths[i]) set(path, { d: outline(found) });
      this.keys[i].hidden = found.every((k) => k === null);
    }
    for (const each of this.last) setText(each, String(T));
    this.drawText();
  }

  /** Shows the row of an error, t from 1. */
  select(t: number, k: number): void {
    if (t !== this.t || k !== this.k) this.hovered = null;
    this.t = t;
    this.k = k;
    this.map.moveTo(t - 1, k);
    this.drawText();
  }

  private drawText(): void {
    const { gradientByDistance } = this;
    if (!gradientByDistance) return;
    const T = gradientByDistance.total.length - 1;
    const [t, k] = this.hovered ?? [Math.min(T, this.t), Math.min(T, this.k)];
    const row = rowOf(gradientByDistance, t);
    setText(this.value, `G[${t}, ${k}] = ${k > t ? 0 : formatNumber(row[k])}`);
    setText(this.valueName, k > t ? words.later : words.cell(t, k, this.nameOf(k)));
    const tokens = this.tokens.length > 0 ? this.tokens : Array.from({ length: T }, () => '·');
    this.text.update(tokens, formatToken(this.targets[t - 1] ?? ''), t, row, (value) => this.color(value));
  }

  private color(value: number): Rgb | null {
    return value === 0 ? null : magnitude(value, ...this.domain);
  }

  private nameOf(k: number): string {
    return k === 0 ? words.start : formatToken(this.tokens[k - 1] ?? '');
  }
}

/** The line between the states that a row still reaches and those beyond the threshold, down the rows. */
function outline(found: readonly (number | null)[]): string {
  let path = '';
  for (const [row, k] of found.entries()) {
    if (k === null) continue;
    const isJoined = row > 0 && found[row - 1] !== null;
    path += `${isJoined ? 'L' : 'M'}${k + 1} ${row}V${row + 1}`;
  }
  return path;
}
