// What stands above the picture: how many copies are out, which window, what is shown, the waves, and the weights that all copies share.

import { make, setText } from '../../draw/dom.ts';
import type { Mode, Part } from './layout.ts';
import { unrolledStrings } from './strings.ts';
import type { WaveAt } from './wave.ts';

const words = unrolledStrings;
const modes = ['forward', 'backward', 'both'] as const;

export interface ControlsOptions {
  onCopies(count: number): void;
  onWindow(by: number): void;
  onMode(mode: Mode): void;
  onPlay(): void;
  onStop(): void;
  onPoint(part: Part | null): void;
  onPart(part: Part): void;
  onReset(): void;
}

export interface ControlsState {
  readonly copies: number;
  readonly steps: number;
  readonly window: number;
  readonly windows: number;
  readonly begin: number;
  readonly mode: Mode;
  readonly wave: WaveAt | null;
  /** Whether the waves go on only when told to. */
  readonly isStepwise: boolean;
  readonly parts: readonly Part[];
  readonly layers: number;
  /** The part that stays lit. */
  readonly pinned: Part | null;
  /** Names of tensors that the visitor changed. */
  readonly changed: ReadonlySet<string>;
  readonly sentence: string;
  /** Whether the sentence is for screen readers too, at once. */
  readonly isSpoken: boolean;
  readonly whatIf: string;
}

const button = (text: string, onClick: () => void, attributes: Record<string, string> = {}): HTMLButtonElement => {
  const element = make('button', { type: 'button', ...attributes }, text);
  element.addEventListener('click', onClick);
  return element;
};
const isSame = (a: Part | null, b: Part | null): boolean => a?.letter === b?.letter && a?.layer === b?.layer;

export class Controls {
  readonly element: HTMLElement;
  private readonly options: ControlsOptions;
  private state: ControlsState | null = null;
  private readonly slider = make('input', { type: 'range', min: 1, 'aria-label': words.copies.label, class: 'copies' });
  private readonly copies = make('output', {});
  private readonly toggle = button(words.copies.unroll, () => this.toggleAll(), { class: 'toggle-copies' });
  private readonly fewer = button('−', () => this.add(-1), { 'aria-label': words.copies.fewer, class: 'small-step' });
  private readonly more = button('+', () => this.add(1), { 'aria-label': words.copies.more, class: 'small-step' });
  private readonly before: HTMLButtonElement;
  private readonly after: HTMLButtonElement;
  private readonly place = make('output', { class: 'window-place' });
  private readonly modes: readonly HTMLButtonElement[];
  private readonly play: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private readonly parts = make('div', { class: 'segments parts', role: 'group', 'aria-label': words.parts.label });
  private readonly sentence = make('p', { class: 'shared', 'aria-live': 'polite' });
  private readonly whatIf = make('p', { class: 'what-if' });
  private readonly whatIfRow: HTMLElement;
  private partKey = '';

  constructor(options: ControlsOptions) {
    this.options = options;
    const { windows, play } = words;
    this.before = button('‹', () => options.onWindow(-1), { 'aria-label': windows.previous, class: 'small-step' });
    this.after = button('›', () => options.onWindow(1), { 'aria-label': windows.next, class: 'small-step' });
    this.modes = modes.map((mode) => button(words.mode[mode], () => options.onMode(mode), { 'data-mode': mode }));
    this.play = button(play.play, () => options.onPlay(), { class: 'play-wave' });
    this.stop = button(play.stop, () => options.onStop(), { class: 'stop-wave' });
    this.slider.addEventListener('input', () => options.onCopies(this.slider.valueAsNumber));
    const { slider, copies, toggle, fewer, more, place, before, after } = this;
    this.whatIfRow = make(
      'div',
      { class: 'what-if-row' },
      this.whatIf,
      button(words.edits.reset, () => options.onReset()),
    );
    this.element = make(
      'div',
      { class: 'unrolled-controls' },
      make(
        'div',
        { class: 'controls-line' },
        make('div', { class: 'copies-row' }, toggle, make('div', { class: 'stepper' }, fewer, slider, more), copies),
        make('div', { class: 'windows-row', role: 'group', 'aria-label': windows.label }, before, place, after),
      ),
      make(
        'div',
        { class: 'controls-line' },
        make(
          'div',
          { class: 'play-row' },
          make('div', { class: 'segments', role: 'group', 'aria-label': words.mode.label }, ...this.modes),
          this.play,
          this.stop,
        ),
        this.parts,
      ),
      this.sentence,
      this.whatIfRow,
    );
  }

  update(state: ControlsState): void {
    this.state = state;
    const { copies: k, steps: T, window: w, windows, begin, mode, wave, isStepwise, whatIf } = state;
    const value = words.copies.value(k, T);
    this.slider.max = String(T);
    this.slider.value = String(k);
    if (this.slider.getAttribute('aria-valuetext') !== value) this.slider.setAttribute('aria-valuetext', value);
    setText(this.copies, value);
    setText(this.toggle, k < T ? words.copies.unroll : words.copies.roll);
    this.fewer.disabled = k <= 1;
    this.more.disabled = k >= T;
    this.toggle.disabled = T <= 1;
    this.before.disabled = w <= 0;
    this.after.disabled = w >= windows - 1;
    setText(this.place, `${words.windows.place(w, windows)}, ${words.windows.tokens(begin + 1, begin + T)}`);
    for (const element of this.modes) element.setAttribute('aria-pressed', String(element.dataset.mode === mode));
    setText(this.play, wave && isStepwise ? words.play.step : words.play.play);
    this.play.hidden = wave !== null && !isStepwise;
    this.stop.hidden = wave === null;
    this.sentence.setAttribute('aria-live', state.isSpoken ? 'polite' : 'off');
    setText(this.whatIf, whatIf);
    this.whatIfRow.hidden = whatIf === '';
    this.updateParts(state);
  }

  private updateParts({ parts, layers, pinned, changed, sentence }: ControlsState): void {
    const key = [layers, ...parts.map(({ letter, layer }) => letter + layer)].join();
    if (key !== this.partKey) {
      this.partKey = key;
      this.parts.replaceChildren(...parts.map((part) => this.partButton(part, layers)));
    }
    parts.forEach((part, i) => {
      const element = this.parts.children[i] as HTMLElement;
      element.setAttribute('aria-pressed', String(isSame(part, pinned)));
      const tensor = part.letter === 'V' ? 'V' : `${part.letter}${part.layer}`;
      const mark = changed.has(tensor) ? ` · ${words.parts.changed}` : '';
      setText(element.lastElementChild!, mark);
    });
    setText(this.sentence, sentence);
  }

  private partButton(part: Part, layers: number): HTMLButtonElement {
    const name = words.parts.name(part.letter, part.layer, layers);
    const element = button('', () => this.options.onPart(part), { 'data-part': part.letter + part.layer });
    element.append(make('i', {}, name), make('span', {}));
    for (const kind of ['pointerenter', 'focus']) element.addEventListener(kind, () => this.options.onPoint(part));
    for (const kind of ['pointerleave', 'blur']) element.addEventListener(kind, () => this.options.onPoint(null));
    return element;
  }

  private add(by: number): void {
    if (this.state) this.options.onCopies(this.state.copies + by);
  }

  toggleAll(): void {
    if (this.state) this.options.onCopies(this.state.copies < this.state.steps ? this.state.steps : 1);
  }
}
