// A training run of the lab: a model and what it learns, one step at a time, whose settings may change while it runs. A live change makes a new trainer
// that goes on from the old one's state; only the optimizer's memory starts again when the optimizer itself is another.

import { Trainer } from '../../src/core.ts';
import { type Backend, type Model, UnrolledError, type UpdateReport } from '../../src/index.ts';

import type { FrozenRun, InitialModel, Smoothing } from '../protocol.ts';
import { isReadOnly, type Settings, settingTable } from '../settings.ts';
import type { Learned } from './learned.ts';

/** What one step did. */
export interface StepFigures extends UpdateReport {
  /** ‖Δθ‖₂ / ‖θ‖₂, at some of the steps; else NaN. */
  readonly ratio: number;
  /** Exponential mean of the losses so far. */
  readonly smoothed: number;
}

/** The trainer wants a number of steps; a run of the lab has no end. */
const endless = 2 ** 40;
/** ‖Δθ‖ / ‖θ‖ is measured at every so many steps. */
const ratioEvery = 16;
/** d of the smoothed loss. */
const smoothness = 0.98;

export class Run {
  readonly model: Model;
  readonly learned: Learned;
  settings: Settings;
  private readonly backend: Backend;
  /** Null where the model is only read. */
  trainer: Trainer | null = null;
  offset = 0;
  smoothing: Smoothing = { sum: 0, weight: 0 };
  private before: Float32Array | Float64Array | null = null;
  adjusted = false;

  /** @throws UnrolledError, one sentence, for settings that the library refuses */
  constructor(backend: Backend, learned: Learned, settings: Settings, initialModel?: InitialModel) {
    this.backend = backend;
    this.learned = learned;
    this.settings = settings;
    this.model = learned.firstModel(settings, initialModel);
    this.offset = initialModel?.model?.step ?? 0;
    if (isReadOnly(settings)) return;
    this.trainer = this.newTrainer(settings);
    this.before = this.trainer.parameters.slice();
  }

  /** Whether the model is larger than what the page trains: then it is only read. */
  get isReadOnly(): boolean {
    return this.trainer === null;
  }

  get step(): number {
    return this.offset + (this.trainer?.update ?? 0);
  }

  /** The current parameters: a view. [P] */
  get parameters(): Float32Array | Float64Array {
    return this.trainer?.parameters ?? this.model.parameters;
  }

  /** @throws UnrolledError at a step whose loss or gradient is not finite; the parameters are then as before */
  advance(): StepFigures {
    const trainer = this.training();
    const measures = (this.step + 1) % ratioEvery === 0;
    if (measures) this.before!.set(trainer.parameters);
    const report = trainer.step().find((each) => each.kind === 'update') as UpdateReport;
    return this.figures(report, measures ? this.ratio() : Number.NaN);
  }

  figures(report: UpdateReport, ratio = Number.NaN): StepFigures {
    const sum = smoothness * this.smoothing.sum + report.loss;
    const weight = smoothness * this.smoothing.weight + 1;
    this.smoothing = { sum, weight };
    return { ...report, update: this.offset + report.update, ratio, smoothed: sum / weight };
  }

  /** Whether a live setting that training depends on differs. */
  trainsOtherwiseWith(settings: Settings): boolean {
    if (this.isReadOnly) return false;
    return (['T', 'batch', 'carry', 'opt', 'lr', 'clip', 'restart', 'decay'] as const).some(
      (name) => this.settings[name] !== settings[name],
    );
  }

  /**
   * Goes on with other live settings.
   * @throws UnrolledError for settings that the library refuses; the run is then as before
   */
  tune(settings: Settings): void {
    const { snapshot, offset } = this.freeze();
    const trainer = this.newTrainer(settings);
    trainer.continueFrom(snapshot);
    const adjusted = this.adjusted || this.step > 0;
    const sameOptimizer = this.settings.opt === settings.opt;
    this.offset = sameOptimizer ? offset : this.step;
    this.trainer = trainer;
    this.settings = settings;
    this.adjusted = adjusted;
  }

  /** @throws UnrolledError where a parameter is not finite, or the model is only read */
  freeze(): FrozenRun {
    const { step, offset, settings, smoothing, adjusted } = this;
    return { step, offset, settings, smoothing, adjusted, snapshot: this.training().snapshot() };
  }

  /**
   * Goes back to a moment of a run of the same model and data.
   * @throws UnrolledError where it is none of such a run; the run is then as before
   */
  thaw(frozen: FrozenRun): void {
    const trainer = this.newTrainer(frozen.settings);
    trainer.restore(frozen.snapshot);
    if (trainer.done) throw new UnrolledError('run: expected one that goes on, got one that has ended');
    this.trainer = trainer;
    this.settings = frozen.settings;
    this.offset = frozen.offset;
    this.smoothing = frozen.smoothing;
    this.adjusted = frozen.adjusted ?? false;
  }

  private training(): Trainer {
    if (this.trainer) return this.trainer;
    const { hiddenSize, numLayers } = this.model.config;
    const { hidden, layers } = settingTable;
    throw new UnrolledError(
      `training: expected at most ${hidden.max} units in ${layers.max} layers, got ${hiddenSize} in ${numLayers}; the page only reads such a model`,
    );
  }

  newTrainer(settings: Settings, backend = this.backend): Trainer {
    const source = this.learned.source(settings);
    return new Trainer(backend, this.model, source, {
      optimizer: settings.opt,
      learningRate: settings.lr,
      weightDecay: settings.decay,
      clip: settings.clip,
      seed: settings.seed,
      restart: source.carriesState ? settings.restart : 0,
      schedule: 'constant',
      updates: endless,
    });
  }

  private ratio(): number {
    const { parameters, before } = this;
    let moved = 0;
    let size = 0;
    for (let i = 0; i < parameters.length; i++) {
      moved += (parameters[i] - before![i]) ** 2;
      size += before![i] ** 2;
    }
    return Math.sqrt(moved / size);
  }
}

/** The bytes that a frozen run keeps. */
export function bytesOf({ snapshot }: FrozenRun): number {
  let bytes = 0;
  for (const tensor of snapshot.tensors.values()) bytes += tensor.byteLength;
  return bytes;
}
