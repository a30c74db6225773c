// The small editor of “what if”: another value for a weight or a state, another token for x(t). Enter applies it, Escape does not.

import { type Address, type Trace, valueAt } from '../../src/insight.ts';
import { make, setText } from '../draw/dom.ts';
import { formatExactly, formatNumber, readNumber } from '../format.ts';
import * as actions from '../state/actions.ts';
import * as store from '../state/store.ts';
import { changeOf, editTo, withEdit } from './edits.ts';
import { quotedToken, symbolIn } from './names.ts';
import { inspectorStrings } from './strings.ts';

const words = inspectorStrings;
let count = 0;

export class ChangeForm {
  private readonly id = `change-${++count}`;
  private readonly label = make('label', { for: this.id });
  private readonly input = make('input', { type: 'text', inputmode: 'text', autocomplete: 'off', spellcheck: 'false' });
  private readonly list = make('select', {});
  private readonly field = make('span', { class: 'change-field' });
  private readonly complaint = make('p', { class: 'change-complaint', role: 'alert' });
  readonly element: HTMLElement;
  private address: Address | null = null;
  private trace: Trace | null = null;
  private from: HTMLElement | null = null;

  constructor() {
    const apply = make('button', { type: 'button', class: 'strong' }, words.apply);
    const cancel = make('button', { type: 'button', class: 'quiet' }, words.cancel);
    apply.addEventListener('click', () => this.apply());
    cancel.addEventListener('click', () => this.close());
    this.element = make(
      'div',
      { class: 'change-form', role: 'group', 'aria-label': words.change, hidden: true },
      this.label,
      make('div', { class: 'change-row' }, this.field, apply, cancel),
      this.complaint,
    );
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
      else if (event.key === 'Enter' && event.target !== cancel && event.target !== apply) this.apply();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** @param from what has the focus again afterwards */
  open(trace: Trace, address: Address, vocabulary: readonly string[], from: HTMLElement): void {
    const kind = changeOf(trace.config, address);
    if (!kind) return;
    [this.trace, this.address, this.from] = [trace, address, from];
    const isToken = kind === 'token';
    const t = address.t ?? 0;
    const now = isToken ? quotedToken(vocabulary, trace.tokens[t - 1]) : formatNumber(valueAt(trace, address));
    setText(this.label, words.changeFrom(isToken ? `x(${t})` : symbolIn(trace, address), now));
    setText(this.complaint, '');
    const control = isToken ? this.list : this.input;
    control.id = this.id;
    this.field.replaceChildren(control);
    if (isToken) {
      const options = vocabulary.map((_, id) => make('option', { value: id }, quotedToken(vocabulary, id)));
      this.list.replaceChildren(...options);
      this.list.value = String(trace.tokens[t - 1]);
    } else this.input.value = formatExactly(valueAt(trace, address));
    this.element.hidden = false;
    control.focus();
    if (!isToken) this.input.select();
  }

  close(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.from?.focus();
  }

  private apply(): void {
    const { address, trace } = this;
    if (!address || !trace) return;
    const isToken = changeOf(trace.config, address) === 'token';
    const value = isToken ? Number(this.list.value) : readNumber(this.input.value);
    if (!Number.isFinite(value)) {
      setText(this.complaint, words.notNumber);
      this.input.focus();
      return;
    }
    actions.edit(withEdit(store.edits.peek(), editTo(trace.config, address, value)));
    this.close();
  }
}
