// V1 Data: the text to learn, built in, typed, pasted or dropped; what is trained on and what is held out; its tokens; and what counting alone
// would achieve, by which a loss can be judged.

import { make, setText } from '../../draw/dom.ts';
import { formatCount, formatNumber, formatShare, formatToken } from '../../format.ts';
import type { Settings } from '../../settings.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import { isLocked } from '../../state/lock.ts';
import { openFiles } from '../../state/open-and-save.ts';
import { takePasted } from '../../state/paste.ts';
import { strings } from '../../strings.ts';
import { dataOfTask } from '../../task-settings.ts';
import type { Rows, View } from '../view.ts';
import { Boundary } from './boundary.ts';
import { dataStrings } from './strings.ts';
import { TaskChoice } from './task-choice.ts';
import './style.css';

const words = dataStrings;
const baselineNames = ['guess', 'unigram', 'bigram'] as const;
/** At most so many tokens are shown as chips; the table lists them all. */
const maxChips = 200;
/** The editor takes a text of at most so many UTF-16 units. */
const maxEditable = 60_000;

export class TextView implements View {
  private frame: Frame | null = null;
  private readonly choice = new TaskChoice();
  private readonly editor = make('textarea', { id: 'editor', spellcheck: 'false', rows: 14, dir: 'auto' });
  private readonly excerpt = make('p', { class: 'note', hidden: true });
  private readonly choices = new Map<Settings['text'], HTMLButtonElement>();
  private readonly about = make('p', { class: 'note' });
  private readonly chips = make('ul', { class: 'chips' });
  private readonly boundary = new Boundary();
  private readonly bars = new Map(baselineNames.map((name) => [name, { bar: make('i', {}), value: make('dd', {}) }]));
  private readonly vocabularyTitle = make('h3', {}, words.vocabulary);

  mount(element: HTMLElement): void {
    const choices = make('div', { class: 'segments', role: 'group', 'aria-label': strings.settings.text });
    for (const name of dataOfTask.text) {
      const button = make('button', { type: 'button', 'aria-pressed': 'false' }, strings.choices[name]);
      button.addEventListener('click', () => (name === 'own' ? this.editor.focus() : actions.change('text', name)));
      this.choices.set(name, button);
      choices.append(button);
    }
    const picker = make('input', {
      type: 'file',
      hidden: true,
      id: 'file',
      multiple: true,
    });
    const open = make('button', { type: 'button' }, words.open);
    open.addEventListener('click', () => picker.click());
    picker.addEventListener('change', () => {
      openFiles([...(picker.files ?? [])]);
      picker.value = '';
    });
    this.editor.addEventListener('input', () => actions.useOwnText(this.editor.value));
    this.editor.addEventListener('paste', (event) => this.paste(event));
    const baselines = make('dl', { class: 'baselines' });
    for (const [name, { bar, value }] of this.bars)
      baselines.append(
        make('div', {}, make('dt', {}, words[name]), value, make('span', { class: 'bar', 'aria-hidden': 'true' }, bar)),
      );
    element.append(
      this.choice.element,
      make(
        'section',
        { class: 'card data-text' },
        choices,
        this.about,
        make('label', { for: 'editor', class: 'visually-hidden' }, words.editor),
        this.editor,
        this.excerpt,
        make('div', { class: 'card-head' }, make('p', { class: 'note' }, words.drop), open, picker),
        this.boundary.element,
      ),
      make(
        'div',
        { class: 'stack' },
        make(
          'section',
          { class: 'card' },
          make('h3', {}, words.baselines),
          make('p', { class: 'note' }, words.baselinesNote),
          baselines,
        ),
        make('section', { class: 'card' }, this.vocabularyTitle, this.chips),
      ),
    );
  }

  update(frame: Frame): void {
    const before = this.frame;
    this.frame = frame;
    const { info, text, settings } = frame;
    this.choice.update(settings.task);
    if (info?.taskData) return;
    for (const [name, button] of this.choices) button.setAttribute('aria-pressed', String(name === settings.text));
    setText(this.about, dataStrings.texts[settings.text]);
    if (text !== before?.text) this.showText(text);
    this.boundary.update(frame);
    if (!info || info === before?.info) return;
    for (const [name, { bar, value }] of this.bars) {
      setText(value, formatNumber(info.baselines[name]));
      bar.style.width = `${(100 * info.baselines[name]) / info.baselines.guess}%`;
    }
    setText(this.vocabularyTitle, `${words.vocabulary}: ${formatCount(info.vocabulary.length)}`);
    this.chips.replaceChildren(
      ...this.byCount()
        .slice(0, maxChips)
        .map(([token, count]) => this.chip(token, count)),
    );
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    const info = this.frame?.info;
    if (!info) return strings.waitingForText;
    return words.summary(info.trainingTokens, info.heldOutTokens, info.vocabulary.length);
  }

  table(): Rows {
    const total = this.frame?.info?.counts.reduce((sum, count) => sum + count, 0) ?? 1;
    const body = this.byCount().map(([token, count]) => [
      formatToken(token),
      formatCount(count),
      formatShare(count / total),
    ]);
    return [[words.token, words.count, words.share], ...body];
  }

  dispose(): void {
    this.boundary.dispose();
  }

  /** A browser lays out all of a text area, and would stand still for a long text: then only its beginning is shown. */
  private showText(text: string): void {
    const isLong = text.length > maxEditable;
    this.editor.readOnly = isLong || isLocked('ownText');
    this.excerpt.hidden = !isLong;
    if (isLong) setText(this.excerpt, words.excerpt(maxEditable, text.length));
    if (document.activeElement !== this.editor || isLong)
      this.editor.value = isLong ? text.slice(0, maxEditable).replace(/\p{Surrogate}$/u, '') : text;
  }

  /** What is pasted goes into the editor as always, unless the editor would then be too long for it. */
  private paste(event: ClipboardEvent): void {
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    const { value, selectionStart, selectionEnd, readOnly } = this.editor;
    if (readOnly || value.length + pasted.length > maxEditable) {
      event.preventDefault();
      void takePasted(readOnly ? pasted : value.slice(0, selectionStart) + pasted + value.slice(selectionEnd));
    }
  }

  private byCount(): [string, number][] {
    const info = this.frame?.info;
    if (!info) return [];
    return info.vocabulary
      .map((token, id): [string, number] => [token, info.counts[id]])
      .filter(([, count]) => count > 0)
      .sort((a, b) => b[1] - a[1]);
  }

  private chip(token: string, count: number): HTMLElement {
    return make('li', {}, make('bdi', {}, formatToken(token)), make('span', {}, formatCount(count)));
  }
}
