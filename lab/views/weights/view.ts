// V8 Weights: one matrix at a time, of one gate and layer, as a heat map on a signed scale, with its values spread in a histogram, its singular values and, of W,
// its eigenvalues; or its change between two steps of the time machine. Rows can be put in order. Every entry opens its explanation.

import { signal } from '@preact/signals';
import { Curves } from '../../draw/curves.ts';
import { make, setText } from '../../draw/dom.ts';
import { HeatMap } from '../../draw/heatmap.ts';
import { robustLimit } from '../../draw/limit.ts';
import { categories, signed } from '../../draw/palette.ts';
import { Scale } from '../../draw/scale.ts';
import { set, svg } from '../../draw/svg.ts';
import { formatCount, formatNumber, formatToken } from '../../format.ts';
import type { WeightsFound } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import { watchWeights } from '../../state/weights.ts';
import { strings } from '../../strings.ts';
import { Plane } from '../gradients/plane.ts';
import type { Rows, View } from '../view.ts';
import { weightsStrings } from './strings.ts';
import './style.css';

const words = weightsStrings;
const figureNames = ['norm', 'largest', 'mean', 'deviation', 'gain', 'rank'] as const;
const bins = 41;
const histogramSize = { width: 420, height: 130 };
const orders = ['own', 'norm', 'column'] as const;

/** What is wanted of the engine. */
const wanted = signal<{ block: string; gate: number; since: number | null }>({ block: '', gate: 0, since: null });

export class WeightsView implements View {
  private frame: Frame | null = null;
  private found: WeightsFound | null = null;
  /** The values or their change, as the matrix lies. */
  private shown: Float32Array = new Float32Array(0);
  private order: readonly number[] = [];
  private ordering: (typeof orders)[number] = 'own';
  private column = 0;
  private filled = '';
  private leave = (): void => {};
  private readonly matrix = make('select', { id: 'weights-matrix' });
  private readonly gates = make('div', { class: 'segments', role: 'group', 'aria-label': words.gate });
  private readonly since = make('select', { id: 'weights-since', 'aria-label': words.since });
  private readonly modes = (['values', 'change'] as const).map((mode) => {
    const made = make('button', { type: 'button' }, words[mode]);
    made.addEventListener('click', () => this.ask({ since: mode === 'values' ? null : Number(this.since.value) || 0 }));
    return { mode, made };
  });
  private readonly orderChoice = make(
    'select',
    { id: 'weights-order' },
    ...orders.map((name) => make('option', { value: name }, words.orders[name])),
  );
  private readonly scale = new Scale();
  private readonly title = make('h3');
  private readonly axis = make('p', { class: 'note' });
  private readonly map = new HeatMap({
    label: words.shown,
    cellName: (row, column) => this.nameOfCell(row, column),
    format: formatNumber,
    onFocus: (row, column) => this.choose(row, column),
    onOpen: (row, column) => this.explain(row, column),
  });
  private readonly values = new Map(figureNames.map((name) => [name, make('dd', { 'data-weights': name }, '–')]));
  private readonly bars = svg('path', { class: 'histogram-bars' });
  private readonly middle = svg('line', { class: 'histogram-zero' });
  private readonly ends = ['start', 'middle', 'end'].map((anchor) =>
    svg('text', { 'text-anchor': anchor, y: histogramSize.height - 4 }),
  );
  private readonly histogram = svg(
    'svg',
    { role: 'img', class: 'histogram', viewBox: `0 0 ${histogramSize.width} ${histogramSize.height}` },
    this.middle,
    this.bars,
    ...this.ends,
  );
  private readonly singular = new Curves({
    styles: [{ color: categories[0], width: 2 }],
    x: words.singularAxis,
    y: 'σ',
    height: 190,
    logarithmic: false,
  });
  private readonly singularCard = make('div', {}, make('h3', {}, words.singular), this.singular.element);
  private readonly plane = new Plane();
  private readonly planeCard = make('div', {}, make('h3', {}, words.eigen), this.plane.element);

  mount(element: HTMLElement): void {
    this.matrix.addEventListener('change', () => this.ask({ block: this.matrix.value, gate: 0 }));
    this.since.addEventListener('change', () => this.ask({ since: Number(this.since.value) }));
    this.orderChoice.addEventListener('change', () => {
      this.ordering = orders.find((name) => name === this.orderChoice.value)!;
      this.draw();
    });
    const figures = make('dl', { class: 'figures' });
    for (const [name, value] of this.values)
      figures.append(make('div', {}, make('dt', {}, words.figures[name]), value));
    const row = (...children: (Node | string)[]): HTMLElement => make('div', { class: 'weights-row' }, ...children);
    element.append(
      make(
        'section',
        { class: 'card' },
        row(make('label', { for: 'weights-matrix' }, words.which), this.matrix, this.gates),
        row(
          make(
            'div',
            { class: 'segments', role: 'group', 'aria-label': words.shown },
            ...this.modes.map(({ made }) => made),
          ),
          make('span', { 'aria-hidden': 'true' }, words.since),
          this.since,
        ),
        row(make('label', { for: 'weights-order' }, words.order), this.orderChoice),
      ),
      make(
        'section',
        { class: 'card' },
        make('header', { class: 'card-head' }, this.title, this.scale.element),
        this.map.element,
        this.axis,
      ),
      make('section', { class: 'card' }, figures),
      make(
        'section',
        { class: 'card weights-spread' },
        make('div', {}, make('h3', {}, words.histogram), this.histogram),
        this.singularCard,
        this.planeCard,
      ),
    );
    this.leave = watchWeights(() => wanted.value);
  }

  update(frame: Frame): void {
    const before = this.frame;
    this.frame = frame;
    this.fillSteps(frame);
    const { weights } = frame;
    const isNew = weights !== this.found || frame.theme !== before?.theme;
    if (!weights || !isNew) return;
    this.found = weights;
    this.shown = weights.before ? weights.values.map((value, i) => value - weights.before![i]) : weights.values;
    this.fillChoices(weights);
    this.draw();
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    if (!this.frame?.info) return strings.waitingForText;
    const { found, shown } = this;
    if (!found) return words.waiting;
    const norm = normOf(shown);
    if (found.before)
      return words.changeSummary(this.name, found.since!, found.step, norm, norm / normOf(found.before));
    const largest = found.singularValues ? words.stretches(found.singularValues[0]) : '';
    return words.summary(this.name, found.step, norm, largestOf(shown)) + largest;
  }

  table(): Rows {
    const { found, order } = this;
    if (!found) return [];
    const { rows, columns } = found;
    const head = ['', ...Array.from({ length: columns }, (_, c) => this.columnName(c))];
    return [
      // names of columns may be the same sign twice, as white space is
      head.map((name, i) => (head.indexOf(name) === i ? name : `${name} (${i})`)),
      ...order
        .slice(0, rows)
        .map((r) => [
          this.rowName(r),
          ...Array.from({ length: columns }, (_, c) => formatNumber(this.shown[r * columns + c])),
        ]),
    ];
  }

  dispose(): void {
    this.leave();
    this.singular.dispose();
  }

  private ask(changes: Partial<typeof wanted.value>): void {
    wanted.value = { ...wanted.value, ...changes };
  }

  /** W_z, U; of several layers with its number. */
  private get name(): string {
    const { kind, gates, gate, layer } = this.found!;
    const layers = this.frame!.info!.settings.layers;
    const symbol = { embedding: 'E', bn: 'b_hn' }[kind] ?? kind;
    return `${symbol}${gates.length > 0 ? `_${gates[gate]}` : ''}${words.nameOf(kind, layer, layers)}`;
  }

  private token(id: number): string {
    return strings.quoted(formatToken(this.frame?.info?.vocabulary[id] ?? ''));
  }

  private rowName(row: number): string {
    const { rows, isOfTokens } = this.found!;
    return rows === 1 ? '' : isOfTokens.rows ? this.token(row) : words.unit(row);
  }

  private columnName(column: number): string {
    return this.found!.isOfTokens.columns ? this.token(column) : words.unit(column);
  }

  private nameOfCell(row: number, column: number): string {
    const { found, order } = this;
    return found ? words.cell(this.name, this.rowName(order[row] ?? 0), this.columnName(column)) : '';
  }

  private choose(row: number, column: number): void {
    this.column = column;
    const { found, order } = this;
    if (!found || found.kind === 'V' || found.kind === 'c') return;
    actions.focus({ u: found.rows === 1 ? column : order[row] });
  }

  private explain(row: number, column: number): void {
    const { found, order } = this;
    if (!found) return;
    const { kind, gates, gate, layer, rows } = found;
    const place = rows === 1 ? { unit: column } : { unit: order[row], column };
    const of = ['U', 'W', 'b'].includes(kind) ? { gate: gates[gate] ?? '', layer } : kind === 'bn' ? { layer } : {};
    actions.explain({ quantity: kind as 'W', ...of, ...place }, true);
  }

  private fillChoices({ blocks, block, gates, gate, since }: WeightsFound): void {
    const layers = this.frame!.info!.settings.layers;
    const key = blocks.join() + layers;
    if (key !== this.filled) {
      this.filled = key;
      this.matrix.replaceChildren(
        ...blocks.map((name) => {
          const [, kind, layer] = /^([a-zA-Z]+?)(\d*)$/.exec(name) ?? ['', name, ''];
          return make(
            'option',
            { value: name },
            (words.matrices[kind] ?? name) + words.nameOf(kind, Number(layer), layers),
          );
        }),
      );
    }
    this.matrix.value = block;
    this.gates.hidden = gates.length === 0;
    if (this.gates.dataset.names !== gates.join()) {
      this.gates.dataset.names = gates.join();
      this.gates.replaceChildren(
        ...gates.map((name, i) => {
          const made = make('button', { type: 'button' }, name);
          made.addEventListener('click', () => this.ask({ gate: i }));
          return made;
        }),
      );
    }
    for (const [i, each] of Array.from(this.gates.children).entries())
      each.setAttribute('aria-pressed', String(i === gate));
    for (const { mode, made } of this.modes)
      made.setAttribute('aria-pressed', String((mode === 'change') === (since !== null)));
  }

  /** The steps that there is a snapshot of, at most a dozen, the first always. */
  private fillSteps({ snapshots, info }: Frame): void {
    const every = Math.ceil(snapshots.length / 12);
    const steps = snapshots.filter((_, i) => i % every === 0);
    const key = steps.join();
    this.modes[1].made.disabled = steps.length === 0 || info?.isReadOnly === true;
    this.since.disabled = steps.length === 0 || wanted.peek().since === null;
    if (this.since.dataset.steps === key || document.activeElement === this.since) return;
    this.since.dataset.steps = key;
    this.since.replaceChildren(...steps.map((step) => make('option', { value: step }, formatCount(step))));
    this.since.value = String(steps.findLast((step) => step <= (wanted.peek().since ?? 0)) ?? '');
  }

  private draw(): void {
    const { found, shown, frame } = this;
    if (!found || !frame) return;
    const { rows, columns, isOfTokens, before } = found;
    const { theme } = frame;
    this.order = this.ordered(found);
    const sorted = new Float32Array(rows * columns);
    for (const [i, r] of this.order.entries()) sorted.set(shown.subarray(r * columns, (r + 1) * columns), i * columns);
    const limit = robustLimit(shown, 0.995);
    setText(this.title, before ? `${this.name}, ${words.change}` : this.name);
    this.scale.update(formatNumber(-limit), formatNumber(limit), `${theme} ${limit}`, (place) =>
      signed(2 * place - 1, 1, theme),
    );
    this.map.element.style.height = `${rows === 1 ? 44 : Math.min(460, Math.max(120, rows * 6))}px`;
    this.map.draw(sorted, rows, columns, (value) => signed(value, limit, theme));
    const side = (isTokens: boolean): string => (isTokens ? words.axes.token : words.axes.unit);
    setText(this.axis, words.axis(rows === 1 ? words.axes.one : side(isOfTokens.rows), side(isOfTokens.columns)));
    this.drawFigures(found);
    this.drawHistogram();
    this.drawSpectrum(found);
  }

  private ordered({ rows, columns }: WeightsFound): number[] {
    const { shown } = this;
    const order = Array.from({ length: rows }, (_, r) => r);
    if (this.ordering === 'own') return order;
    const column = Math.min(this.column, columns - 1);
    const size = order.map((r) =>
      this.ordering === 'norm' ? normOf(shown.subarray(r * columns, (r + 1) * columns)) : shown[r * columns + column],
    );
    return order.sort((a, b) => size[b] - size[a] || a - b);
  }

  private drawFigures({ singularValues }: WeightsFound): void {
    const { shown } = this;
    const mean = shown.reduce((sum, value) => sum + value, 0) / shown.length;
    const square = shown.reduce((sum, value) => sum + (value - mean) ** 2, 0) / shown.length;
    const rank = singularValues && halfOf(singularValues);
    const figures = {
      norm: formatNumber(normOf(shown)),
      largest: formatNumber(largestOf(shown)),
      mean: formatNumber(mean),
      deviation: formatNumber(Math.sqrt(square)),
      gain: singularValues ? formatNumber(singularValues[0]) : '–',
      rank: singularValues ? words.directions(rank!, singularValues.length) : '–',
    };
    for (const [name, value] of this.values) setText(value, figures[name]);
  }

  private drawHistogram(): void {
    const { shown } = this;
    const limit = largestOf(shown) || 1;
    const counts = new Float64Array(bins);
    for (const value of shown)
      if (Number.isFinite(value)) counts[Math.min(bins - 1, Math.floor((bins * (value + limit)) / (2 * limit)))]++;
    const most = Math.max(...counts, 1);
    const { width, height } = histogramSize;
    const [bottom, room] = [height - 20, height - 28];
    const step = width / bins;
    let path = '';
    for (const [i, count] of counts.entries())
      if (count > 0)
        path += `M${(i * step + 0.5).toFixed(1)} ${bottom}v${(-room * (count / most)).toFixed(1)}h${(step - 1).toFixed(1)}V${bottom}z`;
    set(this.bars, { d: path });
    set(this.middle, { x1: width / 2, x2: width / 2, y1: 4, y2: bottom });
    for (const [i, text] of this.ends.entries()) {
      set(text, { x: (i * width) / 2 });
      setText(text, [formatNumber(-limit), '0', formatNumber(limit)][i]);
    }
    set(this.histogram, { 'aria-label': words.histogramLabel(shown.length, -limit, limit) });
  }

  private drawSpectrum({ singularValues, eigenvalues }: WeightsFound): void {
    this.singularCard.hidden = singularValues === null;
    if (singularValues)
      this.singular.update(words.singular, [{ label: 'σ', values: singularValues }], 1, 1, words.singularAt);
    this.planeCard.hidden = eigenvalues === null;
    if (!eigenvalues) return;
    const spectralRadius = Math.hypot(eigenvalues.real[0], eigenvalues.imaginary[0]);
    this.plane.update({ gate: '', largestSingularValue: 0, spectralRadius, eigenvalues });
  }
}

const normOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return Math.sqrt(sum);
};
const largestOf = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** How many of the singular values, the largest first, have half of the sum of all squares. */
function halfOf(values: Float64Array): number {
  const half = values.reduce((sum, value) => sum + value ** 2, 0) / 2;
  let sum = 0;
  return 1 + values.findIndex((value) => (sum += value ** 2) >= half);
}
