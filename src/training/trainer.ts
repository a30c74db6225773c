// Training by back-propagation through time, one update at a time. A batch of T steps gives one update. In a text (truncated BPTT)
// the state starts at zero in every epoch and is carried from batch to batch, while the gradient stops at the edge of the batch; now and then a stream
// starts again from zero, so that training visits what use visits. Separate sequences each start at zero. A snapshot holds everything that decides the next update, so a restored run continues bit for bit. The trainer knows neither
// files nor clocks.

import type { Backend } from '../engine/backend.ts';
import { described, shortened, UnrolledError } from '../errors.ts';
import { atOnce, inTurn, type Together } from '../generators.ts';
import { cellOf } from '../network/cells/table.ts';
import type { Model } from '../network/model.ts';
import { Unrolled } from '../network/unrolled.ts';
import { Random } from '../random.ts';
import { addToAverage } from './averaging.ts';
import { alone, type Group } from './group.ts';
import { notFinite } from './not-finite.ts';
import { momentCount, setHyperparameters } from './optimizers.ts';
import { isWorse, type Report, type RollbackReport, type UpdateReport, type ValidationReport } from './reports.ts';
import { learningRateFactor, observe, startOfSchedule } from './schedules.ts';
import { type TrainingOptions, type TrainingSettings, trainingSettings } from './settings.ts';
import { expectGroup, Shards } from './shards/shards.ts';
import type { Progress, Snapshot } from './snapshots.ts';
import type { BatchSource, Judge } from './source.ts';
import { readUpdate, recordUpdate } from './update.ts';

/** What the learning rate is multiplied by after a run went back to earlier weights. */
const rollbackFactor = 0.1;

/** Sets the state of some streams to the initial state: stream b where the (b + 1)-th number of this update is below `restart`. */
function restartStreams(
  states: Pick<Unrolled, 'resetState'>,
  restart: number,
  { seed, batchSize }: TrainingSettings,
  update: number,
): void {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ update);
  for (let b = 0; b < batchSize; b++) if (random.uniform() < restart) states.resetState(b);
}

/** Updates that a device is given before anybody waits for their losses. */
const ahead = 8;

/** An update that has been begun: what its report says besides its figures. */
interface Begun {
  readonly predictions: number;
  readonly learningRate: number;
}

/** What a run has whose settings do not say it. */
const unrecorded = { restart: 0, onDivergence: 'stop', average: 0, shards: 1 };

/**
 * A training run, one update at a time: the batch forward, back through time, clipping, the optimizer. θ ← θ − α · rule(∇L), where L is the
 * weighted mean loss of the batch. `train` runs one in a loop; a loop of one's own calls `step` until `done`.
 */
export class Trainer {
  /** Everything that decides the numbers of the run; a run that is restored must have the same settings. */
  readonly settings: TrainingSettings;
  /** The bytes of all workspaces, which do not change while training. */
  readonly bytes: number;
  private readonly net: Unrolled;
  /** Where a batch is cut into several windows: those that this member of the group computes. */
  private readonly shards: Shards | null;
  private readonly backend: Backend;
  private readonly source: BatchSource;
  private readonly judge?: Judge;
  private best: Float32Array | Float64Array | null = null;
  /** With `onDivergence: 'rollback'`: the weights at the end of the last epoch, or the first ones. */
  private safe: Float32Array | Float64Array | null = null;
  /** With `average`: what is judged and kept. */
  private readonly average: Float32Array | Float64Array | null;
  private torn = false;
  private progress: Progress = {
    update: 0,
    epoch: 0,
    window: 0,
    lossSum: 0,
    tokenSum: 0,
    stopped: false,
    schedule: startOfSchedule(),
    firstLoss: null,
    clippedUpdates: 0,
    rolledBackAt: null,
  };

  /**
   * Plans the memory of the run. It throws an `UnrolledError` for an option that the model, the batches or the optimizer cannot have.
   * @param backend where to compute
   * @param model the architecture and the first values; it is not changed
   * @param source the source of the batches
   * @param judge the judge of the held-out data, if there are any
   * @param group the processes that share the shards of a batch, each with a trainer of the same model, data and options
   */
  constructor(
    backend: Backend,
    model: Model,
    source: BatchSource,
    options: TrainingOptions = {},
    judge?: Judge,
    group: Group = alone,
  ) {
    this.settings = trainingSettings(options, source, judge !== undefined, model.config);
    const { shards = 1, average = 0 } = this.settings;
    expectGroup(group, shards);
    if (backend.device && (shards > 1 || average))
      throw new UnrolledError(`shards, average: expected 1 and 0 on ${backend.name}, got ${shards} and ${average}`);
    if (backend.device && options.checkpointEvery !== undefined)
      throw new UnrolledError(
        `checkpointEvery: expected none on ${backend.name}, where every span would be dispatches of its own, got ${options.checkpointEvery}; leave it out or take a shorter window`,
      );
    this.backend = backend;
    this.source = source;
    this.net = new Unrolled(backend, model.config, {
      steps: source.bptt,
      batch: source.batchSize / shards,
      gradients: true,
      dropout: true,
      moments: momentCount(this.settings.optimizer),
      shortSteps: source.shortSteps,
      padded: source.padded,
      checkpointEvery: options.checkpointEvery,
      update: recordUpdate(this.settings),
      apart: shards > 1,
      onDevice: backend.device !== undefined,
    });
    this.shards = shards > 1 ? new Shards(this.net, shards, group) : null;
    this.net.parameters.set(model.parameters);
    this.average = average ? this.net.parameters.slice() : null;
    if (this.settings.onDivergence) this.safe = this.net.parameters.slice();
    const { clip, sums, hyperparameters, lossSum, go } = this.net.optimizer;
    clip.set([this.settings.clip, this.settings.clipValue]);
    this.net.remote?.write(this.net.parameters);
    this.net.remote?.watch([sums, hyperparameters.subarray(0, 1), lossSum, go], ahead);
    this.judge = judge;
    this.bytes = this.net.bytes + (this.shards?.bytes ?? 0) + (this.judge?.bytes ?? 0);
  }

  /** The current parameters: a view, changed by every update. [P] */
  get parameters(): Float32Array | Float64Array {
    return this.net.parameters;
  }

  /** The parameters with the lowest held-out loss so far; the current ones, or their average, while there is no held-out loss. [P] */
  get bestParameters(): Float32Array | Float64Array {
    return this.best ?? this.average ?? this.net.parameters;
  }

  /** The lowest held-out loss so far. */
  get bestLoss(): number | null {
    return this.progress.schedule.best;
  }

  /** The loss of the first update; null before it, and in runs that began before it was kept. */
  get firstLoss(): number | null {
    return this.progress.firstLoss ?? null;
  }

  /** The number of updates done. */
  get update(): number {
    return this.progress.update;
  }

  /** Whether every update is done, or the schedule or patience has ended the run. */
  get done(): boolean {
    const { stopped, update, due } = this.progress;
    return !due && (stopped || update >= this.settings.updates);
  }

  /**
   * Whether the state is that between two updates, so that `snapshot` can copy it. It is not after an update that ended with an error while it
   * changed the parameters, as when a thread ends just then.
   */
  get isWhole(): boolean {
    return !this.torn;
  }

  /**
   * Does one update and reports it; at the end of an epoch or of the run a report with the held-out loss follows.
   * @throws UnrolledError that names the tensor if the loss or the gradient is not finite; the parameters are then as before the update
   */
  step(): Report[] {
    this.expectAtOnce('step');
    return atOnce(this.work());
  }

  /** Does what `step` does, with a group whose answers are promises, or on a device, which does several updates before it tells of them. */
  stepTogether(): Promise<Report[]> {
    return inTurn(this.work());
  }

  private *work(): Together<Report[]> {
    this.expectWhole();
    if (this.done) return [];
    const { net, progress } = this;
    if (progress.due) return yield* this.finishEpoch(progress.due);
    if (!net.remote) return yield* this.finish(yield* this.begin(0));
    const begun: Begun[] = [];
    const left = Math.min(this.source.batches - progress.window, this.settings.updates - progress.update, ahead);
    while (begun.length < left) begun.push(yield* this.begin(begun.length));
    const figures: number[][] = [];
    const { sums, hyperparameters, lossSum, go } = net.optimizer;
    yield net.remote.watched(() => void figures.push([...sums, hyperparameters[0], lossSum[0], go[0]]));
    const reports: Report[] = [];
    for (const [i, update] of begun.entries()) {
      sums.set(figures[i].slice(0, sums.length));
      [hyperparameters[0], lossSum[0], go[0]] = figures[i].slice(sums.length);
      reports.push(...(yield* this.finish(update)));
      if (go[0] === 0) break; // those after it changed nothing
    }
    return reports;
  }

  /** Begins an update, so many after the one that is next; on a CPU it is then done. */
  private *begin(after: number): Together<Begun> {
    const { net, settings, progress, source, shards } = this;
    const { epoch } = progress;
    const [update, window] = [progress.update + after, progress.window + after];
    const states = shards ?? net;
    if (window === 0 || !source.carriesState) states.resetState();
    else if (settings.restart) restartStreams(states, settings.restart, settings, update);
    const { steps, predictions } = source.write(shards?.memory ?? net, epoch, window);
    if (shards) yield* shards.compute(steps, [settings.seed, update]);
    else net.seed.set([settings.seed, update]);
    const factor = learningRateFactor(settings, progress.schedule, update, settings.updates, epoch);
    const slower = (progress.rolledBackAt ?? null) === null ? 1 : rollbackFactor;
    const learningRate = settings.learningRate * factor * slower;
    setHyperparameters(settings, net.optimizer.hyperparameters, learningRate, update + 1, net.config.hiddenSize);
    net.optimizer.go[0] = 0; // the program sets it when it is about to change the parameters
    try {
      net.update(steps);
    } catch (error) {
      this.torn = net.optimizer.go[0] !== 0;
      throw error;
    }
    return { predictions, learningRate };
  }

  /** Reports an update whose figures are there; behind the last of an epoch follows the look at the held-out data. */
  private *finish({ predictions, learningRate }: Begun): Together<Report[]> {
    const { net, settings, progress, source, shards } = this;
    const { update, epoch } = progress;
    if (net.optimizer.go[0] === 0) {
      yield net.remote?.read(net.parameters, net.gradient, net.nll);
      const error = notFinite(this.net, update + 1);
      if (!this.mayRollBack) throw error;
      const loss = shards || net.remote ? net.optimizer.lossSum[0] : net.loss();
      return [this.rollBack(loss, error.message.replace(/;.*/, ''))];
    }
    shards?.carryStates();
    if (this.average) {
      addToAverage(this.average, net.parameters, settings.average!, (progress.averaged ??= 0));
      progress.averaged++;
    }
    const { loss, norm, scale } = readUpdate(net.optimizer);

    progress.update++;
    progress.window++;
    progress.lossSum += loss * predictions;
    progress.tokenSum += predictions;
    if (progress.firstLoss === null) progress.firstLoss = loss;
    if (progress.clippedUpdates !== undefined && scale < 1) progress.clippedUpdates++;
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
    progress.due = report;
    return yield* this.finishEpoch(report);
  }

  /** Looks at the held-out data, and at whether the epoch was worse than the start. */
  private *finishEpoch(report: UpdateReport): Together<Report[]> {
    const { net, progress } = this;
    yield net.remote?.read(net.parameters, ...[...net.initialStates.keys()].map((name) => net.finalState(name)));
    const validation = yield* this.endOfEpoch();
    if (this.mayRollBack && !this.done && isWorse(validation.loss, progress.firstLoss!)) {
      const reason = `training: epoch ${validation.epoch}: the mean loss, ${validation.loss.toFixed(3)}, is well above that of the first update, ${progress.firstLoss!.toFixed(3)}`;
      return [report, validation, this.rollBack(validation.loss, reason)];
    }
    this.safe?.set(net.parameters);
    return [report, validation];
  }

  private get mayRollBack(): boolean {
    return this.safe !== null && this.progress.rolledBackAt === null;
  }

  /** Goes back to weights that were good; the place in the data and the schedule stay. */
  private rollBack(loss: number, reason: string): RollbackReport {
    const { net, progress, settings } = this;
    net.parameters.set(this.best ?? this.safe!);
    this.average?.set(net.parameters);
    delete progress.averaged; // the average begins again
    for (const moment of net.moments) moment.fill(0);
    net.remote?.write(net.parameters, ...net.moments);
    net.remote?.goOn();
    (this.shards ?? net).resetState();
    progress.rolledBackAt = progress.update;
    return {
      ...{ kind: 'rollback', update: progress.update, updates: settings.updates, epoch: progress.epoch + 1 },
      ...{ loss, learningRateFactor: rollbackFactor, reason },
    };
  }

  /** The share of the states that the last batch ended with in which f is flat. */
  private *saturatedShare(): Together<number | undefined> {
    const { saturation } = cellOf(this.net.config);
    if (!saturation) return undefined;
    if (this.shards) {
      const isMeant = (name: string): boolean => name.startsWith('cell') === (saturation.state === 's');
      const [flat, all] = yield* this.shards.countStates(isMeant, saturation.isSaturated);
      return flat / all;
    }
    let flat = 0;
    let all = 0;
    for (const name of this.net.initialStates.keys()) {
      if (name.startsWith('cell') !== (saturation.state === 's')) continue;
      for (const value of this.net.finalState(name)) {
        if (saturation.isSaturated(value)) flat++;
        all++;
      }
    }
    return flat / all;
  }

  private *endOfEpoch(): Together<ValidationReport> {
    const { progress, settings } = this;
    let validationLoss: number | null = null;
    let better = false;
    const saturatedShare = yield* this.saturatedShare();
    if (this.judge) {
      const judged = this.average ?? this.net.parameters;
      validationLoss = this.judge.judge(judged);
      if (!Number.isFinite(validationLoss)) throw notFinite(this.net, progress.update);
      const verdict = observe(settings, progress.schedule, validationLoss);
      better = verdict.better;
      if (verdict.better) this.keepBest(judged);
      if (verdict.restore && this.best) {
        this.net.parameters.set(this.best);
        delete progress.averaged;
        this.net.remote?.write(this.net.parameters);
      }
      if (verdict.stop) progress.stopped = true;
    }
    delete progress.due;
    const report: ValidationReport = {
      kind: 'validation',
      update: progress.update,
      updates: settings.updates,
      epoch: progress.epoch + 1,
      loss: progress.lossSum / progress.tokenSum,
      validationLoss,
      ...(this.judge?.accuracy !== undefined && { accuracy: this.judge.accuracy }),
      best: better,
      ...(progress.clippedUpdates !== undefined && { clippedShare: progress.clippedUpdates / progress.window }),
      ...(saturatedShare !== undefined && { saturatedShare }),
    };
    if (progress.window >= this.source.batches) {
      progress.epoch++;
      progress.window = 0;
      progress.lossSum = 0;
      progress.tokenSum = 0;
      if (progress.clippedUpdates !== undefined) progress.clippedUpdates = 0;
    }
    return report;
  }

  private expectWhole(): void {
    if (this.torn)
      throw new UnrolledError(
        `training: update ${this.progress.update + 1} ended halfway; continue from an earlier snapshot`,
        'failure',
      );
  }

  private keepBest(parameters: ArrayLike<number>): void {
    this.best ??= this.net.parameters.slice();
    this.best.set(parameters);
  }

  /**
   * Copies everything that decides the next update; the same for any number of members of the group, each of which has to call this.
   * @throws UnrolledError if the last update left a parameter that is not finite or ended halfway, since no run can continue from there
   */
  snapshot(): Snapshot {
    this.expectAtOnce('snapshot');
    return atOnce(this.copying());
  }

  /** Does what `snapshot` does, with a group whose answers are promises, or on a device. */
  snapshotTogether(): Promise<Snapshot> {
    return inTurn(this.copying());
  }

  /** Brings `parameters` up to date on a device; on a CPU they always are. */
  async settle(): Promise<void> {
    await this.net.remote?.read(this.net.parameters);
  }

  private expectAtOnce(name: 'step' | 'snapshot'): void {
    if (this.net.remote)
      throw new UnrolledError(`${name}: expected ${name}Together on ${this.backend.name}, whose numbers come later`);
  }

  private *copying(): Together<Snapshot> {
    this.expectWhole();
    yield this.net.remote?.read(...this.tensors().values());
    if (this.shards) yield* this.shards.gatherStates();
    const { sums } = this.net.optimizer;
    this.net.kernels.sumOfSquares(this.net.parameters, this.net.parameters.length, sums);
    if (!Number.isFinite(sums[0])) throw notFinite(this.net, this.progress.update + 1);
    const tensors = new Map([...this.tensors()].map(([name, now]) => [name, now.slice()]));
    if (this.best) tensors.set('best', this.best.slice());
    if (this.safe) tensors.set('safe', this.safe.slice());
    const { settings, progress } = this;
    return { state: structuredClone({ settings, progress, backend: this.backend.name }), tensors };
  }

  /** The tensors of a snapshot by name, as views. */
  private tensors(): Map<string, Float32Array | Float64Array> {
    const { parameters, moments } = this.net;
    const { initialStates } = this.shards ?? this.net;
    return new Map([
      ['parameters', parameters],
      ...moments.map((moment, i) => [`moment${i}`, moment] as const),
      ...initialStates,
      ...(this.average ? [['average', this.average] as const] : []),
    ]);
  }

  /**
   * Continues from a snapshot of a run with the same model, data and options.
   * @throws UnrolledError that names the first setting or tensor that differs
   */
  restore(snapshot: Snapshot): void {
    const { progress, backend } = snapshot.state;
    const settings = { ...unrecorded, ...snapshot.state.settings };
    for (const [name, value] of Object.entries({ ...unrecorded, ...this.settings, backend: this.backend.name })) {
      const before = { ...settings, backend }[name as keyof TrainingSettings];
      if (before !== value)
        throw new UnrolledError(
          `resume: expected ${name} ${typeof before === 'string' ? shortened(before) : described(before)}, as the run was started with, got ${value}`,
        );
    }
    const best = snapshot.tensors.get('best');
    const tensors = this.tensors();
    if (best) tensors.set('best', this.net.parameters);
    if (this.safe) tensors.set('safe', this.safe);
    for (const [name, now] of tensors) {
      const then = snapshot.tensors.get(name);
      if (then?.length !== now.length)
        throw new UnrolledError(
          `resume: tensor ${name}: expected ${now.length} numbers for this model, got ${then?.length ?? 'none'}`,
          'failure',
        );
    }
    for (const [name, now] of this.tensors()) {
      now.set(snapshot.tensors.get(name)!);
      this.net.remote?.write(now);
    }
    this.safe?.set(snapshot.tensors.get('safe')!);
    this.torn = false;
    if (best) this.keepBest(best);
    else this.best = null;
    this.progress = structuredClone(progress);
  }

  /**
   * Goes on from a run of the same model with other options, such as another learning rate, optimizer, or window. The parameters and the counters are
   * taken over; so are the optimizer's moments where the optimizer is the same, else it begins at update 0; and so are the place in the data and the
   * carried state where the batches have the same shape, else the pass over the data begins again.
   */
  continueFrom({ tensors, state }: Snapshot): void {
    const { due: _, ...progress } = state.progress;
    const before = state.settings;
    const { settings } = this;
    const sameOptimizer = before.optimizer === settings.optimizer;
    const sameBatches = before.batchSize === settings.batchSize && before.bptt === settings.bptt;
    for (const [name, now] of this.tensors()) {
      const then = tensors.get(name);
      const isTaken =
        name === 'parameters' || name === 'average' || (name.startsWith('moment') ? sameOptimizer : sameBatches);
      if (isTaken && then?.length === now.length) now.set(then);
      this.net.remote?.write(now);
    }
    this.progress = {
      ...structuredClone(progress),
      window: sameBatches ? progress.window : 0,
      update: sameOptimizer ? progress.update : 0,
    };
  }
}
