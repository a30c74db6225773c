// A text to learn: its tokens, the part to train on and the part held out, how often each token occurs, and what counting alone achieves; and what a network
// learns of it, the next token.

import {
  type Baselines,
  baselines,
  createTokenizer,
  Evaluator,
  splitValidation,
  streams,
  textSource,
} from '../../src/core.ts';
import {
  type Backend,
  createModel,
  type Ids,
  learnTokenizer,
  type Model,
  type Tokenizer,
  UnrolledError,
} from '../../src/index.ts';

import type { InitialModel } from '../protocol.ts';
import { cellConfig, isReadOnly, type Settings } from '../settings.ts';
import type { DataInfo, Learn, Learned, Subject } from './learned.ts';
import type { ModelOnText } from './microscope.ts';
import { write } from './writer.ts';

export interface TextData {
  readonly tokenizer: Tokenizer;
  readonly training: Ids;
  /** The end of the text; all of it where the text is too short to be split. */
  readonly heldOut: Ids;
  readonly isParted: boolean;
  /** How often each token occurs in all of the text. [C] */
  readonly counts: Uint32Array;
  /** Nats per token on the held-out text. */
  readonly baselines: Baselines;
}

/** The held-out loss reads at most so many tokens. */
const maxHeldOutTokens = 20_000;

/** Held-out tokens that a model reads which is too large to be trained. */
const readOnlyHeldOut = 2000;
/** Steps of the held-out text that are read at once, so that one slice stays short. */
const evaluationSteps = 64;
/** Tokens of the sample that is shown beside the training. */
const maxSampleLength = 240;

/** A text of fewer tokens, such as that of the explanation, is trained on as a whole. */
const shortestParted = 20;

/**
 * @param given the tokenizer of a model that was opened; else one is made for the text
 * @param maxHeldOut the held-out loss reads at most so many tokens
 * @throws UnrolledError, one sentence, for a text that is too short, or that the tokenizer does not know
 */
export function prepareText(
  text: string,
  { level, share }: Pick<Settings, 'level' | 'share'>,
  given?: Tokenizer,
  maxHeldOut = maxHeldOutTokens,
): TextData {
  const tokenizer = given ?? tokenizerFor(text, level);
  const ids = encode(text, tokenizer);
  const isParted = ids.length >= shortestParted;
  const { training, validation } = isParted
    ? splitValidation(ids, Math.round((1 - share) * 1e6) / 1e6)
    : { training: ids, validation: ids };
  const counts = new Uint32Array(tokenizer.vocabSize);
  for (let i = 0; i < ids.length; i++) counts[ids[i]]++;
  const heldOut = validation.subarray(0, maxHeldOut);
  return {
    tokenizer,
    training,
    heldOut,
    isParted,
    counts,
    baselines: baselines(training, heldOut, tokenizer.vocabSize),
  };
}

function encode(text: string, tokenizer: Tokenizer): Ids {
  try {
    return tokenizer.encode(text);
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    const sentence = error.message.replace(/take them out.*$/, 'take them out, or train a new network on this text');
    throw new UnrolledError(sentence, 'usage', { cause: error });
  }
}

function tokenizerFor(text: string, level: Settings['level']): Tokenizer {
  const learner = learnTokenizer(level);
  learner.add(text);
  return learner.finish();
}

/** A text as what is learned. */
export class LearnedText implements Learned {
  readonly text: string;
  readonly data: TextData;
  private readonly backend: Backend;
  private evaluator: Evaluator | null = null;

  constructor(backend: Backend, text: string, data: TextData) {
    this.backend = backend;
    this.text = text;
    this.data = data;
  }

  get info(): DataInfo {
    const { tokenizer, counts, training, heldOut, isParted, baselines } = this.data;
    return {
      vocabulary: tokenizer.vocabulary.map(labelOf),
      counts,
      tokens: counts.reduce((sum, count) => sum + count, 0),
      trainingTokens: training.length,
      heldOutTokens: isParted ? heldOut.length : 0,
      baselines: { guess: Math.log(tokenizer.vocabSize), ...baselines },
      taskData: null,
    };
  }

  /** A short text is trained on as a whole. */
  get holdsOut(): boolean {
    return this.data.isParted;
  }

  firstModel: Learned['firstModel'] = (settings, initialModel) => {
    const { tokenizer } = this.data;
    if (initialModel?.model)
      return { config: initialModel.model.config, tokenizer, parameters: initialModel.parameters.slice() };
    return withParameters(createModel({ tokenizer, ...networkOf(settings) }), initialModel?.parameters);
  };

  source: Learned['source'] = ({ batch, T, carry }) => textSource(streams(this.data.training, batch), T, carry);

  *measure({ model }: Subject) {
    const { heldOut } = this.data;
    this.evaluator ??= new Evaluator(this.backend, model.config, heldOut.length, 1, evaluationSteps);
    const [{ nll: loss }] = yield* this.evaluator.evaluateInSlices(model.parameters, [heldOut]);
    return { loss };
  }

  *show({ model, settings }: Subject, step: number) {
    const { temperature, topK, sampleSeed: seed, length } = settings;
    const wanted = { prime: '', fixed: [], length: Math.min(length, maxSampleLength), seed, alternatives: 0 };
    const { ids, surprisals } = yield* write(this.backend, model, { ...wanted, temperature, topK });
    return { type: 'sample', step, ids, surprisals } as const;
  }

  windows({ model, settings: { T, carry } }: Subject, step: number): ModelOnText {
    const { training: ids, tokenizer } = this.data;
    return { model, ids, vocabulary: tokenizer.vocabulary, T, carry, step };
  }
}

export const learnText: Learn = (backend, text, settings, initialModel) => {
  const given = initialModel?.model?.tokenizer;
  const tokenizer = given && createTokenizer(given.level, given.vocabulary, given.options);
  const most = isReadOnly(settings) ? readOnlyHeldOut : undefined;
  return new LearnedText(backend, text, prepareText(text, settings, tokenizer, most));
};

/** The settings of a network, as the library has them. */
export const networkOf = ({ cell, hidden, layers, init, gain, seed }: Settings) => ({
  ...cellConfig(cell),
  ...{ hiddenSize: hidden, numLayers: layers, init, gain, seed },
});

/** A model with given weights, where there are any. */
export function withParameters(model: Model, parameters: InitialModel['parameters'] | undefined): Model {
  if (!parameters) return model;
  const { length } = model.parameters;
  if (parameters.length !== length)
    throw new UnrolledError(`run: expected ${length} weights to begin with, got ${parameters.length}`);
  return { ...model, parameters: parameters.slice() };
}

/** A token as the views show it: a byte that is not printed by its two digits, but for white space. */
function labelOf(token: string): string {
  const [, digits] = /^<0x([0-9A-F]{2})>$/.exec(token) ?? [];
  if (digits === undefined) return token;
  const code = Number.parseInt(digits, 16);
  return code === 9 || code === 10 || code === 32 ? String.fromCharCode(code) : digits;
}
