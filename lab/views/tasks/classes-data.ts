// Data for names: the table of names and their classes, how many of each there are and how many are held out, and what guessing achieves.

import { make, setText } from '../../draw/dom.ts';
import { largestOf } from '../../draw/extremes.ts';
import { formatCount, formatNumber, formatShare } from '../../format.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import { strings } from '../../strings.ts';
import type { ClassData } from '../../task-data.ts';
import { TaskChoice } from '../data/task-choice.ts';
import type { Rows, View } from '../view.ts';
import { taskStrings } from './strings.ts';
import { TableEditor } from './table-editor.ts';
import '../data/style.css';
import './data.css';

const words = taskStrings.data.classes;
/** Examples that are shown of each part. */
const maxShown = 24;

export class ClassesView implements View {
  private frame: Frame | null = null;
  private readonly choice = new TaskChoice();
  private readonly editor = new TableEditor('classify');
  private readonly classes = make('tbody');
  private readonly baselines = make('dl', { class: 'baselines' });
  private readonly examples = make('ul', { class: 'chips' });
  private readonly chosen = make('p', { class: 'note' });

  mount(element: HTMLElement): void {
    const heads = words.head.map((head) => make('th', { scope: 'col' }, head));
    element.append(
      this.choice.element,
      this.editor.element,
      make(
        'div',
        { class: 'stack' },
        make(
          'section',
          { class: 'card' },
          make('h3', {}, words.title),
          make('table', { class: 'class-counts' }, make('thead', {}, make('tr', {}, ...heads)), this.classes),
        ),
        make(
          'section',
          { class: 'card' },
          make('h3', {}, words.baselines),
          make('p', { class: 'note' }, words.note),
          this.baselines,
        ),
        make('section', { class: 'card' }, make('h3', {}, words.examples), this.chosen, this.examples),
      ),
    );
  }

  update(frame: Frame): void {
    const before = this.frame;
    this.frame = frame;
    this.choice.update(frame.settings.task);
    const { data } = this;
    if (!data) return;
    this.editor.update(frame);
    if (frame.info === before?.info) return;
    const most = largestOf(data.training.map((count, c) => count + data.heldOut[c]));
    this.classes.replaceChildren(...data.labels.map((_, c) => classRow(data, c, most)));
    const { guess, unigram } = frame.info!.baselines;
    const { label, accuracy } = data.majority;
    this.baselines.replaceChildren(
      bar(words.guess, formatNumber(guess), 1),
      bar(words.unigram, formatNumber(unigram), unigram / guess),
      ...(Number.isFinite(accuracy) ? [bar(words.majority(data.labels[label]), formatShare(accuracy), accuracy)] : []),
    );
    const shown = [
      ...some(data.examples, maxShown).map((example) => ({ ...example, isHeldOut: false })),
      ...(frame.info!.heldOutTokens > 0 ? some(data.heldOutExamples, maxShown / 2) : []).map((example) => ({
        ...example,
        isHeldOut: true,
      })),
    ];
    setText(this.chosen, words.chosen(shown.length, frame.info!.tokens));
    this.examples.replaceChildren(
      ...shown.map(({ text, label: of, isHeldOut }) =>
        make(
          'li',
          { class: isHeldOut ? 'is-held-out' : undefined },
          make('bdi', {}, text),
          make('span', {}, data.labels[of], ...(isHeldOut ? [`, ${words.held}`] : [])),
        ),
      ),
    );
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    const { data, frame } = this;
    if (!data || !frame?.info) return strings.tasks.waiting;
    return words.summary(frame.info.trainingTokens, frame.info.heldOutTokens, data.labels.length);
  }

  table(): Rows {
    const { data } = this;
    if (!data) return [];
    return [
      words.columns,
      ...data.examples.map(({ text, label }) => [text, data.labels[label], words.training]),
      ...data.heldOutExamples.map(({ text, label }) => [text, data.labels[label], words.held]),
    ];
  }

  dispose(): void {}

  private get data(): ClassData | null {
    const data = this.frame?.info?.taskData;
    return data?.task === 'classify' ? data : null;
  }
}

/** Some of a list, from all its places. */
const some = <T>(list: readonly T[], count: number): T[] =>
  list.length <= count
    ? [...list]
    : Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]);

/** How many of a class there are, also as a bar. */
function classRow({ labels, training, heldOut }: ClassData, c: number, most: number): HTMLElement {
  const part = (kind: string, count: number): HTMLElement => {
    const drawn = make('i', { class: kind });
    drawn.style.width = `${(100 * count) / most}%`;
    return drawn;
  };
  return make(
    'tr',
    {},
    make(
      'th',
      { scope: 'row' },
      make('bdi', {}, labels[c]),
      make('span', { class: 'bar parted', 'aria-hidden': 'true' }, part('', training[c]), part('held', heldOut[c])),
    ),
    make('td', {}, formatCount(training[c])),
    make('td', {}, formatCount(heldOut[c])),
  );
}

/** A number with its bar. */
export function bar(label: string, value: string, share: number): HTMLElement {
  const filled = make('i');
  filled.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
  const drawn = make('span', { class: 'bar', 'aria-hidden': 'true' }, filled);
  return make('div', {}, make('dt', {}, label), make('dd', {}, value), drawn);
}
