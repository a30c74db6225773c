// V2 Train: the loss beside the simplest things to beat, the norm of the gradient, and the time machine: the model as it was at an earlier step. Above stands
// the part of the task: what the network writes, or what it makes of held-out data.

import type uPlot from 'uplot';
import { make } from '../../draw/dom.ts';
import { LineChart } from '../../draw/line-chart.ts';
import { formatCount, formatNumber } from '../../format.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import type { History } from '../../state/history.ts';
import { strings } from '../../strings.ts';
import type { Rows, View } from '../view.ts';
import { Figures } from './figures.ts';
import type { TrainPart } from './part.ts';
import { trainStrings } from './strings.ts';
import { TimeMachine } from './time-machine.ts';
import './style.css';

const words = trainStrings;
/** A loss that is so many times as large as now is drawn beyond the upper edge. */
const spike = 3;

export class TrainView implements View {
  private frame: Frame | null = null;
  private version = -1;
  private readonly part: TrainPart;
  private readonly figures: Figures;
  private readonly machine = new TimeMachine();
  private readonly loss = new LineChart({
    height: 268,
    logarithmic: false,
    series: [
      { label: words.each, color: 'chart-raw', width: 1 },
      { label: words.smoothed, color: 'chart-main', width: 2 },
      { label: words.heldOut, color: 'chart-second', width: 2, dash: [7, 3] },
    ],
    range: (_, high) => [0, this.lossRange(high)],
    onStep: (step) => this.focus({ n: this.nearest(step) }),
  });
  private readonly norm = new LineChart({
    height: 132,
    logarithmic: true,
    series: [{ label: words.norm, color: 'chart-main', width: 1.25 }],
    range: (low, high) => this.normRange(low, high),
    onStep: (step) => this.focus({ n: this.nearest(step) }),
  });

  constructor(part: TrainPart) {
    this.part = part;
    this.figures = new Figures(part);
  }

  mount(element: HTMLElement): void {
    const lossPlot = make('div', { class: 'plot' });
    const normPlot = make('div', { class: 'plot' });
    const legend = make(
      'p',
      { class: 'legend', 'aria-hidden': 'true' },
      ...(['raw', 'main', 'second'] as const).map((name, i) =>
        make('span', {}, make('i', { class: `swatch swatch-${name}` }), [words.each, words.smoothed, words.heldOut][i]),
      ),
    );
    element.append(
      ...this.part.elements,
      this.figures.element,
      make(
        'section',
        { class: 'card' },
        make('header', { class: 'card-head' }, make('h3', {}, this.part.loss), legend),
        lossPlot,
        make('h3', { class: 'second-title' }, words.norm),
        normPlot,
        this.machine.element,
      ),
    );
    this.loss.mount(lossPlot);
    this.norm.mount(normPlot);
  }

  update(frame: Frame): void {
    const changed = frame.history.version !== this.version || frame.history !== this.frame?.history;
    this.version = frame.history.version;
    const moved =
      frame.cursor.n !== this.frame?.cursor.n || frame.theme !== this.frame?.theme || frame.info !== this.frame?.info;
    this.frame = frame;
    if (changed || moved) {
      const [losses, norms] = columns(frame.history, this.part.lossOf);
      const { clip } = frame.settings;
      const shown = frame.cursor.n;
      const events = frame.history.marks;
      const { info } = frame;
      const baselines = info?.baselines;
      const levels = Object.entries(this.part.baselines(info)).map(([name, label]) => ({
        value: baselines?.[name as 'guess'] ?? Number.NaN,
        label,
        color: 'chart-level',
      }));
      this.loss.update(losses, { levels, events, ticks: [], shown }, frame.theme);
      const clipLine = clip > 0 ? [{ value: clip, label: words.clipLine, color: 'event' }] : [];
      const ticks = frame.history.points.filter(({ clipped }) => clipped).map(({ step }) => step);
      this.norm.update(norms, { levels: clipLine, events: [], ticks, shown }, frame.theme);
    }
    this.figures.update(frame);
    this.machine.update(frame);
    this.part.update(frame);
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    const { frame } = this;
    if (!frame?.info) return strings.waitingForText;
    const { history, cursor } = frame;
    if (!history.last) return frame.isOpened ? words.opened(frame.refusal) : this.part.start;
    const step = cursor.n ?? frame.step;
    if (step < history.points[0]?.step) return words.atStart(step);
    const point = (cursor.n === null ? history.last : history.at(step)) ?? history.last;
    const heldOut = history.heldOut.findLast((each) => each.step <= step);
    return this.part.summary(step, this.part.lossOf(point), heldOut, frame.info);
  }

  table(): Rows {
    const history = this.frame?.history;
    if (!history) return [];
    const heldOut = new Map(history.heldOut.map((each) => [each.step, each]));
    const { score } = this.part;
    const body = history.points.map((point) => {
      const held = heldOut.get(point.step);
      return [
        formatCount(point.step),
        formatNumber(point.loss),
        formatNumber(point.smoothed),
        held === undefined ? '' : formatNumber(held.loss),
        ...(score ? [held?.score === undefined ? '' : formatNumber(held.score)] : []),
        formatNumber(point.norm),
        point.clipped ? strings.news.clipped : '',
      ];
    });
    const { step } = strings.figures;
    return [
      [step, words.each, words.smoothed, words.heldOut, ...(score ? [score] : []), words.norm, words.clipLine],
      ...body,
    ];
  }

  dispose(): void {
    this.loss.dispose();
    this.norm.dispose();
    this.part.dispose();
  }

  /** The step of the snapshot next to a step; null for the newest. */
  private nearest(step: number): number | null {
    const { snapshots, step: newest } = this.frame!;
    if (snapshots.length === 0 || step >= newest) return null;
    return snapshots.reduce((best, each) => (Math.abs(each - step) < Math.abs(best - step) ? each : best));
  }

  /**
   * Where the chart of the loss ends: above all losses, but after they have flown up and come back not so far that what is now would be a line at
   * the bottom. What is above leaves the chart.
   */
  private lossRange(high: number): number {
    const { history, info } = this.frame!;
    // the guess, or whatever is worst of what can be achieved without learning
    const { guess: first = 1, unigram = 0 } = info?.baselines ?? {};
    const guess = unigram > first ? unigram : first;
    const now = Math.max(guess, history.last ? this.part.lossOf(history.last) : 0, history.heldOut.at(-1)?.loss ?? 0);
    return 1.08 * Math.max(guess, Math.min(high, spike * now));
  }

  private normRange(low: number, high: number): [number, number] {
    const clip = this.frame?.settings.clip || high;
    return [
      10 ** Math.floor(Math.log10(Math.max(low, 1e-12))),
      10 ** Math.ceil(Math.log10(Math.max(high, clip) * 1.2)),
    ];
  }
}

/** The history as uPlot wants it: one list of steps, and for each line a value or null at each of them. */
function columns(
  { points, heldOut, last }: History,
  lossOf: TrainPart['lossOf'],
): [uPlot.AlignedData, uPlot.AlignedData] {
  const all = last && points.at(-1)?.step !== last.step ? [...points, last] : points;
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const steps: number[] = [];
  const losses: (number | null)[] = [];
  const smoothed: (number | null)[] = [];
  const held: (number | null)[] = [];
  let h = 0;
  for (const point of all) {
    for (; h < heldOut.length && heldOut[h].step < point.step; h++) {
      steps.push(heldOut[h].step);
      losses.push(null);
      smoothed.push(null);
      held.push(finite(heldOut[h].loss));
    }
    steps.push(point.step);
    losses.push(finite(point.loss));
    smoothed.push(finite(lossOf(point)));
    held.push(heldOut[h]?.step === point.step ? finite(heldOut[h++].loss) : null);
  }
  for (; h < heldOut.length; h++) {
    steps.push(heldOut[h].step);
    losses.push(null);
    smoothed.push(null);
    held.push(finite(heldOut[h].loss));
  }
  return [
    [steps, losses, smoothed, held],
    [all.map(({ step }) => step), all.map(({ norm }) => finite(norm))],
  ];
}
