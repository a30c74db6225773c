// What a person or a program sees of a training run: one interface, four forms. A terminal gets a bar that is redrawn in place
// (progress-bar.ts), a file or a pipe plain lines, a program JSON, and --quiet nothing.

import process from 'node:process';
import type { Backend } from '../engine/backend.ts';
import type { Model } from '../network/model.ts';
import type { Task, TaskReport } from '../tasks/task.ts';
import type { UpdateReport, ValidationReport } from '../training/reports.ts';
import type { TrainingSettings } from '../training/settings.ts';
import type { RunTrainer } from './device-trainer.ts';
import { DivergenceWatch } from './divergence.ts';
import { cyan, dim, green, note, print, programName, say, terminalWidth } from './output.ts';
import { ProgressBar } from './progress-bar.ts';
import type { LastLook } from './run-folder.ts';
import { Curve, sparkline } from './sparkline.ts';
import { Speed } from './speed.ts';
import { columns, count, duration, heldOutText, nats, plural, quoted } from './text.ts';

/** What is known of a run before it begins. */
export interface RunDescription {
  readonly directory: string;
  readonly files: readonly string[];
  readonly task: Task;
  /** What an update sees: `32 × 64 characters`. */
  readonly batch: string;
  readonly parameters: number;
  readonly settings: TrainingSettings;
  /** The updates in an epoch. */
  readonly epochUpdates: number;
  readonly backend: string;
  readonly threads: number;
  /** K: every K-th state is kept; null where all are. */
  readonly checkpointEvery: number | null;
  /** The updates that were done before, where a run is resumed. */
  readonly resumedAt: number | null;
  /** A sentence about the defaults that the data changed, if any. */
  readonly others: string | null;
}

export interface Reporter {
  /** Reports something worth knowing that is no error. */
  remark(sentence: string): void;
  /** Reports an update that took so many seconds, perhaps with a look at the held-out data; returns the recent speed. */
  update(report: UpdateReport, bestLoss: number | null, seconds: number, evaluated: boolean): number;
  epoch(report: ValidationReport): void;
  /** Prints a line for programs. */
  json(line: object): void;
  /** Draws what is due; called after every update. */
  tick(trainer: RunTrainer, model: Model, backend: Backend): void;
  stopping(signal: string): void;
  /** Removes what is not to stay on the screen. */
  close(): void;
  stopped(trainer: RunTrainer, reason: string): void;
  finished(trainer: RunTrainer, last: LastLook | null, findings: readonly TaskReport[]): void;
}

/** Creates a reporter; `auto` is the bar on a terminal and plain lines elsewhere. */
export function createReporter(form: 'auto' | 'json' | 'quiet', run: RunDescription): Reporter {
  const speed = new Speed();
  if (form === 'quiet') return quietReporter(speed);
  if (form === 'json') return jsonReporter(run, speed);
  return new PersonReporter(run, speed, process.stdout.isTTY === true && process.env.TERM !== 'dumb');
}

function quietReporter(speed: Speed): Reporter {
  return {
    remark() {},
    update: ({ tokens }, _, seconds, evaluated) => speed.add(tokens, seconds, evaluated),
    epoch() {},
    json() {},
    tick() {},
    stopping() {},
    close() {},
    stopped() {},
    finished() {},
  };
}

function jsonReporter(run: RunDescription, speed: Speed): Reporter {
  const line = (object: object): void => print(JSON.stringify(object));
  const { directory, task, parameters, settings, epochUpdates, backend, threads, resumedAt, others } = run;
  line({
    ...{ event: 'start', out: directory, ...task.facts, parameters },
    ...{ updates: settings.updates, updatesPerEpoch: epochUpdates, backend, threads, resumedAt, settings },
    ...(others !== null && { remark: others }),
  });
  return {
    ...quietReporter(speed),
    remark: (sentence) => note(`unrolled: ${sentence}`),
    json: line,
    stopped: (trainer, reason) => line({ event: 'stopped', reason, update: trainer.update }),
    finished(trainer, last, findings) {
      for (const { json } of findings) line(json);
      const { update: updates, bestLoss: validationLoss } = trainer;
      const loss = last?.loss ?? null;
      line({ event: 'done', updates, loss, validationLoss, [`${task.words.unit}sPerSecond`]: speed.average() });
    },
  };
}

/** A curve has at least so many values, and at most so many columns. */
const leastValues = 3;
const longestLine = 60;

/** Lines for a person, with a bar where there is a terminal. */
class PersonReporter implements Reporter {
  private readonly run: RunDescription;
  private readonly speed: Speed;
  private readonly bar: ProgressBar | null;
  private lastLine = performance.now();
  private smooth = { sum: 0, weight: 0 };
  private accuracy: number | undefined;
  /** Of every update, and of every look at the held-out data. */
  private readonly losses = new Curve();
  private readonly heldOut = new Curve();
  private readonly divergence: DivergenceWatch;

  constructor(run: RunDescription, speed: Speed, terminal: boolean) {
    this.run = run;
    this.speed = speed;
    this.divergence = new DivergenceWatch(run.epochUpdates);
    this.bar = terminal ? new ProgressBar({ epochUpdates: run.epochUpdates, unit: run.task.words.unit }) : null;
    for (const line of introduction(run)) say(line);
  }

  remark(sentence: string): void {
    this.bar?.clear();
    say(`Note: ${sentence}.`);
  }

  update(report: UpdateReport, bestLoss: number | null, seconds: number, evaluated: boolean): number {
    const speed = this.speed.add(report.tokens, seconds, evaluated);
    this.divergence.add(report.loss);
    // an average over some 50 updates
    this.smooth.sum = 0.98 * this.smooth.sum + 0.02 * report.loss;
    this.smooth.weight = 0.98 * this.smooth.weight + 0.02;
    const loss = this.smooth.sum / this.smooth.weight;
    this.losses.add(loss);
    this.bar?.set({
      report,
      loss,
      bestLoss,
      accuracy: this.accuracy,
      speed,
      left: this.speed.left(report.updates - report.update),
      losses: this.losses.values,
    });
    if (!this.bar && !evaluated && performance.now() - this.lastLine > 10_000) this.line(report, loss, bestLoss);
    return speed;
  }

  epoch(report: ValidationReport): void {
    if (report.best) this.accuracy = report.accuracy;
    if (report.validationLoss !== null) this.heldOut.add(report.validationLoss);
    // where epochs are many and short, not every one gets a line
    const isDue = this.epochs <= 100 || performance.now() - this.lastLine > 1_000 || report.update === report.updates;
    if (!this.bar) {
      if (isDue) this.line(report, report.loss, report.validationLoss);
    } else if (performance.now() - this.lastLine > 2_000) {
      this.lastLine = performance.now();
      const epoch = `epoch ${String(report.epoch).padStart(String(this.epochs).length)}/${this.epochs}`;
      const held = report.validationLoss === null ? '' : `  ${heldOutText(report.validationLoss, report.accuracy)}`;
      const line = `${epoch}  loss ${nats(report.loss)}${held}`;
      const best = report.best ? '  best so far' : '';
      this.bar.above(columns(line + best) <= terminalWidth() ? line + green(best) : line);
    }
  }

  json(): void {}

  tick(trainer: RunTrainer, model: Model, backend: Backend): void {
    this.bar?.tick(trainer, model, backend);
  }

  stopping(signal: string): void {
    this.bar?.clear();
    note(`${signal === 'SIGINT' ? 'Ctrl-C' : signal}: finishing this update and saving.`);
  }

  close(): void {
    this.bar?.clear();
  }

  stopped(trainer: RunTrainer, reason: string): void {
    if (reason === 'closed pipe') return;
    const { directory, files } = this.run;
    const { updates } = trainer.settings;
    say(`Stopped after update ${count(trainer.update)} of ${count(updates)}; everything is saved in ${directory}.`);
    print(`Resume it with:  ${programName()} train ${files.map(quoted).join(' ')} --out ${quoted(directory)} --resume`);
  }

  finished(trainer: RunTrainer, last: LastLook | null, findings: readonly TaskReport[]): void {
    const { directory, resumedAt, task } = this.run;
    const { noun, loss } = task.words;
    if (resumedAt === trainer.update) say(`This run has finished already: ${plural(trainer.update, 'update')}.`);
    const best = trainer.bestLoss;
    const parts = [`loss ${last ? nats(last.loss) : 'unknown'}`];
    if (best !== null) parts.push(`held-out ${nats(best)} ${loss}`);
    if (resumedAt !== trainer.update)
      parts.push(`${duration(this.speed.elapsed())}, ${count(this.speed.average())} ${noun}s a second`);
    if (trainer.update === 0)
      say('Nothing was trained, as no update was asked for: the weights are as they were at the start.');
    else say(`Done: ${parts.join(' · ')}`);
    if (this.bar) for (const line of this.curves()) print(line);
    for (const { sentence } of findings) say(sentence);
    const diverged = this.divergence.found(trainer.firstLoss);
    if (diverged)
      say(
        `The loss, ${nats(diverged.mean)} over the last ${diverged.updates} updates, is higher than it was at the first update, ${nats(trainer.firstLoss!)}: the run diverged. ` +
          `Try a lower learning rate than ${trainer.settings.learningRate} with --lr, or --on-divergence rollback.`,
      );
    const use = task.name === 'text' ? `sample ${quoted(directory)}` : `predict ${quoted(directory)} FILE`;
    print(`The model is in ${directory}. Use it with:  ${programName()} ${use}`);
  }

  /** The curves of the run, each in a line that fits. */
  private curves(): string[] {
    const names = [
      ['loss', this.losses.values],
      ['held-out', this.heldOut.values],
    ] as const;
    return names.flatMap(([name, values]) => {
      if (values.length < leastValues) return [];
      const ends = `  ${nats(values[0])} to ${nats(values.at(-1)!)}`;
      const head = name.padEnd('held-out'.length + 2);
      const room = terminalWidth() - columns(head + ends);
      return [`${dim(head)}${cyan(sparkline(values, Math.min(longestLine, room)))}${ends}`];
    });
  }

  private get epochs(): number {
    return Math.ceil(this.run.settings.updates / this.run.epochUpdates);
  }

  /** Prints a plain line. */
  private line(report: UpdateReport | ValidationReport, loss: number, heldOut: number | null): void {
    const accuracy = report.kind === 'validation' ? report.accuracy : this.accuracy;
    this.lastLine = performance.now();
    const { update, updates, epoch } = report;
    const parts = [
      `epoch ${epoch}/${Math.max(epoch, this.epochs)}`,
      `update ${update}/${updates}`,
      `loss ${nats(loss)}`,
    ];
    if (heldOut !== null) parts.push(heldOutText(heldOut, accuracy));
    parts.push(`${count(this.speed.recent())} ${this.run.task.words.unit}s/s`);
    if (update < updates) parts.push(`${duration(this.speed.left(updates - update))} left`);
    print(parts.join('  '));
  }
}

function introduction(run: RunDescription): string[] {
  const { task, batch, settings, directory, resumedAt } = run;
  const work = `${plural(run.parameters, 'parameter')}, ${plural(settings.updates, 'update')} of ${batch} with ${settings.optimizer}`;
  const lines = [
    `${task.name === 'text' ? 'Text' : 'Data'}:  ${task.summary}`,
    `Model: ${work}`,
    `Using: ${computing(run)}`,
  ];
  if (run.others !== null) lines.push(`Note: ${run.others}.`);
  if (resumedAt !== null && resumedAt < settings.updates)
    lines.push(`Resuming the run in ${directory} after update ${count(resumedAt)}.`);
  return lines;
}

/** What computes, in words. */
function computing({ backend, threads, settings, checkpointEvery }: RunDescription): string {
  const [library] = /^blas-(.*?)(-without-[0-9a-f]{8})?(-simd)?(-\d+-threads)?$/.exec(backend)?.slice(1) ?? [];
  const what = library
    ? `WebAssembly and the native BLAS ${library}`
    : backend === 'javascript'
      ? 'JavaScript'
      : backend.startsWith('webgpu-')
        ? `the GPU ${backend.slice('webgpu-'.length)}`
        : 'WebAssembly';
  const states = checkpointEvery === null ? '' : `, one state in ${Math.min(checkpointEvery, settings.bptt)} kept`;
  const shards = settings.shards === undefined ? '' : `, ${settings.shards} shards`;
  return `${what}, ${plural(threads, 'thread')}${states}${shards}`;
}
