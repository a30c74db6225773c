// The gradient of each state unit by unit, ∂L/∂h(k)[u], by size or with its sign; and beside it the norm of the newest step's gradient, as it came and
// after clipping.

import { button, make, setText } from '../../draw/dom.ts';
import { HeatMap } from '../../draw/heatmap.ts';
import { Domain } from '../../draw/limit.ts';
import { magnitude, signed } from '../../draw/palette.ts';
import { Scale } from '../../draw/scale.ts';
import { formatNumber } from '../../format.ts';
import type { WindowTrace } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import { signedLimit } from './numbers.ts';
import { gradientsStrings } from './strings.ts';

const words = gradientsStrings.units;
const scales = ['magnitude', 'signed'] as const;

export class UnitsCard {
  readonly element: HTMLElement;
  private readonly scale = new Scale();
  private readonly domain = new Domain();
  private readonly map: HeatMap;
  private readonly choices = scales.map((name) =>
    button(words[name], '', () => {
      this.shown = name;
      if (this.frame) this.draw(this.frame);
    }),
  );
  private readonly bars = (['before', 'after'] as const).map((name) => {
    const fill = make('i');
    const value = make('span', { class: 'clip-value', 'data-clip': name });
    return {
      fill,
      value,
      row: make('div', {}, make('span', {}, words[name]), make('span', { class: 'bar' }, fill), value),
    };
  });
  private readonly clipNote = make('p', { class: 'note' });
  private readonly axis = make('span');
  private shown: (typeof scales)[number] = 'magnitude';
  private frame: Frame | null = null;
  private windowTrace: WindowTrace | null = null;

  /** @param choose unit u of h(k) */
  constructor(choose: (u: number, k: number) => void) {
    const open = (unit: number, t: number): void =>
      actions.explain({ quantity: 'dh', t, layer: this.layer, unit }, true);
    this.map = new HeatMap({
      label: words.label,
      cellName: words.cell,
      format: formatNumber,
      onFocus: choose,
      onOpen: open,
    });
    this.map.element.classList.add('flow-units');
    this.element = make(
      'section',
      { class: 'card' },
      make('header', { class: 'card-head' }, make('h3', {}, words.title), this.scale.element),
      make('div', { class: 'segments', role: 'group', 'aria-label': words.scale }, ...this.choices),
      this.map.element,
      make('p', { class: 'flow-axis', 'aria-hidden': 'true' }, make('span', {}, '0'), make('span', {}, 'k'), this.axis),
      make('p', { class: 'note' }, words.note),
      make('h3', { class: 'second-title' }, words.clip),
      make('div', { class: 'clip-bars' }, ...this.bars.map(({ row }) => row)),
      this.clipNote,
    );
  }

  update(frame: Frame): void {
    const before = this.frame;
    this.frame = frame;
    const isNew =
      frame.windowTrace !== this.windowTrace || frame.theme !== before?.theme || frame.cursor.l !== before.cursor.l;
    if (isNew) this.draw(frame);
    this.updateBars(frame);
  }

  select(unit: number, k: number): void {
    this.map.moveTo(unit, k);
  }

  private get layer(): number {
    return Math.min(this.frame?.cursor.l ?? 0, (this.windowTrace?.trace.config.numLayers ?? 1) - 1);
  }

  private draw({ windowTrace, theme }: Frame): void {
    this.windowTrace = windowTrace;
    for (const [i, each] of this.choices.entries()) each.setAttribute('aria-pressed', String(scales[i] === this.shown));
    const trace = windowTrace?.trace;
    const gradients = trace?.gradients;
    if (!trace || !gradients) return;
    const { hiddenSize: H, numLayers: L } = trace.config;
    const T = trace.steps;
    const values = new Float32Array(H * (T + 1)); // [H, T + 1]
    for (let k = 0; k <= T; k++)
      for (let u = 0; u < H; u++) values[u * (T + 1) + k] = gradients.h[(k * L + this.layer) * H + u];
    setText(this.axis, String(T));
    if (this.shown === 'signed') {
      const limit = signedLimit(values);
      const ends = [formatNumber(-limit), formatNumber(limit)];
      this.scale.update(ends[0], ends[1], `${theme} ${limit}`, (place) => signed(2 * place - 1, 1, theme));
      this.map.draw(values, H, T + 1, (value) => signed(value, limit, theme));
      return;
    }
    const [low, high] = this.domain.of(values);
    this.scale.update(`≤ ${formatNumber(low, 1)}`, `${formatNumber(high, 1)} ≤`, `${low} ${high}`, (place) =>
      magnitude(low * (high / low) ** place, low, high),
    );
    this.map.draw(values, H, T + 1, (value) => (value === 0 ? null : magnitude(Math.abs(value), low, high)));
  }

  private updateBars({ history, settings: { clip } }: Frame): void {
    const norm = history.last?.norm;
    const isThere = norm !== undefined && Number.isFinite(norm);
    const after = clip > 0 && isThere ? Math.min(norm, clip) : norm;
    for (const [i, { fill, value }] of this.bars.entries()) {
      const shown = i === 0 ? norm : after;
      fill.style.width = isThere ? `${(100 * shown!) / Math.max(norm, clip)}%` : '0';
      setText(value, isThere ? formatNumber(shown!) : '–');
    }
    setText(this.clipNote, !isThere ? words.none : clip > 0 ? words.clipAt(clip, norm > clip) : words.noClip);
  }
}
