// What a text is written with: how it begins, how bold the draw is, and the seed of the random numbers.

import { make } from '../../draw/dom.ts';
import { formatShort } from '../../format.ts';
import { clamp, settingTable } from '../../settings.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import { strings } from '../../strings.ts';
import { generateStrings } from './strings.ts';

const words = generateStrings;
const numbers = ['temperature', 'topK', 'sampleSeed', 'length'] as const;

export interface SampleActions {
  write(): void;
  more(): void;
  clear(): void;
  copy(): void;
  /** A setting is another now. */
  changed(): void;
}

export class SampleControls {
  readonly element = make('form', { class: 'sample-controls' });
  private readonly prime = make('input', {
    type: 'text',
    id: 'prime',
    maxlength: settingTable.prime.max,
    autocomplete: 'off',
    dir: 'auto',
  });
  private readonly inputs = new Map(
    numbers.map((name) => [
      name,
      make('input', { type: 'text', inputmode: 'decimal', class: 'number', id: `sample-${name}` }),
    ]),
  );
  private readonly copy: HTMLButtonElement;

  constructor(act: SampleActions) {
    const field = (id: string, label: string, input: HTMLElement, wide = false): HTMLElement =>
      make('div', { class: wide ? 'field wide' : 'field' }, make('label', { for: id }, label), input);
    this.prime.addEventListener('change', () => {
      actions.change('prime', this.prime.value);
      act.changed();
    });
    this.element.append(field('prime', strings.settings.prime, this.prime, true));
    for (const [name, input] of this.inputs) {
      input.addEventListener('change', () => {
        const value = input.value.trim().toLowerCase() === strings.off ? 0 : Number(input.value.replaceAll(',', ''));
        if (!Number.isNaN(value)) actions.change(name, clamp(name, value));
        act.changed();
      });
      this.element.append(field(`sample-${name}`, strings.settings[name], input));
    }
    const button = (label: string, kind: string, run: () => void): HTMLButtonElement => {
      const made = make('button', { type: 'button', class: kind }, label);
      made.addEventListener('click', run);
      return made;
    };
    this.copy = button(words.copy, 'quiet', act.copy);
    this.element.append(
      make(
        'div',
        { class: 'buttons' },
        button(words.write, 'strong', act.write),
        button(words.more, '', act.more),
        button(words.clear, 'quiet', act.clear),
        this.copy,
      ),
    );
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      act.write();
    });
  }

  update({ settings }: Frame, hasText: boolean): void {
    if (document.activeElement !== this.prime) this.prime.value = settings.prime;
    for (const [name, input] of this.inputs) {
      if (document.activeElement === input) continue;
      const value = settings[name];
      input.value =
        name === 'topK' && value === 0 ? strings.off : name === 'sampleSeed' ? String(value) : formatShort(value);
    }
    this.copy.disabled = !hasText;
  }
}
