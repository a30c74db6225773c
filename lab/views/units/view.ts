// V7 Units: what single units do on a stretch of the text that begins with the window at the cursor: their values in the text, statistics, contexts, what
// describes them most simply, what the network loses without them, and which are on exactly in a range. The numbers are those of the library
// (src/insight/unit-statistics.ts, held-units.ts, area-under-curve.ts), put together in engine/units.ts.

import { button, make, setText } from '../../draw/dom.ts';
import { Limit } from '../../draw/limit.ts';
import { signed } from '../../draw/palette.ts';
import { Scale } from '../../draw/scale.ts';
import { symbolIn } from '../../explain/names.ts';
import { NumberButton } from '../../explain/number-button.ts';
import { formatNumber, formatShare, formatShort, formatToken } from '../../format.ts';
import type { Held, Units } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import { strings } from '../../strings.ts';
import type { Rows, View } from '../view.ts';
import { DetailCard } from './detail-card.ts';
import { MatchCard } from './match-card.ts';
import { columnOf } from './numbers.ts';
import { unitsStrings } from './strings.ts';
import { areaOf, describe, isHigh, UnitList } from './unit-list.ts';
import { type Range, UnitText } from './unit-text.ts';
import './style.css';

const words = unitsStrings;
const figureNames = ['value', 'mean', 'spread', 'saturated', 'ablation', 'area'] as const;
/** What the view draws of a frame. */
const drawn = ['units', 'held', 'hold', 'theme', 'edits', 'windowTrace'] as const;

export class UnitsView implements View {
  readonly needs = ['trace', 'units', 'held'] as const;
  private frame: Frame | null = null;
  private place: number | null = null;
  private range: Range | null = null;
  private later = 0;
  private isComplete = false;
  private readonly limit = new Limit(1, 0.99);
  private readonly waiting = make('p', { class: 'note' }, words.waiting);
  private readonly body = make('div', { class: 'units-body', hidden: true });
  private readonly edited = make(
    'div',
    { class: 'notice notice-mild', hidden: true },
    make('p', {}, words.edited),
    button(words.reset, '', () => actions.edit([])),
  );
  private readonly layers = make('div', { class: 'segments', role: 'group', 'aria-label': words.layer });
  private readonly where = make('p', { class: 'note' });
  private readonly figures = new Map(figureNames.map((name) => [name, make('dd', { 'data-units': name }, '–')]));
  private readonly value = new NumberButton({ explain: (address) => actions.explain(address, true), change: null });
  private readonly plainValue = make('span');
  private readonly title = make('h3');
  private readonly scale = new Scale();
  private readonly text = new UnitText({
    onPlace: (place) => this.choosePlace(place),
    onRange: (range) => this.chooseRange(range),
  });
  private readonly list = new UnitList((u) => this.focus({ u }));
  private readonly detail = new DetailCard((place) => this.showPlace(place));
  private readonly match = new MatchCard({
    chooseUnit: (u) => this.focus({ u }),
    choosePlace: (place) => this.showPlace(place),
    clear: () => this.chooseRange(null),
  });

  mount(element: HTMLElement): void {
    const figures = make('dl', { class: 'units-figures' });
    for (const [name, value] of this.figures)
      figures.append(make('div', {}, make('dt', {}, words.figures[name]), value));
    this.figures.get('value')!.replaceChildren(this.value.element, this.plainValue);
    const windows = ([-1, 1] as const).map((by) => {
      const made = button(by < 0 ? '‹' : '›', 'tool', () => actions.moveWindow(by));
      made.setAttribute('aria-label', by < 0 ? words.previousWindow : words.nextWindow);
      return made;
    });
    this.body.append(
      this.edited,
      make(
        'section',
        { class: 'card' },
        make('header', { class: 'card-head' }, this.title, this.scale.element),
        make('div', { class: 'units-place' }, this.layers, make('div', { class: 'buttons' }, ...windows), this.where),
        this.text.element,
        make('p', { class: 'note' }, words.text.note),
        figures,
      ),
      this.match.element,
      this.list.element,
      this.detail.element,
    );
    element.append(this.waiting, this.body);
  }

  update(frame: Frame): void {
    const before = this.frame;
    this.frame = frame;
    const { units, info } = frame;
    this.waiting.hidden = units !== null && info !== null;
    this.body.hidden = !this.waiting.hidden;
    if (!units || !info) return;
    if (units.begin !== before?.units?.begin || units.tokens.length !== before.units.tokens.length) {
      this.range = null;
      this.place = null;
    }
    const hasMoved = (['u', 'l', 't'] as const).some((name) => frame.cursor[name] !== before?.cursor[name]);
    if (drawn.some((name) => frame[name] !== before?.[name]) || hasMoved) this.draw(frame, units);
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    const { units, info } = this.frame ?? {};
    if (!info) return strings.waitingForText;
    if (!units) return words.waiting;
    const { unit, held } = this;
    const what = describe(units, unit, info);
    const area = areaOf(units, unit);
    const said = what && area > 0.5 ? words.explained(unit, units.layer, isHigh(units, unit), what, area) : null;
    return (said ?? words.unexplained(unit, units.layer)) + (held ? words.lossOf(held.change[unit]) : '');
  }

  table(): Rows {
    const { units, info } = this.frame ?? {};
    if (!units || !info) return [];
    const { columns } = words.list;
    const { statistics } = units;
    const body = Array.from(statistics.mean, (mean, u) => [
      u + 1,
      describe(units, u, info),
      formatNumber(areaOf(units, u)),
      formatNumber(mean),
      formatNumber(Math.sqrt(statistics.variance[u])),
      formatShare(statistics.saturated[u]),
      this.held ? formatNumber(this.held.change[u]) : '',
    ]);
    const { area, mean } = words.figures;
    return [[columns.unit, columns.area, area, mean, columns.spread, columns.saturated, columns.ablation], ...body];
  }

  /** The unit and the place, where no control has the focus. */
  key({ key, shiftKey }: KeyboardEvent): boolean {
    const { units } = this.frame ?? {};
    if (!units) return false;
    const far = shiftKey ? 10 : 1;
    const up: Record<string, number> = { ArrowUp: -far, ArrowDown: far };
    const along: Record<string, number> = { ArrowLeft: -far, ArrowRight: far };
    const H = units.statistics.mean.length;
    if (key in up) this.focus({ u: Math.min(H - 1, Math.max(0, this.unit + up[key])) });
    else if (key in along) this.showPlace(this.at + along[key]);
    else return false;
    return true;
  }

  dispose(): void {
    cancelAnimationFrame(this.later);
    this.text.dispose();
  }

  private get unit(): number {
    const H = this.frame?.units?.statistics.mean.length ?? 1;
    return Math.min(H - 1, this.frame?.cursor.u ?? 0);
  }

  /** The loss without each unit, if it is of what is shown. */
  private get held(): Held | null {
    const { units, held } = this.frame ?? {};
    return held && units && held.layer === units.layer && held.begin === units.begin ? held : null;
  }

  /** The place that is chosen, from 0. */
  private get at(): number {
    const N = this.frame?.units?.tokens.length ?? 1;
    return Math.min(N - 1, this.place ?? this.frame?.cursor.t ?? 0);
  }

  private choosePlace(place: number): void {
    const N = this.frame?.units?.tokens.length ?? 1;
    this.place = Math.min(N - 1, Math.max(0, place));
    const T = this.frame?.windowTrace?.trace.steps ?? 0;
    const isInWindow = this.place < T && this.frame?.windowTrace?.begin === this.frame?.units?.begin;
    if (isInWindow && this.place !== this.frame?.cursor.t) this.focus({ t: this.place });
    else this.drawPlace();
  }

  private showPlace(place: number): void {
    this.choosePlace(place);
    this.text.show(this.at);
  }

  private chooseRange(range: Range | null): void {
    const isSame = range?.[0] === this.range?.[0] && range?.[1] === this.range?.[1];
    if (isSame) return;
    this.range = range;
    this.drawPlace();
  }

  private draw(frame: Frame, units: Units): void {
    const { unit } = this;
    const info = frame.info!;
    const column = columnOf(units, unit);
    const limit = this.limit.of(column);
    setText(this.title, words.text.title(unit));
    setText(this.where, words.model(units));
    this.scale.update(formatShort(-limit), formatShort(limit), `${frame.theme} ${limit}`, (place) =>
      signed(2 * place - 1, 1, frame.theme),
    );
    this.text.update(units.tokens, info.vocabulary, (place) => signed(column[place], limit, frame.theme));
    this.edited.hidden = frame.edits.length === 0;
    this.drawLayers(frame, units);
    this.drawPlace();
    if (this.isComplete) this.drawRest();
    else this.later ||= requestAnimationFrame(() => this.drawRest());
  }

  /** The list and the one unit: in a frame of their own the first time, when the text is new as well. */
  private drawRest(): void {
    this.isComplete = true;
    const { units, info, hold } = this.frame!;
    if (!units || !info) return;
    this.list.update(units, this.held, info, this.unit);
    this.detail.update(units, this.held, hold, info, this.unit);
  }

  private drawLayers({ settings }: Frame, units: Units): void {
    const count = settings.layers;
    this.layers.hidden = count < 2;
    if (this.layers.childElementCount !== count)
      this.layers.replaceChildren(
        ...Array.from({ length: count }, (_, l) => button(`${words.layer} ${l}`, '', () => this.focus({ l }))),
      );
    for (const [l, each] of Array.from(this.layers.children).entries())
      each.setAttribute('aria-pressed', String(l === units.layer));
  }

  private drawPlace(): void {
    const { frame, unit, at } = this;
    const { units, info, windowTrace } = frame ?? {};
    if (!frame || !units || !info) return;
    const H = units.statistics.mean.length;
    const value = units.values[at * H + unit];
    const token = strings.quoted(formatToken(info.vocabulary[units.tokens[at]]));
    const { range } = this;
    const ids = range ? Array.from(units.tokens.subarray(range[0], range[1] + 1)) : [];
    const chosen = strings.quoted(ids.map((id) => formatToken(info.vocabulary[id])).join(''));
    this.text.mark(
      at,
      range,
      range ? words.text.selected(range[0], range[1], chosen) : words.text.value(at, token, value),
    );
    const { mean, variance, saturated } = units.statistics;
    const { held } = this;
    const area = areaOf(units, unit);
    const shown = {
      mean: formatNumber(mean[unit]),
      spread: formatNumber(Math.sqrt(variance[unit])),
      saturated: formatShare(saturated[unit]),
      ablation: held ? words.nats(held.change[unit]) : '…',
      area: Number.isNaN(area) ? '–' : formatNumber(area),
    };
    for (const [name, text] of Object.entries(shown)) setText(this.figures.get(name as keyof typeof shown)!, text);
    const isInWindow =
      windowTrace?.begin === units.begin && at < windowTrace.trace.steps && windowTrace.step === units.step;
    this.value.element.hidden = !isInWindow;
    this.plainValue.hidden = isInWindow;
    setText(this.plainValue, formatNumber(value));
    if (isInWindow) {
      const address = { quantity: 'h', t: at + 1, layer: units.layer, unit } as const;
      this.value.update(address, symbolIn(windowTrace.trace, address), value, '#', false, false);
    }
    this.match.update(units, info, range);
  }
}
