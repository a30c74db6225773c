// Where training ends and the held-out text begins: the whole text as a bar with a handle, and the characters on both sides of it.

import { make, setText } from '../../draw/dom.ts';
import { formatCount, formatShare, formatToken } from '../../format.ts';
import { settingTable } from '../../settings.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import { dataStrings } from './strings.ts';

const words = dataStrings;
/** Characters shown on each side. */
const shownCharacters = 60;

export class Boundary {
  readonly element: HTMLElement;
  private readonly slider: HTMLInputElement;
  private readonly left = make('bdi', { class: 'edge-training' });
  private readonly right = make('bdi', { class: 'edge-held-out' });
  private readonly trained = make('span', {});
  private readonly held = make('span', {});

  constructor() {
    const { min, max } = settingTable.share;
    this.slider = make('input', {
      type: 'range',
      class: 'boundary',
      min: 0,
      max: 1,
      step: 0.01,
      'aria-label': words.boundary,
    });
    this.slider.addEventListener('input', () => {
      const share = Math.min(max, Math.max(min, Number(this.slider.value)));
      this.slider.value = String(share);
      actions.change('share', share);
    });
    this.element = make(
      'div',
      { class: 'split' },
      this.slider,
      make('p', { class: 'split-legend' }, this.trained, this.held),
      make('p', { class: 'edge', role: 'group', 'aria-label': words.edge }, this.left, this.right),
    );
  }

  update({ text, settings, info }: Frame): void {
    this.slider.value = String(settings.share);
    this.slider.style.setProperty('--place', `${100 * settings.share}%`);
    this.slider.setAttribute('aria-valuetext', `${formatShare(settings.share)} ${words.training}`);
    const cut = Math.round(settings.share * text.length);
    setText(this.left, formatToken(text.slice(Math.max(0, cut - shownCharacters), cut)));
    setText(this.right, formatToken(text.slice(cut, cut + shownCharacters)));
    setText(this.trained, `${info ? formatCount(info.trainingTokens) : ''} ${words.training}`);
    setText(this.held, `${info ? formatCount(info.heldOutTokens) : ''} ${words.heldOut}`);
  }

  dispose(): void {
    this.element.remove();
  }
}
