// The picture for the keyboard and for a screen reader: one stop, a grid with a column for each t and a row for each number of a copy, of which one
// cell is there at a time, named with its value. Arrows move by one, with Shift by ten; Page Up and Down to where other numbers begin; Enter opens.

import { make } from '../../draw/dom.ts';
import { showCell } from '../../draw/heatmap.ts';
import {
  columnX,
  hit,
  type Layout,
  landmarks,
  type Part,
  type Rect,
  type Row,
  rectOf,
  rowAt,
  rowCount,
  type StripName,
} from './layout.ts';
import { unrolledStrings } from './strings.ts';

export interface CellGridOptions {
  /** What a cell is called, with its value. */
  text(row: Row, t: number): string;
  onMove(row: Row, t: number): void;
  /** @param strip the one that was pressed; null by the keyboard */
  onOpen(row: Row, t: number, strip: StripName | null): void;
  /** What the pointer is at: a part that all copies share, or a cell. */
  onPoint(part: Part | null, cell: { readonly row: Row; readonly t: number } | null): void;
  onPart(part: Part): void;
}

export class CellGrid {
  readonly element: HTMLElement;
  private readonly marker = make('div', { class: 'heatmap-marker', 'aria-hidden': 'true' });
  private readonly line = make('div', { role: 'row', class: 'visually-hidden' });
  private readonly options: CellGridOptions;
  private layout: Layout | null = null;
  /** t of each column that is shown, from 1. */
  private times: readonly number[] = [];
  private isBackward = false;
  row = 0;
  /** 0 is that of h(0). */
  t = 1;

  constructor(options: CellGridOptions) {
    this.options = options;
    this.element = make(
      'div',
      {
        class: 'cell-grid',
        role: 'grid',
        tabindex: 0,
        'aria-label': unrolledStrings.picture.grid,
      },
      this.marker,
      this.line,
    );
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.element.addEventListener('click', (event) => this.press(event));
    this.element.addEventListener('pointermove', (event) => {
      const what = this.at(event);
      if (!what || !this.layout) options.onPoint(null, null);
      else if ('letter' in what) options.onPoint(what, null);
      else options.onPoint(null, { row: rowAt(this.layout, what.row), t: this.timeOf(what.column) });
    });
    this.element.addEventListener('pointerleave', () => options.onPoint(null, null));
  }

  /** @param isBackward whether of a unit's strips that of the gradient is meant */
  arrange(layout: Layout, times: readonly number[], isBackward: boolean): void {
    this.layout = layout;
    this.times = times;
    this.isBackward = isBackward;
    this.element.setAttribute('aria-rowcount', String(rowCount(layout)));
    this.element.setAttribute('aria-colcount', String(layout.steps + 1));
    this.place();
  }

  /** Moves the cursor without calling back. */
  moveTo(row: number, t: number): void {
    this.row = row;
    this.t = t;
    this.place();
  }

  place(): void {
    const { layout } = this;
    if (!layout) return;
    this.row = Math.min(rowCount(layout) - 1, Math.max(0, this.row));
    const row = rowAt(layout, this.row);
    const first = layout.hasStart && row.kind === 'unit' ? 0 : 1;
    this.t = Math.min(layout.steps, Math.max(first, this.t));
    const whole = rectOf(layout, row, Math.min(this.t, layout.copies));
    const { x, y, width, height } = row.kind === 'unit' && this.t > 0 ? this.strip(layout, whole) : whole;
    const { style } = this.marker;
    style.left = `${x}px`;
    style.top = `${y}px`;
    style.width = `${width}px`;
    style.height = `${height}px`;
    const at = [this.row + 1, this.t + 1] as const;
    showCell(this.element, this.line, `unrolled-cell-${at.join('-')}`, at, this.options.text(row, this.t));
  }

  /** The last strip of a row is the gradient's; the others are the states'. */
  private strip(layout: Layout, whole: Rect): Rect {
    if (layout.mode !== 'both') return whole;
    const { strip } = layout;
    const rest = whole.width - strip - 2;
    return this.isBackward ? { ...whole, x: whole.x + rest + 2, width: strip } : { ...whole, width: rest };
  }

  private go(row: number, t: number): void {
    this.moveTo(row, t);
    if (this.layout) this.options.onMove(rowAt(this.layout, this.row), this.t);
  }

  private key(event: KeyboardEvent): void {
    const { row, t, layout } = this;
    if (!layout || event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 10 : 1;
    const begins = landmarks(layout);
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [row, t - far],
      ArrowRight: [row, t + far],
      ArrowUp: [row - far, t],
      ArrowDown: [row + far, t],
      Home: [row, 0],
      End: [row, layout.steps],
      PageUp: [begins.findLast((each) => each < row) ?? 0, t],
      PageDown: [begins.find((each) => each > row) ?? rowCount(layout) - 1, t],
    };
    const move = moves[event.key];
    if (!move && event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    if (move) this.go(...move);
    else this.options.onOpen(rowAt(layout, row), t, null);
  }

  private at({ clientX, clientY }: MouseEvent): ReturnType<typeof hit> {
    const { left, top } = this.element.getBoundingClientRect();
    return this.layout && hit(this.layout, clientX - left, clientY - top);
  }

  private timeOf(column: number): number {
    return column === 0 ? 0 : this.times[column - 1];
  }

  private press(event: MouseEvent): void {
    const what = this.at(event);
    if (!what || !this.layout) return;
    if ('letter' in what) {
      this.options.onPart(what);
      return;
    }
    this.go(what.row, this.timeOf(what.column));
    this.options.onOpen(rowAt(this.layout, this.row), this.t, what.strip);
  }

  /** Where a column is in the picture. */
  span(t: number): readonly [from: number, to: number] {
    const { layout } = this;
    if (!layout) return [0, 0];
    const from = columnX(layout, Math.min(t, layout.copies));
    return [from, from + layout.pitch];
  }
}
