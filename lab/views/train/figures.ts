// The few figures that stand above the charts: of the step that is shown, the newest or an earlier one.

import { make, setText } from '../../draw/dom.ts';
import { formatCount, formatNumber, formatShare } from '../../format.ts';
import type { Frame } from '../../state/frame.ts';
import { strings } from '../../strings.ts';
import type { FigureName, TrainPart } from './part.ts';
import { trainStrings } from './strings.ts';

const labels = (): Readonly<Record<Exclude<FigureName, 'speed'>, string>> => ({
  loss: `${strings.figures.loss}, ${trainStrings.smoothed}`,
  heldOut: trainStrings.heldOut,
  perplexity: trainStrings.perplexity,
  accuracy: trainStrings.accuracy,
  skill: trainStrings.skill,
  error: trainStrings.error,
  norm: trainStrings.normNow,
  ratio: trainStrings.ratio,
});

export class Figures {
  readonly element = make('dl', { class: 'figures' });
  private readonly values: ReadonlyMap<FigureName, HTMLElement>;
  private readonly lossOf: TrainPart['lossOf'];

  constructor({ figures, speed, lossOf }: TrainPart) {
    this.lossOf = lossOf;
    this.values = new Map(figures.map((name) => [name, make('dd', { 'data-figure': name }, '–')]));
    const said = labels();
    for (const [name, value] of this.values)
      this.element.append(make('div', {}, make('dt', {}, name === 'speed' ? speed : said[name]), value));
  }

  update({ history, cursor, tokensPerSecond }: Frame): void {
    const point = cursor.n === null ? history.last : history.at(cursor.n);
    const held = history.heldOut.findLast(({ step }) => cursor.n === null || step <= cursor.n);
    const figure = (value: number | undefined): string =>
      value === undefined || Number.isNaN(value) ? '–' : formatNumber(value);
    const shown: Readonly<Record<FigureName, string>> = {
      loss: figure(point ? this.lossOf(point) : undefined),
      heldOut: figure(held?.loss),
      perplexity: figure(held && Math.exp(held.loss)),
      accuracy: held?.score === undefined ? '–' : formatShare(held.score),
      skill: figure(held?.score),
      error: figure(held?.error),
      norm: figure(point?.norm),
      ratio: figure(point?.ratio),
      speed: tokensPerSecond > 0 ? formatCount(Number(tokensPerSecond.toPrecision(2))) : '–',
    };
    for (const [name, value] of this.values) setText(value, shown[name]);
  }
}
