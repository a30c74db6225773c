// One model on one text with everything that belongs to it: the run, its snapshots and the held-out loss. The Worker holds one while it trains, and keeps
// it when a new run replaces it, so that the change can be undone.

import { createTokenizer, Evaluator, parameterCount } from '../../src/core.ts';
import type { Backend, Model } from '../../src/index.ts';

import type { FrozenRun, GeneratedText, InitialModel, RunInfo, WriteRequest } from '../protocol.ts';
import { isReadOnly, type Settings } from '../settings.ts';
import type { ModelOnText } from './microscope.ts';
import { Ring } from './ring.ts';
import { Run } from './run.ts';
import { prepareText, type TextData } from './text-data.ts';
import { write } from './writer.ts';

/** Steps of the held-out text that are read at once, so that one slice stays short. */
const evaluationSteps = 64;
/** Held-out tokens that a model reads which is too large to be trained. */
const readOnlyHeldOut = 2000;
/** Tokens of the sample that is shown beside the training. */
const maxSampleLength = 240;

export class Laboratory {
  readonly text: string;
  readonly run: Run;
  readonly ring = new Ring();
  /** What it began with, where that was not the first values of its seed. */
  readonly initialModel: InitialModel | undefined;
  private readonly data: TextData;
  private readonly backend: Backend;
  private readonly evaluator: Evaluator;

  /** @throws UnrolledError, one sentence, for a text or settings that the library refuses */
  constructor(backend: Backend, text: string, settings: Settings, from?: FrozenRun, initialModel?: InitialModel) {
    this.backend = backend;
    this.text = text;
    this.initialModel = initialModel;
    const given = initialModel?.model?.tokenizer;
    const tokenizer = given && createTokenizer(given.level, given.vocabulary, given.options);
    this.data = prepareText(text, settings, tokenizer, isReadOnly(settings) ? readOnlyHeldOut : undefined);
    this.run = new Run(backend, this.data, settings, initialModel);
    if (from) this.run.thaw(from);
    this.evaluator = new Evaluator(backend, this.run.model.config, this.data.heldOut.length, 1, evaluationSteps);
    if (!this.run.isReadOnly) this.ring.add(this.run.freeze());
  }

  get info(): RunInfo {
    const { tokenizer, counts, training, heldOut, isParted, baselines } = this.data;
    return {
      settings: this.run.settings,
      vocabulary: tokenizer.vocabulary.map(labelOf),
      counts,
      tokens: counts.reduce((sum, count) => sum + count, 0),
      trainingTokens: training.length,
      heldOutTokens: isParted ? heldOut.length : 0,
      baselines: { guess: Math.log(tokenizer.vocabSize), ...baselines },
      parameters: parameterCount(this.run.model.config),
      backend: this.backend.name,
      isReadOnly: this.run.isReadOnly,
    };
  }

  /** Whether a part of the text is held out: a short one is trained on as a whole. */
  get holdsOut(): boolean {
    return this.data.isParted;
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

  /** The mean loss on the held-out text, in nats per token. */
  *measure(): Generator<void, number> {
    const [{ nll }] = yield* this.evaluator.evaluateInSlices(this.run.parameters.slice(), [this.data.heldOut]);
    return nll;
  }

  sample(): Generator<void, GeneratedText> {
    const { temperature, topK, sampleSeed: seed, length } = this.run.settings;
    const options = {
      prime: '',
      fixed: [],
      length: Math.min(length, maxSampleLength),
      seed,
      temperature,
      topK,
      alternatives: 0,
    };
    return write(this.backend, this.modelOnText(null).model, options);
  }

  /** Writes with the model of the latest snapshot up to `step`, or with the newest. */
  write(step: number | null, request: WriteRequest): { step: number; job: Generator<void, GeneratedText> } {
    const { step: found, model } = this.modelOnText(step);
    return { step: found, job: write(this.backend, model, request) };
  }

  /** A window of the training text under the model of the latest snapshot up to `step`, or the newest. */
  modelOnText(step: number | null): ModelOnText {
    const { run } = this;
    const found = this.modelAt(step);
    const { T, carry } = run.settings;
    return {
      model: { ...run.model, parameters: found.parameters },
      ids: this.data.training,
      vocabulary: this.data.tokenizer.vocabulary,
      T,
      carry,
      step: found.step,
    };
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

/** A token as the views show it: a byte that is not printed by its two digits, but for white space. */
function labelOf(token: string): string {
  const [, digits] = /^<0x([0-9A-F]{2})>$/.exec(token) ?? [];
  if (digits === undefined) return token;
  const code = Number.parseInt(digits, 16);
  return code === 9 || code === 10 || code === 32 ? String.fromCharCode(code) : digits;
}
