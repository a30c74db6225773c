// What came and what was forecast, while the network learns a series: one row ahead through the held-out part, and a path from the row that is chosen with
// a band as wide as its forecasts are usually off.

import { make, setText } from '../../draw/dom.ts';
import { after, SeriesChart, SeriesLegend } from '../../draw/series-chart.ts';
import type { RunInfo } from '../../protocol.ts';
import type { Frame } from '../../state/frame.ts';
import type { HeldOut, Point } from '../../state/history.ts';
import { strings } from '../../strings.ts';
import type { SeriesData, SeriesOutcome } from '../../task-data.ts';
import type { TrainPart } from '../train/part.ts';
import { ScoreChart } from './score-chart.ts';
import { taskStrings } from './strings.ts';

const words = taskStrings.train.series;
/** Rows before the held-out ones that are shown, as a share of these. */
const before = 0.6;

export class SeriesPart implements TrainPart {
  readonly figures = ['loss', 'heldOut', 'skill', 'error', 'norm', 'speed'] as const;
  readonly loss = words.loss;
  readonly speed = words.speed;
  readonly score = words.score;
  readonly start = words.start;
  readonly elements: readonly HTMLElement[];
  private readonly title = make('h3');
  private readonly legend = new SeriesLegend();
  private readonly chart = new SeriesChart({ height: 280, onRow: (row) => this.choose(row) });
  private readonly slider = make('input', { type: 'range', min: 0, max: 0, step: 1, 'aria-label': words.from });
  private readonly place = make('output');
  private readonly skillChart = new ScoreChart(words.skill, 0);
  /** The origin that is chosen, as its place from the end; the last one at first. */
  private back = 0;
  private frame: Frame | null = null;

  constructor() {
    this.slider.addEventListener('input', () => {
      const outcome = this.frame?.outcome?.outcome;
      if (outcome?.task !== 'forecast') return;
      this.back = outcome.origins.length - 1 - Number(this.slider.value);
      if (this.frame) this.update(this.frame);
    });
    this.elements = [
      make(
        'section',
        { class: 'card' },
        make('header', { class: 'card-head' }, this.title, this.legend.element),
        this.chart.element,
        make('div', { class: 'machine' }, this.slider, make('p', { class: 'note' }, `${words.from}: `, this.place)),
      ),
      this.skillChart.element,
    ];
  }

  /** Batches are small and differ, so that single losses say little. */
  lossOf({ smoothed }: Point): number {
    return smoothed;
  }

  baselines(info: RunInfo | null): Readonly<Record<string, string>> {
    const { guess, unigram } = strings.tasks.baselines.forecast;
    return Number.isFinite(info?.baselines.unigram) ? { guess, unigram } : { guess };
  }

  summary(step: number, loss: number, heldOut: HeldOut | undefined): string {
    const summary = words.summary(step, loss);
    const { score, error } = heldOut ?? {};
    return score === undefined || error === undefined ? summary : summary + words.heldOut(error, score);
  }

  update(frame: Frame): void {
    this.frame = frame;
    const data = frame.info?.taskData;
    if (data?.task !== 'forecast') return;
    const { naive, seasonal } = data.errors;
    const level =
      seasonal === null ? { value: 0, label: words.naive } : { value: 1 - seasonal / naive, label: words.seasonal };
    this.skillChart.update(frame, level);
    setText(this.title, words.title(data.column));
    const outcome = frame.outcome?.outcome;
    if (outcome?.task === 'forecast') this.draw(data, outcome);
  }

  dispose(): void {
    this.chart.dispose();
    this.skillChart.dispose();
  }

  private draw(data: SeriesData, { first, next, origins, paths, rmse }: SeriesOutcome): void {
    const { values, trainingRows, ahead } = data;
    const held = values.length - trainingRows;
    const from = Math.max(0, Math.floor(trainingRows - before * held));
    const to = values.length - 1 + ahead;
    const at = Math.max(0, origins.length - 1 - this.back);
    const path = paths.subarray(at * ahead, (at + 1) * ahead);
    const origin = origins[at];
    // the path begins at the value from which it is forecast
    const whole = after(values[origin], path);
    const off = after(0, rmse);
    this.slider.max = String(origins.length - 1);
    this.slider.value = String(at);
    const where = origin === values.length - 1 ? words.end(origin + 1) : words.at(origin + 1);
    this.slider.setAttribute('aria-valuetext', where);
    setText(this.place, where);
    this.legend.update([
      ['actual', words.actual],
      ['next', words.next],
      ['path', words.path(ahead)],
      ['band', words.band],
      ['held-out', strings.tasks.heldOut],
    ]);
    this.chart.update({
      label: words.picture(data.column, from + 1, to + 1),
      from,
      to,
      lines: [
        { look: 'actual', first: 0, values },
        { look: 'next', first, values: next },
        { look: 'path', first: origin, values: whole },
      ],
      band: {
        first: origin,
        low: whole.map((value, k) => value - off[k]),
        high: whole.map((value, k) => value + off[k]),
      },
      heldOutFrom: trainingRows,
      shown: origin,
      strip: null,
    });
  }

  /** The origin next to a row. */
  private choose(row: number): void {
    const outcome = this.frame?.outcome?.outcome;
    if (!this.frame || outcome?.task !== 'forecast') return;
    const { origins } = outcome;
    let best = 0;
    for (let i = 1; i < origins.length; i++) if (Math.abs(origins[i] - row) < Math.abs(origins[best] - row)) best = i;
    this.back = origins.length - 1 - best;
    this.update(this.frame);
  }
}
