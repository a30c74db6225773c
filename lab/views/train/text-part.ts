// What the network writes while it learns a text, in the colors of its surprisals, and what it wrote before.

import { make, setText } from '../../draw/dom.ts';
import { probability } from '../../draw/palette.ts';
import { Scale } from '../../draw/scale.ts';
import { TokenText } from '../../draw/token-text.ts';
import { formatCount, formatNumber } from '../../format.ts';
import type { RunInfo } from '../../protocol.ts';
import type { Frame, Sample } from '../../state/frame.ts';
import { type HeldOut, lossOf } from '../../state/history.ts';
import { strings } from '../../strings.ts';
import type { TrainPart } from './part.ts';
import { trainStrings } from './strings.ts';

const words = trainStrings;
/** Samples shown under the newest. */
const earlier = 4;

export class TextPart implements TrainPart {
  readonly figures = ['loss', 'heldOut', 'perplexity', 'norm', 'ratio', 'speed'] as const;
  readonly loss = words.loss;
  readonly speed = strings.figures.speed;
  readonly lossOf = lossOf;
  readonly score = null;
  readonly start = words.start;
  readonly elements: readonly HTMLElement[];
  private readonly sample = new TokenText();
  private readonly title = make('h3', {}, words.samples);
  private readonly scale = new Scale(words.surprise);
  private readonly older = make('ol', { class: 'older-samples' });

  constructor() {
    this.elements = [
      make(
        'section',
        { class: 'card' },
        make('header', { class: 'card-head' }, this.title, this.scale.element),
        this.sample.element,
        this.older,
      ),
    ];
  }

  baselines(): typeof strings.baselines {
    return strings.baselines;
  }

  summary(step: number, loss: number, heldOut: HeldOut | undefined, { baselines }: RunInfo): string {
    return words.summary(step, loss, baselines.guess) + (heldOut ? words.heldOutSummary(heldOut.loss) : '');
  }

  update({ info, samples, past, theme, cursor, settings }: Frame): void {
    const main = cursor.n === null ? samples.at(-1) : past;
    if (!info || info.taskData || !main) return;
    setText(this.title, `${words.samples}, ${strings.figures.step} ${formatCount(main.step)}`);
    const { guess } = info.baselines;
    this.scale.update('0', strings.nats(formatNumber(guess)), `${theme} ${guess}`, (place) =>
      probability(place, theme),
    );
    this.sample.update(main.ids, main.surprisals, info.vocabulary, guess, theme);
    const before = samples
      .filter((sample) => sample.step < main.step)
      .slice(-earlier)
      .reverse();
    if (before.map(({ step }) => step).join() === this.older.dataset.steps) return;
    this.older.dataset.steps = before.map(({ step }) => step).join();
    const between = settings.level === 'word' ? ' ' : '';
    this.older.replaceChildren(...before.map((sample) => olderSample(sample, info.vocabulary, between)));
  }

  dispose(): void {}
}

function olderSample({ step, ids }: Sample, vocabulary: readonly string[], between: string): HTMLElement {
  const joined = Array.from(ids.subarray(0, 90), (id) => vocabulary[id]).join(between);
  return make(
    'li',
    {},
    make('span', { class: 'older-step' }, formatCount(step)),
    make('bdi', {}, joined.replace(/\s+/g, ' ')),
  );
}
