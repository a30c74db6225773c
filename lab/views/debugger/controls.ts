// The transport of the debugger: one operation on or back, to the ends, to the other pass, to the next t, and on until something happens. A slider over
// all operations. It knows places only; the view says what they mean.

import { make, setText } from '../../draw/dom.ts';
import { type Breakpoint, breakpoints } from './search.ts';
import { debuggerStrings } from './strings.ts';

const words = debuggerStrings;

export interface Moves {
  to(place: number): void;
  by(count: number): void;
  mirror(): void;
  nextTime(): void;
  until(breakpoint: Breakpoint): void;
}

export class Controls {
  private readonly count = make('b', {});
  private readonly where = make('span', {});
  private readonly slider = make('input', { type: 'range', min: 0, max: 0, step: 1, 'aria-label': words.place });
  private readonly choice = make('select', {});
  private readonly status = make('p', { class: 'note', role: 'status' });
  private readonly first: HTMLButtonElement;
  private readonly back: HTMLButtonElement;
  private readonly forward: HTMLButtonElement;
  private readonly last: HTMLButtonElement;
  readonly element: HTMLElement;
  private end = 0;

  constructor(moves: Moves) {
    const button = (text: string, act: () => void, name = '', title = ''): HTMLButtonElement => {
      const made = make(
        'button',
        { type: 'button', ...(name && { 'aria-label': name }), ...(title && { title }) },
        text,
      );
      made.addEventListener('click', act);
      return made;
    };
    this.first = button('⇤', () => moves.to(0), words.first, words.first);
    this.back = button(`◂ ${words.back}`, () => moves.by(-1));
    this.forward = button(`${words.forward} ▸`, () => moves.by(1));
    this.last = button('⇥', () => moves.to(this.end), words.last, words.last);
    this.forward.classList.add('strong');
    const until = make('label', { class: 'run-until' }, `${words.until} `, this.choice);
    this.choice.append(...breakpoints.map((name) => make('option', { value: name }, words.breakpoints[name])));
    this.slider.addEventListener('input', () => moves.to(Number(this.slider.value)));
    this.element = make(
      'div',
      { class: 'debugger-controls', role: 'group', 'aria-label': words.controls },
      make('p', { class: 'debugger-where' }, this.count, ' ', this.where),
      this.slider,
      make(
        'div',
        { class: 'debugger-buttons' },
        make('div', { class: 'buttons' }, this.first, this.back, this.forward, this.last),
        make(
          'div',
          { class: 'buttons' },
          button(words.mirror, () => moves.mirror(), '', words.mirrorHint),
          button(words.nextTime, () => moves.nextTime()),
        ),
        make(
          'div',
          { class: 'buttons' },
          until,
          button(words.run, () => moves.until(this.choice.value as Breakpoint)),
        ),
      ),
      this.status,
    );
  }

  update(place: number, last: number, where: string): void {
    this.end = last;
    setText(this.count, words.count(place + 1, last + 1));
    setText(this.where, where);
    if (this.slider.max !== String(last)) this.slider.max = String(last);
    if (this.slider.value !== String(place)) this.slider.value = String(place);
    this.slider.setAttribute('aria-valuetext', `${words.count(place + 1, last + 1)} ${where}`);
    this.first.disabled = this.back.disabled = place === 0;
    this.last.disabled = this.forward.disabled = place === last;
  }

  /** What a run came to; '' for nothing to say. */
  say(sentence: string): void {
    setText(this.status, sentence);
  }
}
