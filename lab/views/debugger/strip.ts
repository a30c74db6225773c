// A row of cells, or a matrix of them, with its name and the numbers of its scale: the numbers that an operation reads or makes, each in the color of its
// value. Activations that cannot leave [−1, 1] are drawn on it, probabilities on their own ramp, everything else up to a robust limit.

import { cellOf } from '../../../src/core.ts';
import type { ModelConfig } from '../../../src/index.ts';
import type { Quantity } from '../../../src/insight.ts';

import { make, setText } from '../../draw/dom.ts';
import { HeatMap } from '../../draw/heatmap.ts';
import { robustLimit } from '../../draw/limit.ts';
import { probability, type Rgb, signed, type Theme } from '../../draw/palette.ts';
import { Scale } from '../../draw/scale.ts';
import { formatNumber, formatShort } from '../../format.ts';

export interface StripContent {
  readonly symbol: string;
  /** Names the grid. */
  readonly label: string;
  readonly quantity: Quantity;
  readonly values: Float32Array; // [rows, columns]
  readonly rows: number;
  readonly columns: number;
  /** The cell that is meant; null where all are. */
  readonly at: readonly [row: number, column: number] | null;
  cellName(row: number, column: number): string;
  choose(row: number, column: number): void;
}

/** The limit of the colors of a quantity; null for a probability. */
export function limitOf(config: ModelConfig, quantity: Quantity, values: ArrayLike<number>): number | null {
  if (quantity === 'y') return null;
  const isBounded =
    ((quantity === 'h' || quantity === 'gate') && cellOf(config).bounds !== null) ||
    quantity === 'token' ||
    quantity === 'target' ||
    (quantity === 'x' && config.embeddingSize === null && config.numLayers === 1);
  return isBounded ? 1 : robustLimit(values);
}

export class Strip {
  private readonly name = make('span', { class: 'op-strip-name' });
  private readonly scale = new Scale();
  private readonly map: HeatMap;
  readonly element: HTMLElement;
  private content: StripContent | null = null;
  private drawn: readonly unknown[] = [];

  constructor() {
    this.map = new HeatMap({
      label: '',
      cellName: (row, column) => this.content?.cellName(row, column) ?? '',
      format: formatNumber,
      onFocus: (row, column) => this.content?.choose(row, column),
    });
    this.element = make('div', { class: 'op-strip' }, this.name, this.map.element, this.scale.element);
  }

  update(content: StripContent, config: ModelConfig, theme: Theme): void {
    const isOther = content.symbol !== this.content?.symbol || content.rows !== this.content.rows;
    this.content = content;
    const { values, rows, columns, at, quantity } = content;
    const limit = limitOf(config, quantity, values);
    const color = (value: number): Rgb => (limit === null ? probability(value, theme) : signed(value, limit, theme));
    setText(this.name, content.symbol);
    const { element } = this.map;
    if (element.getAttribute('aria-label') !== content.label) element.setAttribute('aria-label', content.label);
    element.classList.toggle('is-matrix', rows > 1);
    element.classList.toggle('is-whole', at === null);
    const drawn = [values, theme, columns];
    if (drawn.some((part, i) => part !== this.drawn[i])) this.map.draw(values, rows, columns, color);
    this.drawn = drawn;
    if (at) this.map.moveTo(...at);
    else if (isOther) this.map.moveTo(0, 0);
    const [low, high] = limit === null ? ['0', '1'] : [formatShort(-limit), formatShort(limit)];
    this.scale.update(low, high, `${theme} ${limit === null}`, (place) =>
      limit === null ? probability(place, theme) : signed(2 * place - 1, 1, theme),
    );
  }
}
