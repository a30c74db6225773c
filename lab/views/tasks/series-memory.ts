// Memory for a series: which earlier rows a forecast depends on, by its gradient and by a test that puts an average row in the place of each, as a strip of
// colors below the curve.

import { button, make, setText } from '../../draw/dom.ts';
import { largestOf } from '../../draw/extremes.ts';
import { css, probability, signed } from '../../draw/palette.ts';
import { after, SeriesChart, SeriesLegend } from '../../draw/series-chart.ts';
import { formatCount, formatNumber } from '../../format.ts';
import type { SeriesMemory } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import { strings } from '../../strings.ts';
import type { SeriesData } from '../../task-data.ts';
import { reachOf, strongestOf } from '../memory/numbers.ts';
import type { Rows, View } from '../view.ts';
import { taskStrings } from './strings.ts';
import '../memory/style.css';
import './memory.css';

const words = taskStrings.memory.series;
const ways = ['gradient', 'test'] as const;

export class SeriesMemoryView implements View {
  readonly needs = ['memory'] as const;
  private frame: Frame | null = null;
  private way: (typeof ways)[number] = 'gradient';
  /** The row whose numbers are told; null for the one that matters most. */
  private row: number | null = null;
  private readonly title = make('h3');
  private readonly place = make('p', { class: 'note' });
  private readonly legend = new SeriesLegend();
  private readonly chart = new SeriesChart({ height: 260, onRow: (row) => this.choose(row) });
  private readonly origin = make('input', { type: 'range', id: 'memory-row', min: 1, step: 1 });
  private readonly originText = make('output', { for: 'memory-row' });
  private readonly ahead = make('input', { type: 'range', id: 'memory-ahead', min: 1, step: 1 });
  private readonly aheadText = make('output', { for: 'memory-ahead' });
  private readonly buttons = ways.map((way) =>
    button(words[way], '', () => {
      this.way = way;
      this.draw();
    }),
  );
  private readonly note = make('p', { class: 'note' });
  private readonly readout = make('p', { class: 'answer' });
  private readonly body: HTMLElement;

  constructor() {
    this.origin.addEventListener('input', () => this.choose(Number(this.origin.value)));
    this.ahead.addEventListener('input', () => actions.askMemory({ ahead: Number(this.ahead.value) }));
    const labeled = (label: string, input: HTMLElement, output: HTMLElement): HTMLElement =>
      make('div', { class: 'series-choice' }, make('label', { for: input.id }, label), input, output);
    this.body = make(
      'section',
      { class: 'card' },
      make('header', { class: 'card-head' }, this.title, this.place),
      this.legend.element,
      this.chart.element,
      labeled(words.row, this.origin, this.originText),
      labeled(words.ahead, this.ahead, this.aheadText),
      make('div', { class: 'segments', role: 'group', 'aria-label': words.how }, ...this.buttons),
      this.note,
      this.readout,
    );
  }

  mount(element: HTMLElement): void {
    element.append(this.body);
  }

  update(frame: Frame): void {
    const before = this.frame;
    this.frame = frame;
    const data = this.data;
    if (!data) return;
    if (frame.cursor.w === 0) {
      actions.focus({ w: data.values.length - 1 });
      return;
    }
    const isNew = (['seriesMemory', 'info', 'theme', 'cursor'] as const).some((name) => frame[name] !== before?.[name]);
    if (isNew) this.draw();
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    const memory = this.frame?.seriesMemory;
    if (!this.frame?.info) return strings.tasks.waiting;
    if (!memory) return words.waiting;
    const { norm, row, ahead, path } = memory;
    const back = norm.length - strongestOf(norm);
    return words.summary(row + 1, ahead, path[ahead - 1]) + words.depends(back, reachOf(norm, 0.5));
  }

  table(): Rows {
    const memory = this.frame?.seriesMemory;
    const { data } = this;
    if (!memory || !data) return [];
    const { first, norm, change } = memory;
    const body = Array.from(norm, (size, i) => [
      formatCount(first + i + 1),
      formatNumber(data.values[first + i]),
      formatNumber(size),
      formatNumber(change[i]),
    ]);
    return [words.columns, ...body];
  }

  /** The row from which it is forecast, where no control has the focus. */
  key({ key, shiftKey }: KeyboardEvent): boolean {
    const by = (shiftKey ? 10 : 1) * (key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0);
    if (by === 0 || !this.frame) return false;
    this.choose(this.frame.cursor.w + by);
    return true;
  }

  dispose(): void {
    this.chart.dispose();
  }

  private get data(): SeriesData | null {
    const data = this.frame?.info?.taskData;
    return data?.task === 'forecast' ? data : null;
  }

  private choose(row: number): void {
    const last = (this.data?.values.length ?? 2) - 1;
    this.row = null;
    actions.focus({ w: Math.min(last, Math.max(1, row)) });
  }

  private draw(): void {
    const { data, frame } = this;
    if (!data || !frame) return;
    const { values, trainingRows, column } = data;
    const row = Math.min(frame.cursor.w, values.length - 1);
    const ahead = Math.min(frame.memoryQuestion.ahead ?? data.ahead, data.ahead);
    setText(this.title, words.title(column));
    for (const [slider, output, max, value, text] of [
      [this.origin, this.originText, values.length - 1, row, words.at(row + 1)],
      [this.ahead, this.aheadText, data.ahead, ahead, words.value(ahead)],
    ] as const) {
      slider.max = String(max);
      slider.value = String(value);
      slider.setAttribute('aria-valuetext', text);
      setText(output, text);
    }
    for (const [i, each] of this.buttons.entries()) each.setAttribute('aria-pressed', String(ways[i] === this.way));
    setText(this.note, this.way === 'gradient' ? words.gradientNote : words.testNote);
    this.legend.update([
      ['actual', words.came],
      ['path', words.forecast],
      ['held-out', strings.tasks.heldOut],
    ]);
    const memory = frame.seriesMemory;
    this.readout.hidden = !memory;
    if (!memory) return;
    setText(this.place, words.model(memory.step));
    const { first, norm, change } = memory;
    const told = this.row ?? first + strongestOf(norm) - 1;
    setText(this.readout, words.readout(told + 1, values[told], norm[told - first], change[told - first]));
    const from = Math.max(0, first - 4);
    const to = memory.row + data.ahead;
    this.chart.update({
      label: words.picture(from + 1, to + 1),
      from,
      to,
      lines: [
        { look: 'actual', first: 0, values },
        { look: 'path', first: memory.row, values: after(values[memory.row], memory.path) },
      ],
      band: null,
      heldOutFrom: trainingRows,
      shown: memory.row,
      strip: { first, colors: this.colors(memory) },
    });
  }

  private colors({ norm, change }: SeriesMemory): string[] {
    const { theme } = this.frame!;
    if (this.way === 'gradient') {
      const most = largestOf(norm) || 1;
      return Array.from(norm, (size) => css(probability(size / most, theme)));
    }
    const most = largestOf(change.map(Math.abs)) || 1;
    // what an average row would change; the row itself did the opposite
    return Array.from(change, (value) => css(signed(-value, most, theme)));
  }
}
