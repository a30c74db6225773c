// One model and what it learns, with everything that belongs to it: the run, its snapshots and the held-out figures. The Worker holds one while it trains, and
// keeps it when a new run replaces it, so that the change can be undone.

import { parameterCount } from '../../src/core.ts';
import { type Backend, type Model, UnrolledError } from '../../src/index.ts';

import type { FrozenRun, GeneratedText, InitialModel, Reply, RequestOf, RunInfo, WriteRequest } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import type { HeldOutFigures } from '../task-data.ts';
import { type Learned, learn, register, type Subject } from './learned.ts';
import type { ModelOnText } from './microscope.ts';
import { Ring } from './ring.ts';
import { Run } from './run.ts';
import { learnText } from './text-data.ts';
import { write } from './writer.ts';

register('text', learnText);

export class Laboratory {
  readonly learned: Learned;
  readonly run: Run;
  readonly ring = new Ring();
  /** What it began with, where that was not the first values of its seed. */
  readonly initialModel: InitialModel | undefined;
  private readonly backend: Backend;

  /**
   * @param text the data; what reads those of a task is loaded already (`prepareFor`)
   * @throws UnrolledError, one sentence, for data or settings that the library refuses
   */
  constructor(backend: Backend, text: string, settings: Settings, from?: FrozenRun, initialModel?: InitialModel) {
    this.backend = backend;
    this.initialModel = initialModel;
    this.learned = learn(backend, text, settings, initialModel);
    this.run = new Run(backend, this.learned, settings, initialModel);
    if (from) this.run.thaw(from);
    if (!this.run.isReadOnly) this.ring.add(this.run.freeze());
  }

  get text(): string {
    return this.learned.text;
  }

  get info(): RunInfo {
    const { run, backend, learned } = this;
    const parameters = parameterCount(run.model.config);
    return { ...learned.info, settings: run.settings, parameters, backend: backend.name, isReadOnly: run.isReadOnly };
  }

  /** Whether a part of the data is held out. */
  get holdsOut(): boolean {
    return this.learned.holdsOut;
  }

  /** One step, and its snapshot where one is due. */
  advance(): ReturnType<Run['advance']> {
    const figures = this.run.advance();
    this.remember();
    return figures;
  }

  /** The snapshot of this step, where one is due. */
  remember(): void {
    if (this.ring.wants(this.run.step)) this.ring.add(this.run.freeze());
  }

  /** How good the newest model is on what is held out. */
  measure(): Generator<void, HeldOutFigures> {
    return this.learned.measure(this.subjectAt(null));
  }

  /** What the model of the latest snapshot up to `step`, or the newest, shows beside the training. */
  show(step: number | null = null): Generator<void, Reply> {
    const found = this.subjectAt(step);
    return this.learned.show(found, found.step);
  }

  /** Writes with the model of the latest snapshot up to `step`, or with the newest. */
  write(step: number | null, request: WriteRequest): { step: number; job: Generator<void, GeneratedText> } {
    const { step: found, model } = this.subjectAt(step);
    if (!model.tokenizer) throw new UnrolledError('write: expected a model of text, got one for another task');
    return { step: found, job: write(this.backend, model, request) };
  }

  /** The windows of the data, or a typed text, under the model of the latest snapshot up to `step`, or the newest. */
  modelOnText(step: number | null, typed?: string | null): ModelOnText {
    const found = this.subjectAt(step);
    const windows = this.learned.windows(found, found.step, typed);
    if (!windows) throw new UnrolledError('window: expected data that are read as tokens, got those of another task');
    return windows;
  }

  /** How the model of a step reads a text that somebody typed. */
  read({ id, step, text }: RequestOf<'read'>): Reply {
    const found = this.subjectAt(step);
    if (!this.learned.read) throw new UnrolledError('read: expected a task with classes, got another one');
    return { type: 'read', id, step: found.step, reading: this.learned.read(found.model, text) };
  }

  /** The model of the latest snapshot up to `step`, or the newest, with the settings of the run. */
  subjectAt(step: number | null): Subject & { readonly step: number } {
    const { parameters, step: found } = this.modelAt(step);
    const { model, settings } = this.run;
    return { model: { ...model, parameters }, settings, step: found };
  }

  /** The model of the latest snapshot up to `step`, or the newest; and whether settings and seed are all that it takes to have it again. */
  modelOf(step: number | null): { step: number; model: Model; isRepeatable: boolean } {
    const { run } = this;
    const found = this.modelAt(step);
    const isRepeatable = !this.initialModel?.model && !(found.frozen ?? run.freeze()).adjusted;
    return { step: found.step, model: { ...run.model, parameters: found.parameters }, isRepeatable };
  }

  private modelAt(step: number | null): { step: number; parameters: Float32Array | Float64Array; frozen?: FrozenRun } {
    const frozen = step === null || step >= this.run.step ? undefined : this.ring.at(step);
    const parameters = frozen?.snapshot.tensors.get('parameters') ?? this.run.parameters.slice();
    return { step: frozen?.step ?? this.run.step, parameters, frozen };
  }

  /** Goes back to a frozen moment of this run; a model that is only read has but one, null. */
  back(to: FrozenRun | null): void {
    if (!to) return;
    this.run.thaw(to);
    this.ring.forgetAfter(to.step);
  }
}
