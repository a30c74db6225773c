// What is set beside the model: an earlier step of the time machine, or another cell that trains to the same step.

import { button, make, setText } from '../../draw/dom.ts';
import { type RivalCell, rivalCells } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import { strings } from '../../strings.ts';
import { memoryStrings } from './strings.ts';

const words = memoryStrings.beside;

type Choice = number | RivalCell | null;

export class BesideCard {
  readonly element: HTMLElement;
  private readonly choices = make('div', { class: 'segments', role: 'group', 'aria-label': words.title });
  private readonly bar = make('i');
  private readonly progress = make('p', { class: 'note' });
  private readonly training = make(
    'div',
    { class: 'memory-progress', hidden: true },
    make('span', { class: 'bar' }, this.bar),
    this.progress,
  );
  private shown = '';

  constructor() {
    this.element = make(
      'section',
      { class: 'card' },
      make('h3', {}, words.title),
      this.choices,
      this.training,
      make('p', { class: 'note' }, words.note),
    );
  }

  update(frame: Frame): void {
    const { memoryQuestion, rivalCell, rival, settings, memory, refusal } = frame;
    const chosen: Choice = rivalCell ?? memoryQuestion.beside;
    const cells = refusal === null ? rivalCells.filter((cell) => cell !== settings.cell || cell === rivalCell) : [];
    const choices: Choice[] = [null, ...stepsOf(frame), ...cells];
    this.element.hidden = choices.length === 1; // of a model that is only read there is no other
    const key = choices.join();
    if (key !== this.shown) {
      this.shown = key;
      this.choices.replaceChildren(...choices.map((choice) => button(labelOf(choice), '', () => choose(choice))));
    }
    for (const [i, each] of Array.from(this.choices.children).entries())
      each.setAttribute('aria-pressed', String(choices[i] === chosen));
    this.training.hidden = rivalCell === null;
    if (rivalCell === null) return;
    const target = rival?.target ?? memory?.memory.step ?? 0;
    const step = rival?.step ?? 0;
    setText(this.progress, words.training(strings.choices[rivalCell], step, target));
    this.bar.style.width = `${target > 0 ? (100 * step) / target : 100}%`;
  }
}

/** The first step, and those near a quarter and a half of the way; the one that is chosen stays. */
function stepsOf({ snapshots, memoryQuestion, cursor, step }: Frame): number[] {
  if (snapshots.length === 0) return [];
  const last = cursor.n ?? step;
  const near = (wanted: number): number => snapshots.findLast((each) => each <= wanted) ?? snapshots[0];
  // of a run that goes on the quarter and the half would move with every step, and nobody could press them
  const power = 2 ** Math.floor(Math.log2(Math.max(1, last)));
  const wanted = [0, power / 8, power / 2, ...(memoryQuestion.beside === null ? [] : [memoryQuestion.beside])];
  const found = wanted.map(near).filter((each) => each < last || each === memoryQuestion.beside);
  return [...new Set(found)].sort((a, b) => a - b);
}

const labelOf = (choice: Choice): string =>
  choice === null ? words.off : typeof choice === 'number' ? words.step(choice) : strings.choices[choice];

function choose(choice: Choice): void {
  actions.askMemory({ beside: typeof choice === 'number' ? choice : null });
  actions.compareWith(typeof choice === 'string' ? choice : null);
}
