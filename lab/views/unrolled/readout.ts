// The numbers of the step at the cursor, beside or below the picture: all that one copy reads, guesses and gets wrong, and its state and gradient.

import type { Trace } from '../../../src/insight.ts';
import { make, setText } from '../../draw/dom.ts';
import { formatNumber, formatShare } from '../../format.ts';
import { candidates } from './layout.ts';
import type { Numbers } from './numbers.ts';
import { unrolledStrings } from './strings.ts';

const words = unrolledStrings.readout;
const names = ['x', 'y', 'guesses', 'loss', 'norm', 'gradient', 'unit'] as const;

export class Readout {
  readonly element = make('section', { class: 'readout-of-step' });
  private readonly title = make('h3', {});
  private readonly unit = make('dt', {});
  private readonly values = new Map(names.map((name) => [name, make('dd', { 'data-of-step': name })]));
  private readonly guesses = Array.from({ length: candidates }, () =>
    make('li', {}, make('bdi', {}), make('span', {}), make('span', { class: 'note' })),
  );

  constructor() {
    const list = make('dl', {});
    for (const [name, value] of this.values) {
      const term = name === 'unit' ? this.unit : make('dt', {}, words[name]);
      list.append(make('div', { class: `of-${name}` }, term, value));
    }
    this.values.get('guesses')!.append(make('ol', {}, ...this.guesses));
    this.element.append(this.title, list);
  }

  /** @param t from 1 */
  update(trace: Trace, numbers: Numbers, name: (id: number) => string, t: number, layer: number, unit: number): void {
    const { config, y, tokens, targets, gradients } = trace;
    const { vocabSize: C, numLayers: L, hiddenSize: H } = config;
    const target = targets ? targets[t - 1] : -1;
    setText(this.title, words.title(t, trace.steps));
    const show = (key: (typeof names)[number], text: string): void => setText(this.values.get(key)!, text);
    show('x', name(tokens[t - 1]));
    show('y', target < 0 ? '–' : `${name(target)}  ${formatNumber(y[(t - 1) * C + target])}`);
    show('loss', target < 0 ? '–' : formatNumber(trace.loss[t - 1]));
    const row = t * L + layer;
    show('norm', formatNumber(numbers.h[row]));
    show('gradient', gradients ? formatNumber(numbers.dh[row]) : '–');
    setText(this.unit, words.unit(unit));
    const value = `h ${formatNumber(trace.h[row * H + unit])}`;
    show('unit', gradients ? `${value}   ∇h ${formatNumber(gradients.h[row * H + unit])}` : value);
    this.guesses.forEach((item, place) => {
      const id = numbers.top[(t - 1) * (candidates + 1) + place];
      const [token, p, mark] = item.children;
      item.hidden = id < 0;
      setText(token, id < 0 ? '' : name(id));
      setText(p, id < 0 ? '' : formatShare(y[(t - 1) * C + id]));
      setText(mark, id >= 0 && id === target ? `◂ ${unrolledStrings.target}` : '');
    });
  }
}
