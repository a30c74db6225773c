// The last line of a terminal during training: a bar and the numbers that matter, as many as fit, redrawn in place at most ten times a second;
// and now and then a fresh sample above it. Only the line it owns is ever rewritten, and the cursor is never hidden, so nothing has to
// be restored if the process is killed.

import process from 'node:process';
import type { Backend } from '../engine/backend.ts';
import type { Model } from '../network/model.ts';
import { sampleText } from '../tasks/text/sample.ts';
import type { UpdateReport } from '../training/reports.ts';
import type { RunTrainer } from './device-trainer.ts';
import { cyan, dim, terminalWidth, unicode } from './output.ts';
import { sparkline } from './sparkline.ts';
import { columns, count, duration, heldOutText, nats, truncate, visible, wrap } from './text.ts';

interface State {
  readonly report: UpdateReport;
  readonly loss: number;
  readonly bestLoss: number | null;
  /** The share of right classes with the best weights. */
  readonly accuracy?: number;
  readonly speed: number;
  readonly left: number;
  /** The losses of training so far, or means of them. */
  readonly losses?: readonly number[];
}

/** What the bar counts in. */
export interface Scale {
  /** The updates in an epoch. */
  readonly epochUpdates: number;
  /** What the speed counts. */
  readonly unit: string;
}

const drawEveryMs = 100;
/** The curve of the losses has so many columns at most, and is there from so many losses on. */
const longestCurve = 12;
const leastInCurve = 8;
const firstSampleMs = 3_000;
const sampleEveryMs = 8_000;

export class ProgressBar {
  private readonly scale: Scale;
  private readonly start = performance.now();
  private state: State | null = null;
  private drawn = false;
  private lastDraw = Number.NEGATIVE_INFINITY;
  private nextSample = this.start + firstSampleMs;

  constructor(scale: Scale) {
    this.scale = scale;
  }

  set(state: State): void {
    this.state = state;
  }

  /** Draws what is due. */
  tick(trainer: RunTrainer, model: Model, backend: Backend): void {
    const now = performance.now();
    // only a language model generates text
    if (now >= this.nextSample && model.tokenizer) this.sample(trainer, model, backend);
    if (now - this.lastDraw < drawEveryMs) return;
    this.lastDraw = now;
    this.draw();
  }

  /** Writes a line that stays, above the bar. */
  above(line: string): void {
    this.clear();
    process.stdout.write(`${line}\n`);
    this.draw();
  }

  /** Removes the bar. */
  clear(): void {
    if (this.drawn) process.stdout.write('\r\x1b[K');
    this.drawn = false;
  }

  private draw(): void {
    if (!this.state) return;
    // two columns stay free for the ^C that the terminal shows
    process.stdout.write(`\r${barLine(this.state, this.scale, terminalWidth() - 2)}\x1b[K`);
    this.drawn = true;
  }

  /** Shows about 200 characters that the model generates; the interval grows with the run, and with what a sample costs. */
  private sample(trainer: RunTrainer, model: Model, backend: Backend): void {
    const before = performance.now();
    const text = sampleText({ ...model, parameters: trainer.parameters }, { ...sampleOf(model), backend });
    const width = Math.min(100, terminalWidth());
    const lines = wrap(
      visible(text)
        .replaceAll('\t', ' ')
        .trim()
        .replaceAll(/\n{2,}/g, '\n'),
      width - 2,
    ).slice(0, 6);
    this.above(
      [dim(`— a sample after update ${count(trainer.update)}`), ...lines.map((line) => dim(`  ${line}`))].join('\n'),
    );
    const now = performance.now();
    this.nextSample = now + Math.max(sampleEveryMs, (now - this.start) / 4, 20 * (now - before));
  }
}

/** How a sample of some 200 characters is drawn while a model learns, each time with the same random numbers. */
export function sampleOf({ tokenizer }: Pick<Model, 'tokenizer'>): { readonly length: number; readonly seed: number } {
  return { length: tokenizer?.level === 'word' ? 40 : 200, seed: 1 };
}

/** The bar's line, from which fields are left out until it fits. */
export function barLine(state: State, { epochUpdates, unit }: Scale, width: number): string {
  const { report, loss, bestLoss, accuracy, speed, left, losses = [] } = state;
  const { update, updates, epoch } = report;
  const share = updates > 0 ? update / updates : 1;
  const epochs = Math.max(epoch, Math.ceil(updates / epochUpdates));
  const percent = `${String(Math.floor(100 * share)).padStart(3)} %`;
  const head = `epoch ${epoch}/${epochs}`;
  const fields = [`loss ${nats(loss)}`];
  const time = `${duration(left)} left`;
  if (bestLoss !== null) fields.push(heldOutText(bestLoss, accuracy));
  const rate = `${count(speed)} ${unit}s/s`;
  const curve = losses.length < leastInCurve ? '' : sparkline(losses, longestCurve);
  const [lossText, ...others] = fields;
  const choices = [
    ...(curve === ''
      ? []
      : [
          [head, '*', percent, lossText, curve, ...others, rate, time],
          [head, percent, lossText, curve, ...others, time],
        ]),
    [head, '*', percent, ...fields, rate, time],
    [head, '*', percent, ...fields, time],
    [head, percent, ...fields, time],
    [percent, ...fields, time],
    [percent, fields[0], time],
    [percent, fields[0]],
  ];
  for (const fieldsNow of choices) {
    const bare = columns(fieldsNow.filter((field) => field !== '*').join('  '));
    const room = width - bare - 2;
    if (!fieldsNow.includes('*')) {
      if (bare <= width) return fieldsNow.join('  ');
    } else if (room >= 10) {
      const size = Math.min(30, room);
      return fieldsNow.map((field) => (field === '*' ? bar(share, size) : field)).join('  ');
    }
  }
  return truncate(percent, width);
}

function bar(share: number, size: number): string {
  const done = Math.round(share * size);
  const [full, empty] = unicode() ? ['━', '─'] : ['#', '.'];
  return cyan(full.repeat(done)) + dim(empty.repeat(size - done));
}
