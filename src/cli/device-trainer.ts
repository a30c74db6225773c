// A trainer of `unrolled train` on a GPU, whose numbers come later: what the folder saves is copied before, and where the GPU is lost the run goes on on
// the CPU from its last copy. For everybody else it is a trainer like others.

import type { Backend } from '../engine/backend.ts';
import type { Model } from '../network/model.ts';
import type { Group } from '../training/group.ts';
import type { Report } from '../training/reports.ts';
import type { Snapshot } from '../training/snapshots.ts';
import { Trainer } from '../training/trainer.ts';
import type { RunData } from './run-data.ts';
import { optionsFor, type RunOptions } from './run-options.ts';

/** What the command needs of a trainer. */
export type RunTrainer = Pick<
  Trainer,
  Exclude<keyof Trainer, 'restore' | 'continueFrom' | 'settle' | 'snapshotTogether'>
>;

/** The trainer of a run. @param restore brings it to where the run was saved */
export async function trainerOf(
  options: RunOptions,
  data: RunData,
  model: Model,
  backend: Backend,
  together: { readonly group: Group } | null,
  restore?: (trainer: Trainer) => void,
): Promise<RunTrainer> {
  const make = (on: Backend): Trainer => {
    const judge = data.task.judge(on, model.config);
    return new Trainer(on, model, data.source, optionsFor('training', options), judge, together?.group);
  };
  const trainer = make(backend);
  restore?.(trainer);
  return await DeviceTrainer.of(trainer, backend, make);
}

/** The run is copied at least this often. */
const copyEveryMs = 5000;

/** A run on a GPU. */
export class DeviceTrainer implements RunTrainer {
  /** Is told in a sentence where the run goes on on the CPU. */
  onMove: (sentence: string) => void = () => {};
  /** Is told once how the GPU computes the run. */
  onDecision: ((sentence: string) => void) | undefined;
  private trainer: Trainer;
  private backend: Backend;
  private readonly remake: (backend: Backend) => Trainer;
  private copy: Snapshot;
  private copiedAt = Date.now();
  /** The last update that was reported. */
  private told: number;

  private constructor(trainer: Trainer, backend: Backend, remake: (backend: Backend) => Trainer, copy: Snapshot) {
    this.trainer = trainer;
    this.backend = backend;
    this.remake = remake;
    this.copy = copy;
    this.told = trainer.update;
  }

  /** The trainer itself where its numbers are there at once. @param remake makes the same on another backend */
  static async of(trainer: Trainer, backend: Backend, remake: (backend: Backend) => Trainer): Promise<RunTrainer> {
    return backend.device ? new DeviceTrainer(trainer, backend, remake, await trainer.snapshotTogether()) : trainer;
  }

  get settings() {
    return this.trainer.settings;
  }
  get bytes() {
    return this.trainer.bytes;
  }
  get parameters() {
    return this.trainer.parameters;
  }
  get bestParameters() {
    return this.trainer.bestParameters;
  }
  get bestLoss() {
    return this.trainer.bestLoss;
  }
  get firstLoss() {
    return this.trainer.firstLoss;
  }
  get update() {
    return this.trainer.update;
  }
  get done() {
    return this.trainer.done;
  }
  get isWhole() {
    return this.trainer.isWhole;
  }

  step(): Report[] {
    return this.trainer.step(); // which says why not
  }

  async stepTogether(): Promise<Report[]> {
    const reports = await this.orMove(async () => {
      const found = await this.trainer.stepTogether();
      if (this.backend.device && Date.now() - this.copiedAt > copyEveryMs) await this.makeCopy();
      return found;
    });
    const { decision } = this.backend.device ?? {};
    if (decision) {
      this.onDecision?.(decision);
      this.onDecision = undefined;
    }
    // what the CPU computes again was reported already
    const fresh = (reports ?? []).filter(({ update }) => update > this.told);
    this.told = Math.max(this.told, this.trainer.update);
    return fresh;
  }

  /** Copies the run as it is now, for `snapshot`. */
  async prepare(): Promise<void> {
    await this.orMove(() => this.makeCopy());
  }

  snapshot(): Snapshot {
    if (this.copy.state.progress.update !== this.trainer.update) throw new Error('snapshot: prepare comes first');
    return this.copy;
  }

  private async makeCopy(): Promise<void> {
    this.copy = await this.trainer.snapshotTogether();
    this.copiedAt = Date.now();
  }

  /** Does something on the GPU; where it is lost, the run moves, and nothing was done. */
  private async orMove<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await act();
    } catch (error) {
      const { device } = this.backend;
      if (!device?.failure) throw error;
      this.backend = device.instead;
      const { tensors, state } = this.copy;
      this.copy = { tensors, state: { ...state, backend: this.backend.name } };
      this.trainer = this.remake(this.backend);
      this.trainer.restore(this.copy);
      this.onMove(`webgpu: ${device.failure}; training goes on on the CPU from update ${this.trainer.update}`);
      return undefined;
    }
  }
}
