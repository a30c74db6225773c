// How the last error of a window decays in each run, in one layer: that of the cursor. A run that has fewer layers has no curve there.

import { Curves } from '../../draw/curves.ts';
import { button, make } from '../../draw/dom.ts';
import { categories } from '../../draw/palette.ts';
import * as actions from '../../state/actions.ts';
import type { Race } from '../../state/race-plan.ts';
import { decayOf, layersOf, nameOfLane } from './results.ts';
import { letters } from './set-up.ts';
import { compareStrings } from './strings.ts';

const words = compareStrings.decay;

export class DecayCard {
  readonly element: HTMLElement;
  private readonly layers = make('div', { class: 'segments', role: 'group', 'aria-label': words.layer });
  private readonly curves: Curves;

  constructor(dashes: readonly (readonly number[])[]) {
    this.curves = new Curves({
      styles: letters.map((_, i) => ({ color: categories[i], width: 2.25, dash: dashes[i].join(' ') || undefined })),
      x: words.x,
      y: words.y,
      height: 250,
      logarithmic: true,
    });
    this.element = make(
      'section',
      { class: 'card compare-decay', hidden: true },
      make('header', { class: 'card-head' }, make('h3', {}, words.title), this.layers),
      this.curves.element,
    );
  }

  update(race: Race, layer: number): void {
    this.element.hidden = race.lanes.every(({ end }) => !end?.layers);
    if (this.element.hidden) return;
    const count = layersOf(race);
    this.layers.hidden = count < 2;
    if (this.layers.childElementCount !== count)
      this.layers.replaceChildren(
        ...Array.from({ length: count }, (_, l) => button(`${words.layer} ${l}`, '', () => actions.focus({ l }))),
      );
    for (const [l, each] of Array.from(this.layers.children).entries())
      each.setAttribute('aria-pressed', String(l === layer));
    const curves = letters.map((_, i) => ({
      label: race.lanes[i] ? nameOfLane(race, i) : '',
      values: race.lanes[i] ? (decayOf(race.lanes[i], layer)?.norms ?? null) : null,
    }));
    this.curves.update(words.label, curves, 0, 0, words.at);
  }

  dispose(): void {
    this.curves.dispose();
  }
}
