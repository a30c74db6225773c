// The time machine: a slider over the steps of which there are snapshots. Dragging the charts moves it too.

import { make, setText } from '../../draw/dom.ts';
import { formatCount, formatNumber } from '../../format.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import { lossOf } from '../../state/history.ts';
import { strings } from '../../strings.ts';
import { trainStrings } from './strings.ts';

const words = trainStrings;

export class TimeMachine {
  readonly element: HTMLElement;
  private readonly slider = make('input', { type: 'range', min: 0, max: 0, step: 1, 'aria-label': words.machine });
  private readonly label = make('output', {});
  private readonly newest = make('button', { type: 'button', class: 'quiet' }, words.newest);
  private readonly fork = make('button', { type: 'button' }, words.fork);
  private snapshots: readonly number[] = [];

  constructor() {
    this.element = make(
      'div',
      { class: 'machine' },
      this.slider,
      make('div', { class: 'machine-row' }, this.label, this.newest, this.fork),
    );
    this.slider.addEventListener('input', () => {
      const step = this.snapshots[Number(this.slider.value)];
      actions.focus({ n: step === undefined ? null : step });
    });
    this.newest.addEventListener('click', () => actions.focus({ n: null }));
    this.fork.addEventListener('click', () => actions.fork());
  }

  update({ snapshots, cursor, step, history }: Frame): void {
    this.snapshots = snapshots;
    const place = cursor.n === null ? snapshots.length : snapshots.findIndex((each) => each >= cursor.n!);
    this.slider.max = String(snapshots.length);
    this.slider.value = String(place < 0 ? snapshots.length : place);
    const isNewest = cursor.n === null;
    this.slider.disabled = step === 0;
    this.newest.disabled = this.fork.disabled = isNewest;
    const shown = cursor.n ?? step;
    const point = isNewest ? history.last : history.at(shown);
    const loss = point ? lossOf(point) : undefined;
    const text = `${strings.figures.step} ${formatCount(shown)}${isNewest ? `, ${words.isNewest}` : ''}`;
    setText(this.label, text);
    this.slider.setAttribute(
      'aria-valuetext',
      loss === undefined ? text : `${text}, ${strings.figures.loss} ${formatNumber(loss)}`,
    );
  }
}
