// What is learned: a text, names and their classes, or a series. The choice stands above all of Data.

import { button, make, setText } from '../../draw/dom.ts';
import { type LabTask, labTasks } from '../../settings.ts';
import * as actions from '../../state/actions.ts';
import { isLocked } from '../../state/lock.ts';
import { strings } from '../../strings.ts';

const words = strings.tasks;

export class TaskChoice {
  readonly element: HTMLElement;
  private readonly buttons = labTasks.map((task) => {
    const made = button(words.names[task], '', () => actions.chooseTask(task));
    made.dataset.task = task;
    return made;
  });
  private readonly about = make('p', { class: 'note' });

  constructor() {
    this.element = make(
      'section',
      { class: 'card task-choice' },
      make('div', { class: 'segments', role: 'group', 'aria-label': words.label }, ...this.buttons),
      this.about,
    );
  }

  update(task: LabTask): void {
    for (const [i, each] of this.buttons.entries()) {
      each.setAttribute('aria-pressed', String(labTasks[i] === task));
      each.disabled = isLocked('task') || isLocked('text');
    }
    setText(this.about, words.about[task]);
  }
}
