// The operation that the debugger is at: its formula, the same line with the numbers of one unit, the arrays it reads and the one it makes. For what comes
// after the backward pass, words with this window's numbers.

import { tensorsOf } from '../../../src/core.ts';
import {
  type Address,
  explain,
  type Operand,
  operandsOf,
  parameterOf,
  type Quantity,
  type ScheduledOperation,
  type Trace,
  valueAt,
  vectorAt,
} from '../../../src/insight.ts';

import { make, setText } from '../../draw/dom.ts';
import { ChangeForm } from '../../explain/change-form.ts';
import { changeOf, isEdited } from '../../explain/edits.ts';
import { Formula } from '../../explain/formula.ts';
import { nameOf, quotedToken, symbolIn } from '../../explain/names.ts';
import { type NumberActions, NumberButton } from '../../explain/number-button.ts';
import { inspectorStrings } from '../../explain/strings.ts';
import { Terms } from '../../explain/terms.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import { nameOfResult } from './map.ts';
import type { Program, UpdatePart } from './program.ts';
import { debuggerStrings } from './strings.ts';
import { Strip } from './strip.ts';
import { updateWords } from './update-words.ts';

const words = debuggerStrings;
/** Where the inspector stands below the view. */
const narrow = '(max-width: 1240px)';

/** What is shown: an operation and the number of its result that is looked at. */
export interface Look {
  readonly program: Program;
  readonly trace: Trace;
  readonly frame: Frame;
  readonly step: ScheduledOperation;
  readonly unit: number;
  readonly column: number;
  choose(unit: number, column: number): void;
}

export class OperationCard {
  readonly element: HTMLElement;
  private readonly title = make('h3', {});
  private readonly formula = new Formula(inspectorStrings.formula);
  private readonly numbers = make('div', { class: 'line-of-numbers' });
  private readonly result: NumberButton;
  private readonly terms: Terms;
  private readonly nothing = make('p', { class: 'note' }, words.nothing);
  private readonly edit = make('button', { type: 'button' });
  private readonly form = new ChangeForm();
  private readonly reads = make('div', { class: 'op-strips' });
  private readonly makes = new Strip();
  private readonly operands: Strip[] = [];
  private readonly body: HTMLElement;
  private readonly update_ = make('div', { class: 'update-words' });
  private readonly weights: NumberButton[];
  private look: Look | null = null;
  /** The first number of the line that can be changed. */
  private editable: Address | null = null;

  constructor() {
    const numberActions: NumberActions = {
      explain(address) {
        actions.explain(address, true);
        if (matchMedia(narrow).matches) document.querySelector('.inspector')?.scrollIntoView();
      },
      change: (address, from) => this.change(address, from),
    };
    this.result = new NumberButton(numberActions);
    this.terms = new Terms(numberActions);
    this.edit.addEventListener('click', () => this.change());
    this.weights = [new NumberButton(numberActions), new NumberButton(numberActions)];
    this.numbers.append(
      make('div', { class: 'line-result' }, this.result.element, make('span', { class: 'number-sign' }, '=')),
      make('div', {}, this.terms.element, this.nothing),
    );
    this.body = make(
      'div',
      { class: 'operation-body' },
      this.formula.element,
      make('h4', {}, words.numbers),
      this.numbers,
      make('p', { class: 'note' }, words.numbersNote),
      this.edit,
      this.form.element,
      make('h4', {}, words.operands),
      this.reads,
      make('h4', {}, words.result),
      this.makes.element,
    );
    this.element = make('section', { class: 'card operation-card' }, this.title, this.body, this.update_);
  }

  /** Opens the editor for a number, or for the first one of the line that can be changed. */
  change(address: Address | null = this.editable, from?: HTMLElement): boolean {
    const { look } = this;
    if (!look?.frame.info || this.body.hidden || !address || !changeOf(look.trace.config, address)) return false;
    this.form.open(look.trace, address, look.frame.info.vocabulary, from ?? this.edit);
    return true;
  }

  /** @returns the address of the number that is looked at */
  update(look: Look): Address {
    const { trace, frame, program, step, unit, column } = look;
    const isOther = this.look?.step !== step;
    this.look = look;
    if (isOther) this.form.close();
    this.body.hidden = false;
    this.update_.hidden = true;
    const address = this.addressIn(look);
    const { config } = trace;
    const vocabulary = frame.info?.vocabulary ?? [];
    setText(this.title, nameOf(trace, address, vocabulary));
    this.formula.update(step.operation);
    const symbol = symbolIn(trace, address);
    const canChange = changeOf(config, address) !== null;
    const value = valueAt(trace, address);
    this.result.update(address, symbol, value, '#', canChange, isEdited(frame.edits, config, address));
    const explanation = explain(trace, address);
    this.terms.update(trace, explanation, frame.edits, `${symbol} ${program.T}`);
    const line = explanation.contributors.flatMap(({ factors }) => factors.map((factor) => factor.address));
    this.editable = [address, ...line].find((each) => changeOf(config, each) !== null) ?? null;
    this.edit.hidden = !this.editable;
    if (this.editable) {
      const isToken = changeOf(config, this.editable) === 'token';
      setText(this.edit, words.changeNumber(isToken ? `x(${this.editable.t})` : symbolIn(trace, this.editable)));
    }
    this.nothing.hidden = explanation.contributors.length > 0;
    this.drawOperands(look, address);
    this.drawResult(look, unit, column);
    return address;
  }

  updateOf(part: UpdatePart, trace: Trace, frame: Frame): string {
    this.look = null;
    this.body.hidden = true;
    this.update_.hidden = false;
    const { title, sentences, summary, addresses } = updateWords(part, trace, frame);
    setText(this.title, title);
    const shown = addresses.map((address, i) => {
      this.weights[i].update(address, symbolIn(trace, address), valueAt(trace, address), '#', false, false);
      return this.weights[i].element;
    });
    const text = sentences.join('\n');
    if (this.update_.dataset.text !== text || this.update_.querySelectorAll('.number-button').length !== shown.length) {
      this.update_.dataset.text = text;
      const numbers = make('div', { class: 'buttons' }, ...shown);
      const lines = sentences.map((sentence) => make('p', {}, sentence));
      this.update_.replaceChildren(...lines, numbers);
    }
    return summary;
  }

  private addressIn({ program, step, unit, column }: Look): Address {
    return program.addressOf(step, unit, column);
  }

  private drawOperands(look: Look, address: Address): void {
    const { trace, frame } = look;
    const operands = operandsOf(trace, address);
    while (this.operands.length < operands.length) {
      const strip = new Strip();
      this.operands.push(strip);
      this.reads.append(strip.element);
    }
    for (const [i, strip] of this.operands.entries()) {
      strip.element.hidden = i >= operands.length;
      if (i >= operands.length) continue;
      const { addresses, at } = operands[i];
      const values = Float32Array.from(addresses, (each) => valueAt(trace, each));
      const symbol = rangeSymbol(trace, operands[i]);
      strip.update(
        {
          symbol,
          label: words.strip(symbol),
          quantity: addresses[0].quantity,
          values,
          rows: 1,
          columns: values.length,
          at: at === null ? null : [0, at],
          cellName: (_, column) => symbolIn(trace, addresses[column]),
          choose: (_, column) => actions.explain(addresses[column], true),
        },
        trace.config,
        frame.theme,
      );
    }
  }

  private drawResult(look: Look, unit: number, column: number): void {
    const { program, step, trace, frame } = look;
    const { rows, columns, isTokens } = program.shapeOf(step);
    const isMatrix = columns > 1;
    const values = isMatrix
      ? matrixOf(look, rows, columns)
      : Float32Array.from(vectorAt(trace, look.program.addressOf(step, 0, 0)));
    const name = nameOfResult(program, step);
    const vocabulary = frame.info?.vocabulary ?? [];
    const symbol = step.t === undefined ? name : `${name}(${step.t})`;
    this.makes.update(
      {
        symbol,
        label: words.resultOf(symbol),
        quantity: step.operation.result.quantity,
        values,
        rows: isMatrix ? rows : 1,
        columns: isMatrix ? columns : rows,
        at: isMatrix ? [unit, column] : [0, unit],
        cellName: (row, place) => {
          const address = program.addressOf(step, isMatrix ? row : place, place);
          const token = isTokens && !isMatrix ? ` ${quotedToken(vocabulary, place)}` : '';
          return `${symbolIn(trace, address)}${token}`;
        },
        choose: (row, place) => (isMatrix ? look.choose(row, place) : look.choose(place, 0)),
      },
      trace.config,
      frame.theme,
    );
  }
}

let known: { trace: Trace; step: ScheduledOperation; values: Float32Array } | null = null;

/** All numbers of a sum over time, the same array as long as they are the same. [rows, columns] */
function matrixOf({ program, step, trace }: Look, rows: number, columns: number): Float32Array {
  if (known?.trace === trace && known.step === step) return known.values;
  const { config, gradients } = trace;
  const { name, index } = parameterOf(config, program.addressOf(step, 0, 0))!;
  const tensor = tensorsOf(config, gradients!.parameters)[name];
  const down = parameterOf(config, program.addressOf(step, 1, 0))!.index - index;
  const right = parameterOf(config, program.addressOf(step, 0, 1))!.index - index;
  const values = new Float32Array(rows * columns);
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) values[at++] = tensor[index + row * down + column * right];
  known = { trace, step, values };
  return values;
}

/** `W[9,·]`, `h(16)`, `∇a(·)[9]`: an operand by its symbol, counted from 1, with a dot for what changes along it. */
function rangeSymbol(trace: Trace, { addresses, along }: Operand): string {
  const [{ unit, column, t, ...bare }] = addresses;
  const base = symbolIn(trace, bare as { quantity: Quantity });
  const time = t === undefined ? '' : along === 't' ? '(·)' : `(${t})`;
  const inside =
    column !== undefined
      ? `[${along === 'unit' ? '·' : unit! + 1},${along === 'column' ? '·' : column + 1}]`
      : unit === undefined || along === 'unit'
        ? ''
        : `[${unit + 1}]`;
  return `${base}${time}${inside}`;
}
