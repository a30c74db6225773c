// The text in the colors of one guess: by the gradient, in a second model too, and by how the guess changes without each character; and what can be chosen
// about it.

import { button, make, setText } from '../../draw/dom.ts';
import { Scale } from '../../draw/scale.ts';
import * as actions from '../../state/actions.ts';
import type { MemoryColors } from './colors.ts';
import { rowOf } from './numbers.ts';
import { RowText } from './row-text.ts';
import { askedOf, quoted, readOf, replacementOf, type Shown } from './shown.ts';
import { memoryStrings } from './strings.ts';

const words = memoryStrings;
const abouts = ['next', 'guess'] as const;
const scales = ['abs', 'row', 'signed'] as const;
const lines = ['own', 'other', 'change'] as const;

export class TextCard {
  readonly element: HTMLElement;
  private readonly note = make('p', { class: 'note' });
  private readonly abouts: readonly HTMLButtonElement[];
  private readonly scales = scales.map((name) => button(words.scale[name], '', () => actions.chooseScale(name)));
  private readonly tests = [
    button(words.test.out, '', () => actions.askMemory({ replacement: null })),
    button('', '', () => actions.askMemory({ replacement: this.replacement })),
  ];
  private readonly titles = new Map(lines.map((name) => [name, make('h4')]));
  private readonly texts: ReadonlyMap<(typeof lines)[number], RowText>;
  private readonly rows: ReadonlyMap<(typeof lines)[number], HTMLElement>;
  private readonly legend = new Scale();
  private readonly helpLegend = new Scale();
  /** What the guess is asked about, behind the text. */
  private readonly asked = make('p', { class: 'memory-asked', 'aria-hidden': 'true' });
  private replacement = 0;

  /**
   * @param onTime the guess after x(t) was chosen
   * @param onHover the pointer is over x(k), or over none
   * @param place which window of the text it is
   * @param readout what is told of the chosen character
   * @param about what the guess can be asked about, in words
   */
  constructor(
    onTime: (t: number) => void,
    onHover: (k: number | null) => void,
    place: HTMLElement,
    readout: HTMLElement,
    about: { readonly next: string; readonly guess: string },
  ) {
    this.abouts = abouts.map((name) => button(about[name], '', () => actions.askMemory({ about: name })));
    this.texts = new Map(
      lines.map((name) => [name, new RowText({ onTime, onHover, slider: name === 'own' ? words.text.slider : null })]),
    );
    this.rows = new Map(
      lines.map((name) => {
        const head = make('header', { class: 'card-head' }, this.titles.get(name)!);
        if (name !== 'other') head.append((name === 'own' ? this.legend : this.helpLegend).element);
        return [name, make('div', { class: 'memory-row' }, head, this.texts.get(name)!.element)];
      }),
    );
    this.texts.get('own')!.element.after(this.asked);
    this.rows.get('change')!.append(make('p', { class: 'note' }, words.text.speaks));
    const group = (label: string, buttons: readonly HTMLElement[]): HTMLElement =>
      make(
        'div',
        { class: 'memory-choice' },
        make('span', { 'aria-hidden': 'true' }, label),
        make('div', { class: 'segments', role: 'group', 'aria-label': label }, ...buttons),
      );
    this.element = make(
      'section',
      { class: 'card' },
      make('header', { class: 'card-head' }, make('h3', {}, words.text.title), place),
      this.note,
      ...this.rows.values(),
      make(
        'div',
        { class: 'memory-choices' },
        group(words.about.label, this.abouts),
        group(words.scale.label, this.scales),
        group(words.test.label, this.tests),
      ),
      readout,
    );
  }

  update(shown: Shown, colors: MemoryColors): void {
    const { frame, memory, other, tokens, t, k } = shown;
    const { memoryQuestion, scale } = frame;
    const { about, replacement } = memoryQuestion;
    this.replacement = replacementOf(frame);
    const put = quoted(frame.info!.vocabulary[this.replacement]);
    setText(this.tests[1], words.test.by(put));
    press(this.abouts, abouts.indexOf(about));
    press(this.scales, scales.indexOf(scale));
    press(this.tests, replacement === null ? 0 : 1);
    const share = Math.exp(memory.dependence.logProbability[t - 1]);
    setText(this.note, words.text.note);
    setText(this.asked, words.text.asked(askedOf(shown, t), share));

    const how = words.text[scale];
    setText(this.titles.get('own')!, other ? words.text.own(memory.step, how) : how);
    setText(this.titles.get('other')!, other ? words.text.other(other.name) : '');
    setText(this.titles.get('change')!, replacement === null ? words.text.change.out : words.text.change.replaced(put));
    const of = (row: Float64Array) => (at: number) => colors.of(row[at - 1]);
    const own = this.texts.get('own')!;
    own.update(tokens, t, k, of(rowOf(colors.values(memory), t)));
    own.say(words.text.value(t, readOf(shown, t), askedOf(shown, t)));
    this.rows.get('other')!.hidden = other === null;
    if (other) this.texts.get('other')!.update(tokens, t, k, of(rowOf(colors.values(other.memory), t)));
    const change = rowOf(memory.dependence.change, t);
    this.texts.get('change')!.update(tokens, t, k, (at) => colors.ofHelp(-change[at - 1]));
    colors.legend(this.legend);
    colors.helpLegend(this.helpLegend);
  }
}

function press(buttons: readonly HTMLElement[], chosen: number): void {
  for (const [i, each] of buttons.entries()) each.setAttribute('aria-pressed', String(i === chosen));
}
