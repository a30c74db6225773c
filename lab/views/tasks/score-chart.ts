// The score of held-out data by step, beside the score of the simplest answer.

import { make } from '../../draw/dom.ts';
import { LineChart } from '../../draw/line-chart.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';

export class ScoreChart {
  readonly element: HTMLElement;
  private readonly chart: LineChart;
  private frame: Frame | null = null;
  private key: readonly unknown[] = [];

  /** @param low where the axis begins, at the highest */
  constructor(title: string, low: number) {
    const plot = make('div', { class: 'plot' });
    this.element = make('section', { class: 'card' }, make('h3', {}, title), plot);
    this.chart = new LineChart({
      height: 150,
      logarithmic: false,
      series: [{ label: title, color: 'chart-second', width: 2 }],
      range: (least) => [Math.max(-1, Math.min(low, least)), 1],
      onStep: (step) => actions.focus({ n: this.nearest(step) }),
    });
    this.chart.mount(plot);
  }

  update(frame: Frame, level: { readonly value: number; readonly label: string } | null): void {
    this.frame = frame;
    const { history, cursor, theme } = frame;
    const key = [history, history.version, cursor.n, theme, level?.value, level?.label];
    if (key.every((part, i) => part === this.key[i])) return;
    this.key = key;
    const known = history.heldOut.filter(({ score }) => score !== undefined);
    const levels = level ? [{ ...level, color: 'chart-level' }] : [];
    const decoration = { levels, events: history.marks, ticks: [], shown: cursor.n };
    this.chart.update([known.map(({ step }) => step), known.map(({ score }) => score!)], decoration, theme);
  }

  dispose(): void {
    this.chart.dispose();
  }

  /** The step of the snapshot next to a step; null for the newest. */
  private nearest(step: number): number | null {
    const { snapshots, step: newest } = this.frame!;
    if (snapshots.length === 0 || step >= newest) return null;
    return snapshots.reduce((best, each) => (Math.abs(each - step) < Math.abs(best - step) ? each : best));
  }
}
