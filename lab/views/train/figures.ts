// The few figures that stand above the charts: of the step that is shown, the newest or an earlier one.

import { make, setText } from '../../draw/dom.ts';
import { formatCount, formatNumber } from '../../format.ts';
import type { Frame } from '../../state/frame.ts';
import { lossOf } from '../../state/history.ts';
import { strings } from '../../strings.ts';
import { trainStrings } from './strings.ts';

const names = ['loss', 'heldOut', 'perplexity', 'norm', 'ratio', 'speed'] as const;
const labels = (): Record<(typeof names)[number], string> => ({
  loss: `${strings.figures.loss}, ${trainStrings.smoothed}`,
  heldOut: trainStrings.heldOut,
  perplexity: trainStrings.perplexity,
  norm: trainStrings.normNow,
  ratio: trainStrings.ratio,
  speed: strings.figures.speed,
});

export class Figures {
  readonly element = make('dl', { class: 'figures' });
  private readonly values = new Map(names.map((name) => [name, make('dd', { 'data-figure': name }, '–')]));

  constructor() {
    const said = labels();
    for (const [name, value] of this.values) this.element.append(make('div', {}, make('dt', {}, said[name]), value));
  }

  update({ history, cursor, tokensPerSecond }: Frame): void {
    const point = cursor.n === null ? history.last : history.at(cursor.n);
    const held = history.heldOut.findLast(({ step }) => cursor.n === null || step <= cursor.n);
    const figure = (value: number | undefined): string =>
      value === undefined || Number.isNaN(value) ? '–' : formatNumber(value);
    const shown = {
      loss: figure(point ? lossOf(point) : undefined),
      heldOut: figure(held?.loss),
      perplexity: figure(held && Math.exp(held.loss)),
      norm: figure(point?.norm),
      ratio: figure(point?.ratio),
      speed: tokensPerSecond > 0 ? formatCount(Number(tokensPerSecond.toPrecision(2))) : '–',
    };
    for (const [name, value] of this.values) setText(value, shown[name]);
  }
}
