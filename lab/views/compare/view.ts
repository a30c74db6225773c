// V10 Compare: two to four runs that differ in one setting, on the same text, with the same seed and the same budget: their losses overlaid, what they
// cost, how errors decay in them, what they write. And the runs that this browser keeps.

import uPlot from 'uplot';
import { make, setText } from '../../draw/dom.ts';
import { LineChart } from '../../draw/line-chart.ts';
import { probability } from '../../draw/palette.ts';
import { Scale } from '../../draw/scale.ts';
import { TokenText } from '../../draw/token-text.ts';
import { formatCount, formatNumber } from '../../format.ts';
import type { Budget } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import { openFiles, packLane } from '../../state/open-and-save.ts';
import type { Race } from '../../state/race-plan.ts';
import * as store from '../../state/store.ts';
import { strings } from '../../strings.ts';
import type { Rows, View } from '../view.ts';
import { DecayCard } from './decay-card.ts';
import { Kept } from './kept.ts';
import { endsOf, layerIn, longNameOf, measuresOf, nameOfLane, Results } from './results.ts';
import { letters, SetUp, shareOf } from './set-up.ts';
import { compareStrings } from './strings.ts';
import './style.css';

const words = compareStrings;
const dashes = [[], [9, 4], [2, 3], [10, 3, 2, 3]] as const;
/** Room above the highest held-out loss; a leap is drawn beyond the edge. */
const headroom = 1.05;

export class CompareView implements View {
  private frame: Frame | null = null;
  private shown: {
    readonly race: Race | null;
    readonly theme: string;
    readonly axis: string;
    readonly layer: number;
  } | null = null;
  private axis: 'step' | 'time' = 'step';
  private readonly setUp = new SetUp();
  private readonly results = new Results(
    (lane) => void this.open(lane),
    (lane) => void this.keep(lane),
  );
  private readonly kept = new Kept();
  private readonly verdict = make('div', { class: 'compare-failures', role: 'status' });
  private readonly legend = make('ul', { class: 'compare-legend' });
  private readonly axes = (['step', 'time'] as const).map((name) => {
    const made = make('button', { type: 'button' }, words.chart[name]);
    made.addEventListener('click', () => {
      this.axis = name;
      if (this.frame) this.update(this.frame);
    });
    return { name, made };
  });
  private readonly chart = new LineChart({
    height: 290,
    logarithmic: false,
    series: letters.flatMap((letter, i) => [
      { label: letter, color: `run-${letter.toLowerCase()}`, width: 1, dash: dashes[i] },
      { label: letter, color: `run-${letter.toLowerCase()}`, width: 2.75, dash: dashes[i] },
    ]),
    range: (_, high) => [0, this.top(high)],
    onStep: () => {},
  });
  private readonly decay = new DecayCard(dashes);
  private readonly scale = new Scale(words.surprise);
  private readonly texts = letters.map((letter) => {
    const title = make('h4', { 'data-run': letter });
    const text = new TokenText();
    return { title, text, box: make('div', { class: 'compare-sample' }, title, text.element) };
  });
  private readonly samplesCard = make(
    'section',
    { class: 'card', hidden: true },
    make('header', { class: 'card-head' }, make('h3', {}, words.samples), this.scale.element),
    make('div', { class: 'compare-samples' }, ...this.texts.map(({ box }) => box)),
  );
  private readonly plot = make('div', { class: 'plot plain-plot' });
  private readonly chartCard = make(
    'section',
    { class: 'card', hidden: true },
    make(
      'header',
      { class: 'card-head' },
      make('h3', {}, words.chart.title),
      make(
        'div',
        { class: 'segments', role: 'group', 'aria-label': words.chart.axis },
        ...this.axes.map(({ made }) => made),
      ),
    ),
    this.legend,
    this.plot,
  );

  mount(element: HTMLElement): void {
    element.append(
      this.setUp.element,
      this.verdict,
      this.chartCard,
      this.results.element,
      this.decay.element,
      this.samplesCard,
      this.kept.element,
    );
    this.results.element.hidden = true;
    this.chart.mount(this.plot);
  }

  update(frame: Frame): void {
    this.frame = frame;
    this.setUp.update(frame);
    const { race, theme } = frame;
    const { axis } = this;
    const layer = race ? layerIn(race, frame.cursor.l) : 0;
    const now = { race, theme, axis, layer };
    if ((Object.keys(now) as (keyof typeof now)[]).every((name) => this.shown?.[name] === now[name])) return;
    this.shown = now;
    this.chartCard.hidden = this.results.element.hidden = race === null;
    for (const { name, made } of this.axes) made.setAttribute('aria-pressed', String(name === axis));
    if (!race) return;
    this.results.update(race, layer);
    this.drawLegend(race);
    const levels = race.info
      ? (['guess', 'unigram', 'bigram'] as const).map((name) => ({
          value: race.info!.baselines[name],
          label: strings.baselines[name],
          color: 'chart-level',
        }))
      : [];
    this.chart.update(this.lines(race), { levels, events: [], ticks: [], shown: null }, theme);
    setText(this.verdict, endsOf(race).join(' '));
    this.decay.update(race, layer);
    this.drawSamples(race, theme);
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    const { race } = this.frame ?? {};
    if (!this.frame?.info) return strings.waitingForText;
    if (!race) return words.start;
    if (race.status === 'running') return words.running(shareOf(race));
    if (race.status === 'lost') return words.lost;
    const lanes = race.lanes
      .map((lane, i) => ({
        name: longNameOf(race, i),
        short: nameOfLane(race, i),
        ...measuresOf(lane, 0, 0),
        isSound: lane.end?.sentence === null,
      }))
      .filter(({ isSound }) => isSound);
    const failures = race.lanes.flatMap(({ end }, i) => (end?.sentence ? [words.stopped(longNameOf(race, i))] : []));
    const sorted = lanes.filter(({ heldOut }) => !Number.isNaN(heldOut)).sort((a, b) => a.heldOut - b.heldOut);
    const fastest = lanes.toSorted((a, b) => b.rate - a.rate)[0];
    const [best, ...others] = sorted;
    return [
      ...(best
        ? [
            words.best(
              budgetOf(race),
              best.name,
              best.heldOut,
              others.map(({ short, heldOut }) => words.other(short, heldOut)),
            ),
          ]
        : lanes.length > 0
          ? [words.notHeldOut]
          : []),
      ...(fastest ? [words.fastest(fastest.name, fastest.rate)] : []),
      ...failures,
    ].join(' ');
  }

  table(): Rows {
    const { race } = this.frame ?? {};
    if (!race) return [];
    const body = race.lanes.flatMap((lane, i) =>
      lane.history.heldOut.map(({ step, loss }, j) => [
        nameOfLane(race, i),
        formatCount(step),
        formatNumber(lane.heldOutTimes[j] / 1000),
        step > 0 && lane.history.last ? formatNumber(lane.history.at(step)!.smoothed) : '',
        formatNumber(loss),
      ]),
    );
    return [words.tableColumns, ...body];
  }

  dispose(): void {
    this.chart.dispose();
    this.decay.dispose();
  }

  private lines({ lanes }: Race): uPlot.AlignedData {
    const isTime = this.axis === 'time';
    const tables = letters.flatMap((_, i): uPlot.AlignedData[] => {
      const lane = lanes[i];
      if (!lane)
        return [
          [[], []],
          [[], []],
        ];
      const { points, heldOut } = lane.history;
      return [
        [isTime ? [...lane.times] : points.map(({ step }) => step), points.map(({ smoothed }) => smoothed)],
        [isTime ? [...lane.heldOutTimes] : heldOut.map(({ step }) => step), heldOut.map(({ loss }) => loss)],
      ];
    });
    return uPlot.join(tables);
  }

  /** The axis ends above where the runs began, whatever they leap to. */
  private top(high: number): number {
    const race = this.frame?.race;
    const first = Math.max(0, ...(race?.lanes.map(({ history }) => history.heldOut[0]?.loss ?? 0) ?? []));
    const guess = race?.info?.baselines.guess ?? 0;
    return headroom * Math.min(high, Math.max(first, guess) || high);
  }

  private drawLegend(race: Race): void {
    const items = race.lanes.map((_, i) =>
      make(
        'li',
        { 'data-run': letters[i] },
        make('span', { class: 'run-swatch', 'aria-hidden': 'true' }),
        nameOfLane(race, i),
      ),
    );
    this.legend.replaceChildren(
      make('li', { class: 'note' }, strings.settings[race.plan.differs]),
      ...items,
      make('li', { class: 'note' }, `${words.chart.heldOut}; ${words.chart.training}`),
    );
  }

  private drawSamples(race: Race, theme: Frame['theme']): void {
    const { info } = race;
    this.samplesCard.hidden = !info || race.lanes.every(({ end }) => !end?.sample);
    if (!info || this.samplesCard.hidden) return;
    const { guess } = info.baselines;
    this.scale.update('0', strings.nats(formatNumber(guess)), `${theme} ${guess}`, (at) => probability(at, theme));
    for (const [i, { title, text, box }] of this.texts.entries()) {
      const sample = race.lanes[i]?.end?.sample;
      box.hidden = !sample;
      if (!sample) continue;
      setText(title, nameOfLane(race, i));
      text.update(sample.ids, sample.surprisals, info.vocabulary, guess, theme);
    }
  }

  private async open(lane: number): Promise<void> {
    const { race } = this.frame!;
    if (!race) return;
    try {
      const { bytes } = await packLane(lane, race.lanes[lane].history);
      openFiles([new File([bytes], `${nameOfLane(race, lane)}.safetensors`)]);
    } catch (error) {
      store.problem.value = error instanceof Error ? error.message : String(error);
    }
  }

  private async keep(lane: number): Promise<void> {
    const { race } = this.frame!;
    if (!race) return;
    const { settings, history } = race.lanes[lane];
    await this.kept.keep({ settings, history, pack: () => packLane(lane, history) });
  }
}

/** What each of its runs has spent. */
function budgetOf({ plan: { budget }, lanes, isCut }: Race): Budget {
  if (!isCut) return budget;
  const { unit } = budget;
  const spent = lanes.map(({ step, milliseconds }) => (unit === 'updates' ? step : milliseconds / 1000));
  return { unit, amount: Math.min(...spent) };
}
