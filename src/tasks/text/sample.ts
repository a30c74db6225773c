// Generation of text: the prompt's characters in, the new text out as it is made. Around generate.ts, which knows ids only.

import type { Tokenizer } from '../../data/text/tokenizer.ts';
import { described, expectInteger, expectOptions, UnrolledError } from '../../errors.ts';
import { atOnce, type Together } from '../../generators.ts';
import { expectModel, type Model, tokenizerOf } from '../../network/model.ts';
import { StepSession } from '../step-session.ts';
import {
  type BeamOptions,
  beamSearch,
  type GeneratedToken,
  type GenerateOptions,
  generate,
  generatingMany,
  type ManyOptions,
} from './generate.ts';
import { samplingSettings } from './sampling.ts';

/** What is read first, how tokens are drawn, and where the text ends. */
export interface SampleOptions extends GenerateOptions {
  /** Text to read first. Default: a line end, which is read but not given back. */
  readonly prompt?: string;
  /** Text at which to stop; it is not given back. */
  readonly stop?: string | readonly string[];
  /** Prompt characters that the model does not know are an error (default) or left out. */
  readonly unknown?: 'error' | 'skip';
  /** Beam search of this width instead of drawing: the most probable text. Options of drawing, such as `temperature` and `seed`, are then refused. */
  readonly beam?: number;
}

const optionNames: Readonly<Record<keyof Required<SampleOptions>, true>> = {
  ...{ prompt: true, length: true, stop: true, unknown: true, beam: true, seed: true, backend: true },
  ...{ temperature: true, topK: true, topP: true, minP: true, repetitionPenalty: true, repetitionWindow: true },
  ...{ noRepeatNgram: true, session: true },
};

/** The same without a beam, for many texts. */
const { beam: _, ...manyNames } = optionNames;

/** A generated token and the text that became certain with it: perhaps none, while it could be the start of a stop text. */
export interface SampledToken {
  /** The id of the token. */
  readonly id: number;
  /** log ŷ(t)[id] in nats: the model's own probability, before temperature and filters. */
  readonly logProbability: number;
  /** The text that became certain with this token; the texts joined are what was written. */
  readonly text: string;
}

/** The ids that a prompt stands for. An empty one is read as a line end, or where the model has none as its first token. */
export function promptIds(tokenizer: Tokenizer, prompt: string, unknown: 'error' | 'skip' = 'error'): number[] {
  const ids = Array.from(tokenizer.encode(prompt, { unknown, where: 'prompt' }));
  if (ids.length > 0) return ids;
  const lineEnd = tokenizer.lineEnd;
  return [Math.max(0, lineEnd)];
}

/**
 * New text, token by token, each drawn from ŷ(t) = softmax(o(t) / temperature) after the filters of the options. The pieces' texts joined are the
 * whole text, without the prompt. On a session the text goes on from what the session has read.
 * @example for (const { text } of sample(model, { prompt: 'The ' })) process.stdout.write(text)
 * @throws UnrolledError for a prompt with characters that the model has never seen, listing them, and for options out of range
 */
export function* sample(from: Model | StepSession, options: SampleOptions = {}): Generator<SampledToken, void, void> {
  const model = from instanceof StepSession ? from.model : from;
  expectModel('sample', model);
  expectOptions('sample', options, optionNames);
  const tokenizer = tokenizerOf(model);
  const stops = stopsOf(options);
  const goesOn = from instanceof StepSession && from.steps() > 0;
  if (options.beam !== undefined) expectNoDrawing(options);
  if (goesOn && options.beam !== undefined)
    throw new UnrolledError(
      'beam: expected a model, whose state begins at zero, got a session that has read something',
    );
  const prompt = goesOn && !options.prompt ? [] : promptIds(tokenizer, options.prompt ?? '', options.unknown);
  const tokens =
    options.beam === undefined
      ? generate(from, prompt, options)
      : beamSearch(model, prompt, { ...options, beam: options.beam } as BeamOptions)[0].tokens;

  yield* decoded(tokenizer, options.prompt ? prompt : [], stops, tokens);
}

/** Throws where options of drawing stand beside a beam, which would leave them without effect. */
function expectNoDrawing(options: SampleOptions): void {
  const drawing = { ...samplingSettings(), seed: 1 };
  const name = Object.keys(drawing).find((one) => options[one as keyof SampleOptions] !== undefined);
  if (name) throw new UnrolledError(`${name} cannot be combined with beam; leave one of them out`);
}

/** The text of tokens, up to the first stop. */
function* decoded(
  tokenizer: Tokenizer,
  prompt: number[],
  stops: readonly string[],
  tokens: Iterable<GeneratedToken>,
): Generator<SampledToken, void, void> {
  const decoder = continuing(tokenizer, prompt);
  let pending = ''; // text that may yet turn out to be the start of a stop
  for (const { id, logProbability } of tokens) {
    pending += decoder.push(id);
    const end = firstStop(pending, stops);
    if (end >= 0) {
      yield { id, logProbability, text: pending.slice(0, end) };
      return;
    }
    const held = heldBack(pending, stops);
    yield { id, logProbability, text: pending.slice(0, pending.length - held) };
    pending = pending.slice(pending.length - held);
  }
  const rest = pending + decoder.finish();
  if (rest) yield { id: -1, logProbability: 0, text: rest };
}

/** The whole of a sample as one string, without the prompt. */
export function sampleText(from: Model | StepSession, options: SampleOptions = {}): string {
  let text = '';
  for (const piece of sample(from, options)) text += piece.text;
  return text;
}

/** A text of `sampleMany`. */
export interface Sample {
  /** With which `sample` makes it alone. */
  readonly seed: number;
  /** The tokens that were generated, with their log-probabilities, in nats. */
  readonly tokens: readonly SampledToken[];
  /** Without the prompt. */
  readonly text: string;
}

/**
 * Several texts at once, the i-th with the seed `seed + i`; side by side they cost less than one after another.
 * @param count how many
 */
export function sampleMany(model: Model, count: number, options: Omit<SampleOptions, 'beam'> = {}): Sample[] {
  return atOnce(samplingMany(model, count, options));
}

/** The same, waiting for each step where the session needs that. */
export function* samplingMany(
  model: Model,
  count: number,
  options: Omit<SampleOptions, 'beam' | 'session'> & Pick<ManyOptions, 'session'>,
): Together<Sample[]> {
  expectModel('sample', model);
  expectOptions('sample', options, manyNames);
  const tokenizer = tokenizerOf(model);
  const stops = stopsOf(options);
  expectInteger('count', count, 1, 10_000);
  const prompt = promptIds(tokenizer, options.prompt ?? '', options.unknown);
  const seed = options.seed ?? 1;
  const samples: Sample[] = [];
  for (let first = 0; first < count; first += maxRows) {
    const rows = Math.min(maxRows, count - first);
    const prompts = new Array<number[]>(rows).fill(prompt);
    const generated = yield* generatingMany(model, prompts, { ...options, seed: seed + first });
    generated.forEach((each, row) => {
      const tokens = [...decoded(tokenizer, options.prompt ? prompt : [], stops, each)];
      samples.push({ seed: seed + first + row, tokens, text: tokens.map(({ text }) => text).join('') });
    });
  }
  return samples;
}

/** Most texts that are written side by side. */
const maxRows = 64;

function stopsOf({ stop }: Pick<SampleOptions, 'stop'>): readonly string[] {
  const stops = typeof stop === 'string' ? [stop] : (stop ?? []);
  if (!Array.isArray(stops) || stops.some((one) => typeof one !== 'string'))
    throw new UnrolledError(`stop: expected a text or a list of texts, got ${described(stop)}`);
  if (stops.includes('')) throw new UnrolledError('stop: expected a text, got an empty one');
  return stops;
}

/** A decoder that has read the prompt, so that the first new word gets the space that belongs before it. */
function continuing(tokenizer: Tokenizer, prompt: number[]): ReturnType<Tokenizer['decoder']> {
  const decoder = tokenizer.decoder();
  for (const id of prompt) decoder.push(id);
  return decoder;
}

/** Where the first stop begins in `text`, or −1. */
function firstStop(text: string, stops: readonly string[]): number {
  let first = -1;
  for (const stop of stops) {
    const at = text.indexOf(stop);
    if (at >= 0 && (first < 0 || at < first)) first = at;
  }
  return first;
}

/** How many characters at the end of `text` could be the start of a stop. */
function heldBack(text: string, stops: readonly string[]): number {
  let most = 0;
  for (const stop of stops)
    for (let length = Math.min(stop.length - 1, text.length); length > most; length--)
      if (text.endsWith(stop.slice(0, length))) most = length;
  return most;
}
