// The inside of the inspector: one number of the window, with every digit, its formula, the terms it is the sum of, and what is made of it. All from the
// library's explain(), so it says what is computed. Loaded with the first number that is asked for.

import { type Address, type Explanation, explain, parameterOf, type Quantity, type Trace } from '../../src/insight.ts';
import { make, setText } from '../draw/dom.ts';
import { formatExactly, formatNumber } from '../format.ts';
import type { DerivativeCheck, RunInfo, WindowTrace } from '../protocol.ts';
import * as actions from '../state/actions.ts';
import { tell } from '../state/news.ts';
import { ChangeForm } from './change-form.ts';
import { CheckResult, findChecked } from './check.ts';
import { Consumers } from './consumers.ts';
import { changeOf, isEdited } from './edits.ts';
import { Formula } from './formula.ts';
import { nameOf, symbolIn } from './names.ts';
import type { NumberActions } from './number-button.ts';
import { inspectorStrings } from './strings.ts';
import { Terms } from './terms.ts';

const words = inspectorStrings;
/** How many of the numbers before are named. */
const shownPath = 4;

export interface PanelState {
  readonly path: readonly Address[];
  readonly windowTrace: WindowTrace | null;
  readonly info: RunInfo | null;
  readonly checked: { readonly results: readonly DerivativeCheck[] } | null;
}

export class ExplainPanel {
  readonly element: HTMLElement;
  private readonly path = make('ol', { class: 'explain-path' });
  private readonly symbol = make('h3', { class: 'explain-symbol', tabindex: -1 });
  private readonly name = make('p', { class: 'note' });
  private readonly value = make('output', { class: 'explain-value' });
  private readonly mark = make('span', { class: 'edited-mark', hidden: true }, `✎ ${words.changedMark}`);
  private readonly waiting = make('p', { class: 'note' });
  private readonly body = make('div', { class: 'explain-body' });
  private readonly formula = new Formula(words.formula);
  private readonly given = make('p', { class: 'note' });
  private readonly termsTitle = make('h4', {});
  private readonly terms: Terms;
  private readonly sum = make('p', { class: 'note explain-sum' });
  private readonly gradient = make('button', { type: 'button', class: 'quiet' });
  private readonly change = make('button', { type: 'button' }, words.change);
  private readonly form = new ChangeForm();
  private readonly check = make('button', { type: 'button' }, words.check);
  private readonly checkNote = make('p', { class: 'note', role: 'status' });
  private readonly result = new CheckResult();
  private readonly consumers: Consumers;
  private shown: PanelState | null = null;
  private focusNext = false;
  private key = '';
  private drawn = '';
  /** The number that was last read out. */
  private said = '';

  constructor() {
    const numbers: NumberActions = { explain: (address) => this.go(address), change: (...at) => this.open(...at) };
    this.terms = new Terms(numbers);
    this.consumers = new Consumers(numbers);
    const copy = make('button', { type: 'button', class: 'quiet' }, words.copy);
    const close = make('button', { type: 'button', class: 'quiet' }, words.close);
    copy.addEventListener('click', () => void this.copy());
    close.addEventListener('click', () => actions.explainPrevious(this.shown?.path.length ?? 0));
    this.change.addEventListener('click', () => this.open(this.address!, this.change));
    this.check.addEventListener('click', () => this.runCheck());
    this.gradient.addEventListener('click', () => this.go(gradientOf(this.address!)));
    this.body.append(
      make('p', { class: 'explain-number' }, this.value, this.mark, copy),
      make('div', { class: 'buttons' }, this.change, this.check, this.gradient),
      this.form.element,
      this.checkNote,
      this.result.element,
      this.given,
      this.formula.element,
      this.termsTitle,
      this.terms.element,
      this.sum,
      make('h4', {}, words.consumers),
      this.consumers.element,
    );
    this.element = make(
      'div',
      { class: 'explain' },
      make('nav', { class: 'explain-nav', 'aria-label': words.path }, this.path, close),
      this.symbol,
      this.name,
      this.waiting,
      this.body,
    );
  }

  update(shown: PanelState): void {
    const before = this.shown;
    this.shown = shown;
    const { path, windowTrace, info } = shown;
    if (path.length === 0) return;
    const address = path[path.length - 1];
    const key = JSON.stringify(address);
    const isOther = key !== this.key;
    this.key = key;
    if (isOther || path.length !== before?.path.length) this.drawPath(path, windowTrace);
    if (isOther) this.form.close();
    const explanation = windowTrace && explanationIn(windowTrace.trace, address);
    this.body.hidden = !explanation;
    setText(this.waiting, explanation ? '' : windowTrace ? words.gone : words.waiting);
    if (windowTrace && info && explanation) this.draw(windowTrace, info, explanation);
    if (isOther && this.focusNext) this.symbol.focus();
    if (isOther) this.focusNext = false;
  }

  private get address(): Address | undefined {
    return this.shown?.path.at(-1);
  }

  private go(address: Address): void {
    this.focusNext = true;
    actions.explain(address);
  }

  private open(address: Address, from: HTMLElement): void {
    const { windowTrace, info } = this.shown ?? {};
    if (windowTrace && info) this.form.open(windowTrace.trace, address, info.vocabulary, from);
  }

  private draw(windowTrace: WindowTrace, info: RunInfo, explanation: Explanation): void {
    const { trace } = windowTrace;
    const { address, operation, value, contributors } = explanation;
    const { config } = trace;
    setText(this.symbol, symbolIn(trace, address));
    setText(this.name, nameOf(trace, address, info.vocabulary));
    setText(this.value, formatExactly(value));
    if (this.said !== this.key) tell(words.said(this.symbol.textContent!, formatNumber(value), this.name.textContent!));
    this.said = this.key;
    this.mark.hidden = !isEdited(windowTrace.edits, config, address);
    this.formula.update(operation);
    setText(this.given, operation ? '' : givenWords(trace, address));
    const hasTerms = contributors.length > 0;
    setText(this.termsTitle, hasTerms ? (operation?.outer === 'softmax' ? words.logits : words.terms) : '');
    this.termsTitle.hidden = !hasTerms;
    this.terms.update(trace, explanation, windowTrace.edits, this.key);
    setText(this.sum, operation ? sumWords(explanation, isHeld(windowTrace, explanation)) : '');
    this.change.hidden = changeOf(config, address) === null;
    const place = parameterOf(config, address);
    this.check.hidden = place === null;
    const isParameter = place !== null && !address.quantity.startsWith('d');
    const gradient = isParameter ? gradientOf(address) : null;
    this.gradient.hidden = !gradient || !trace.gradients || (gradient.quantity === 'dV' && config.tieWeights);
    if (gradient) setText(this.gradient, words.its(symbolIn(trace, gradient)));
    const result = place ? findChecked(this.shown?.checked?.results, place) : undefined;
    if (result || this.drawn !== this.key) setText(this.checkNote, '');
    this.result.update(result);
    this.drawn = this.key;
    const window = [
      windowTrace.window,
      trace.steps,
      config.cell,
      config.hiddenSize,
      config.numLayers,
      windowTrace.edits.length,
    ];
    this.consumers.update(trace, explanation, `${this.key} ${window}`);
  }

  private drawPath(path: readonly Address[], windowTrace: WindowTrace | null): void {
    const first = Math.max(0, path.length - 1 - shownPath);
    const items = path.slice(first, -1).map((address, i) => {
      const text = windowTrace ? symbolIn(windowTrace.trace, address) : address.quantity;
      const button = make('button', { type: 'button', class: 'quiet' }, text);
      button.addEventListener('click', () => {
        this.focusNext = true;
        actions.explainPrevious(path.length - 1 - first - i);
      });
      return make('li', {}, button);
    });
    this.path.replaceChildren(...items);
    this.path.hidden = items.length === 0;
  }

  private async copy(): Promise<void> {
    await navigator.clipboard.writeText(this.value.textContent!.replace('−', '-')).catch(() => {});
    tell(words.copied);
  }

  private runCheck(): void {
    const { windowTrace } = this.shown ?? {};
    const place = windowTrace && this.address && parameterOf(windowTrace.trace.config, this.address);
    if (!place) return;
    setText(this.checkNote, `${words.checkNote(symbolIn(windowTrace.trace, this.address!))} ${words.checking}`);
    actions.check([place]);
  }
}

function explanationIn(trace: Trace, address: Address): Explanation | null {
  try {
    return explain(trace, address);
  } catch {
    return null; // another model or window, in which that number is not
  }
}

/** Whether a number is not what its formula says, because a state is held by the visitor: far more than rounding does. */
function isHeld({ edits }: WindowTrace, { value, recomputed, contributors }: Explanation): boolean {
  const size = contributors.reduce((sum, { amount }) => sum + Math.abs(amount), Math.abs(value));
  return edits.some(({ kind }) => kind === 'state') && Math.abs(recomputed - value) > 1e-4 * size;
}

/** The number computed again from what it is made of, where that says something. */
function sumWords({ address, value, recomputed, contributors }: Explanation, held: boolean): string {
  const again = formatExactly(recomputed);
  if (held) return address.quantity.startsWith('d') ? words.heldBack(again) : words.held(again);
  if (recomputed !== value) return `${words.sum(again)} ${words.rounding}`;
  return contributors.length > 1 ? words.sum(again) : '';
}

const gradientOf = ({ quantity, ...rest }: Address): Address => ({ quantity: `d${quantity}` as Quantity, ...rest });

function givenWords({ config }: Trace, address: Address): string {
  if (parameterOf(config, address)) return words.parameter;
  if (address.quantity === 'token' || address.quantity === 'target') return words.token;
  return address.t === 0 ? words.carried : words.given;
}
