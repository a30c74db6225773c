// Select and match: the units that are on exactly in the selected range, and where else they are on together.

import { button, make, setText } from '../../draw/dom.ts';
import { formatShort, formatToken } from '../../format.ts';
import type { RunInfo, Units } from '../../protocol.ts';
import { strings } from '../../strings.ts';
import { matchOf } from './numbers.ts';
import { unitsStrings } from './strings.ts';
import type { Range } from './unit-text.ts';

const words = unitsStrings.match;
/** Units that are named. */
const maxNamed = 16;
/** Tokens around a place that are shown. */
const around = { before: 14, after: 6 };

/** Some text around a range, with the range marked. */
export function snippet(tokens: ArrayLike<number>, vocabulary: readonly string[], from: number, to: number): Node[] {
  const text = (first: number, end: number): string => {
    let all = '';
    for (let t = Math.max(0, first); t < Math.min(tokens.length, end); t++) all += formatToken(vocabulary[tokens[t]]);
    return all.replaceAll('␣', ' ');
  };
  return [
    document.createTextNode(text(from - around.before, from)),
    make('mark', {}, text(from, to + 1)),
    document.createTextNode(text(to + 1, to + 1 + around.after)),
  ];
}

interface Actions {
  chooseUnit(unit: number): void;
  choosePlace(place: number): void;
  clear(): void;
}

export class MatchCard {
  readonly element: HTMLElement;
  private readonly threshold = make('input', {
    type: 'range',
    id: 'units-threshold',
    min: 0.05,
    max: 0.95,
    step: 0.05,
    value: 0.3,
  });
  private readonly output = make('output', { for: 'units-threshold' });
  private readonly sentence = make('p', { class: 'note' });
  private readonly units = make('div', { class: 'buttons units-found' });
  private readonly placesTitle = make('h4', {}, words.places);
  private readonly places = make('ul', { class: 'units-contexts' });
  private readonly clear: HTMLButtonElement;
  private readonly actions: Actions;
  private shown: { units: Units; info: RunInfo; range: Range | null } | null = null;

  constructor(actions: Actions) {
    this.actions = actions;
    this.clear = button(words.clear, 'quiet', actions.clear);
    this.threshold.addEventListener('input', () => this.draw());
    this.element = make(
      'section',
      { class: 'card' },
      make('header', { class: 'card-head' }, make('h3', {}, words.title), this.clear),
      make(
        'div',
        { class: 'units-slider' },
        make('label', { for: 'units-threshold' }, words.threshold),
        this.threshold,
        this.output,
      ),
      this.sentence,
      this.units,
      this.placesTitle,
      this.places,
    );
  }

  update(units: Units, info: RunInfo, range: Range | null): void {
    const { shown } = this;
    if (shown?.units === units && shown.range === range) return;
    this.shown = { units, info, range };
    this.draw();
  }

  private draw(): void {
    if (!this.shown) return;
    const { units, info, range } = this.shown;
    const { vocabulary } = info;
    const [low, high] = units.statistics.range;
    const threshold = Number(this.threshold.value) * Math.max(Math.abs(low), high);
    setText(this.output, formatShort(threshold));
    this.threshold.setAttribute('aria-valuetext', formatShort(threshold));
    this.clear.hidden = range === null;
    const match = range && matchOf(units, range[0], range[1], threshold);
    this.placesTitle.hidden = this.places.hidden = this.units.hidden = !match || match.units.length === 0;
    if (!match) {
      setText(this.sentence, words.none);
      return;
    }
    const H = units.statistics.mean.length;
    const ids = units.tokens.subarray(range[0], range[1] + 1);
    const text = strings.quoted(Array.from(ids, (id) => formatToken(vocabulary[id])).join(''));
    setText(this.sentence, words.found(match.units.length, H, text));
    this.units.replaceChildren(
      ...match.units
        .slice(0, maxNamed)
        .map(({ unit, sign }) =>
          button(`${unit + 1} ${sign > 0 ? words.high : words.low}`, '', () => this.actions.chooseUnit(unit)),
        ),
    );
    this.places.replaceChildren(
      ...(match.places.length > 0
        ? match.places.map(({ from, share }) => {
            const go = button('', 'units-context', () => this.actions.choosePlace(from));
            go.append(
              make('bdi', {}, ...snippet(units.tokens, vocabulary, from, from + range[1] - range[0])),
              make('span', { class: 'note' }, ` ${words.share(share)}`),
            );
            return make('li', {}, go);
          })
        : [make('li', { class: 'note' }, words.noPlaces)]),
    );
  }
}
