// V6 Memory: which of the characters read so far a guess depends on, by the gradient of its log probability and by a test without each of them. The numbers
// are those of the library's inputDependence (src/insight/input-dependence.ts), for the window at the cursor.

import { Curves } from '../../draw/curves.ts';
import { button, make, setText } from '../../draw/dom.ts';
import { HeatMap } from '../../draw/heatmap.ts';
import { categories } from '../../draw/palette.ts';
import { symbolIn } from '../../explain/names.ts';
import { NumberButton } from '../../explain/number-button.ts';
import { formatCount, formatNumber, formatShare, formatToken } from '../../format.ts';
import type { Memory } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import type { Need } from '../../state/store.ts';
import { strings } from '../../strings.ts';
import type { Rows, View } from '../view.ts';
import { BesideCard } from './beside.ts';
import { MemoryColors } from './colors.ts';
import { helpOf, reachOf, rowOf, strongestOf } from './numbers.ts';
import { Readout } from './readout.ts';
import { askedOf, readOf, type Shown, shownOf } from './shown.ts';
import { memoryStrings } from './strings.ts';
import { TextCard } from './text-card.ts';
import './style.css';

const words = memoryStrings;
const figureNames = ['asked', 'probability', 'strongest', 'half', 'most', 'agree'] as const;
/** What the view draws of a frame. */
const drawn = ['memory', 'rival', 'rivalCell', 'memoryQuestion', 'scale', 'theme', 'windowTrace', 'edits'] as const;

/** What is other where the guess is one of a class and not of a token. */
export interface MemoryKind {
  readonly needs: readonly Need[];
  /** What stands above, where the text to look at is chosen. */
  readonly top: HTMLElement | null;
  /** Which text it is, and of which model. */
  place(memory: Memory, frame: Frame): string;
  /** What the guess can be asked about. */
  readonly about: { readonly next: string; readonly guess: string };
  update?(frame: Frame): void;
}
const ofText: MemoryKind = {
  needs: ['trace', 'memory'],
  top: null,
  place: (memory) => words.model(memory),
  about: words.about,
};

export class MemoryView implements View {
  readonly needs: readonly Need[];
  private readonly kind: MemoryKind;
  private frame: Frame | null = null;
  private shown: Shown | null = null;
  /** The character that is chosen, from 1; null: the last that was read. The guess t is the cursor's. */
  private k: number | null = null;
  /** Whether the guess was chosen here; before, it is the last. */
  private hasChosen = false;
  private readonly colors = new MemoryColors();
  private readonly waiting = make('p', { class: 'note' }, words.waiting);
  private readonly body = make('div', { class: 'memory-body', hidden: true });
  private readonly edited = make(
    'div',
    { class: 'notice notice-mild', hidden: true },
    make('p', {}, words.edited),
    button(words.reset, '', () => actions.edit([])),
  );
  private readonly figures = new Map(figureNames.map((name) => [name, make('dd', { 'data-memory': name }, '–')]));
  private readonly probability = new NumberButton({
    explain: (address) => actions.explain(address, true),
    change: null,
  });
  private readonly place = make('p', { class: 'note' });
  private readonly windows = make(
    'div',
    { class: 'buttons' },
    ...([-1, 1] as const).map((by) => {
      const made = button(by < 0 ? '‹' : '›', 'tool', () => actions.moveWindow(by));
      made.setAttribute('aria-label', by < 0 ? words.previousWindow : words.nextWindow);
      return made;
    }),
  );
  private readonly readout = new Readout();
  private readonly text: TextCard;
  private readonly decay = new Curves({
    styles: [
      { color: categories[1], width: 3 },
      { color: categories[2], width: 2.5, dash: '9 4' },
      { color: categories[0], width: 1.5, dash: '2 3' },
    ],
    x: words.decay.x,
    y: words.decay.y,
    height: 250,
    logarithmic: true,
  });
  private readonly map = new HeatMap({
    label: words.map.label,
    cellName: (row, column) => words.map.cell(row + 1, column + 1, this.shown ? readOf(this.shown, column + 1) : ''),
    format: (value) => (this.frame?.scale === 'row' ? formatShare(value) : formatNumber(value)),
    onFocus: (row, column) => this.choose(row + 1, column + 1),
  });
  private readonly ends = [make('span'), make('span')] as const;
  private readonly beside = new BesideCard();

  constructor(kind: MemoryKind = ofText) {
    this.kind = kind;
    this.needs = kind.needs;
    this.text = new TextCard(
      (t) => this.choose(t, null),
      (k) => {
        if (this.shown) this.readout.update(this.shown, k ?? this.shown.k);
      },
      make('div', { class: 'memory-place' }, this.place, this.windows),
      this.readout.element,
      kind.about,
    );
  }

  mount(element: HTMLElement): void {
    const figures = make('dl', { class: 'memory-figures' });
    for (const [name, value] of this.figures)
      figures.append(make('div', {}, make('dt', {}, words.figures[name]), value));
    if (this.isExplained) this.figures.get('probability')!.replaceChildren(this.probability.element);
    this.map.element.classList.add('memory-map');
    const [rows, columns] = this.ends.map((end, i) => [make('span', {}, '1'), make('span', {}, 'tk'[i]), end]);
    this.body.append(
      this.edited,
      this.text.element,
      make('section', { class: 'card' }, make('h3', {}, words.figures.title), figures),
      this.beside.element,
      make('section', { class: 'card' }, make('h3', {}, words.decay.title), this.decay.element),
      make(
        'section',
        { class: 'card' },
        make('h3', {}, words.map.title),
        make(
          'div',
          { class: 'memory-frame' },
          make('div', { class: 'memory-rows', 'aria-hidden': 'true' }, ...rows),
          this.map.element,
        ),
        make('p', { class: 'memory-axis', 'aria-hidden': 'true' }, ...columns),
        make('p', { class: 'note' }, words.map.note),
      ),
    );
    element.append(...(this.kind.top ? [this.kind.top] : []), this.waiting, this.body);
  }

  update(frame: Frame): void {
    const before = this.frame;
    this.frame = frame;
    this.beside.update(frame);
    this.kind.update?.(frame);
    const isNew = drawn.some((name) => frame[name] !== before?.[name]);
    const hasMoved = frame.cursor.t !== before?.cursor.t;
    if (!isNew && !hasMoved) return;
    this.shown = shownOf(frame, this.t, this.k);
    this.waiting.hidden = this.shown !== null;
    this.body.hidden = this.shown === null;
    if (!this.shown) return;
    if (isNew) this.drawMap(this.shown);
    this.draw(this.shown);
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    const { shown } = this;
    if (!this.frame?.info) return strings.waitingForText;
    if (!shown) return words.waiting;
    const { memory, t, frame } = shown;
    const norms = rowOf(memory.dependence.norm, t);
    const best = strongestOf(norms);
    const share = Math.exp(memory.dependence.logProbability[t - 1]);
    const guess = words.guess(t, askedOf(shown, t), share);
    return Number.isFinite(norms[best - 1])
      ? `${guess} ${words.depends(readOf(shown, best), t - best, reachOf(norms, 0.5), frame.settings.level)}`
      : guess;
  }

  table(): Rows {
    const { shown } = this;
    if (!shown) return [];
    const { memory, other, tokens, t } = shown;
    const { norm, effect, change } = memory.dependence;
    const [sizes, effects, help] = [rowOf(norm, t), rowOf(effect, t), helpOf(rowOf(change, t))];
    const ofOther = other && rowOf(other.memory.dependence.norm, t);
    const body = Array.from(sizes, (size, i) => [
      i + 1,
      formatToken(tokens[i]),
      formatNumber(size),
      formatNumber(effects[i]),
      formatNumber(help[i]),
      ...(ofOther ? [formatNumber(ofOther[i])] : []),
    ]);
    return [[...words.columns(frameNoun(shown)), ...(other ? [words.columnOfOther(other.name)] : [])], ...body];
  }

  /** The guess, where no control has the focus. */
  key({ key, shiftKey }: KeyboardEvent): boolean {
    const { shown } = this;
    const T = shown?.tokens.length ?? 0;
    const far = shiftKey ? 10 : 1;
    const moves: Record<string, number> = { ArrowLeft: -far, ArrowRight: far, Home: -T, End: T };
    if (!shown || !(key in moves)) return false;
    this.choose(shown.t + moves[key], null);
    return true;
  }

  dispose(): void {
    this.decay.dispose();
  }

  /** Whether the numbers of the window are there to explain. */
  private get isExplained(): boolean {
    return this.needs.includes('trace');
  }

  /** Before one is chosen, the last guess, which can depend on most. */
  private get t(): number | null {
    const { t = 0 } = this.frame?.cursor ?? {};
    return t === 0 && !this.hasChosen ? null : t + 1;
  }

  /** @param k null: the last that was read */
  private choose(t: number, k: number | null): void {
    const { frame } = this;
    const T = this.shown?.tokens.length ?? 1;
    this.hasChosen = true;
    this.k = k;
    const to = Math.min(T, Math.max(1, t)) - 1;
    if (frame && to === frame.cursor.t) {
      this.shown = shownOf(frame, this.t, k);
      if (this.shown) this.draw(this.shown);
    } else this.focus({ t: to });
  }

  private draw(shown: Shown): void {
    const { memory, frame, t, k } = shown;
    this.drawFigures(shown);
    setText(this.place, this.kind.place(memory, frame));
    this.edited.hidden = frame.edits.length === 0;
    this.text.update(shown, this.colors);
    this.readout.update(shown, k);
    this.drawDecay(shown);
    this.map.moveTo(t - 1, k - 1);
  }

  private drawFigures(shown: Shown): void {
    const { memory, frame, t } = shown;
    const { norm, effect, change, logProbability } = memory.dependence;
    const norms = rowOf(norm, t);
    const [effects, help] = [rowOf(effect, t), helpOf(rowOf(change, t))];
    const agreeing = effects.filter((value, i) => value * help[i] > 0).length;
    const best = strongestOf(norms);
    const { level } = frame.settings;
    const figures = {
      asked: askedOf(shown, t),
      strongest: `${readOf(shown, best)} x(${best})`,
      half: words.tokens(reachOf(norms, 0.5), level),
      most: words.tokens(reachOf(norms, 0.9), level),
      agree: words.agree(agreeing, t),
    };
    for (const [name, text] of Object.entries(figures)) setText(this.figures.get(name as keyof typeof figures)!, text);
    const share = Math.exp(logProbability[t - 1]);
    if (!this.isExplained) {
      setText(this.figures.get('probability')!, formatShare(share));
      return;
    }
    const address = { quantity: 'y', t, unit: memory.asked[t - 1] } as const;
    const trace = frame.windowTrace?.begin === memory.begin ? frame.windowTrace.trace : null;
    const symbol = trace ? symbolIn(trace, address) : '';
    this.probability.update(address, symbol, share, '#', false, false);
  }

  private drawDecay({ memory, other, t, k, tokens }: Shown): void {
    const { norm, change } = memory.dependence;
    this.decay.update(
      words.decay.label(t),
      [
        { label: words.decay.norm(other !== null), values: rowOf(norm, t) },
        {
          label: other ? words.decay.other(other.name) : '',
          values: other && rowOf(other.memory.dependence.norm, t),
        },
        { label: words.decay.change(other !== null), values: rowOf(change, t).map(Math.abs) },
      ],
      1,
      Math.min(k, t),
      (at) => `x(${at}) ${formatToken(tokens[at - 1] ?? '')}`,
    );
  }

  private drawMap(shown: Shown): void {
    const T = shown.tokens.length;
    this.colors.update(shown);
    this.map.draw(this.colors.values(shown.memory), T, T, (value) => this.colors.of(value));
    for (const end of this.ends) setText(end, formatCount(T));
  }
}

const frameNoun = ({ frame }: Shown): string => words.noun(frame.settings.level);
