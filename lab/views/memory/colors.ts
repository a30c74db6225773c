// The colors of Memory: of the gradients on one of three scales, the same for both models, and of what reading each character did for the guess, with its
// sign. The scales stay while numbers move a little.

import { Domain, Limit } from '../../draw/limit.ts';
import { magnitude, probability, type Rgb, signed } from '../../draw/palette.ts';
import type { Scale } from '../../draw/scale.ts';
import { formatNumber, formatShort } from '../../format.ts';
import type { Memory } from '../../protocol.ts';
import { strings } from '../../strings.ts';
import { perRow } from './numbers.ts';
import type { Shown } from './shown.ts';
import { memoryStrings } from './strings.ts';

const { withSign } = memoryStrings;

export class MemoryColors {
  private readonly domain = new Domain();
  private readonly effects = new Limit(0.001, 0.99);
  private readonly changes = new Limit(0.001, 0.99);
  private ends: readonly [low: number, high: number] = [1e-6, 1];
  private effectEnd = 1;
  private changeEnd = 1;
  private scale: Shown['frame']['scale'] = 'abs';
  private theme: Shown['frame']['theme'] = 'light';

  update({ frame, memory, other }: Shown): void {
    ({ scale: this.scale, theme: this.theme } = frame);
    const both = [memory, ...(other ? [other.memory] : [])].map(({ dependence }) => dependence);
    const all = (name: 'norm' | 'effect' | 'change'): Float64Array =>
      both.length === 1 ? both[0][name] : Float64Array.from([...both[0][name], ...both[1][name]]);
    this.ends = this.domain.of(all('norm'));
    this.effectEnd = this.effects.of(all('effect').filter((value) => value !== 0));
    this.changeEnd = this.changes.of(memory.dependence.change.filter((value) => value !== 0));
  }

  /** The numbers that are colored. [T, T] */
  values({ dependence }: Memory): Float64Array {
    if (this.scale === 'abs') return dependence.norm;
    return this.scale === 'row' ? perRow(dependence.norm) : dependence.effect;
  }

  /** The color of one of them; what is exactly zero has none. */
  of(value: number): Rgb | null {
    if (value === 0) return null;
    if (this.scale === 'abs') return magnitude(value, ...this.ends);
    return this.scale === 'row' ? probability(value, this.theme) : signed(value, this.effectEnd, this.theme);
  }

  /** The color of what a character did for the guess, in nats. */
  ofHelp(help: number): Rgb {
    return signed(help, this.changeEnd, this.theme);
  }

  legend(scale: Scale): void {
    const { theme } = this;
    if (this.scale === 'abs') {
      const [low, high] = this.ends;
      scale.update(`≤ ${formatNumber(low, 1)}`, `${formatNumber(high, 1)} ≤`, `${low} ${high}`, (place) =>
        magnitude(low * (high / low) ** place, low, high),
      );
    } else if (this.scale === 'row') scale.update('0 %', '100 %', `row ${theme}`, (place) => probability(place, theme));
    else signedLegend(scale, this.effectEnd, theme);
  }

  helpLegend(scale: Scale): void {
    signedLegend(scale, this.changeEnd, this.theme);
  }
}

function signedLegend(scale: Scale, end: number, theme: Shown['frame']['theme']): void {
  const most = withSign(end, formatShort);
  scale.update(formatShort(-end), strings.nats(most), `signed ${theme} ${end}`, (place) =>
    signed(2 * place - 1, 1, theme),
  );
}
