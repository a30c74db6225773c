// What the network makes of names that it has not seen, while it learns to tell names apart: its answers, how many of them are right by step, and a name
// that somebody types, read character by character.

import { make, setText } from '../../draw/dom.ts';
import { placeOfLargest } from '../../draw/extremes.ts';
import { formatCount, formatShare, formatToken } from '../../format.ts';
import type { RunInfo } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import type { HeldOut, Point } from '../../state/history.ts';
import { strings } from '../../strings.ts';
import type { ClassData, Reading } from '../../task-data.ts';
import type { TrainPart } from '../train/part.ts';
import { Probabilities } from './probabilities.ts';
import { ScoreChart } from './score-chart.ts';
import { taskStrings } from './strings.ts';

const words = taskStrings.train.classes;
/** Longest text that somebody types. */
const maxTyped = 60;

export class ClassesPart implements TrainPart {
  readonly figures = ['loss', 'heldOut', 'accuracy', 'norm', 'ratio', 'speed'] as const;
  readonly loss = words.loss;
  readonly speed = words.speed;
  readonly score = words.accuracy;
  readonly start = words.start;
  readonly elements: readonly HTMLElement[];
  private readonly title = make('h3', {}, words.unseen);
  private readonly answers = make('tbody');
  private readonly input = make('input', {
    type: 'text',
    id: 'try-name',
    maxlength: maxTyped,
    placeholder: words.placeholder,
    dir: 'auto',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  private readonly answer = make('p', { class: 'answer' });
  private readonly unknown = make('p', { class: 'note', hidden: true });
  private readonly table = new Probabilities();
  private readonly remember = make('button', { type: 'button', class: 'quiet', hidden: true }, words.remember);
  private readonly chart = new ScoreChart(words.accuracy, 0);
  private shown: readonly unknown[] = [];
  private asked: readonly unknown[] = [];

  constructor() {
    const { name, is, says, share } = words.columns;
    const heads = [name, is, says, share].map((head) => make('th', { scope: 'col' }, head));
    this.input.addEventListener('input', () => this.ask(true));
    this.remember.addEventListener('click', () => {
      actions.askMemory({ typed: this.input.value });
      actions.show('memory');
    });
    this.elements = [
      make(
        'section',
        { class: 'card task-pair' },
        make(
          'div',
          {},
          this.title,
          make('table', { class: 'answers' }, make('thead', {}, make('tr', {}, ...heads)), this.answers),
        ),
        make(
          'div',
          {},
          make('h3', {}, make('label', { for: 'try-name' }, words.try)),
          this.input,
          this.answer,
          this.table.element,
          this.unknown,
          make('p', { class: 'note' }, words.note),
          this.remember,
        ),
      ),
      this.chart.element,
    ];
  }

  /** Batches are small and differ, so that single losses say little. */
  lossOf({ smoothed }: Point): number {
    return smoothed;
  }

  baselines(): Readonly<Record<string, string>> {
    return strings.tasks.baselines.classify;
  }

  summary(step: number, loss: number, heldOut: HeldOut | undefined, { baselines, taskData }: RunInfo): string {
    const summary = words.summary(step, loss, baselines.guess);
    if (heldOut?.score === undefined || taskData?.task !== 'classify') return summary;
    const { labels, majority } = taskData;
    return summary + words.heldOut(heldOut.score, labels[majority.label], majority.accuracy);
  }

  update(frame: Frame): void {
    const { info, outcome, theme, reading } = frame;
    const data = info?.taskData;
    if (data?.task !== 'classify') return;
    const { label, accuracy } = data.majority;
    this.chart.update(
      frame,
      Number.isFinite(accuracy) ? { value: accuracy, label: words.majority(data.labels[label]) } : null,
    );
    if (outcome?.outcome.task === 'classify') {
      setText(this.title, `${words.unseen}, ${strings.figures.step} ${formatCount(outcome.step)}`);
      if (this.shown[0] !== outcome)
        this.answers.replaceChildren(...outcome.outcome.readings.map((each) => rowOf(each, data)));
      this.shown = [outcome];
    }
    if (this.input.value === '') {
      const [first] = data.heldOutExamples;
      if (first && document.activeElement !== this.input) this.input.value = first.text;
    }
    // the newest model reads the name again
    this.ask(false, frame);
    const isOfIt = reading !== null && reading.reading.steps.length > 0 && this.input.value !== '';
    this.answer.hidden = this.table.element.hidden = this.remember.hidden = !isOfIt;
    if (!isOfIt) return void (this.unknown.hidden = true);
    this.table.update(reading.reading, data.labels, theme);
    const [best, share] = bestOf(reading.reading, data.labels.length);
    setText(this.answer, words.answer(this.input.value, data.labels[best], share));
    const strange = [...new Set(reading.reading.steps.filter((step) => !info!.vocabulary.includes(step)))];
    this.unknown.hidden = strange.length === 0;
    if (strange.length > 0)
      setText(this.unknown, words.unknown(strange.map((each) => `“${formatToken(each)}”`).join(', ')));
  }

  dispose(): void {
    this.chart.dispose();
  }

  /** Has the name read, where the name or the model is another one. */
  private ask(isTyped: boolean, frame?: Frame): void {
    const text = this.input.value;
    const key = frame ? [text, frame.outcome?.step, frame.info, frame.cursor.n] : this.asked.with(0, text);
    if (!isTyped && key.every((part, i) => part === this.asked[i])) return;
    this.asked = key;
    if (text !== '') actions.read(text);
  }
}

/** The likeliest class at the end of a text, and its probability. */
function bestOf({ probabilities }: Reading, C: number): [label: number, share: number] {
  const last = probabilities.subarray(-C);
  const best = placeOfLargest(last);
  return [best, last[best]];
}

function rowOf(reading: Reading, { labels }: ClassData): HTMLElement {
  const [best, share] = bestOf(reading, labels.length);
  const isRight = best === reading.label;
  const between = reading.steps.some((step) => step.length > 2) ? ' ' : '';
  return make(
    'tr',
    { class: isRight ? 'right' : 'wrong' },
    make('th', { scope: 'row' }, make('bdi', {}, reading.steps.join(between))),
    make('td', {}, reading.label === null ? '' : labels[reading.label]),
    make(
      'td',
      {},
      make('span', { class: 'verdict', 'aria-hidden': 'true' }, isRight ? '✓' : '✗'),
      labels[best],
      make('span', { class: 'visually-hidden' }, `, ${isRight ? words.right : words.wrong}`),
    ),
    make('td', {}, formatShare(share)),
  );
}
