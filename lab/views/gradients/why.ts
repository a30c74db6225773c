// Why the gradient decays: how steep the units are, how much W stretches, what both do at each step, and where W's eigenvalues stand. Gated cells have a
// W for each gate, and carry a share of the state past all of them.

import { cellOf } from '../../../src/core.ts';
import { Curves } from '../../draw/curves.ts';
import { button, make, setText } from '../../draw/dom.ts';
import { categories } from '../../draw/palette.ts';
import { formatNumber, formatShare } from '../../format.ts';
import { cellConfig, type Settings } from '../../settings.ts';
import { mean, type Why } from './numbers.ts';
import { Plane } from './plane.ts';
import { gradientsStrings } from './strings.ts';

const words = gradientsStrings.why;
const names = ['slope', 'saturated', 'carry', 'gain', 'radius', 'jacobian'] as const;

export class WhyCard {
  readonly element: HTMLElement;
  private readonly sentence = make('p', { class: 'flow-sentence' });
  private readonly figures = new Map(names.map((name) => [name, make('dd', { 'data-why': name })]));
  private readonly rows = new Map(
    names.map((name) => [name, make('div', {}, make('dt', {}, words[name]), this.figures.get(name)!)]),
  );
  private readonly gates = make('div', { class: 'segments', role: 'group', 'aria-label': words.gates });
  private readonly plane = new Plane();
  private readonly noPlane = make('p', { class: 'note' }, words.none);
  private readonly steps = new Curves({
    styles: [
      { color: categories[0] },
      { color: categories[1], dash: '7 3' },
      { color: categories[2], dash: '2 3' },
      { color: categories[3], dash: '9 3 2 3' },
    ],
    x: words.t,
    y: '',
    height: 190,
    logarithmic: false,
  });
  private gate = 0;
  private why: Why | null = null;

  constructor() {
    const list = make('dl', { class: 'why-figures' }, ...this.rows.values());
    this.element = make(
      'section',
      { class: 'card' },
      make('h3', {}, words.title),
      this.sentence,
      make(
        'div',
        { class: 'why-columns' },
        make('div', {}, list, make('h3', { class: 'second-title' }, words.perStep), this.steps.element),
        make('div', {}, make('h3', {}, words.eigenvalues), this.gates, this.plane.element, this.noPlane),
      ),
    );
  }

  update(why: Why, factor: number, isTop: boolean, settings: Settings, t: number): void {
    this.why = why;
    const slope = mean(why.slope);
    const carry = mean(why.carry);
    const { cell } = settings;
    const { carrier } = cellOf(cellConfig(cell));
    this.gate = Math.min(this.gate, Math.max(0, why.weights.length - 1));
    const weight = why.weights[this.gate];
    const product = cell === 'relu' ? words.productRelu : words.product;
    const first = carrier === null ? product(slope, weight.largestSingularValue) : words.gated(carry, carrier);
    const isSound = Number.isFinite(factor);
    const sentence = `${first} ${words.bound(why.factor, isTop)} ${words.found(factor)}${isTop ? '' : ` ${words.fromAbove}`}`;
    setText(this.sentence, isSound ? sentence : words.broken);
    const shown: Record<(typeof names)[number], string> = {
      slope: formatNumber(slope),
      saturated: formatShare(mean(why.saturated)),
      carry: formatShare(carry),
      gain: weight ? formatNumber(weight.largestSingularValue) : '',
      radius: weight ? formatNumber(weight.spectralRadius) : '',
      jacobian: formatNumber(why.factor),
    };
    for (const [name, value] of this.figures) setText(value, isSound ? shown[name] : '–');
    this.rows.get('carry')!.hidden = carrier === undefined;
    this.rows.get('gain')!.hidden = this.rows.get('radius')!.hidden = !weight;
    this.updateGates();
    this.steps.update(
      words.perStepLabel,
      [
        { label: words.slope, values: why.slope },
        { label: words.jacobian, values: why.jacobianNorm },
        { label: words.saturated, values: why.saturated },
        { label: words.carry, values: carrier === undefined ? null : why.carry },
      ],
      1,
      t,
      (x) => `t = ${x}`,
    );
  }

  dispose(): void {
    this.steps.dispose();
  }

  private updateGates(): void {
    const weights = this.why!.weights;
    this.gates.hidden = weights.length < 2;
    this.noPlane.hidden = weights.length > 0;
    this.plane.element.hidden = weights.length === 0;
    if (this.gates.dataset.names !== weights.map(({ gate }) => gate).join()) {
      this.gates.dataset.names = weights.map(({ gate }) => gate).join();
      this.gates.replaceChildren(
        ...weights.map(({ gate }, i) =>
          button(`W_${gate}`, '', () => {
            this.gate = i;
            this.updateGates();
          }),
        ),
      );
    }
    for (const [i, each] of Array.from(this.gates.children).entries())
      each.setAttribute('aria-pressed', String(i === this.gate));
    const weight = weights[this.gate];
    if (!weight) return;
    this.plane.update(weight);
    setText(this.figures.get('gain')!, formatNumber(weight.largestSingularValue));
    setText(this.figures.get('radius')!, formatNumber(weight.spectralRadius));
  }
}
