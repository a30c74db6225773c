// A line chart over training steps: uPlot draws the lines and the axes; here are the lines across with their names, the marks of events, and the
// step that the pointer chooses. What it shows is also a table and a slider beside it, so that nothing depends on seeing or dragging.

import uPlot from 'uplot';
import { formatCount, formatNumber, formatShort } from '../format.ts';
import { token } from './dom.ts';
import { decades } from './ticks.ts';

export interface ChartSeries {
  readonly label: string;
  /** A color of the style sheet. */
  readonly color: string;
  readonly width: number;
  readonly dash?: readonly number[];
}

/** What is drawn over the lines. */
export interface Decoration {
  /** Lines across, with names at their right end. */
  readonly levels: readonly { readonly value: number; readonly label: string; readonly color: string }[];
  /** Lines down, with names at their top. */
  readonly events: readonly { readonly step: number; readonly label: string }[];
  /** Short marks at the bottom. */
  readonly ticks: readonly number[];
  /** The step that is shown, if it is not the newest. */
  readonly shown: number | null;
}

export interface ChartOptions {
  readonly height: number;
  readonly logarithmic: boolean;
  readonly series: readonly ChartSeries[];
  /** The lowest and highest value of the vertical axis, from those that there are. */
  range(low: number, high: number): [number, number];
  /** The pointer was pressed, or dragged, at a step. */
  onStep(step: number): void;
}

const font = '11px system-ui, sans-serif';
/** Room beside the chart for half of the last step's number. */
const lastLabel = 26;
/** Width of the numbers beside the vertical axis, at least. */
const leastLabels = 46;

/** Room for the numbers of an axis, in CSS pixels. */
function widest({ ctx }: uPlot, labels: readonly string[]): number {
  ctx.save();
  ctx.font = font;
  const width = Math.max(0, ...labels.map((label) => ctx.measureText(label).width));
  ctx.restore();
  return Math.max(leastLabels, Math.ceil(width) + 12);
}

export class LineChart {
  private readonly options: ChartOptions;
  private plot: uPlot | null = null;
  private element: HTMLElement | null = null;
  private decoration: Decoration = { levels: [], events: [], ticks: [], shown: null };
  private theme = '';
  private data: uPlot.AlignedData = [[]];
  private readonly sizes: ResizeObserver;

  constructor(options: ChartOptions) {
    this.options = options;
    this.sizes = new ResizeObserver(() => this.resize());
  }

  mount(element: HTMLElement): void {
    this.element = element;
    this.sizes.observe(element);
  }

  update(data: uPlot.AlignedData, decoration: Decoration, theme: string): void {
    this.decoration = decoration;
    this.data = data;
    if (!this.element || this.element.clientWidth === 0) return;
    if (!this.plot || theme !== this.theme) {
      this.theme = theme;
      this.plot?.destroy();
      this.plot = this.create(this.element);
    } else this.plot.setData(data);
  }

  dispose(): void {
    this.sizes.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  private resize(): void {
    const width = this.element?.clientWidth ?? 0;
    if (this.plot && width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: this.options.height });
    else if (!this.plot && width > 0 && this.theme) this.update(this.data, this.decoration, this.theme);
  }

  private create(element: HTMLElement): uPlot {
    const { options } = this;
    const axis = { stroke: token('muted'), font, ticks: { show: false }, gap: 6 };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: options.height,
        padding: [18, lastLabel, 0, 0],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
        scales: {
          x: { time: false, range: (_, low, high) => [low ?? 0, Math.max(high ?? 0, (low ?? 0) + 10)] },
          y: {
            distr: options.logarithmic ? 3 : 1,
            range: (_, low, high) => options.range(low ?? 1, high ?? 1),
          },
        },
        axes: [
          {
            ...axis,
            size: 26,
            grid: { show: false },
            values: (_, splits) => splits.map((v) => (Number.isInteger(v) ? formatCount(v) : '')),
          },
          {
            ...axis,
            size: (u, values) => widest(u, values ?? []),
            grid: { stroke: token('line'), width: 1 },
            ...(options.logarithmic && {
              splits: (_: uPlot, __: number, low: number, high: number) => decades(low, high, 5),
            }),
            values: (_, splits) => splits.map((v) => (v === null || v === undefined ? '' : formatShort(v))),
          },
        ],
        series: [
          {},
          ...options.series.map(({ color, width, dash, label }) => ({
            label,
            stroke: token(color),
            width,
            dash: dash && [...dash],
            points: { show: false },
            spanGaps: true,
          })),
        ],
        hooks: { draw: [(u) => this.decorate(u)] },
      },
      this.data,
      element,
    );
    plot.root.setAttribute('aria-hidden', 'true');
    this.listen(plot);
    return plot;
  }

  private listen(plot: uPlot): void {
    const choose = (event: PointerEvent): void => {
      const { left } = plot.over.getBoundingClientRect();
      this.options.onStep(Math.max(0, Math.round(plot.posToVal(event.clientX - left, 'x'))));
    };
    plot.over.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      plot.over.setPointerCapture(event.pointerId);
      choose(event);
    });
    plot.over.addEventListener('pointermove', (event) => {
      if (plot.over.hasPointerCapture(event.pointerId)) choose(event);
    });
  }

  private decorate(u: uPlot): void {
    const { ctx } = u;
    const { left, top, width, height } = u.bbox;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.font = font.replace('11px', `${11 * ratio}px`);
    ctx.lineWidth = ratio;
    ctx.textBaseline = 'bottom';
    const [low, high] = [u.scales.y.min ?? 0, u.scales.y.max ?? 1];
    for (const { value, label, color } of this.decoration.levels) {
      if (!(value >= low && value <= high)) continue;
      const y = Math.round(u.valToPos(value, 'y', true)) + ratio / 2;
      ctx.strokeStyle = ctx.fillStyle = token(color);
      ctx.setLineDash([4 * ratio, 4 * ratio]);
      line(ctx, left, y, left + width, y);
      ctx.textAlign = 'right';
      const text = `${label} ${formatNumber(value)}`;
      ctx.setLineDash([]);
      ctx.strokeStyle = token('paper');
      ctx.lineWidth = 4 * ratio;
      ctx.lineJoin = 'round';
      ctx.strokeText(text, left + width - 2 * ratio, y - 2 * ratio);
      ctx.lineWidth = ratio;
      ctx.fillText(text, left + width - 2 * ratio, y - 2 * ratio);
    }
    ctx.setLineDash([]);
    const [first, last] = [u.scales.x.min ?? 0, u.scales.x.max ?? 1];
    const place = (step: number): number => Math.round(u.valToPos(step, 'x', true)) + ratio / 2;
    ctx.strokeStyle = token('event');
    for (const step of this.decoration.ticks)
      if (step >= first) line(ctx, place(step), top + height, place(step), top + height - 6 * ratio);
    ctx.fillStyle = token('event');
    let free = Number.NEGATIVE_INFINITY;
    for (const { step, label } of this.decoration.events) {
      if (step < first || step > last) continue;
      const x = place(step);
      line(ctx, x, top, x, top + height);
      if (x < free) continue;
      const size = ctx.measureText(label).width;
      ctx.textAlign = x + size > left + width ? 'right' : 'left';
      ctx.fillText(label, x, top - 2 * ratio);
      free = x + size + 8 * ratio;
    }
    const { shown } = this.decoration;
    if (shown !== null) {
      ctx.strokeStyle = token('ink');
      ctx.lineWidth = 2 * ratio;
      line(ctx, place(shown), top, place(shown), top + height);
    }
    ctx.restore();
  }
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}
