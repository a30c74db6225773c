// Generation over token ids, on a session, or on several whose mean is taken; it knows no text. One step per token, whatever came before: the state is the memory.

import { largest } from '../../elementary.ts';
import type { Backend } from '../../engine/backend.ts';
import type { BackendChoice } from '../../engine/create.ts';
import { described, expectInteger, UnrolledError } from '../../errors.ts';
import { atOnce, type Together } from '../../generators.ts';
import { expectIds, type Model } from '../../network/model.ts';
import { expectSeed, Random } from '../../random.ts';
import { StepSession } from '../step-session.ts';
import { draw, logSoftmax, type SamplingOptions, samplingSettings } from './sampling.ts';

/** What generation needs of a session. */
export interface Steps extends Pick<StepSession, 'steps' | 'step' | 'logits'> {
  /** Gives every row b the state that row `from[b]` has. */
  copyRows(from: ArrayLike<number>): unknown;
}

/** Opens what reads so many rows side by side, from the state zero. */
export type OpenSteps = (model: Model, rows: number) => Steps;

const opened = <Session>(
  model: Model,
  rows: number,
  {
    session,
    backend,
  }: {
    readonly session?: (model: Model, rows: number) => Session;
    readonly backend?: Backend | BackendChoice | undefined;
  },
): Session | StepSession => {
  if (session === undefined) return new StepSession(model, { rows, backend });
  if (typeof session === 'function') return session(model, rows);
  throw new UnrolledError(
    `session: expected a function that opens one, such as meanWith makes, got ${described(session)}`,
  );
};

/** How many tokens are generated, how they are drawn, and what computes. */
export interface GenerateOptions extends SamplingOptions {
  /** How many tokens. Default 500. */
  readonly length?: number;
  /** Default 1. */
  readonly seed?: number;
  /** What reads and predicts in place of a session of the model: `meanWith` of `unrolled/core` takes the mean with other models. */
  readonly session?: OpenSteps;
  /** Default: the best there is. */
  readonly backend?: Backend | BackendChoice;
}

/** The same for several texts side by side, whose session may have logits later than at once. */
export interface ManyOptions extends Omit<GenerateOptions, 'session'> {
  /** As in `GenerateOptions`. Its `step` may return a promise to wait for. */
  readonly session?: (model: Model, rows: number) => Pick<Steps, 'step' | 'logits'>;
}

/** A generated token. */
export interface GeneratedToken {
  /** The id of the token. */
  readonly id: number;
  /** log ŷ(t)[id] in nats: the model's own probability, or the mean of several, before temperature and filters. */
  readonly logProbability: number;
}

/**
 * Tokens one by one. On a model, from the state zero; on a session, from what it has read, which then has read the new tokens too.
 * @param prompt ids to read before the first token; at least one, unless a session has read something
 */
export function* generate(
  from: Model | StepSession,
  prompt: ArrayLike<number>,
  options: GenerateOptions = {},
): Generator<GeneratedToken> {
  const model = from instanceof StepSession ? from.model : from;
  const settings = samplingSettings(options, model.tokenizer);
  const length = expectInteger('length', options.length ?? 500, 0);
  const session = from instanceof StepSession ? from : opened(model, 1, options);
  if (session.steps() === 0) expectInteger('tokens of the prompt', prompt.length, 1);
  expectIds('prompt', prompt, model);
  const random = new Random(expectSeed(options.seed));
  const recent = Array.from(prompt);
  const next = new Int32Array(1);
  const read = (id: number): void => {
    next[0] = id;
    session.step(next);
  };
  recent.forEach(read);
  for (let n = 0; n < length; n++) {
    const logits = session.logits();
    const id = draw(logits, recent, settings, random);
    const logProbability = logSoftmax(logits)[id];
    read(id);
    yield { id, logProbability };
    recent.push(id);
    if (settings.noRepeatNgram > 0) continue; // all that was written counts
    if (recent.length > 2 * settings.repetitionWindow + 64) recent.splice(0, recent.length - settings.repetitionWindow);
  }
}

/**
 * Several continuations side by side, the i-th with the seed `seed + i`: in WebAssembly each is what `generate` makes with that seed alone.
 * @param prompts ids to read, one list for each continuation
 */
export function generateMany(
  model: Model,
  prompts: readonly ArrayLike<number>[],
  options: GenerateOptions = {},
): GeneratedToken[][] {
  return atOnce(generatingMany(model, prompts, options));
}

/** The same, waiting for each step where the session needs that. */
export function* generatingMany(
  model: Model,
  prompts: readonly ArrayLike<number>[],
  options: ManyOptions,
): Together<GeneratedToken[][]> {
  const settings = samplingSettings(options, model.tokenizer);
  const length = expectInteger('length', options.length ?? 500, 0);
  for (const prompt of prompts) {
    expectInteger('tokens of the prompt', prompt.length, 1);
    expectIds('prompt', prompt, model);
  }
  if (prompts.length === 0 || length === 0) return prompts.map(() => []);
  const session = opened(model, prompts.length, options);
  const seed = expectSeed(options.seed);
  const randoms = prompts.map((_, row) => new Random(seed + row));
  const texts = prompts.map((prompt) => Array.from(prompt));
  const tokens: GeneratedToken[][] = prompts.map(() => []);
  const steps = largest(prompts.map((prompt) => prompt.length)) + length - 1;
  for (let step = 0; step < steps; step++) {
    // a row that is done reads its last token again, which nobody looks at
    yield session.step(texts.map((text) => text[Math.min(step, text.length - 1)]));
    for (let row = 0; row < prompts.length; row++) {
      const text = texts[row];
      if (step < text.length - 1 || tokens[row].length === length) continue;
      const logits = session.logits(row);
      const id = draw(logits, text, settings, randoms[row]);
      tokens[row].push({ id, logProbability: logSoftmax(logits)[id] });
      text.push(id);
    }
  }
  return tokens;
}

/** How wide a beam search is, and how far it goes. */
export interface BeamOptions {
  /** How many continuations are kept at every step. */
  readonly beam: number;
  /** How many tokens. Default 500. */
  readonly length?: number;
  /** What reads and predicts in place of a session of the model. */
  readonly session?: OpenSteps;
  /** What computes. Default: the best that works here. */
  readonly backend?: Backend;
}

/** A continuation found by beam search. */
export interface Continuation {
  /** The tokens in their order. */
  readonly tokens: readonly GeneratedToken[];
  /** Σ log ŷ(t)[id] in nats. */
  readonly logProbability: number;
}

/** The most probable continuations of `length` tokens that beam search finds, best first. Nothing in it is random. */
export function beamSearch(model: Model, prompt: ArrayLike<number>, options: BeamOptions): Continuation[] {
  const width = expectInteger('beam', options.beam, 1, 1000);
  const length = expectInteger('length', options.length ?? 500, 0);
  expectInteger('tokens of the prompt', prompt.length, 1);
  expectIds('prompt', prompt, model);
  const { unknownId } = samplingSettings({}, model.tokenizer);
  const session = opened(model, width, options);
  for (const id of Array.from(prompt)) session.step(new Array(width).fill(id));

  // A linked list per continuation: they share their beginnings.
  interface Link {
    readonly token: GeneratedToken;
    readonly before: Link | null;
  }
  let beams: { last: Link | null; sum: number }[] = [{ last: null, sum: 0 }];
  for (let n = 0; n < length; n++) {
    const extensions: { row: number; id: number; logProbability: number; sum: number }[] = [];
    beams.forEach(({ sum }, row) => {
      logSoftmax(session.logits(row)).forEach((logProbability, id) => {
        if (id !== unknownId) extensions.push({ row, id, logProbability, sum: sum + logProbability });
      });
    });
    extensions.sort((a, b) => b.sum - a.sum || a.row - b.row || a.id - b.id);
    const best = extensions.slice(0, width);
    beams = best.map(({ row, id, logProbability, sum }) => ({
      last: { token: { id, logProbability }, before: beams[row].last },
      sum,
    }));
    const rows = best.map(({ row }) => row);
    const ids = best.map(({ id }) => id);
    while (rows.length < width) {
      rows.push(rows[0]); // fewer continuations than rows, at the start of a small vocabulary
      ids.push(ids[0]);
    }
    session.copyRows(rows);
    session.step(ids);
  }
  return beams.map(({ last, sum }) => {
    const tokens: GeneratedToken[] = [];
    for (let link = last; link; link = link.before) tokens.push(link.token);
    return { tokens: tokens.reverse(), logProbability: sum };
  });
}
