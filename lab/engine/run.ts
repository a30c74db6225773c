// A training run of the lab: a model on a text, one step at a time, whose settings may change while it runs. A live change makes a new trainer
// that goes on from the old one's state; only the optimizer's memory starts again when the optimizer itself is another.

import { type Backend, createModel, type Model, UnrolledError, type UpdateReport } from '../../src/index.ts';
import { type Snapshot, streams, Trainer, textSource } from '../../src/core.ts';
import type { Beginning } from '../protocol.ts';
import type { Settings } from '../state/settings.ts';
import type { TextData } from './text-data.ts';

/** A run frozen between two steps. Plain data, so it crosses to the page and back. */
export interface Frozen {
  readonly step: number;
  /** Steps before the optimizer last began. */
  readonly offset: number;
  readonly settings: Settings;
  readonly snapshot: Snapshot;
  readonly smoothing: Smoothing;
  /** Whether settings were changed after its first step, so that they and the seed alone do not repeat it. */
  readonly adjusted?: boolean;
}

/** Σ dⁿ⁻ⁱ loss(i) and Σ dⁿ⁻ⁱ: their quotient is the smoothed loss, without a bias at the start. */
interface Smoothing {
  readonly sum: number;
  readonly weight: number;
}

/** What one step did. */
export interface StepFigures extends UpdateReport {
  /** ‖Δθ‖₂ / ‖θ‖₂, at some of the steps; else NaN. */
  readonly ratio: number;
  /** Exponential mean of the losses so far. */
  readonly smoothed: number;
}

/** Steps of a run that has no end. */
const endless = 2 ** 40;
/** ‖Δθ‖ / ‖θ‖ is measured at every so many steps. */
const ratioEvery = 16;
/** d of the smoothed loss. */
const smoothness = 0.98;

export class Run {
  readonly model: Model;
  readonly data: TextData;
  settings: Settings;
  private readonly backend: Backend;
  private trainer: Trainer;
  private offset = 0;
  private smoothing: Smoothing = { sum: 0, weight: 0 };
  private before: Float32Array | Float64Array;
  private adjusted = false;

  /** @throws UnrolledError, one sentence, for settings that the library refuses */
  constructor(backend: Backend, data: TextData, settings: Settings, beginning?: Beginning) {
    this.backend = backend;
    this.data = data;
    this.settings = settings;
    this.model = firstModel(data, settings, beginning);
    this.offset = beginning?.model?.step ?? 0;
    this.trainer = this.newTrainer(settings);
    this.before = this.trainer.parameters.slice();
  }

  get step(): number {
    return this.offset + this.trainer.update;
  }

  /** The current parameters: a view. [P] */
  get parameters(): Float32Array | Float64Array {
    return this.trainer.parameters;
  }

  /** @throws UnrolledError at a step whose loss or gradient is not finite; the parameters are then as before */
  advance(): StepFigures {
    const measures = (this.step + 1) % ratioEvery === 0;
    if (measures) this.before.set(this.trainer.parameters);
    const report = this.trainer.step().find((each) => each.kind === 'update') as UpdateReport;
    const sum = smoothness * this.smoothing.sum + report.loss;
    const weight = smoothness * this.smoothing.weight + 1;
    this.smoothing = { sum, weight };
    return { ...report, update: this.step, ratio: measures ? this.ratio() : Number.NaN, smoothed: sum / weight };
  }

  /** Whether a live setting differs that is not of samples alone. */
  trainsOtherwiseWith(settings: Settings): boolean {
    return (['T', 'batch', 'carry', 'opt', 'lr', 'clip', 'decay'] as const).some(
      (name) => this.settings[name] !== settings[name],
    );
  }

  /**
   * Goes on with other live settings.
   * @throws UnrolledError for settings that the library refuses; the run is then as before
   */
  tune(settings: Settings): void {
    const old = this.settings;
    const { snapshot, offset } = this.freeze();
    const trainer = this.newTrainer(settings);
    const blank = trainer.snapshot();
    const adjusted = this.adjusted || this.step > 0;
    const sameOptimizer = old.opt === settings.opt;
    const sameWindows = old.T === settings.T && old.batch === settings.batch && old.carry === settings.carry;
    const tensors = new Map([...blank.tensors, ['parameters', snapshot.tensors.get('parameters')!]]);
    for (const [name, value] of snapshot.tensors)
      if (name.startsWith('moment') ? sameOptimizer : name !== 'best' && sameWindows) tensors.set(name, value);
    const { progress } = snapshot.state;
    const window = sameWindows ? progress.window : 0;
    trainer.restore({
      tensors,
      state: {
        settings: trainer.settings,
        backend: blank.state.backend,
        progress: { ...progress, window, update: sameOptimizer ? progress.update : 0 },
      },
    });
    this.offset = sameOptimizer ? offset : this.step;
    this.trainer = trainer;
    this.settings = settings;
    this.adjusted = adjusted;
  }

  /** @throws UnrolledError where a parameter is not finite */
  freeze(): Frozen {
    const { step, offset, settings, smoothing, adjusted } = this;
    return { step, offset, settings, smoothing, adjusted, snapshot: this.trainer.snapshot() };
  }

  /** Goes back to a moment of a run of the same model and text. */
  thaw(frozen: Frozen): void {
    this.trainer = this.newTrainer(frozen.settings);
    this.trainer.restore(frozen.snapshot);
    this.settings = frozen.settings;
    this.offset = frozen.offset;
    this.smoothing = frozen.smoothing;
    this.adjusted = frozen.adjusted ?? false;
  }

  private newTrainer(settings: Settings): Trainer {
    const source = textSource(streams(this.data.training, settings.batch), settings.T, settings.carry);
    return new Trainer(this.backend, this.model, source, {
      optimizer: settings.opt,
      learningRate: settings.lr,
      weightDecay: settings.decay,
      clip: settings.clip,
      seed: settings.seed,
      schedule: 'constant',
      updates: endless,
    });
  }

  private ratio(): number {
    const { parameters } = this.trainer;
    let moved = 0;
    let size = 0;
    for (let i = 0; i < parameters.length; i++) {
      moved += (parameters[i] - this.before[i]) ** 2;
      size += this.before[i] ** 2;
    }
    return Math.sqrt(moved / size);
  }
}

/** With the weights that are given, or the first values of the seed. */
function firstModel(data: TextData, settings: Settings, beginning?: Beginning): Model {
  const { tokenizer } = data;
  if (beginning?.model) return { config: beginning.model.config, tokenizer, parameters: beginning.parameters.slice() };
  const model = createModel({
    tokenizer,
    cell: settings.cell === 'relu' ? 'rnn' : settings.cell,
    nonlinearity: settings.cell === 'relu' ? 'relu' : 'tanh',
    hiddenSize: settings.hidden,
    numLayers: settings.layers,
    init: settings.init,
    gain: settings.gain,
    seed: settings.seed,
  });
  if (!beginning) return model;
  const { length } = model.parameters;
  if (beginning.parameters.length !== length)
    throw new UnrolledError(`run: expected ${length} weights to begin with, got ${beginning.parameters.length}`);
  return { ...model, parameters: beginning.parameters.slice() };
}

/** The bytes that a frozen run keeps. */
export function bytesOf({ snapshot }: Frozen): number {
  let bytes = 0;
  for (const tensor of snapshot.tensors.values()) bytes += tensor.byteLength;
  return bytes;
}
