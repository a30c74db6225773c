// V5 Gradient flow: how far back each error reaches, how fast that decays, why, and what makes it so. The numbers are those of the library's
// gradientByDistance (src/insight/gradient-by-distance.ts) and of whyDecay, for the window at the cursor; what is drawn besides them is in numbers.ts.

import { Curves } from '../../draw/curves.ts';
import { make, setText } from '../../draw/dom.ts';
import { categories } from '../../draw/palette.ts';
import { formatNumber, formatToken } from '../../format.ts';
import type { GradientFlow } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import { choiceName, strings } from '../../strings.ts';
import type { Rows, View } from '../view.ts';
import { CauseCard } from './cause.ts';
import { boundOf, type GradientByDistance, rowOf, startOfFit, type Why } from './numbers.ts';
import { gradientsStrings } from './strings.ts';
import { Triangle } from './triangle.ts';
import { UnitsCard } from './units.ts';
import { VerdictCard } from './verdict.ts';
import { WhyCard } from './why.ts';
import './style.css';

const words = gradientsStrings;

export class GradientsView implements View {
  readonly needs = ['trace', 'flow'] as const;
  private frame: Frame | null = null;
  /** The state h(k) that is chosen, from 0; the error t that is chosen is the cursor's. */
  private k: number | null = null;
  private readonly verdict = new VerdictCard();
  private readonly decay = new Curves({
    styles: [
      { color: categories[0], width: 1.25 },
      { color: categories[1], width: 3 },
      { color: categories[1], width: 1.5, dash: '6 4' },
      { color: categories[5], width: 1.25, dash: '1.5 3' },
      { color: categories[2], width: 2.5, dash: '9 4' },
    ],
    x: words.decay.x,
    y: words.decay.y,
    height: 270,
    logarithmic: true,
    loose: [2, 3],
  });
  private readonly rivalVerdict = make('dl', { class: 'rival-verdicts', hidden: true });
  private readonly triangle = new Triangle((t, k) => this.choose(t, k));
  private readonly why = new WhyCard();
  private readonly units = new UnitsCard((u, k) => {
    this.k = k;
    this.focus({ u, ...(k > 0 && { t: k - 1 }) });
    this.select(k > 0 ? k : this.t, u);
  });
  private readonly cause = new CauseCard();
  private readonly waiting = make('p', { class: 'note' }, words.waiting);
  private readonly body = make('div', { class: 'flow-body', hidden: true });

  mount(element: HTMLElement): void {
    this.body.append(
      this.verdict.element,
      make(
        'section',
        { class: 'card' },
        make('h3', {}, words.decay.title),
        this.rivalVerdict,
        this.decay.element,
        this.cause.gain,
      ),
      this.triangle.element,
      this.why.element,
      this.units.element,
      this.cause.element,
    );
    element.append(this.waiting, this.body);
  }

  update(frame: Frame): void {
    const before = this.frame;
    this.frame = frame;
    const isThere = this.gradientByDistance !== null;
    this.waiting.hidden = isThere;
    this.body.hidden = !isThere;
    this.cause.update(frame);
    if (!isThere) return;
    this.verdict.update(frame, this.gradientByDistance!);
    const isNew = frame.flow !== before?.flow || frame.theme !== before?.theme || frame.cursor.l !== before?.cursor.l;
    const hasTokens = frame.windowTrace !== before?.windowTrace;
    const hasMoved = frame.cursor.t !== before?.cursor.t || frame.cursor.u !== before?.cursor.u;
    const hasRival = frame.rival !== before?.rival || frame.rivalCell !== before?.rivalCell;
    if (isNew || hasTokens)
      this.triangle.update(this.gradientByDistance!, this.tokens('tokens'), this.tokens('targets'));
    if (isNew || hasMoved || hasRival) this.drawDecay(frame);
    if (isNew || hasMoved)
      this.why.update(this.whyOf!, this.gradientByDistance!.decay.factor, this.isTop, frame.settings, this.t);
    this.units.update(frame);
    if (isNew || hasMoved || hasTokens) this.select();
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    const { gradientByDistance } = this;
    if (!gradientByDistance) return words.waiting;
    const { total, decay } = gradientByDistance;
    const T = total.length - 1;
    const row = rowOf(gradientByDistance, T);
    return row.every(Number.isFinite)
      ? `${words.verdict(decay, T)} ${words.ends(T, row[T], row[0])}`
      : words.verdict(decay, T);
  }

  table(): Rows {
    const { gradientByDistance, t } = this;
    if (!gradientByDistance) return [];
    const row = rowOf(gradientByDistance, t);
    const bound = this.bound;
    const other = this.rival?.gradientByDistance[this.layer];
    const tokens = this.tokens('tokens');
    const { columns } = words;
    const body = Array.from(gradientByDistance.total, (total, k) => [
      k,
      k === 0 ? words.triangle.start : formatToken(tokens[k - 1] ?? ''),
      formatNumber(total),
      k <= t ? formatNumber(row[k]) : '',
      bound && k <= t ? formatNumber(bound[k]) : '',
      ...(other ? [formatNumber(other.total[k])] : []),
    ]);
    const rival = other ? [columns.rival(choiceName(this.frame?.rivalCell ?? '') ?? '')] : [];
    return [[columns.k, columns.after, columns.total, columns.row(t), columns.bound, ...rival], ...body];
  }

  /** The state, the error and the layer, where no control has the focus. */
  key({ key, shiftKey }: KeyboardEvent): boolean {
    const T = (this.gradientByDistance?.total.length ?? 1) - 1;
    const far = shiftKey ? 10 : 1;
    const moves: Record<string, number> = { ArrowLeft: -far, ArrowRight: far, Home: -T, End: T };
    if (T === 0 || !(key in moves)) return false;
    const t = Math.min(T, Math.max(1, this.t + moves[key]));
    this.choose(t, t);
    return true;
  }

  dispose(): void {
    this.decay.dispose();
    this.why.dispose();
  }

  private choose(t: number, k: number): void {
    this.k = k;
    this.focus({ t: t - 1 });
    this.select(t);
  }

  /** @param t of the error; the cursor's may be behind by a frame */
  private select(t: number = this.t, unit: number = this.frame?.cursor.u ?? 0): void {
    const k = this.k ?? t;
    this.triangle.select(t, k);
    this.units.select(unit, k);
  }

  private drawDecay({ rivalCell, settings, flow }: Frame): void {
    const { t } = this;
    const gradientByDistance = this.gradientByDistance!;
    const { total, decay } = gradientByDistance;
    const T = total.length - 1;
    const start = startOfFit(gradientByDistance, t);
    const hasFit = Number.isFinite(decay.factor) && Number.isFinite(start);
    const other = this.rival;
    const otherGradients = other?.gradientByDistance[this.layer] ?? null;
    this.decay.update(
      words.decay.label(T),
      [
        { label: words.decay.total, values: total },
        { label: words.decay.row(t), values: rowOf(gradientByDistance, t) },
        {
          label: words.decay.fitted(decay.factor),
          values: hasFit ? Float64Array.from({ length: t + 1 }, (_, k) => start * decay.factor ** (t - k)) : null,
        },
        { label: words.decay.bound, values: this.bound },
        {
          label: other && rivalCell ? words.decay.rival(strings.choices[rivalCell], other.step, t) : '',
          values: otherGradients && rowOf(otherGradients, t),
        },
      ],
      0,
      t,
      (k) => `h(${k})`,
    );
    this.rivalVerdict.hidden = !otherGradients;
    if (!other || !otherGradients || !rivalCell || !flow) return;
    const entries = [
      { name: words.cause.verdictOf(strings.choices[settings.cell], flow.step), decay },
      { name: words.cause.verdictOf(strings.choices[rivalCell], other.step), decay: otherGradients.decay },
    ];
    while (this.rivalVerdict.childElementCount < 2) this.rivalVerdict.append(make('div', {}, make('dt'), make('dd')));
    for (const [i, entry] of entries.entries()) {
      const { children } = this.rivalVerdict.children[i];
      setText(children[0], `${'AB'[i]}: ${entry.name}`);
      setText(children[1], words.verdict(entry.decay, flow.gradientByDistance[0].total.length - 1));
    }
  }

  /** What is seen of the other cell, in the same window. */
  private get rival(): GradientFlow | null {
    const { rival, rivalCell, flow } = this.frame!;
    return rivalCell && rival?.flow && rival.flow.begin === flow?.begin ? rival.flow : null;
  }

  private get layer(): number {
    return Math.min(this.frame?.cursor.l ?? 0, (this.frame?.flow?.gradientByDistance.length ?? 1) - 1);
  }

  private get gradientByDistance(): GradientByDistance | null {
    return this.frame?.flow?.gradientByDistance[this.layer] ?? null;
  }

  private get whyOf(): Why | null {
    return this.frame?.flow?.why[this.layer] ?? null;
  }

  /** The t of the chosen error, from 1; before anything is chosen the last, which reaches back farthest. */
  private get t(): number {
    const T = (this.gradientByDistance?.total.length ?? 2) - 1;
    const { t = 0 } = this.frame?.cursor ?? {};
    return t === 0 && this.k === null ? T : Math.min(T, t + 1);
  }

  private get isTop(): boolean {
    return this.layer === (this.frame?.flow?.gradientByDistance.length ?? 0) - 1;
  }

  /** Only the top layer's errors come to it by no other way than its own. */
  private get bound(): Float64Array | null {
    return this.isTop && this.gradientByDistance && this.whyOf
      ? boundOf(this.gradientByDistance, this.whyOf, this.t)
      : null;
  }

  /** What stands in the window, if it is the same one that is traced. */
  private tokens(which: 'tokens' | 'targets'): string[] {
    const { windowTrace, flow, info } = this.frame!;
    if (!windowTrace || !info || windowTrace.begin !== flow?.begin) return [];
    return Array.from(windowTrace.trace[which] ?? [], (id) => info.vocabulary[id]);
  }
}
