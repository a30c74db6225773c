// How likely each class is after each step of a text, as a table: a row for each step that is read, a column for each class, shaded by its probability.

import { make } from '../../draw/dom.ts';
import { css, inkOn, probability, type Theme } from '../../draw/palette.ts';
import { formatShare, formatToken } from '../../format.ts';
import type { Reading } from '../../task-data.ts';
import { taskStrings } from './strings.ts';

/** Classes that have columns, the likeliest of the last step first. */
const maxColumns = 8;

export class Probabilities {
  readonly element = make('div', { class: 'probabilities' });
  private shown: readonly unknown[] = [];

  update({ steps, probabilities }: Reading, labels: readonly string[], theme: Theme): void {
    const key = [probabilities, theme];
    if (key.every((part, i) => part === this.shown[i])) return;
    this.shown = key;
    const C = labels.length;
    const last = probabilities.slice(-C);
    const order = Array.from(labels.keys());
    const columns = C > maxColumns ? order.sort((a, b) => last[b] - last[a]).slice(0, maxColumns) : order;
    const row = (t: number): HTMLElement =>
      make(
        'tr',
        {},
        make('th', { scope: 'row' }, make('bdi', {}, ...written(steps, t))),
        ...columns.map((c) => {
          const share = probabilities[t * C + c];
          const color = probability(share, theme);
          const cell = make('td', {}, formatShare(share));
          cell.style.background = css(color);
          cell.style.color = css(inkOn(color));
          return cell;
        }),
      );
    this.element.replaceChildren(
      make(
        'table',
        {},
        make(
          'thead',
          {},
          make(
            'tr',
            {},
            make('th', { scope: 'col' }, taskStrings.train.classes.read),
            ...columns.map((c) => make('th', { scope: 'col' }, labels[c])),
          ),
        ),
        make('tbody', {}, ...steps.map((_, t) => row(t))),
      ),
    );
  }
}

/** What was read up to a step, with the last of it marked. */
function written(steps: readonly string[], t: number): (Node | string)[] {
  const between = steps.some((step) => step.length > 2) ? ' ' : '';
  const before = steps.slice(0, t).join(between);
  return [before, before && between, make('mark', {}, formatToken(steps[t]))];
}
