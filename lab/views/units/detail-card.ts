// One unit: how its values are spread, what each token does to it, where it is highest and lowest, what describes it, and the loss with it held at a value.

import { button, make, setText } from '../../draw/dom.ts';
import { svg } from '../../draw/svg.ts';
import { formatNumber, formatShort, formatToken } from '../../format.ts';
import type { Held, RunInfo, Units } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import { snippet } from './match-card.ts';
import { columnOf, extremesOf } from './numbers.ts';
import { unitsStrings } from './strings.ts';

const words = unitsStrings.detail;
const shownResponses = 9;
const shownDescriptions = 5;
const shownContexts = 4;
const height = 64;

export class DetailCard {
  readonly element: HTMLElement;
  private readonly title = make('h3');
  private readonly histogram = svg('svg', { class: 'units-histogram', role: 'img', preserveAspectRatio: 'none' });
  private readonly axis = make('p', { class: 'units-axis', 'aria-hidden': 'true' });
  private readonly responses = make('ul', { class: 'units-responses' });
  private readonly descriptions = make('ul', { class: 'units-descriptions' });
  private readonly contexts = [
    make('ul', { class: 'units-contexts' }),
    make('ul', { class: 'units-contexts' }),
  ] as const;
  private readonly slider = make('input', { type: 'range', id: 'units-hold', value: 0, step: 0.01 });
  private readonly output = make('output', { for: 'units-hold' }, '0');
  private readonly result = make('p', { class: 'units-held', role: 'status' });
  private readonly choosePlace: (place: number) => void;
  private units: Units | null = null;
  private unit = -1;
  private wanted: number | null = null;

  constructor(choosePlace: (place: number) => void) {
    this.choosePlace = choosePlace;
    this.slider.addEventListener('input', () => this.hold(Number(this.slider.value)));
    const part = (title: string, ...rest: Node[]): HTMLElement =>
      make('div', { class: 'units-part' }, make('h4', {}, title), ...rest);
    this.element = make(
      'section',
      { class: 'card' },
      this.title,
      make(
        'div',
        { class: 'units-parts' },
        part(words.response, this.responses, make('p', { class: 'note' }, words.responseNote)),
        part(words.histogram, this.histogram, this.axis),
        part(words.explanations, this.descriptions, make('p', { class: 'note' }, words.explanationsNote)),
        part(
          words.hold,
          make(
            'div',
            { class: 'units-slider' },
            make('label', { for: 'units-hold' }, words.holdAt),
            this.slider,
            this.output,
          ),
          button(words.cut, '', () => {
            this.slider.value = '0';
            this.hold(0);
          }),
          this.result,
          make('p', { class: 'note' }, words.holdNote),
        ),
        part(words.highest, this.contexts[0]),
        part(words.lowest, this.contexts[1]),
      ),
    );
  }

  update(units: Units, held: Held | null, hold: Held | null, info: RunInfo, unit: number): void {
    const isNew = units !== this.units || unit !== this.unit;
    if (unit !== this.unit || units.layer !== this.units?.layer) {
      this.wanted = null;
      this.slider.value = '0';
    }
    this.units = units;
    this.unit = unit;
    if (isNew) this.draw(units, info, unit);
    this.drawHeld(held, hold);
  }

  private hold(value: number): void {
    this.wanted = value;
    actions.hold(this.unit, value);
    this.drawHeld(null, null);
  }

  private drawHeld(held: Held | null, hold: Held | null): void {
    const { units, unit, wanted } = this;
    setText(this.output, formatShort(Number(this.slider.value)));
    this.slider.setAttribute('aria-valuetext', formatShort(Number(this.slider.value)));
    const isAnswer = wanted !== null && hold?.units[0] === unit && hold.value === wanted && hold.layer === units?.layer;
    const isAll = wanted === null && held?.layer === units?.layer;
    const found = isAnswer ? hold : isAll ? held : null;
    if (!found) {
      setText(this.result, words.holding);
      return;
    }
    const change = found.change[isAnswer ? 0 : unit];
    setText(this.result, words.held(found.value, found.loss, change, found.tokens));
  }

  private draw(units: Units, info: RunInfo, unit: number): void {
    const { statistics, tokens } = units;
    const { vocabulary } = info;
    setText(this.title, unitsStrings.unit(unit));
    const [low, high] = statistics.range;
    this.slider.min = String(low);
    this.slider.max = String(high);
    this.drawHistogram(units, unit);
    this.drawResponses(units, vocabulary, unit);
    this.drawDescriptions(units, vocabulary, unit);
    const column = columnOf(units, unit);
    for (const [i, sign] of ([1, -1] as const).entries())
      this.contexts[i].replaceChildren(
        ...extremesOf(column, shownContexts, sign).map((place) => {
          const go = button('', 'units-context', () => this.choosePlace(place));
          go.append(
            make('bdi', {}, ...snippet(tokens, vocabulary, place, place)),
            make('span', { class: 'note' }, ` ${formatNumber(column[place])}`),
          );
          return make('li', {}, go);
        }),
      );
  }

  private drawHistogram({ statistics }: Units, unit: number): void {
    const { mean, histogram, range, saturated } = statistics;
    const bins = histogram.length / mean.length;
    const counts = histogram.subarray(unit * bins, (unit + 1) * bins);
    const most = Math.max(...counts, 1);
    const [low, high] = range;
    this.histogram.setAttribute('viewBox', `0 0 ${bins} ${height}`);
    this.histogram.setAttribute('aria-label', words.histogramLabel(unit, low, high, saturated[unit]));
    this.histogram.replaceChildren(
      ...Array.from(counts, (count, i) => {
        const tall = (height * count) / most;
        return svg('rect', { x: i + 0.08, width: 0.84, y: height - tall, height: tall });
      }),
    );
    const ends = [low, (low + high) / 2, high].map((value) => make('span', {}, formatShort(value)));
    this.axis.replaceChildren(...ends);
  }

  private drawResponses({ responses, statistics }: Units, vocabulary: readonly string[], unit: number): void {
    const H = statistics.mean.length;
    const shown = [...responses]
      .sort((a, b) => Math.abs(b.mean[unit]) - Math.abs(a.mean[unit]))
      .slice(0, shownResponses)
      .sort((a, b) => b.mean[unit] - a.mean[unit]);
    const at = (quantiles: Float64Array, level: number): number => quantiles[level * H + unit];
    const limit = Math.max(
      1e-9,
      ...shown.flatMap(({ quantiles }) => [Math.abs(at(quantiles, 0)), Math.abs(at(quantiles, 4))]),
    );
    const x = (value: number): number => 50 + (50 * Math.max(-limit, Math.min(limit, value))) / limit;
    const bar = (name: string, from: number, to: number): HTMLElement => {
      const made = make('i', { class: name });
      made.style.left = `${x(from)}%`;
      made.style.width = `${x(to) - x(from)}%`;
      return made;
    };
    this.responses.replaceChildren(
      ...shown.map(({ token, count, mean, quantiles }) => {
        const told = words.responseOf(mean[unit], at(quantiles, 1), at(quantiles, 3), count);
        return make(
          'li',
          { title: told },
          make('bdi', {}, formatToken(vocabulary[token])),
          make(
            'span',
            { class: 'units-box', 'aria-hidden': 'true' },
            bar('thin', at(quantiles, 0), at(quantiles, 4)),
            bar('wide', at(quantiles, 1), at(quantiles, 3)),
            bar('point', mean[unit], mean[unit]),
          ),
          make('span', { class: 'units-number' }, unitsStrings.withSign(mean[unit])),
        );
      }),
    );
  }

  private drawDescriptions({ explanations, statistics }: Units, vocabulary: readonly string[], unit: number): void {
    const { predicates, areas } = explanations;
    const H = statistics.mean.length;
    const found = predicates
      .map(({ name, token }, p) => ({
        text: unitsStrings.predicate(name, vocabulary[token ?? -1] ?? ''),
        area: areas[p * H + unit],
      }))
      .sort((a, b) => Math.abs(b.area - 0.5) - Math.abs(a.area - 0.5))
      .slice(0, shownDescriptions);
    this.descriptions.replaceChildren(
      ...found.map(({ text, area }) => {
        const fill = make('i');
        fill.style.width = `${100 * area}%`;
        return make(
          'li',
          {},
          make('bdi', {}, text),
          make('span', { class: 'bar', 'aria-hidden': 'true' }, fill),
          make('span', { class: 'units-number' }, formatNumber(area)),
        );
      }),
    );
  }
}
