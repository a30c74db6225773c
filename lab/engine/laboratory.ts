// One model on one text with all that belongs to it: the run, its snapshots, the held-out loss, and the writer. What the Worker holds while it
// trains, and keeps when a new run replaces it, so that the change can be undone.

import type { Backend } from '../../src/index.ts';
import { createTokenizer, parameterCount } from '../../src/core.ts';
import { type Model } from '../../src/index.ts';
import type { Beginning, RunInfo, WriteRequest, Written } from '../protocol.ts';
import type { Settings } from '../state/settings.ts';
import { HeldOut } from './held-out.ts';
import type { Subject } from './microscope.ts';
import { Ring } from './ring.ts';
import { type Frozen, Run } from './run.ts';
import { prepareText, type TextData } from './text-data.ts';
import { Writer } from './writer.ts';

export class Laboratory {
  readonly text: string;
  readonly run: Run;
  readonly ring = new Ring();
  /** What it began with, where that was not the first values of its seed. */
  readonly beginning: Beginning | undefined;
  private readonly data: TextData;
  private readonly backend: Backend;
  private readonly heldOut: HeldOut;
  /** Two, so that the stream of samples never interrupts a text that was asked for. */
  private readonly writers: { readonly sample: Writer; readonly asked: Writer };

  /** @throws UnrolledError, one sentence, for a text or settings that the library refuses */
  constructor(backend: Backend, text: string, settings: Settings, from?: Frozen, beginning?: Beginning) {
    this.backend = backend;
    this.text = text;
    this.beginning = beginning;
    const given = beginning?.model?.tokenizer;
    this.data = prepareText(text, settings, given && createTokenizer(given.level, given.vocabulary, given.options));
    this.run = new Run(backend, this.data, settings, beginning);
    if (from) this.run.thaw(from);
    this.heldOut = new HeldOut(backend, this.run.model.config, this.data.heldOut);
    this.writers = { sample: new Writer(backend, this.run.model), asked: new Writer(backend, this.run.model) };
    this.ring.add(this.run.freeze());
  }

  get info(): RunInfo {
    const { tokenizer, counts, training, heldOut, isParted, baselines } = this.data;
    return {
      settings: this.run.settings,
      vocabulary: tokenizer.vocabulary.map((token, id) => (tokenizer.level === 'byte' ? byteLabel(id) : token)),
      counts,
      tokens: counts.reduce((sum, count) => sum + count, 0),
      trainingTokens: training.length,
      heldOutTokens: isParted ? heldOut.length : 0,
      baselines: { guess: Math.log(tokenizer.vocabSize), ...baselines },
      parameters: parameterCount(this.run.model.config),
      backend: this.backend.name,
    };
  }

  /** One step, and its snapshot where one is due. */
  advance(): ReturnType<Run['advance']> {
    const figures = this.run.advance();
    if (this.ring.wants(this.run.step)) this.ring.add(this.run.freeze());
    return figures;
  }

  measure(): Generator<void, number> {
    return this.heldOut.measure(this.run.parameters.slice());
  }

  sample(): Generator<void, Written> {
    const { temperature, topK, sampleSeed: seed, length } = this.run.settings;
    const options = { prime: '', fixed: [], length: Math.min(length, 240), seed, temperature, topK, alternatives: 0 };
    return this.writers.sample.write(this.run.parameters.slice(), options);
  }

  /** Writes with the model of the latest snapshot up to `step`, or with the newest. */
  write(step: number | null, request: WriteRequest): { step: number; job: Generator<void, Written> } {
    const model = this.modelAt(step);
    return { step: model.step, job: this.writers.asked.write(model.parameters, request) };
  }

  /** A window of the training text under the model of the latest snapshot up to `step`, or the newest. */
  subject(step: number | null): Subject {
    const { run } = this;
    const found = this.modelAt(step);
    const { T, carry } = run.settings;
    return {
      model: { ...run.model, parameters: found.parameters },
      ids: this.data.training,
      T,
      carry,
      step: found.step,
    };
  }

  /** The model of the latest snapshot up to `step`, or the newest; and whether settings and seed are all that it takes to have it again. */
  modelOf(step: number | null): { step: number; model: Model; isRepeatable: boolean } {
    const { run } = this;
    const found = this.modelAt(step);
    const isRepeatable = !this.beginning?.model && !(found.frozen ?? run.freeze()).adjusted;
    return { step: found.step, model: { ...run.model, parameters: found.parameters }, isRepeatable };
  }

  private modelAt(step: number | null): { step: number; parameters: Float32Array | Float64Array; frozen?: Frozen } {
    const frozen = step === null || step >= this.run.step ? undefined : this.ring.at(step);
    const parameters = frozen?.snapshot.tensors.get('parameters') ?? this.run.parameters.slice();
    return { step: frozen?.step ?? this.run.step, parameters, frozen };
  }

  /** Goes back to a frozen moment of this run. */
  back(to: Frozen): void {
    this.run.thaw(to);
    this.ring.forgetAfter(to.step);
  }
}

function byteLabel(byte: number): string {
  const printable = byte >= 33 && byte < 127;
  return printable || byte === 10 || byte === 32 || byte === 9
    ? String.fromCharCode(byte)
    : byte.toString(16).padStart(2, '0').toUpperCase();
}
