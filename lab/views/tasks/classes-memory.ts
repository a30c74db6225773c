// Memory for names: which characters the class of a name depends on, of a held-out name or of one that somebody types.

import { button, make } from '../../draw/dom.ts';
import type { Memory } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import { type MemoryKind, MemoryView } from '../memory/view.ts';
import { taskStrings } from './strings.ts';
import './memory.css';

const words = taskStrings.memory.classes;
/** Longest text that somebody types. */
const maxTyped = 60;

class ClassKind implements MemoryKind {
  readonly needs = ['memory'] as const;
  readonly about = words.about;
  readonly top: HTMLElement;
  private readonly input = make('input', {
    type: 'text',
    id: 'memory-name',
    maxlength: maxTyped,
    dir: 'auto',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  private readonly back = button(words.unseen, 'quiet', () => {
    this.input.value = '';
    actions.askMemory({ typed: null });
  });

  constructor() {
    this.input.addEventListener('input', () => actions.askMemory({ typed: this.input.value || null }));
    this.top = make(
      'section',
      { class: 'card' },
      make('h3', {}, words.title),
      make('label', { for: 'memory-name', class: 'note' }, words.own),
      make('div', { class: 'memory-name' }, this.input, this.back),
      make('p', { class: 'note' }, words.note),
    );
  }

  place({ step, window, windows }: Memory, { memoryQuestion, info }: Frame): string {
    if (memoryQuestion.typed || info?.taskData?.task !== 'classify') return words.typed(step);
    const { heldOutExamples, labels } = info.taskData;
    return words.place(step, window + 1, windows, labels[heldOutExamples[window]?.label ?? 0]);
  }

  update({ memoryQuestion }: Frame): void {
    const { typed } = memoryQuestion;
    if (document.activeElement !== this.input && typed) this.input.value = typed;
    this.back.hidden = !typed;
  }
}

export class ClassMemoryView extends MemoryView {
  constructor() {
    super(new ClassKind());
  }
}
