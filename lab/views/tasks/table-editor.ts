// The data of a task as text: built in, or a visitor's own, typed, pasted or dropped; and how much of it is trained on.

import { make, setText } from '../../draw/dom.ts';
import { formatShare } from '../../format.ts';
import { type LabTask, settingTable } from '../../settings.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import { isLocked } from '../../state/lock.ts';
import { openFiles } from '../../state/open-and-save.ts';
import { strings } from '../../strings.ts';
import { dataOfTask } from '../../task-settings.ts';
import { dataStrings } from '../data/strings.ts';
import { taskStrings } from './strings.ts';

const words = taskStrings.data;
/** The editor shows so many UTF-16 units. */
const maxEditable = 60_000;

export class TableEditor {
  readonly element: HTMLElement;
  private readonly choices: ReadonlyMap<string, HTMLButtonElement>;
  private readonly editor = make('textarea', { id: 'editor', spellcheck: 'false', rows: 9, dir: 'auto' });
  private readonly share = make('input', { type: 'range', id: 'task-share', min: 0.5, max: 0.95, step: 0.05 });
  private readonly shareText = make('output', { for: 'task-share' });
  private text: string | null = null;

  constructor(task: Exclude<LabTask, 'text'>) {
    const choices = make('div', { class: 'segments', role: 'group', 'aria-label': strings.settings.text });
    this.choices = new Map(
      dataOfTask[task].map((name) => {
        const made = make('button', { type: 'button', 'aria-pressed': 'false' }, strings.choices[name]);
        made.addEventListener('click', () => (name === 'own' ? this.editor.focus() : actions.change('text', name)));
        choices.append(made);
        return [name, made];
      }),
    );
    const picker = make('input', { type: 'file', hidden: true, id: 'file' });
    const open = make('button', { type: 'button' }, dataStrings.open);
    open.addEventListener('click', () => picker.click());
    picker.addEventListener('change', () => {
      openFiles([...(picker.files ?? [])]);
      picker.value = '';
    });
    this.editor.addEventListener('input', () => actions.useOwnText(this.editor.value));
    this.share.addEventListener('input', () => {
      const { min, max } = settingTable.share;
      actions.change('share', Math.min(max, Math.max(min, Number(this.share.value))));
    });
    this.element = make(
      'section',
      { class: 'card data-text' },
      choices,
      make('label', { for: 'editor', class: 'note' }, words.form[task]),
      this.editor,
      make('div', { class: 'card-head' }, make('p', { class: 'note' }, words.drop), open, picker),
      make(
        'div',
        { class: 'task-share' },
        make('label', { for: 'task-share' }, strings.settings.share),
        this.share,
        this.shareText,
      ),
    );
  }

  update({ settings, text }: Frame): void {
    for (const [name, each] of this.choices) each.setAttribute('aria-pressed', String(name === settings.text));
    this.share.value = String(settings.share);
    this.share.disabled = isLocked('share');
    setText(this.shareText, formatShare(settings.share));
    if (text === this.text) return;
    this.text = text;
    const isLong = text.length > maxEditable;
    this.editor.readOnly = isLong || isLocked('ownText');
    if (document.activeElement !== this.editor || isLong) this.editor.value = text.slice(0, maxEditable);
  }
}
