// V3 Rolled and unrolled: one cell with its loop, unfolded copy by copy into a row; the same U, W and V in each. The state goes over the edges of the
// window, the gradient does not. Every color and number is the trace's.

import type { Trace } from '../../../src/insight.ts';
import { make } from '../../draw/dom.ts';
import type { WindowTrace } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import { tell } from '../../state/news.ts';
import type { Rows, View } from '../view.ts';
import { addressOf, cellText } from './cells.ts';
import { Controls } from './controls.ts';
import type { Mode, Part, Row, StripName } from './layout.ts';
import { type Numbers, numbersOf, partsOf, rows, sentence, shapeOf, total } from './numbers.ts';
import { Scene } from './scene.ts';
import { unrolledStrings } from './strings.ts';
import { Wave, wantsLessMotion } from './wave.ts';
import './style.css';

const words = unrolledStrings;
const isSame = (a: Part | null, b: Part | null): boolean => a?.letter === b?.letter && a?.layer === b?.layer;

export class UnrolledView implements View {
  readonly needs = ['trace'] as const;
  private frame: Frame | null = null;
  private windowTrace: WindowTrace | null = null;
  private numbers: Numbers | null = null;
  private sentence = '';
  /** Copies that are out; null for all. */
  private copies: number | null = null;
  private mode: Mode = 'both';
  private pinned: Part | null = null;
  private pointed: Part | null = null;
  /** The cell under the pointer, in words. */
  private hovered = '';
  private card: HTMLElement | null = null;
  /** Which way the waves go, as was last said. */
  private said: 'forward' | 'backward' | '' = '';
  private readonly wave = new Wave(() => {
    this.sayWave();
    this.refresh();
  });
  private readonly scene = new Scene({
    text: (row, t) => this.cellText(row, t),
    onMove: (row, t) => this.moved(row, t),
    onOpen: (row, t, strip) => this.open(row, t, strip),
    onPoint: (part, cell) => this.point(part, cell),
    onPart: (part) => this.pin(part),
  });
  private readonly controls = new Controls({
    onCopies: (count) => this.unroll(count),
    onWindow: (by) => actions.moveWindow(by),
    onMode: (mode) => this.show(mode),
    onPlay: () => this.play(),
    onStop: () => this.wave.stop(),
    onPoint: (part) => this.point(part),
    onPart: (part) => this.pin(part),
    onReset: () => actions.edit([]),
  });

  mount(element: HTMLElement): void {
    const { controls, scene } = this;
    this.card = make(
      'section',
      { class: 'card unrolled', hidden: true },
      controls.element,
      scene.element,
      scene.legend,
    );
    element.append(this.card);
  }

  update(frame: Frame): void {
    const isOther = frame.windowTrace !== this.frame?.windowTrace || frame.info !== this.frame?.info;
    this.frame = frame;
    if (isOther && frame.windowTrace && frame.info) {
      this.windowTrace = frame.windowTrace;
      this.numbers = numbersOf(frame.windowTrace.trace);
      this.sentence = sentence(frame.windowTrace, this.numbers, frame.info);
      if (this.wave.at && this.wave.at.t > frame.windowTrace.trace.steps) this.wave.stop();
    }
    this.refresh();
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    return this.sentence || words.waiting;
  }

  table(): Rows {
    const { windowTrace, numbers, frame } = this;
    return windowTrace && numbers && frame?.info ? rows(windowTrace, numbers, frame.info) : [];
  }

  key({ key: name }: KeyboardEvent): boolean {
    if (!this.windowTrace) return false;
    const key = name.toLowerCase();
    if (key === 'u') this.controls.toggleAll();
    else if (key === '+' || key === '=') this.unroll(this.count() + 1);
    else if (key === '-' || key === '−') this.unroll(this.count() - 1);
    else if (key === 'p') this.play();
    else if (key === 'b')
      this.focus({ direction: this.frame?.cursor.direction === 'backward' ? 'forward' : 'backward' });
    else if (key === 'escape' && this.wave.at) this.wave.stop();
    else return false;
    return true;
  }

  dispose(): void {
    this.wave.stop();
    this.scene.dispose();
  }

  private refresh(): void {
    const { frame, windowTrace, numbers, card } = this;
    if (!frame?.info || !windowTrace || !numbers || !card) return;
    card.hidden = false;
    const { trace, window, windows, begin, edits, before } = windowTrace;
    const { steps } = trace;
    const { cursor, theme, info } = frame;
    const parts = partsOf(trace);
    const known = (part: Part | null): Part | null => (parts.some((each) => isSame(each, part)) ? part : null);
    const lit = known(this.pointed) ?? known(this.pinned);
    const [copies, wave] = [this.count(), this.wave.at];
    const layers = trace.config.numLayers;
    const mode = trace.gradients ? this.mode : 'forward';
    this.controls.update({
      copies,
      steps,
      window,
      windows,
      begin,
      mode,
      wave,
      isStepwise: wantsLessMotion(),
      parts,
      layers,
      pinned: this.pinned,
      changed: new Set(edits.flatMap((edit) => ('name' in edit ? [edit.name] : []))),
      sentence: this.sentenceOf(lit, trace),
      isSpoken: !this.hovered && (!wave || wantsLessMotion()),
      whatIf: before ? words.edits.what(edits.length, total(before.loss), numbers.loss) : '',
    });
    const isCarried = frame.settings.carry;
    this.scene.update({ windowTrace, numbers, info, cursor, theme, isCarried, copies, mode, wave, lit });
  }

  /** What is said above the picture. */
  private sentenceOf(lit: Part | null, trace: Trace): string {
    const { at } = this.wave;
    const { steps, config } = trace;
    if (at) return words.wave[at.isForward ? 'forward' : 'backward'](at.t, steps);
    if (!lit) return this.hovered || words.parts.hint;
    const name = words.parts.name(lit.letter, lit.layer, config.numLayers);
    return words.parts.shared(name, ...shapeOf(trace, lit), steps);
  }

  private count(): number {
    const steps = this.windowTrace?.trace.steps ?? 1;
    return Math.min(steps, this.copies ?? steps);
  }

  private unroll(count: number): void {
    const steps = this.windowTrace?.trace.steps ?? 1;
    this.copies = count >= steps ? null : Math.max(1, count);
    actions.unrolledTo(this.count());
    this.refresh();
  }

  private show(mode: Mode): void {
    this.mode = mode;
    this.refresh();
  }

  private play(): void {
    if (!this.windowTrace) return;
    if (!this.wave.at) {
      this.mode = 'both';
      this.wave.start(this.windowTrace.trace.steps);
    } else if (wantsLessMotion()) this.wave.next();
    else this.wave.stop();
  }

  /** What the waves do is seen; for who does not see it, their beginning, their turn and their end are said. Step by step the sentence is. */
  private sayWave(): void {
    const { at } = this.wave;
    const way = at ? (at.isForward ? 'forward' : 'backward') : '';
    if (way === this.said) return;
    this.said = way;
    if (way === '') tell(`${words.wave.ends} ${this.sentence}`);
    else if (!wantsLessMotion()) tell(way === 'forward' ? words.wave.begins : words.wave.turns);
  }

  private point(part: Part | null, cell: { readonly row: Row; readonly t: number } | null = null): void {
    const hovered = cell ? this.cellText(cell.row, cell.t) : '';
    if (isSame(part, this.pointed) && hovered === this.hovered) return;
    this.pointed = part;
    this.hovered = hovered;
    this.refresh();
  }

  private cellText(row: Row, t: number): string {
    return this.windowTrace && this.numbers
      ? cellText(this.windowTrace, this.numbers, this.frame?.info ?? null, row, t)
      : '';
  }

  private pin(part: Part): void {
    this.pinned = isSame(this.pinned, part) ? null : part;
    if (!this.pinned) this.pointed = null;
    this.refresh();
  }

  private moved(row: Row, t: number): void {
    if (t > 0) this.focus(row.kind === 'unit' ? { t: t - 1, l: row.layer, u: row.unit } : { t: t - 1 });
  }

  /** @param strip the one that was pressed; by the keyboard it is the pass that the cursor is in that says */
  private open(row: Row, t: number, strip: StripName | null): void {
    const { frame, numbers, mode, windowTrace } = this;
    if (!frame || !numbers || !windowTrace) return;
    const isBackward = mode === 'backward' || (mode === 'both' && frame.cursor.direction === 'backward');
    const of = strip ?? (isBackward && t > 0 ? 'dh' : 'h');
    if (strip && row.kind === 'unit') this.focus({ direction: strip === 'dh' ? 'backward' : 'forward' });
    const address = addressOf(windowTrace, numbers, row, t, of);
    if (address) actions.explain(address, true);
  }
}
