// V4 Debugger: every operation of a window, stepped forward and backward, in symbols and in numbers. Where it is is the shared cursor; what is at each place
// is program.ts. All numbers are the trace's, all formulas the library's.

import { type Address, type Trace, valueAt, vectorAt } from '../../../src/insight.ts';
import { make } from '../../draw/dom.ts';
import { quotedToken, symbolIn } from '../../explain/names.ts';
import { formatExactly, formatNumber } from '../../format.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import type { Rows, View } from '../view.ts';
import { Controls } from './controls.ts';
import { ProgramMap } from './map.ts';
import { OperationCard } from './operation-card.ts';
import { Program } from './program.ts';
import { type Breakpoint, inSlices, type SearchResult, search } from './search.ts';
import { CheckCard, WhatIfCard } from './side-cards.ts';
import { debuggerStrings } from './strings.ts';
import { clipScale, gradientNorm } from './update-words.ts';
import './style.css';

const words = debuggerStrings;

export class DebuggerView implements View {
  readonly needs = ['trace'] as const;
  private frame: Frame | null = null;
  private program: Program | null = null;
  private drawn: readonly unknown[] = [];
  private sentence = '';
  /** The token that is looked at, of what has a number for each token; null is the target. */
  private token: number | null = null;
  /** The column of a weight; null is where the gradient is the largest. */
  private column: number | null = null;
  /** The name of the operation that the store has from here. */
  private told: string | null = null;
  private stop = (): void => {};
  private readonly waiting = make('p', { class: 'note' }, words.waiting);
  private readonly controls = new Controls({
    to: (place) => this.go(place),
    by: (count) => this.move(count),
    mirror: () => this.mirror(),
    nextTime: () => this.program && this.go(this.program.nextTime(this.place)),
    until: (breakpoint) => this.runUntil(breakpoint),
  });
  private readonly map = new ProgramMap((place) => this.go(place));
  private readonly card = new OperationCard();
  private readonly whatIf = new WhatIfCard();
  private readonly check = new CheckCard();
  private readonly body = make(
    'div',
    { class: 'debugger', hidden: true },
    make('section', { class: 'card' }, this.controls.element, this.map.element),
    this.card.element,
    make('div', { class: 'debugger-sides' }, this.whatIf.element, this.check.element),
  );

  mount(element: HTMLElement): void {
    element.append(this.waiting, this.body);
  }

  update(frame: Frame): void {
    this.frame = frame;
    const { windowTrace, theme, edits, checked } = frame;
    this.waiting.hidden = windowTrace !== null;
    this.body.hidden = windowTrace === null;
    if (!windowTrace) return;
    const { trace } = windowTrace;
    const { program } = this;
    if (!program || program.T !== trace.steps || program.config !== trace.config) {
      const isSame = program?.T === trace.steps && JSON.stringify(program.config) === JSON.stringify(trace.config);
      if (!isSame) {
        this.program = new Program(trace.config, trace.steps);
        this.token = this.column = null;
      }
    }
    if (frame.operation && frame.operation !== this.told) {
      this.told = frame.operation;
      const asked = this.program!.named(frame.operation);
      if (asked) this.focus(asked);
    }
    const { cursor } = this.frame; // where that is
    const key = [windowTrace, cursor, theme, edits, checked, this.token, this.column, frame.settings, this.program];
    if (key.every((part, i) => part === this.drawn[i])) return;
    this.drawn = key;
    this.draw(this.frame, trace, this.program!);
    const name = this.program!.nameOf(this.place);
    if (name === this.told) return;
    this.told = name;
    actions.atOperation(name);
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
    if (this.frame) this.frame = { ...this.frame, cursor: { ...this.frame.cursor, ...cell } }; // keys come faster than frames
  }

  describe(): string {
    return this.frame?.windowTrace ? this.sentence : words.waiting;
  }

  table(): Rows {
    const { program, frame } = this;
    const trace = frame?.windowTrace?.trace;
    const step = trace && program?.operation(this.place);
    if (!trace || !program || !step) return [];
    const { rows, columns, isTokens } = program.shapeOf(step);
    const { vocabulary = [] } = frame.info ?? {};
    const { unit } = this.look(trace, program);
    const address = program.addressOf(step, 0, 0);
    if (columns > 1)
      return [
        [words.column1, symbolIn(trace, address).replace(/\[.*/, '')],
        ...Array.from({ length: columns }, (_, column) => [
          symbolIn(trace, program.addressOf(step, unit, column)),
          formatExactly(valueAt(trace, program.addressOf(step, unit, column))),
        ]),
      ];
    const values = vectorAt(trace, address);
    return [
      [isTokens ? words.tokenLabel : words.unitLabel, symbolIn(trace, address).replace(/\[.*/, '')],
      ...Array.from({ length: rows }, (_, i) => [
        isTokens ? quotedToken(vocabulary, i) : String(i + 1),
        formatExactly(values[i]),
      ]),
    ];
  }

  key(event: KeyboardEvent): boolean {
    const { program } = this;
    if (!program || !this.frame?.windowTrace) return false;
    const far = event.shiftKey ? 10 : 1;
    const moves: Record<string, () => unknown> = {
      ArrowRight: () => this.move(far),
      ArrowLeft: () => this.move(-far),
      ArrowDown: () => this.moveUnit(far),
      ArrowUp: () => this.moveUnit(-far),
      Home: () => this.go(0),
      End: () => this.go(program.last),
      b: () => this.mirror(),
      e: () => this.card.change(),
      Enter: () => !isControl(event.target) && this.explain(),
    };
    const move = moves[event.key] ?? moves[event.key.toLowerCase()];
    if (!move) return false;
    return move() !== false;
  }

  dispose(): void {
    this.stop();
  }

  private get place(): number {
    return this.program && this.frame ? this.program.placeOf(this.frame.cursor) : 0;
  }

  private go(place: number): void {
    const { program } = this;
    if (!program) return;
    this.stop();
    this.controls.say('');
    const next = program.cursorAt(Math.min(program.last, Math.max(0, place)));
    this.focus(next);
  }

  /** Has the number that is looked at explained. */
  private explain(): boolean {
    const { program, frame } = this;
    const step = program?.operation(this.place);
    if (!program || !step || !frame?.windowTrace) return false;
    const { unit, column } = this.look(frame.windowTrace.trace, program);
    actions.explain(program.addressOf(step, unit, column), true);
    return true;
  }

  private move(count: number): void {
    this.go(this.place + count);
  }

  private mirror(): void {
    if (this.program) this.go(this.program.mirror(this.place));
  }

  private choose(unit: number, column: number): void {
    const { program } = this;
    const step = program?.operation(this.place);
    if (!program || !step) return;
    const { rows, columns, isTokens } = program.shapeOf(step);
    const bounded = Math.min(rows - 1, Math.max(0, unit));
    if (columns > 1) this.column = column;
    if (isTokens) this.token = bounded;
    this.focus(isTokens ? {} : { u: bounded });
  }

  private moveUnit(by: number): void {
    const { program, frame } = this;
    if (!program || !frame?.windowTrace) return;
    const { unit, column } = this.look(frame.windowTrace.trace, program);
    this.choose(unit + by, column);
  }

  /** Which number of the result is looked at. */
  private look(trace: Trace, program: Program): { unit: number; column: number } {
    const step = program.operation(this.place);
    if (!step) return { unit: 0, column: 0 };
    const { rows, columns, isTokens } = program.shapeOf(step);
    const { quantity } = step.operation.result;
    const t = step.t ?? trace.steps;
    const own = quantity === 'x' ? trace.tokens[t - 1] : trace.targets?.[t - 1];
    const wanted = isTokens ? (this.token ?? own ?? 0) : this.frame!.cursor.u;
    const unit = Math.min(rows - 1, wanted);
    if (columns === 1) return { unit, column: 0 };
    if (this.column !== null && this.column < columns) return { unit, column: this.column };
    let column = 0;
    const size = (j: number): number => Math.abs(valueAt(trace, program.addressOf(step, unit, j)));
    for (let j = 1; j < columns; j++) if (size(j) > size(column)) column = j;
    return { unit, column };
  }

  private draw(frame: Frame, trace: Trace, program: Program): void {
    const { place } = this;
    const step = program.operation(place);
    const part = program.update(place);
    const { vocabulary = [] } = frame.info ?? {};
    const pass = step ? words.passes[step.operation.pass] : '';
    const { t } = step ?? {};
    const token = t !== undefined && t > 0 ? quotedToken(vocabulary, trace.tokens[t - 1]) : null;
    const count = [place + 1, program.last + 1] as const;
    let address: Address | null = null;
    if (step) {
      const { unit, column } = this.look(trace, program);
      const choose = (row: number, other: number): void => this.choose(row, other);
      address = this.card.update({ program, trace, frame, step, unit, column, choose });
      const value = formatNumber(valueAt(trace, address));
      const { isTokens, rows } = program.shapeOf(step);
      const who = rows === 1 ? '' : isTokens ? quotedToken(vocabulary, unit) : words.unit(unit);
      this.sentence = words.describe(
        ...count,
        words.where(pass, t ?? null, null),
        withTime(step.operation.text, t),
        who,
        value,
      );
    } else if (part) this.sentence = words.describeUpdate(...count, this.card.updateOf(part, trace, frame));
    this.controls.update(place, program.last, step ? words.where(pass, t ?? null, token) : words.updates[part!]);
    this.map.update(program, place, frame.theme);
    this.whatIf.update(frame);
    this.check.update(frame, trace, address);
  }

  private runUntil(breakpoint: Breakpoint): void {
    const { program, frame } = this;
    const trace = frame?.windowTrace?.trace;
    if (!program || !trace) return;
    this.stop();
    const what = words.breakpoints[breakpoint];
    const isClipped = clipScale(gradientNorm(trace) / trace.steps, frame.settings.clip) < 1;
    const { unit } = this.look(trace, program);
    this.controls.say(words.searching);
    this.stop = inSlices<SearchResult | null>(
      search(program, trace, this.place, breakpoint, unit, isClipped),
      (found) => {
        if (found) this.go(found.place);
        if (found && found.unit !== null) this.focus({ u: found.unit });
        this.controls.say(found ? words.found(what, found.unit) : words.notFound(what));
      },
    );
  }
}

/** Whether a key is the control's own that has the focus. */
const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('button, a, input, select, summary, [role=grid]');

/** A formula at one step, where h(t−1) is h(30), with small letters below its sums. */
function withTime(text: string, t: number | undefined): string {
  const small = text.replace(/Σ_([ijknt])(?= )/g, (_, letter: string) => `Σ${'ᵢⱼₖₙₜ'['ijknt'.indexOf(letter)]}`);
  if (t === undefined) return small;
  return small
    .replaceAll('(t)', `(${t})`)
    .replaceAll('(t−1)', `(${t - 1})`)
    .replaceAll('(t+1)', `(${t + 1})`);
}
