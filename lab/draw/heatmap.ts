// A heat map on a canvas: one pixel for each cell, drawn large without smoothing. For the keyboard it is one stop: arrows, Home, End and Page keys
// move a cursor; for a screen reader it is a grid of which one cell is there at a time, named with its value. A cell without a color is blank; one
// that is not finite is hatched.

import { make, setText } from './dom.ts';
import { notFinite, type Rgb } from './palette.ts';

export interface HeatMapOptions {
  /** Names the grid. */
  readonly label: string;
  /** What a cell is called, without its value. */
  cellName(row: number, column: number): string;
  format(value: number): string;
  onFocus(row: number, column: number): void;
  /** Enter, or a press of the pointer. */
  onOpen?(row: number, column: number): void;
  /** The pointer is over a cell, or over none. */
  onHover?(cell: readonly [row: number, column: number] | null): void;
}

/**
 * Shows the one cell of a grid that is there. Another cell is another element with an id of its own, because only of a descendant that changes does a
 * screen reader say anything.
 * @param at the row and the column, from 1
 */
export function showCell(
  grid: HTMLElement,
  row: HTMLElement,
  id: string,
  at: readonly [row: number, column: number],
  text: string,
): void {
  let cell = row.firstElementChild as HTMLElement | null;
  if (cell?.id !== id) {
    cell = make('div', { role: 'gridcell', id, 'aria-colindex': at[1] });
    row.setAttribute('aria-rowindex', String(at[0]));
    row.replaceChildren(cell);
    grid.setAttribute('aria-activedescendant', id);
  }
  setText(cell, text);
}

/** Pixels of a hatched cell, along each side. */
const hatch = 6;

let count = 0;

export class HeatMap {
  readonly element: HTMLElement;
  private readonly canvas = make('canvas', { 'aria-hidden': 'true' });
  private readonly hatches = make('canvas', { class: 'heatmap-hatches', 'aria-hidden': 'true', hidden: true });
  private readonly marker = make('div', { class: 'heatmap-marker', 'aria-hidden': 'true' });
  private readonly id = `heatmap-${++count}`;
  private readonly row = make('div', { role: 'row', class: 'visually-hidden' });
  private readonly options: HeatMapOptions;
  private values: Float32Array | Float64Array = new Float32Array(0);
  private rows = 0;
  private columns = 0;
  private cursor: [row: number, column: number] = [0, 0];

  constructor(options: HeatMapOptions) {
    this.options = options;
    this.element = make(
      'div',
      { class: 'heatmap', role: 'grid', tabindex: 0, 'aria-label': options.label },
      this.canvas,
      this.hatches,
      this.marker,
      this.row,
    );
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.element.addEventListener('pointerdown', (event) => {
      this.go(...this.cellAt(event));
      options.onOpen?.(...this.cursor);
    });
    if (!options.onHover) return;
    this.element.addEventListener('pointermove', (event) => options.onHover?.(this.cellAt(event)));
    this.element.addEventListener('pointerleave', () => options.onHover?.(null));
  }

  /** @param values [rows, columns] */
  draw(values: Float32Array | Float64Array, rows: number, columns: number, color: (value: number) => Rgb | null): void {
    this.values = values;
    [this.rows, this.columns] = [rows, columns];
    this.element.setAttribute('aria-rowcount', String(rows));
    this.element.setAttribute('aria-colcount', String(columns));
    this.canvas.width = columns;
    this.canvas.height = rows;
    const context = this.canvas.getContext('2d');
    if (!context || rows * columns === 0) return;
    const image = context.createImageData(columns, rows);
    const { data } = image;
    let isSound = true;
    for (let i = 0; i < rows * columns; i++) {
      const isThere = Number.isFinite(values[i]);
      isSound &&= isThere;
      const shade = isThere ? color(values[i]) : notFinite;
      if (!shade) continue;
      data[4 * i] = shade[0];
      data[4 * i + 1] = shade[1];
      data[4 * i + 2] = shade[2];
      data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    this.hatches.hidden = isSound;
    if (!isSound) this.hatch();
    this.place();
  }

  /** Stripes over the cells that are not finite, so that they differ not in color alone. */
  private hatch(): void {
    const { values, rows, columns, hatches } = this;
    [hatches.width, hatches.height] = [columns * hatch, rows * hatch];
    const context = hatches.getContext('2d');
    if (!context) return;
    const stripes = new Path2D();
    for (let i = 0; i < rows * columns; i++) {
      if (Number.isFinite(values[i])) continue;
      const [x, y] = [(i % columns) * hatch, Math.floor(i / columns) * hatch];
      stripes.moveTo(x, y + hatch);
      stripes.lineTo(x + hatch, y);
    }
    context.strokeStyle = 'white';
    context.lineWidth = 1.5;
    context.stroke(stripes);
  }

  /** Moves the cursor without calling `onFocus`. */
  moveTo(row: number, column: number): void {
    this.cursor = [row, column];
    this.place();
  }

  private place(): void {
    const { rows, columns, values, options } = this;
    if (rows * columns === 0) return;
    const row = Math.min(rows - 1, Math.max(0, this.cursor[0]));
    const column = Math.min(columns - 1, Math.max(0, this.cursor[1]));
    this.cursor = [row, column];
    const { style } = this.marker;
    style.left = `${(100 * column) / columns}%`;
    style.top = `${(100 * row) / rows}%`;
    style.width = `${100 / columns}%`;
    style.height = `${100 / rows}%`;
    const text = `${options.cellName(row, column)}: ${options.format(values[row * columns + column])}`;
    showCell(this.element, this.row, `${this.id}-${row}-${column}`, [row + 1, column + 1], text);
  }

  private go(row: number, column: number): void {
    this.moveTo(row, column);
    this.options.onFocus(...this.cursor);
  }

  private key(event: KeyboardEvent): void {
    const [row, column] = this.cursor;
    if (event.key === 'Enter' && this.options.onOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.options.onOpen(row, column);
      return;
    }
    const far = event.shiftKey ? 10 : 1;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [row, column - far],
      ArrowRight: [row, column + far],
      ArrowUp: [row - far, column],
      ArrowDown: [row + far, column],
      Home: [row, 0],
      End: [row, this.columns - 1],
      PageUp: [0, column],
      PageDown: [this.rows - 1, column],
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(...move);
  }

  private cellAt(event: PointerEvent): [row: number, column: number] {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const column = Math.floor((this.columns * (event.clientX - left)) / width);
    const row = Math.floor((this.rows * (event.clientY - top)) / height);
    return [Math.max(0, Math.min(this.rows - 1, row)), Math.max(0, Math.min(this.columns - 1, column))];
  }
}
