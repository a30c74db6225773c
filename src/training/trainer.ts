// Training by back-propagation through time, one update at a time. A batch of T steps gives one update. In a text (truncated BPTT)
// the state starts at zero in every epoch and is carried from batch to batch, while the gradient stops at the edge of the batch; separate sequences
// each start at zero. A snapshot holds everything that decides the next update, so a restored run continues bit for bit. The trainer knows neither
// files nor clocks.

import type { Backend } from '../engine/backend.ts';
import { described, shortened, UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { Unrolled } from '../network/unrolled.ts';
import { notFinite } from './not-finite.ts';
import { momentCount, setHyperparameters } from './optimizers.ts';
import { learningRateFactor, observe, startOfSchedule } from './schedules.ts';
import { type TrainingOptions, type TrainingSettings, trainingSettings } from './settings.ts';
import type { Progress, Snapshot } from './snapshots.ts';
import type { BatchSource, Judge } from './source.ts';
import { readUpdate, recordUpdate } from './update.ts';

/** The report of one update. */
export interface UpdateReport {
  readonly kind: 'update';
  /** The number of updates done, this one included. */
  readonly update: number;
  /** The number of updates of the whole run. */
  readonly updates: number;
  /** The number of passes over the data that have begun, this one included. */
  readonly epoch: number;
  /** The mean loss of the batch before the update: nats per prediction, or with the squared loss the mean squared error. */
  readonly loss: number;
  /** ‖∇‖₂ of the mean loss, before clipping. */
  readonly gradientNorm: number;
  /** Whether clipping made the gradient smaller. */
  readonly clipped: boolean;
  /** α of this update. */
  readonly learningRate: number;
  /** The number of predictions in the batch: in a text, its tokens. */
  readonly tokens: number;
}

/** The report at the end of an epoch or of the run, with the loss of the held-out data. */
export interface ValidationReport {
  readonly kind: 'validation';
  readonly update: number;
  readonly updates: number;
  readonly epoch: number;
  /** The mean loss of the batches since the epoch began, as in `UpdateReport`. */
  readonly loss: number;
  /** The mean loss of the held-out data; null if none are held out. */
  readonly validationLoss: number | null;
  /** The share of right classes in the held-out data, where the judge reports it. */
  readonly accuracy?: number;
  /** Whether these weights are the best so far. */
  readonly best: boolean;
}

export type Report = UpdateReport | ValidationReport;

export class Trainer {
  /** Everything that decides the numbers of the run; a run that is restored must have the same settings. */
  readonly settings: TrainingSettings;
  /** The bytes of all workspaces, which do not change while training. */
  readonly bytes: number;
  private readonly net: Unrolled;
  private readonly backend: Backend;
  private readonly source: BatchSource;
  private readonly judge?: Judge;
  private best: Float32Array | Float64Array | null = null;
  private progress: Progress = {
    update: 0,
    epoch: 0,
    window: 0,
    lossSum: 0,
    tokenSum: 0,
    stopped: false,
    schedule: startOfSchedule(),
  };

  /**
   * @param backend where to compute
   * @param model the architecture and the first values; it is not changed
   * @param source the source of the batches
   * @param judge the judge of the held-out data, if there are any
   */
  constructor(backend: Backend, model: Model, source: BatchSource, options: TrainingOptions = {}, judge?: Judge) {
    this.settings = trainingSettings(options, source, judge !== undefined, model.config);
    this.backend = backend;
    this.source = source;
    this.net = new Unrolled(backend, model.config, {
      steps: source.bptt,
      batch: source.batchSize,
      gradients: true,
      dropout: true,
      moments: momentCount(this.settings.optimizer),
      shortSteps: source.shortSteps,
      padded: source.padded,
      checkpointEvery: options.checkpointEvery,
      update: recordUpdate(this.settings),
    });
    this.net.parameters.set(model.parameters);
    this.net.optimizer.clip.set([this.settings.clip, this.settings.clipValue]);
    this.judge = judge;
    this.bytes = this.net.bytes + (this.judge?.bytes ?? 0);
  }

  /** The current parameters: a view, changed by every update. [P] */
  get parameters(): Float32Array | Float64Array {
    return this.net.parameters;
  }

  /** The parameters with the lowest held-out loss so far; the current ones while there is no held-out loss. [P] */
  get bestParameters(): Float32Array | Float64Array {
    return this.best ?? this.net.parameters;
  }

  /** The lowest held-out loss so far. */
  get bestLoss(): number | null {
    return this.progress.schedule.best;
  }

  /** The number of updates done. */
  get update(): number {
    return this.progress.update;
  }

  /** Whether every update is done, or the schedule or patience has ended the run. */
  get done(): boolean {
    return this.progress.stopped || this.progress.update >= this.settings.updates;
  }

  /**
   * Does one update and reports it; at the end of an epoch or of the run a report with the held-out loss follows.
   * @throws UnrolledError that names the tensor if the loss or the gradient is not finite; the parameters are then as before the update
   */
  step(): Report[] {
    if (this.done) return [];
    const { net, settings, progress, source } = this;
    const { update, epoch } = progress;
    if (progress.window === 0 || !source.carriesState) net.resetState();
    const { steps, predictions } = source.write(net, epoch, progress.window);
    net.seed.set([settings.seed, update]);
    const factor = learningRateFactor(settings, progress.schedule, update, settings.updates, epoch);
    const learningRate = settings.learningRate * factor;
    setHyperparameters(settings, net.optimizer.hyperparameters, learningRate, update + 1);
    net.update(steps);
    if (net.optimizer.go[0] === 0) throw notFinite(this.net, update + 1);
    const { loss, norm, scale } = readUpdate(net.optimizer);

    progress.update++;
    progress.window++;
    progress.lossSum += loss * predictions;
    progress.tokenSum += predictions;
    const report: UpdateReport = {
      kind: 'update',
      update: progress.update,
      updates: settings.updates,
      epoch: epoch + 1,
      loss,
      gradientNorm: norm,
      clipped: scale < 1,
      learningRate,
      tokens: predictions,
    };
    if (progress.window < source.batches && !this.done) return [report];
    return [report, this.endOfEpoch()];
  }

  private endOfEpoch(): ValidationReport {
    const { progress, settings } = this;
    let validationLoss: number | null = null;
    let better = false;
    if (this.judge) {
      validationLoss = this.judge.judge(this.net.parameters);
      if (!Number.isFinite(validationLoss)) throw notFinite(this.net, progress.update);
      const verdict = observe(settings, progress.schedule, validationLoss);
      better = verdict.better;
      if (verdict.better) this.keepBest(this.net.parameters);
      if (verdict.restore && this.best) this.net.parameters.set(this.best);
      if (verdict.stop) progress.stopped = true;
    }
    const report: ValidationReport = {
      kind: 'validation',
      update: progress.update,
      updates: settings.updates,
      epoch: progress.epoch + 1,
      loss: progress.lossSum / progress.tokenSum,
      validationLoss,
      ...(this.judge?.accuracy !== undefined && { accuracy: this.judge.accuracy }),
      best: better,
    };
    if (progress.window >= this.source.batches) {
      progress.epoch++;
      progress.window = 0;
      progress.lossSum = 0;
      progress.tokenSum = 0;
    }
    return report;
  }

  private keepBest(parameters: ArrayLike<number>): void {
    this.best ??= this.net.parameters.slice();
    this.best.set(parameters);
  }

  /**
   * Copies everything that decides the next update.
   * @throws UnrolledError if the last update left a parameter that is not finite, since no run can continue from there
   */
  snapshot(): Snapshot {
    const { sums } = this.net.optimizer;
    this.net.kernels.sumOfSquares(this.net.parameters, this.net.parameters.length, sums);
    if (!Number.isFinite(sums[0])) throw notFinite(this.net, this.progress.update + 1);
    const tensors = new Map([...this.tensors()].map(([name, now]) => [name, now.slice()]));
    if (this.best) tensors.set('best', this.best.slice());
    const { settings, progress } = this;
    return { state: structuredClone({ settings, progress, backend: this.backend.name }), tensors };
  }

  /** The tensors of a snapshot by name, as views. */
  private tensors(): Map<string, Float32Array | Float64Array> {
    const { parameters, moments, initialStates } = this.net;
    return new Map([
      ['parameters', parameters],
      ...moments.map((moment, i) => [`moment${i}`, moment] as const),
      ...initialStates,
    ]);
  }

  /**
   * Continues from a snapshot of a run with the same model, data and options.
   * @throws UnrolledError that names the first setting or tensor that differs
   */
  restore(snapshot: Snapshot): void {
    const { settings, progress, backend } = snapshot.state;
    for (const [name, value] of Object.entries({ ...this.settings, backend: this.backend.name })) {
      const before = { ...settings, backend }[name as keyof TrainingSettings];
      if (before !== value)
        throw new UnrolledError(
          `resume: expected ${name} ${typeof before === 'string' ? shortened(before) : described(before)}, as the run was started with, got ${value}`,
        );
    }
    const best = snapshot.tensors.get('best');
    const tensors = this.tensors();
    if (best) tensors.set('best', this.net.parameters);
    for (const [name, now] of tensors) {
      const then = snapshot.tensors.get(name);
      if (then?.length !== now.length)
        throw new UnrolledError(
          `resume: tensor ${name}: expected ${now.length} numbers for this model, got ${then?.length ?? 'none'}`,
          'failure',
        );
    }
    for (const [name, now] of this.tensors()) now.set(snapshot.tensors.get(name)!);
    if (best) this.keepBest(best);
    else this.best = null;
    this.progress = structuredClone(progress);
  }

  /**
   * Goes on from a run of the same model with other options, such as another learning rate, optimizer, or window. The parameters and the counters are
   * taken over; so are the optimizer's moments where the optimizer is the same, else it begins at update 0; and so are the place in the data and the
   * carried state where the batches have the same shape, else the pass over the data begins again.
   */
  continueFrom({ tensors, state: { settings: before, progress } }: Snapshot): void {
    const { settings } = this;
    const sameOptimizer = before.optimizer === settings.optimizer;
    const sameBatches = before.batchSize === settings.batchSize && before.bptt === settings.bptt;
    for (const [name, now] of this.tensors()) {
      const then = tensors.get(name);
      const isTaken = name === 'parameters' || (name.startsWith('moment') ? sameOptimizer : sameBatches);
      if (isTaken && then?.length === now.length) now.set(then);
    }
    this.progress = {
      ...structuredClone(progress),
      window: sameBatches ? progress.window : 0,
      update: sameOptimizer ? progress.update : 0,
    };
  }
}
