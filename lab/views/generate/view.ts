// V9 Generate: the model writes, all at once or token by token; at every token the probabilities of what could stand there; choosing another one
// branches the text off at that place. Below, the state h that went along.

import { make, setText } from '../../draw/dom.ts';
import { HeatMap } from '../../draw/heatmap.ts';
import { signed } from '../../draw/palette.ts';
import { Scale } from '../../draw/scale.ts';
import { plainText } from '../../draw/token-text.ts';
import { formatNumber, formatShare, formatShort, formatToken } from '../../format.ts';
import type { GeneratedText } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import * as store from '../../state/store.ts';
import { dataStrings } from '../data/strings.ts';
import type { Rows, View } from '../view.ts';
import { SampleControls } from './sample-controls.ts';
import { generateStrings } from './strings.ts';
import { TokenLine } from './token-line.ts';
import './style.css';

const words = generateStrings;
/** How many candidates are shown. */
const alternatives = 12;

export class GenerateView implements View {
  private frame: Frame | null = null;
  private fixed: number[] = [];
  private length = 0;
  private place = 0;
  private unit = 0;
  private readonly controls = new SampleControls({
    write: () => this.ask(store.settings.value.length),
    more: () => this.ask(this.length + 1),
    clear: () => this.clear(),
    copy: () => this.copy(),
    changed: () => this.restart(),
  });
  private readonly line = new TokenLine((place) => this.go(place));
  private readonly note = make('p', { class: 'note' });
  private readonly bars = make('ol', { class: 'bars' });
  private readonly position = make('p', { class: 'note', 'aria-live': 'off' });
  private readonly scale = new Scale();
  private readonly statesTitle = make('h3', {}, words.states);
  private readonly states = new HeatMap({
    label: words.states,
    cellName: (row, column) => words.cell(row, column, this.tokenAt(column)),
    format: formatNumber,
    onFocus: (row, column) => {
      this.unit = row;
      this.go(column);
      actions.focus({ u: row });
      this.inspect(row);
    },
  });

  mount(element: HTMLElement): void {
    element.append(
      make('section', { class: 'card' }, this.controls.element),
      make(
        'div',
        { class: 'generate-columns' },
        make('section', { class: 'card' }, make('h3', {}, words.text), this.note, this.line.element),
        make('section', { class: 'card' }, make('h3', {}, words.next), this.position, this.bars),
      ),
      make(
        'section',
        { class: 'card' },
        make('header', { class: 'card-head' }, this.statesTitle, this.scale.element),
        this.states.element,
      ),
    );
    if (store.settings.value.length > 0 && store.info.value) this.ask(store.settings.value.length);
  }

  update(frame: Frame): void {
    const before = this.frame;
    this.frame = frame;
    this.controls.update(frame, this.length > 0);
    if (!before?.info && frame.info && this.length === 0) this.ask(frame.settings.length);
    if (frame.info !== before?.info && before?.info) this.restart();
    if (frame.cursor.n !== before?.cursor.n && before) this.ask(this.length || frame.settings.length);
    if (frame.generated !== before?.generated || frame.theme !== before?.theme) this.draw();
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    const { frame } = this;
    if (!frame?.generated || !frame.info) return words.empty;
    const { surprisals } = frame.generated;
    const mean = surprisals.reduce((sum, each) => sum + each, 0) / surprisals.length;
    return `${words.model(frame.generated.step)} ${words.surprise(mean)}`;
  }

  table(): Rows {
    const generated = this.frame?.generated;
    if (!generated) return [];
    const body = Array.from(generated.ids, (id, n) => [
      n + 1,
      this.name(id),
      formatShare(Math.exp(-generated.surprisals[n])),
      Array.from(
        this.candidates(generated, n).slice(0, 5),
        ([other, p]) => `${this.name(other)} ${formatShare(p)}`,
      ).join('  '),
    ]);
    return [['', dataStrings.token, words.probability, words.next], ...body];
  }

  dispose(): void {
    store.inspected.value = null;
  }

  private ask(length: number): void {
    this.length = Math.max(1, Math.min(2000, length));
    const { prime, sampleSeed: seed, temperature, topK } = store.settings.value;
    actions.write({ prime, fixed: this.fixed, length: this.length, seed, temperature, topK, alternatives });
  }

  /** Another text or model: what was chosen for the old one means nothing now. */
  private restart(): void {
    this.fixed = [];
    if (this.length > 0) this.ask(this.length);
  }

  private clear(): void {
    this.fixed = [];
    this.place = 0;
    this.ask(1);
  }

  private branch(place: number, id: number): void {
    const { ids } = this.frame!.generated!;
    this.fixed = [...ids.subarray(0, place), id];
    this.place = place;
    this.ask(Math.max(this.length, place + 1));
  }

  private async copy(): Promise<void> {
    const { generated, info, settings } = this.frame!;
    if (!generated || !info) return;
    const text = settings.prime + plainText(generated.ids, info.vocabulary, settings.level === 'word');
    await navigator.clipboard.writeText(text).catch(() => {});
    store.news.value = words.copied;
  }

  private go(place: number): void {
    const count = this.frame?.generated?.ids.length ?? 0;
    this.place = Math.min(count - 1, Math.max(0, place));
    this.drawPlace();
    actions.focus({ t: this.place });
  }

  private draw(): void {
    const { frame } = this;
    if (!frame?.generated || !frame.info) return;
    const { generated } = frame;
    setText(this.note, words.model(generated.step));
    this.line.update(generated, frame.info, this.fixed.length, frame.theme);
    const H = generated.states.length / Math.max(1, generated.ids.length);
    const T = generated.ids.length;
    const turned = new Float32Array(generated.states.length); // [H, T]
    for (let t = 0; t < T; t++) for (let u = 0; u < H; u++) turned[u * T + t] = generated.states[t * H + u];
    const limit = this.limit(generated.states);
    this.scale.update(formatShort(-limit), formatShort(limit), `${frame.theme} ${limit}`, (place) =>
      signed((2 * place - 1) * limit, limit, frame.theme),
    );
    this.states.draw(turned, H, T, (value) => signed(value, limit, frame.theme));
    this.drawPlace();
  }

  /** Activations of tanh are drawn on [−1, 1]; where they may be larger, up to their largest. */
  private limit(values: Float32Array): number {
    return values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  }

  private drawPlace(): void {
    const { frame, place } = this;
    if (!frame?.generated) return;
    const { generated } = frame;
    this.line.select(place);
    this.states.moveTo(this.unit, place);
    setText(this.position, words.position(place + 1, generated.ids.length));
    const chosen = generated.ids[place];
    const candidates = this.candidates(generated, place);
    if (!candidates.some(([id]) => id === chosen)) candidates.push([chosen, Math.exp(-generated.surprisals[place])]);
    this.bars.replaceChildren(...candidates.map(([id, p]) => this.bar(id, p, id === chosen)));
  }

  private bar(id: number, p: number, isChosen: boolean): HTMLElement {
    const fill = make('i', { 'aria-hidden': 'true' });
    fill.style.width = `${100 * p}%`;
    const button = make(
      'button',
      { type: 'button', 'aria-pressed': String(isChosen), title: words.branch(this.name(id)) },
      make('bdi', {}, this.name(id)),
      make('span', { class: 'bar' }, fill),
      make('span', { class: 'bar-value' }, formatShare(p)),
    );
    button.addEventListener('click', () => this.branch(this.place, id));
    return make('li', {}, button);
  }

  private candidates({ alternatives: ids, probabilities, ids: all }: GeneratedText, place: number): [number, number][] {
    const K = ids.length / all.length;
    const found: [number, number][] = [];
    for (let k = place * K; k < (place + 1) * K; k++) if (ids[k] >= 0) found.push([ids[k], probabilities[k]]);
    return found;
  }

  private inspect(unit: number): void {
    const generated = this.frame?.generated;
    if (!generated) return;
    const H = generated.states.length / generated.ids.length;
    store.inspected.value = [
      { name: words.stateName(unit, this.place), value: formatNumber(generated.states[this.place * H + unit], 9) },
      { name: words.after, value: this.tokenAt(this.place) },
    ];
  }

  private name(id: number): string {
    return formatToken(this.frame?.info?.vocabulary[id] ?? '');
  }

  private tokenAt(place: number): string {
    return this.name(this.frame?.generated?.ids[place] ?? -1);
  }
}
