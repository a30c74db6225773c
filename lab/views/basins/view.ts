// V12 Two basins: what becomes of a state h and of its opposite −h when both read the same text. A network with tanh is nearly odd, so the second reading
// may stay on its own side for ever; and a text that is begun from zero may end there too, which is counted.

import type uPlot from 'uplot';
import { make, setText } from '../../draw/dom.ts';
import { LineChart } from '../../draw/line-chart.ts';
import { probability } from '../../draw/palette.ts';
import { Scale } from '../../draw/scale.ts';
import { TokenText } from '../../draw/token-text.ts';
import { formatCount, formatNumber, formatToken } from '../../format.ts';
import type { TwoBasins } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import { strings } from '../../strings.ts';
import type { Rows, View } from '../view.ts';
import { basinsStrings } from './strings.ts';
import './style.css';

const words = basinsStrings;
const figureNames = ['meets', 'cosine', 'loss', 'oppositeLoss', 'lost'] as const;
/** From this cosine on two states are taken for the same. */
const sameFrom = 0.99;
/** A loss is drawn as the mean of so many tokens. */
const meanOver = 10;

export class BasinsView implements View {
  readonly needs = ['basins'] as const;
  private frame: Frame | null = null;
  private shown: { readonly basins: TwoBasins; readonly theme: string } | null = null;
  private readonly values = new Map(figureNames.map((name) => [name, make('dd', { 'data-basins': name }, '–')]));
  private readonly place = make('p', { class: 'note' });
  private readonly scale = new Scale(words.surprise);
  private readonly texts = [new TokenText(), new TokenText()] as const;
  private readonly angle = new LineChart({
    height: 168,
    logarithmic: false,
    series: [{ label: words.angle.cosine, color: 'chart-main', width: 2 }],
    range: () => [-1.08, 1.08],
    onStep: () => {},
  });
  private readonly losses = new LineChart({
    height: 168,
    logarithmic: false,
    series: [
      { label: words.losses.from, color: 'chart-main', width: 2 },
      { label: words.losses.opposite, color: 'chart-second', width: 2, dash: [7, 3] },
    ],
    range: (_, high) => [0, high * 1.08],
    onStep: () => {},
  });

  mount(element: HTMLElement): void {
    const figures = make('dl', { class: 'figures' });
    for (const [name, value] of this.values)
      figures.append(make('div', {}, make('dt', {}, words.figures[name]), value));
    const plots = [make('div', { class: 'plot plain-plot' }), make('div', { class: 'plot plain-plot' })];
    const legend = make(
      'p',
      { class: 'legend', 'aria-hidden': 'true' },
      ...(['main', 'second'] as const).map((name, i) =>
        make('span', {}, make('i', { class: `swatch swatch-${name}` }), [words.losses.from, words.losses.opposite][i]),
      ),
    );
    const titled = (title: string, ...rest: Element[]) =>
      make('header', { class: 'card-head' }, make('h3', {}, title), ...rest);
    element.append(
      make('section', { class: 'card' }, figures, this.place),
      make(
        'section',
        { class: 'card' },
        titled(words.angle.title),
        plots[0],
        titled(words.losses.title, legend),
        plots[1],
      ),
      make(
        'section',
        { class: 'card both-readings' },
        titled(words.text, this.scale.element),
        make('h4', {}, words.from),
        this.texts[0].element,
        make('h4', {}, words.opposite),
        this.texts[1].element,
      ),
    );
    this.angle.mount(plots[0]);
    this.losses.mount(plots[1]);
  }

  update(frame: Frame): void {
    this.frame = frame;
    const { basins, info, theme } = frame;
    if (!info || !basins || basins === 'too short') {
      for (const value of this.values.values()) setText(value, '–');
      setText(this.place, basins ? words.tooShort : words.waiting);
      this.shown = null;
      return;
    }
    if (this.shown?.basins === basins && this.shown.theme === theme) return;
    this.shown = { basins, theme };
    const { cosine, loss, oppositeLoss, tokens, lost, tried } = basins;
    const meets = meetingOf(cosine);
    const figures = {
      meets: meets === null ? words.never : words.tokens(meets),
      cosine: formatNumber(cosine[cosine.length - 1]),
      loss: formatNumber(mean(loss)),
      oppositeLoss: formatNumber(mean(oppositeLoss)),
      lost: words.lost(lost, tried),
    };
    for (const [name, value] of this.values) setText(value, figures[name]);
    setText(this.place, words.place(basins));
    const levels = [
      { value: 1, label: words.angle.same, color: 'chart-level' },
      { value: -1, label: words.angle.opposite, color: 'chart-level' },
    ];
    const events = meets === null ? [] : [{ step: meets, label: words.tokens(meets) }];
    const bare = { levels: [], events: [], ticks: [], shown: null };
    this.angle.update([range(cosine.length, 0), Array.from(cosine)], { ...bare, levels, events }, theme);
    const steps = range(loss.length, 1);
    const lines: uPlot.AlignedData = [steps, smooth(loss), smooth(oppositeLoss)];
    this.losses.update(lines, bare, theme);
    const { guess } = info.baselines;
    this.scale.update('0', strings.nats(formatNumber(guess)), `${theme} ${guess}`, (at) => probability(at, theme));
    // a token is shaded by what it cost to predict, so the first, which nobody predicted, is left out
    for (const [i, each] of [loss, oppositeLoss].entries())
      this.texts[i].update(tokens.subarray(1), Float32Array.from(each.subarray(0, -1)), info.vocabulary, guess, theme);
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    const { frame } = this;
    if (!frame?.info) return strings.waitingForText;
    const { basins } = frame;
    if (!basins) return words.waiting;
    if (basins === 'too short') return words.tooShort;
    const { step, cosine, tokens, lost, tried } = basins;
    const meets = meetingOf(cosine);
    const sides =
      meets === null ? words.apart(step, tokens.length, cosine[cosine.length - 1]) : words.together(step, meets);
    return sides + (tried > 0 ? words.starts(lost, tried) : '');
  }

  table(): Rows {
    const { basins, info } = this.frame ?? {};
    if (!info || !basins || basins === 'too short') return [];
    const { tokens, cosine, loss, oppositeLoss } = basins;
    const body = Array.from(tokens, (id, t) => [
      formatCount(t + 1),
      formatToken(info.vocabulary[id]),
      formatNumber(cosine[t + 1]),
      formatNumber(loss[t]),
      formatNumber(oppositeLoss[t]),
    ]);
    return [words.columns, ...body];
  }

  dispose(): void {
    this.angle.dispose();
    this.losses.dispose();
  }
}

/** After how many tokens the two states are the same, to the end of the reading; null where they are not. */
function meetingOf(cosine: Float64Array): number | null {
  const lastApart = cosine.findLastIndex((value) => !(value >= sameFrom));
  return lastApart === cosine.length - 1 ? null : lastApart + 1;
}

const range = (length: number, first: number): number[] => Array.from({ length }, (_, i) => first + i);
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean of each value and those before it, as many as there are of `meanOver`. */
function smooth(values: Float64Array): number[] {
  return Array.from(values, (_, t) => mean(values.subarray(Math.max(0, t + 1 - meanOver), t + 1)));
}
