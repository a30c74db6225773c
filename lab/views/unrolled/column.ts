// One copy of the cell, without its strips: the token that it reads, what it guesses, how wrong it is, and the gradients that go through it.

import { setText } from '../../draw/dom.ts';
import { css, inkOn, magnitude } from '../../draw/palette.ts';
import { set, svg } from '../../draw/svg.ts';
import { formatNumber, formatShare } from '../../format.ts';
import { block, loop, loopHead } from './arrows.ts';
import {
  armHeight,
  barHeight,
  barTop,
  candidates,
  columnX,
  edgeOffset,
  type Layout,
  loopSize,
  lossHeight,
  middleX,
  normHeight,
  tokenHeight,
  wY,
} from './layout.ts';
import { placeOf } from './numbers.ts';

/** What a copy shows of its step. */
export interface Step {
  readonly t: number;
  readonly token: string;
  readonly isEdited: boolean;
  /** Tokens that are guessed and the target: name, probability, whether it is the target. */
  readonly bars: readonly { readonly name: string; readonly p: number; readonly isTarget: boolean }[];
  /** null without a target. */
  readonly loss: number | null;
  /** ‖∇h(t)‖ and what of it comes from above, for each layer; none without gradients. */
  readonly gradients: readonly number[];
  readonly above: readonly number[];
}

/** What all copies share. */
export interface Measures {
  readonly low: number;
  readonly high: number;
  /** The loss whose bar is as high as there is room. */
  readonly maxLoss: number;
}

/** A number where there is little room. */
const short = (value: number, digits?: number): string => (Number.isNaN(value) ? 'NaN' : formatNumber(value, digits));

/** Width of an arrow whose gradient is at a place of the scale. */
const widthOf = (place: number): number => 1.5 + 8.5 * place;
const maxLayers = 6;

export class Column {
  readonly element = svg('g', { class: 'column' });
  private readonly token = svg('rect', { class: 'token', rx: 6 });
  private readonly tokenName = svg('text', { class: 'token-name' });
  private readonly time = svg('text', { class: 'time' });
  private readonly loss = svg('rect', { class: 'loss', rx: 2 });
  private readonly lossValue = svg('text', { class: 'value' });
  private readonly bars = Array.from({ length: candidates + 1 }, () => ({
    name: svg('text', { class: 'bar-name' }),
    bar: svg('rect', { class: 'guess', rx: 2, height: barHeight - 4 }),
    percent: svg('text', { class: 'value percent' }),
    mark: svg('path', { class: 'mark' }),
  }));
  private readonly backward = svg('g', { class: 'backward' });
  private readonly layers: {
    readonly arrow: SVGPathElement;
    readonly down: SVGPathElement;
    readonly chip: SVGRectElement;
    readonly norm: SVGTextElement;
  }[] = [];

  constructor() {
    const { token, tokenName, time, loss, lossValue, backward } = this;
    this.element.append(token, tokenName, time, loss, lossValue, backward);
    for (const { name, bar, percent, mark } of this.bars) this.element.append(name, bar, percent, mark);
  }

  arrange(layout: Layout, column: number): void {
    const { pitch } = layout;
    const x = columnX(layout, column);
    const middle = middleX(layout, column);
    const size = Math.min(pitch - 10, layout.areWords ? 96 : 34);
    set(this.token, { x: middle - size / 2, y: layout.xTop, width: size, height: tokenHeight });
    set(this.tokenName, { x: middle, y: layout.xTop + 19 });
    set(this.time, { x: middle, y: layout.timeTop + 12 });
    set(this.loss, { x: middle - 8, width: 16 });
    set(this.lossValue, { x: middle });
    this.bars.forEach(({ name, bar, percent, mark }, place) => {
      const y = barTop(layout, place);
      set(name, { x: x + 6, y: y + 11 });
      set(bar, { x: x + 6 + layout.name, y: y + 2 });
      set(percent, { x: x + pitch - 5, y: y + 11 });
      set(mark, { d: `M${x + 5} ${y + 13}h${layout.name - 3}` });
    });
    while (this.layers.length < Math.min(maxLayers, layout.layers)) {
      const parts = {
        arrow: svg('path', { class: 'flow' }),
        down: svg('path', { class: 'flow' }),
        chip: svg('rect', { class: 'chip', rx: 3, height: normHeight - 1 }),
        norm: svg('text', { class: 'norm' }),
      };
      this.layers.push(parts);
      this.backward.append(parts.arrow, parts.down, parts.chip, parts.norm);
    }
    this.layers.forEach(({ chip, norm }, l) => {
      if (l >= layout.layers) return;
      const width = Math.min(pitch - 4, 58);
      set(chip, { x: middle - width / 2, y: layout.normTops[l], width });
      set(norm, { x: middle, y: layout.normTops[l] + 11 });
    });
  }

  fill(layout: Layout, column: number, step: Step, measures: Measures): void {
    setText(this.tokenName, step.token);
    this.token.classList.toggle('edited', step.isEdited);
    setText(this.time, String(step.t));
    const { loss } = step;
    const height = loss === null || Number.isNaN(loss) ? 0 : Math.min(1, loss / measures.maxLoss) * (lossHeight - 14);
    const foot = layout.lossTop + lossHeight;
    set(this.loss, { y: foot - height, height });
    set(this.lossValue, { y: foot - height - 3 });
    setText(this.lossValue, loss === null ? '' : short(loss));
    const room = layout.pitch - 11 - layout.name - layout.percent;
    this.bars.forEach(({ name, bar, percent, mark }, place) => {
      const { name: text, p, isTarget } = step.bars[place];
      setText(name, text);
      set(bar, { width: Number.isFinite(p) ? Math.max(0.5, p * room) : 0 });
      bar.classList.toggle('target', isTarget);
      name.classList.toggle('target', isTarget);
      set(mark, { visibility: isTarget ? 'inherit' : 'hidden' });
      setText(percent, layout.percent > 0 && text ? formatShare(p) : '');
    });
    this.fillGradients(layout, column, step, measures);
  }

  private fillGradients(layout: Layout, column: number, { gradients, above }: Step, measures: Measures): void {
    const isShown = layout.mode !== 'forward' && gradients.length > 0;
    set(this.backward, { display: isShown ? 'inline' : 'none' });
    if (!isShown) return;
    const { layers: L, box, pitch, copies, hasStart } = layout;
    const middle = middleX(layout, column);
    const shift = layout.mode === 'both' ? 8 : 0;
    this.layers.forEach(({ arrow, down, chip, norm }, l) => {
      set(arrow, { display: l < L ? 'inline' : 'none' });
      if (l >= L) return;
      const y = wY(layout, l, true);
      const place = placeOf(gradients[l], measures);
      const fill = css(magnitude(gradients[l], measures.low, measures.high));
      const from = middle - box / 2 - 1;
      const end = column === 1 ? columnX(layout, 1) - edgeOffset + 7 : middle - pitch + box / 2 + 1;
      const isLoop = !hasStart && copies < layout.steps;
      set(
        arrow,
        isLoop
          ? turn(middle + box / 2 + 1, y, loopSize(layout), widthOf(place), fill)
          : flow(from, y, end, y, widthOf(place), fill),
      );
      const top = l === L - 1 ? layout.vTop : layout.uTops[l + 1];
      const strength = placeOf(above[l], measures);
      const color = css(magnitude(above[l], measures.low, measures.high));
      const [high, low] = [top + 4, top + armHeight - 1];
      set(down, flow(middle + shift, high, middle + shift, low, widthOf(strength), color));
      const background = magnitude(gradients[l], measures.low, measures.high);
      set(chip, { fill });
      norm.style.fill = css(inkOn(background));
      setText(norm, short(gradients[l], pitch > 76 ? 3 : 2));
    });
  }
}

const flow = (x1: number, y1: number, x2: number, y2: number, width: number, fill: string) => ({
  d: block(x1, y1, x2, y2, width),
  fill,
  class: 'flow',
});

/** The gradient's way back of a cell that is rolled up: the same loop, run the other way. */
const turn = (x: number, y: number, size: number, width: number, fill: string) => ({
  d: loop(x, y, size, true) + loopHead(x, y, size, true, 3 + width / 4),
  stroke: fill,
  'stroke-width': width,
  class: 'flow turn',
});
