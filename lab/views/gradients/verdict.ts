// What to read first: the verdict in figures, which layer and window it is of, whether the model is edited, and where a run that failed began.

import type { Edit } from '../../../src/insight.ts';
import { button, make, setText } from '../../draw/dom.ts';
import { formatNumber } from '../../format.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import type { GradientByDistance } from './numbers.ts';
import { gradientsStrings } from './strings.ts';

const words = gradientsStrings;
const names = ['verdict', 'factor', 'halfLife', 'reach', 'residual'] as const;

/** The factor that the visitor gave W, 1 without; null where the model is edited in another way too. */
export function gainOf(edits: readonly Edit[]): number | null {
  if (edits.length === 0) return 1;
  const [first] = edits;
  const isGain = edits.every((edit) => edit.kind === 'scale' && /^W\d$/.test(edit.name));
  return isGain && first.kind === 'scale' ? first.factor : null;
}

export class VerdictCard {
  readonly element: HTMLElement;
  private readonly labels = new Map(names.map((name) => [name, make('dt', {}, words.figures[name])]));
  private readonly values = new Map(names.map((name) => [name, make('dd', { 'data-flow': name }, '–')]));
  private readonly place = make('p', { class: 'note' });
  private readonly layers = make('div', { class: 'segments', role: 'group', 'aria-label': words.layer });
  private readonly editedText = make('p');
  private readonly edited = make(
    'div',
    { class: 'notice notice-mild flow-edited', hidden: true },
    this.editedText,
    button(words.reset, '', () => actions.edit([])),
  );
  private readonly failedTitle = make('h3');
  private readonly failedText = make('p');
  private readonly failed = make(
    'div',
    { class: 'notice flow-failed', hidden: true },
    make('div', {}, this.failedTitle, this.failedText),
  );

  constructor() {
    const figures = make('dl', { class: 'figures flow-figures' });
    for (const name of names) figures.append(make('div', {}, this.labels.get(name)!, this.values.get(name)!));
    const windows = make(
      'div',
      { class: 'buttons' },
      button('‹', 'tool', () => actions.moveWindow(-1)),
      button('›', 'tool', () => actions.moveWindow(1)),
    );
    windows.firstElementChild!.setAttribute('aria-label', words.previousWindow);
    windows.lastElementChild!.setAttribute('aria-label', words.nextWindow);
    this.element = make(
      'section',
      { class: 'card flow-verdict' },
      this.failed,
      this.edited,
      figures,
      make('div', { class: 'flow-place' }, this.layers, windows, this.place),
    );
  }

  update({ flow, edits, failure, cursor, settings }: Frame, { decay }: GradientByDistance): void {
    setText(this.place, flow ? words.model(flow) : '');
    const { factor, halfLife, reach, residual, verdict } = decay;
    const grows = factor > 1;
    setText(this.labels.get('halfLife')!, grows ? words.figures.doubling : words.figures.halfLife);
    setText(this.labels.get('reach')!, grows ? words.figures.growth : words.figures.reach);
    const shown = {
      verdict: words.verdicts[verdict],
      factor: formatNumber(factor),
      halfLife: words.steps(halfLife),
      reach: words.steps(reach),
      residual: formatNumber(residual),
    };
    for (const [name, value] of this.values)
      setText(value, Number.isNaN(factor) && name !== 'verdict' ? '–' : shown[name]);
    this.element.dataset.verdict = verdict;
    this.edited.hidden = edits.length === 0;
    setText(this.editedText, words.edited(gainOf(edits)));
    this.failed.hidden = failure === null;
    if (failure) {
      const { origin, step } = failure;
      setText(this.failedTitle, words.failure.title(origin?.inParameters ? step : step + 1));
      setText(this.failedText, origin ? words.failure.hatched : words.failure.many);
    }
    this.updateLayers(settings.layers, cursor.l);
  }

  private updateLayers(count: number, chosen: number): void {
    this.layers.hidden = count < 2;
    if (this.layers.childElementCount !== count)
      this.layers.replaceChildren(
        ...Array.from({ length: count }, (_, l) => button(`${words.layer} ${l}`, '', () => actions.focus({ l }))),
      );
    for (const [l, each] of Array.from(this.layers.children).entries())
      each.setAttribute('aria-pressed', String(l === Math.min(chosen, count - 1)));
  }
}
