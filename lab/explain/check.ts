// One derivative checked by hand: two evaluations of the loss beside what back-propagation through time says. Nothing here computes a derivative: the
// Worker does, with the library's finiteDifference.

import type { ParameterPlace } from '../../src/insight.ts';
import { make, setText } from '../draw/dom.ts';
import { formatExactly, formatNumber } from '../format.ts';
import type { DerivativeCheck } from '../protocol.ts';
import { inspectorStrings } from './strings.ts';

const words = inspectorStrings;

/** Derivatives below this are compared with it: of smaller ones 32 bits keep less than three digits beside the sum that they are part of. */
export const smallDerivative = 1e-4;

/** How far the derivative as it is trained is from the one by differences, relative to the larger. */
export function disagreement({ numeric, engine }: Pick<DerivativeCheck, 'numeric' | 'engine'>): number {
  return Math.abs(numeric - engine) / Math.max(Math.abs(numeric), Math.abs(engine), smallDerivative);
}

export const findChecked = (
  results: readonly DerivativeCheck[] | undefined,
  wanted: ParameterPlace,
): DerivativeCheck | undefined => results?.find(({ name, index }) => name === wanted.name && index === wanted.index);

/** The result for one parameter, every digit. */
export class CheckResult {
  readonly element = make('dl', { class: 'check-result', hidden: true });
  private readonly values: HTMLElement[];

  constructor() {
    const names = ['numeric', 'bptt', 'engine', 'lossAbove', 'lossBelow', 'epsilon', 'error'] as const;
    this.values = names.map((name) => {
      const value = make('dd', {});
      this.element.append(make('div', {}, make('dt', {}, words[name]), value));
      return value;
    });
  }

  update(result: DerivativeCheck | undefined): void {
    this.element.hidden = !result;
    if (!result) return;
    const { numeric, exact, engine, lossAbove, lossBelow, epsilon } = result;
    const shown = [numeric, exact, engine, lossAbove, lossBelow, epsilon].map(formatExactly);
    for (const [i, text] of [...shown, formatNumber(disagreement(result))].entries()) setText(this.values[i], text);
  }
}
