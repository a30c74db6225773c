// Two cards beside the operation: what the visitor has changed and what that does to the loss; and derivatives checked by hand, one or many. The engine
// computes both; here are lists, sentences and a table.

import { type Address, addressOfParameter, parameterOf, type Trace } from '../../../src/insight.ts';
import { make, setText } from '../../draw/dom.ts';
import { CheckResult, disagreement } from '../../explain/check.ts';
import { describeEdit } from '../../explain/edits.ts';
import { symbolFrom1, symbolIn } from '../../explain/names.ts';
import { formatNumber } from '../../format.ts';
import type { DerivativeCheck, WindowTrace } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import * as store from '../../state/store.ts';
import { debuggerStrings } from './strings.ts';

const words = debuggerStrings;
/** How many random parameters are checked, and from what seed. */
const many = 50;
const seed = 1;
/** Up to this relative error a derivative of 32 bits agrees. */
const agreement = 1e-3;
const inTable = 50;

function lossOf({ loss, weights }: Trace): number {
  let sum = 0;
  for (let t = 0; t < loss.length; t++) sum += weights[t] * loss[t];
  return sum;
}

export class WhatIfCard {
  private readonly empty = make('p', { class: 'note' }, words.whatIfEmpty);
  private readonly change = make('p', { class: 'loss-change', role: 'status' });
  private readonly list = make('ul', { class: 'edit-list' });
  private readonly reset = make('button', { type: 'button' }, words.reset);
  readonly element = make(
    'section',
    { class: 'card what-if-card' },
    make('h3', {}, words.whatIf),
    this.empty,
    this.change,
    this.list,
    this.reset,
  );
  private key: unknown[] = [];

  constructor() {
    this.reset.addEventListener('click', () => actions.edit([]));
  }

  update(frame: Frame): void {
    const { edits, windowTrace, info } = frame;
    const key = [edits, windowTrace];
    if (key.every((part, i) => part === this.key[i])) return;
    const isOther = edits !== this.key[0];
    this.key = key;
    this.empty.hidden = edits.length > 0;
    this.reset.hidden = edits.length === 0;
    const isShown = edits.length > 0 && windowTrace?.before && windowTrace.edits.length > 0;
    setText(this.change, isShown ? words.lossChange(lossOf(windowTrace.before), lossOf(windowTrace.trace)) : '');
    if (!isOther && this.list.childElementCount === edits.length && !windowTrace?.before) return;
    const items =
      windowTrace && info ? edits.map((edit) => this.item(describe(windowTrace, edit, info.vocabulary), edit)) : [];
    if (!isOther && items.every((item, i) => item.textContent === this.list.children[i]?.textContent)) return;
    this.list.replaceChildren(...items);
  }

  private item(text: string, edit: Frame['edits'][number]): HTMLElement {
    const remove = make(
      'button',
      { type: 'button', class: 'quiet', 'aria-label': words.removeName(text) },
      words.remove,
    );
    remove.addEventListener('click', () => actions.edit(store.edits.peek().filter((other) => other !== edit)));
    return make(
      'li',
      {},
      make('span', { class: 'edited-mark', 'aria-hidden': 'true' }, '✎'),
      make('bdi', {}, text),
      remove,
    );
  }
}

const describe = (
  { before, trace }: WindowTrace,
  edit: Frame['edits'][number],
  vocabulary: readonly string[],
): string => describeEdit(edit, before, trace.config, vocabulary);

export class CheckCard {
  private readonly one = make('button', { type: 'button', hidden: true });
  private readonly all = make('button', { type: 'button' }, words.checkMany(many));
  private readonly verdict = make('p', { class: 'verdict', role: 'status' });
  private readonly result = new CheckResult();
  private readonly table = make('div', {
    class: 'table-scroll',
    tabindex: 0,
    role: 'region',
    'aria-label': words.checkTitle,
  });
  readonly element = make(
    'section',
    { class: 'card check-card' },
    make('h3', {}, words.checkTitle),
    make('p', { class: 'note' }, words.checkNote),
    make('div', { class: 'buttons' }, this.one, this.all),
    this.verdict,
    this.result.element,
    this.table,
    make('p', { class: 'note' }, words.checkError),
  );
  private address: Address | null = null;
  private trace: Trace | null = null;
  private shown: unknown = null;
  private info: unknown = null;

  constructor() {
    this.table.hidden = true;
    this.one.addEventListener('click', () => {
      const place = this.trace && this.address && parameterOf(this.trace.config, this.address);
      if (place) this.ask([place], 1);
    });
    this.all.addEventListener('click', () => this.ask({ count: many, seed }, many));
  }

  /** @param address of the number that is looked at, where it belongs to a parameter */
  update({ checked, info }: Frame, trace: Trace, address: Address | null): void {
    this.trace = trace;
    this.address = address && parameterOf(trace.config, address) ? address : null;
    this.one.hidden = !this.address;
    if (this.address) setText(this.one, words.checkOne(symbolIn(trace, this.address)));
    if (checked === this.shown && info === this.info) return; // another run forgets a check that was asked for
    this.shown = checked;
    this.info = info;
    this.draw(checked?.results ?? [], trace);
  }

  private ask(which: Parameters<typeof actions.check>[0], count: number): void {
    setText(this.verdict, words.checking(count));
    actions.check(which);
  }

  private draw(results: readonly DerivativeCheck[], trace: Trace): void {
    const errors = results.map(disagreement);
    const worst = Math.max(0, ...errors);
    const bad = errors.filter((error) => !(error <= agreement)).length;
    const isEmpty = results.length === 0;
    const verdict = bad > 0 ? words.checkBad(bad, results.length, worst) : words.checkGood(results.length, worst);
    setText(this.verdict, isEmpty ? '' : verdict);
    this.verdict.classList.toggle('is-bad', bad > 0);
    this.result.update(results.length === 1 ? results[0] : undefined);
    this.table.hidden = results.length < 2;
    if (this.table.hidden) return;
    const order = results.map((_, i) => i).sort((a, b) => errors[b] - errors[a]);
    const row = (i: number): HTMLElement => {
      const { numeric, engine } = results[i];
      const symbol = symbolFrom1(addressOfParameter(trace.config, results[i]), trace.config.numLayers);
      const cells = [symbol, formatNumber(numeric, 6), formatNumber(engine, 6), formatNumber(errors[i])];
      return make('tr', {}, ...cells.map((text) => make('td', {}, text)));
    };
    const head = make('tr', {}, ...words.checkColumns.map((name) => make('th', { scope: 'col' }, name)));
    const body = order.slice(0, inTable).map(row);
    this.table.replaceChildren(make('table', {}, make('thead', {}, head), make('tbody', {}, ...body)));
  }
}
