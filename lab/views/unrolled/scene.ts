// The picture as a whole: lays it out for the room that there is, fills it with the numbers of a window, marks where the visitor is, and shows as much
// of it as the waves have reached. Does again only what changed.

import { make, setText } from '../../draw/dom.ts';
import { Limit } from '../../draw/limit.ts';
import { magnitude, signed, type Theme } from '../../draw/palette.ts';
import { Scale } from '../../draw/scale.ts';
import { formatShort } from '../../format.ts';
import type { RunInfo, WindowTrace } from '../../protocol.ts';
import type { Cursor } from '../../state/cursor.ts';
import { CellGrid, type CellGridOptions } from './cell-grid.ts';
import type { Measures, Step } from './column.ts';
import type { Edges } from './edges.ts';
import { candidates, type Layout, layOut, type Mode, type Part, rowOfUnit } from './layout.ts';
import { decades, type Numbers, partsOf, tokenName } from './numbers.ts';
import { gutterWidth, Picture } from './picture.ts';
import { Readout } from './readout.ts';
import { unrolledStrings } from './strings.ts';
import { Strips, type StripValues } from './strips.ts';
import { type WaveAt, wantsLessMotion } from './wave.ts';

const words = unrolledStrings;

export interface SceneState {
  readonly windowTrace: WindowTrace;
  readonly numbers: Numbers;
  readonly info: RunInfo;
  readonly cursor: Cursor;
  readonly theme: Theme;
  readonly isCarried: boolean;
  readonly copies: number;
  readonly mode: Mode;
  readonly wave: WaveAt | null;
  readonly lit: Part | null;
}

export class Scene {
  readonly element: HTMLElement;
  readonly legend: HTMLElement;
  private readonly picture = new Picture();
  private readonly strips = new Strips();
  private readonly readout = new Readout();
  private readonly grid: CellGrid;
  private readonly scroll: HTMLElement;
  private readonly stage: HTMLElement;
  private readonly sizes: ResizeObserver;
  private readonly limits = {
    h: new Limit(1, 0.99),
    s: new Limit(1, 0.99),
    dh: new Limit(0, 0.99),
    loss: new Limit(0, 0.95),
  };
  private readonly scales = {
    h: new Scale(words.scales.h),
    s: new Scale(words.scales.s),
    dh: new Scale(words.scales.dh),
    norm: new Scale(words.scales.norm),
  };
  private readonly guess = make(
    'p',
    { class: 'scale guess-legend' },
    make('i', { 'aria-hidden': 'true' }),
    make('span'),
  );
  private state: SceneState | null = null;
  private layout: Layout | null = null;
  private layoutKey = '';
  private filled: readonly unknown[] = [];
  private scrolledTo = '';
  private cursorKey = '';
  /** As it was observed: asking for it would lay out the page each time. 0 until then. */
  private width = 0;
  private scrolled = 0;

  constructor(options: CellGridOptions) {
    this.grid = new CellGrid(options);
    const { picture, strips, readout, grid, scales, guess } = this;
    this.stage = make('div', { class: 'unrolled-stage' }, strips.element, grid.element);
    this.stage.prepend(picture.element);
    this.scroll = make('div', {
      class: 'unrolled-scroll',
      tabindex: 0,
      role: 'region',
      'aria-label': words.picture.region,
    });
    this.scroll.append(picture.gutter, this.stage);
    this.element = make('div', { class: 'unrolled-body' }, this.scroll, readout.element);
    const { h, s, dh, norm } = scales;
    const target = make('p', { class: 'scale target-legend' }, make('b', { 'aria-hidden': 'true' }, 'a'), words.target);
    this.legend = make('footer', { class: 'unrolled-legend' }, h.element, s.element, dh.element, norm.element, guess);
    this.legend.append(target);
    this.scroll.addEventListener('scroll', () => {
      this.scrolled = this.scroll.scrollLeft;
      this.sight();
    });
    this.sizes = new ResizeObserver(([{ contentRect }]) => this.resized(contentRect.width));
    this.sizes.observe(this.element);
  }

  dispose(): void {
    this.sizes.disconnect();
  }

  private resized(width: number): void {
    if (Math.floor(width) === this.width) return;
    this.width = Math.floor(width);
    if (this.state) this.update(this.state);
  }

  update(state: SceneState): void {
    this.state = state;
    if (this.width === 0) return;
    const { windowTrace, cursor, copies, wave, theme, numbers, info } = state;
    const { trace } = windowTrace;
    const T = trace.steps;
    const t = Math.min(T, (wave ? wave.t - 1 : cursor.t) + 1);
    const times = Array.from({ length: copies }, (_, i) => (i < copies - 1 ? i + 1 : Math.max(copies, t)));
    const isNewLayout = this.arrange(state);
    const layout = this.layout!;
    const key = [windowTrace, theme, info, times.at(-1), isNewLayout ? {} : this.filled[4]];
    if (key.some((part, i) => part !== this.filled[i])) {
      this.filled = key;
      this.fill(layout, state, times);
    }
    this.moveCursor(layout, cursor, times);
    const column = Math.min(t, copies);
    this.picture.mark(column);
    this.picture.light(state.lit);
    this.reveal(layout, wave);
    this.readout.update(
      trace,
      numbers,
      (id) => tokenName(info, id),
      t,
      Math.min(cursor.l, layout.layers - 1),
      Math.min(cursor.u, layout.units - 1),
    );
    const place = [column, this.layoutKey, windowTrace.window].join();
    if (place !== this.scrolledTo) {
      this.scrolledTo = place;
      this.scrollTo(t, wave !== null);
    }
    this.sight();
  }

  private sight(): void {
    const margin = 120;
    this.picture.sight(this.scrolled - margin, this.scrolled + this.width + margin);
  }

  private arrange({ windowTrace, copies, mode, isCarried }: SceneState): boolean {
    const { config, steps, s, gradients } = windowTrace.trace;
    const isLast = windowTrace.window === windowTrace.windows - 1;
    const edges: Edges = {
      isCarried: isCarried && windowTrace.begin > 0,
      after: isLast ? 'end' : isCarried ? 'carried' : 'dropped',
    };
    const plan = {
      copies,
      steps,
      layers: config.numLayers,
      units: config.hiddenSize,
      hasS: s.length > 0,
      mode: gradients ? mode : 'forward',
      room: this.width - gutterWidth,
      areWords: this.state!.info.settings.level === 'word',
    } as const;
    const key = JSON.stringify([plan, edges, config.cell]);
    if (key === this.layoutKey) return false;
    this.layoutKey = key;
    const layout = layOut(plan);
    const unfolds = this.layout && this.layout.steps === steps && this.layout.copies < copies;
    const from = this.layout?.copies ?? copies;
    this.layout = layout;
    this.picture.arrange(layout, partsOf(windowTrace.trace), edges);
    this.strips.arrange(layout);
    this.stage.style.width = `${layout.width}px`;
    this.stage.style.height = `${layout.height}px`;
    if (unfolds && !wantsLessMotion()) {
      this.picture.unfold(from);
      this.strips.unfold(from);
    }
    this.element.classList.toggle('is-one', copies === 1 && steps > 1);
    this.element.classList.toggle('is-rolled', layout.width + gutterWidth < 0.62 * this.width);
    return true;
  }

  private fill(
    layout: Layout,
    { windowTrace, numbers, theme, info, mode }: SceneState,
    times: readonly number[],
  ): void {
    const { trace, edits } = windowTrace;
    const { gradients } = trace;
    const strip = (name: 'h' | 's' | 'dh', values: ArrayLike<number>): StripValues => {
      const limit = this.limits[name].of(values);
      const scale = this.scales[name];
      scale.element.hidden = !layout.strips.includes(name);
      scale.update(formatShort(-limit), formatShort(limit), `${theme} ${limit}`, (place) =>
        signed((2 * place - 1) * limit, limit, theme),
      );
      return { values, limit };
    };
    const of = { h: strip('h', trace.h), s: strip('s', trace.s), dh: strip('dh', gradients?.h ?? []) };
    this.strips.draw(of, times, theme);
    const { low, high } = decades(numbers);
    this.scales.norm.element.hidden = mode === 'forward' || !gradients;
    this.scales.norm.update(formatShort(low), formatShort(high), `${low} ${high}`, (place) =>
      magnitude(low * (high / low) ** place, low, high),
    );
    const { guess } = info.baselines;
    const measures: Measures = { low, high, maxLoss: Math.max(guess, this.limits.loss.of(trace.loss)) };
    setText(this.guess.lastElementChild!, words.scales.loss(guess));
    const marks = edits.flatMap((edit) =>
      edit.kind !== 'state'
        ? []
        : times
            .map((t, i) => [t, i + 1] as const)
            .concat(layout.hasStart ? [[0, 0]] : [])
            .filter(([t]) => (edit.t === undefined ? t > 0 : t === edit.t))
            .map(([, column]) => [column, edit.layer, edit.unit] as const),
    );
    this.picture.fill((column) => stepOf(windowTrace, numbers, info, times[column - 1]), measures, guess, marks);
  }

  /** Where another view, or the inspector, moved the shared cursor to, the grid goes too. */
  private moveCursor(layout: Layout, { t, l, u, direction }: Cursor, times: readonly number[]): void {
    this.grid.arrange(layout, times, direction === 'backward');
    const key = `${t} ${l} ${u}`;
    if (key === this.cursorKey) return;
    const [, wasLayer, wasUnit] = this.cursorKey.split(' ');
    this.cursorKey = key;
    const isOther = wasLayer !== String(l) || wasUnit !== String(u);
    const layer = Math.min(l, layout.layers - 1);
    const unit = Math.min(u, layout.units - 1);
    this.grid.moveTo(isOther ? rowOfUnit(layout, layer, unit) : this.grid.row, t + 1);
  }

  private reveal(layout: Layout, wave: WaveAt | null): void {
    const reached = wave ? Math.min(wave.t, layout.copies) : 0;
    const forward = wave?.isForward ? reached : layout.copies;
    const backward = !wave ? 1 : wave.isForward ? layout.copies + 1 : reached;
    this.picture.reveal(forward, backward);
    this.strips.reveal(forward, backward);
  }

  private scrollTo(t: number, isWave: boolean): void {
    const [from, to] = this.grid.span(t);
    const room = this.width - gutterWidth;
    const margin = isWave ? room / 3 : Math.min(80, room / 6);
    const width = this.layout?.width ?? 0;
    let { scrolled } = this;
    if (from - margin < scrolled) scrolled = t <= 1 ? 0 : from - margin;
    else if (to + margin > scrolled + room) scrolled = t === this.layout?.steps ? width : to + margin - room;
    this.scrolled = Math.round(Math.max(0, Math.min(width - room, scrolled)));
    this.scroll.scrollLeft = this.scrolled;
  }
}

function stepOf({ trace, edits }: WindowTrace, { top, dh, above }: Numbers, info: RunInfo, t: number): Step {
  const { config, y, tokens, targets, loss } = trace;
  const { vocabSize: C, numLayers: L } = config;
  const isWord = info.settings.level === 'word';
  const short = (name: string): string => (isWord && name.length > 7 ? `${name.slice(0, 6)}…` : name);
  const target = targets ? targets[t - 1] : -1;
  const bars = Array.from({ length: candidates + 1 }, (_, place) => {
    const id = top[(t - 1) * (candidates + 1) + place];
    return {
      name: id < 0 ? '' : short(tokenName(info, id)),
      p: id < 0 ? 0 : y[(t - 1) * C + id],
      isTarget: id >= 0 && id === target,
    };
  });
  return {
    t,
    token: short(tokenName(info, tokens[t - 1])),
    isEdited: edits.some((edit) => edit.kind === 'token' && edit.t === t),
    bars,
    loss: targets ? loss[t - 1] : null,
    gradients: Array.from(dh.subarray(t * L, (t + 1) * L)),
    above: Array.from(above.subarray(t * L, (t + 1) * L)),
  };
}
