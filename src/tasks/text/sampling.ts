// From logits to a token. The token for what the vocabulary does not have is left out first, as it says nothing to a reader. Then the filters act in this
// order: repetition penalty, no repeated n-grams, temperature, top-k, top-p, min-p; and one token is drawn from what is left. The log-probability told with a token is the model's own, before any filter.

import type { Tokenizer } from '../../data/text/tokenizer.ts';
import { exp, largest, log } from '../../elementary.ts';
import { expectInteger, expectNumber, UnrolledError } from '../../errors.ts';
import type { Random } from '../../random.ts';
import { expectFiniteOutputs } from '../finite.ts';

/**
 * How a token is drawn from ŷ. The token for what the vocabulary does not have (`<unk>`) is left out first. The filters act in the order repetition
 * penalty, repeated n-grams, temperature, top-k, top-p, min-p; then one token is drawn from what is left.
 */
export interface SamplingOptions {
  /** Logits are divided by it: below 1 safer, above 1 wilder; 0 always takes the most probable token. Default 0.8. */
  readonly temperature?: number;
  /** Keep the k most probable tokens; 0 keeps all. Default 0. */
  readonly topK?: number;
  /** Keep the fewest most probable tokens that have this probability together (nucleus sampling, Holtzman et al. 2020). Default 1. */
  readonly topP?: number;
  /** Keep tokens at least this probable relative to the most probable one. Default 0. */
  readonly minP?: number;
  /** Logits of recent tokens are divided by it if positive, multiplied if negative (CTRL, Keskar et al. 2019). Default 1: none. */
  readonly repetitionPenalty?: number;
  /** How many tokens back the penalty looks. Default 64. */
  readonly repetitionWindow?: number;
  /**
   * n: no n tokens in a row occur twice, so that a token that would end such a row is left out; 0 allows all. Where every token would, none is left out.
   * Default 0.
   */
  readonly noRepeatNgram?: number;
}

/** The options of sampling with every default filled in. */
export interface SamplingSettings extends Required<SamplingOptions> {
  /** The id of the token that is never drawn, as it stands for what the vocabulary does not have; −1: none. */
  readonly unknownId: number;
}

/**
 * Fills in the defaults and checks the options.
 * @param tokenizer that of the model, whose token for what it does not have is never drawn
 */
export function samplingSettings(
  options: SamplingOptions = {},
  tokenizer?: Pick<Tokenizer, 'unknownId' | 'vocabSize'>,
): SamplingSettings {
  if (options.repetitionWindow !== undefined && options.repetitionPenalty === undefined)
    throw new UnrolledError(
      'repetitionWindow: expected repetitionPenalty beside it, which it is the reach of, got none; add one, such as 1.2, or leave both out',
    );
  return {
    unknownId: tokenizer && tokenizer.vocabSize > 1 ? tokenizer.unknownId : -1,
    temperature: expectNumber('temperature', options.temperature ?? 0.8, 0),
    topK: expectInteger('topK', options.topK ?? 0, 0),
    topP: expectNumber('topP', options.topP ?? 1, 0, 1),
    minP: expectNumber('minP', options.minP ?? 0, 0, 1),
    repetitionPenalty: expectNumber('repetitionPenalty', options.repetitionPenalty ?? 1, 0, Infinity, true),
    repetitionWindow: expectInteger('repetitionWindow', options.repetitionWindow ?? 64, 0),
    noRepeatNgram: expectInteger('noRepeatNgram', options.noRepeatNgram ?? 0, 0),
  };
}

/**
 * log softmax(o) = o − max o − log Σ e^(o − max o), as float64. [C]
 * @throws UnrolledError of kind failure where the outputs are not finite
 */
export function logSoftmax(logits: ArrayLike<number>): Float64Array {
  const top = largest(logits);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += exp(logits[i] - top);
  const normalizer = top + log(sum);
  if (!Number.isFinite(normalizer)) expectFiniteOutputs('softmax', logits);
  const result = new Float64Array(logits.length);
  for (let i = 0; i < result.length; i++) result[i] = logits[i] - normalizer;
  return result;
}

/** softmax(o) as float64, in place. [C] */
function softmax(logits: Float64Array): Float64Array {
  const top = largest(logits);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += logits[i] = exp(logits[i] - top);
  for (let i = 0; i < logits.length; i++) logits[i] /= sum;
  return logits;
}

/** The index of the largest value; of equal ones, the lowest. */
function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** What a token is drawn from. */
export interface Candidates {
  /** The ids of the tokens that are left: with top-k, top-p or min-p the most probable first, else in the order of the ids. */
  readonly ids: Uint32Array;
  /** Their probabilities after all filters; they add up to 1. */
  readonly probabilities: Float64Array;
}

/**
 * The tokens that are left after all filters: with top-k, top-p or min-p the most probable first, else all in the order of their ids; at temperature
 * 0 a single one.
 * @param logits o(t) [C]
 * @param recent ids of the tokens so far
 */
export function candidates(
  logits: ArrayLike<number>,
  recent: readonly number[],
  settings: SamplingSettings,
): Candidates {
  const { temperature, topK, topP, minP, repetitionPenalty, repetitionWindow, noRepeatNgram, unknownId } = settings;
  const adjusted = new Float64Array(logits);
  if (unknownId >= 0) adjusted[unknownId] = -Infinity;
  if (repetitionPenalty !== 1 && repetitionWindow > 0) {
    for (const id of new Set(recent.slice(-repetitionWindow)))
      adjusted[id] *= adjusted[id] > 0 ? 1 / repetitionPenalty : repetitionPenalty;
  }
  if (noRepeatNgram > 0) {
    const repeating = repeatingTokens(recent, noRepeatNgram);
    if (unknownId >= 0) repeating.add(unknownId);
    if (repeating.size < adjusted.length) for (const id of repeating) adjusted[id] = -Infinity;
  }
  if (temperature === 0) return { ids: Uint32Array.of(argmax(adjusted)), probabilities: Float64Array.of(1) };
  const top = largest(adjusted);
  // near temperature 0 a quotient may be too large for a number; the differences, of which the largest is 0, may not
  if (!Number.isFinite(top / temperature)) for (let i = 0; i < adjusted.length; i++) adjusted[i] -= top;
  for (let i = 0; i < adjusted.length; i++) adjusted[i] /= temperature;

  const all = softmax(adjusted);
  const ids = new Uint32Array(all.length);
  for (let id = 0; id < ids.length; id++) ids[id] = id;
  if (topK === 0 && topP === 1 && minP === 0) return { ids, probabilities: all };
  ids.sort((a, b) => all[b] - all[a] || a - b);
  let kept = topK > 0 ? ids.subarray(0, topK) : ids;
  if (topP < 1) {
    const wanted = topP * sumOf(kept, all);
    let sum = 0;
    const enough = kept.findIndex((id) => (sum += all[id]) >= wanted);
    if (enough >= 0) kept = kept.subarray(0, enough + 1);
  }
  if (minP > 0) kept = kept.filter((id) => all[id] >= minP * all[kept[0]]);
  const total = sumOf(kept, all);
  return { ids: kept, probabilities: Float64Array.from(kept, (id) => all[id] / total) };
}

/** The tokens with which the last n tokens would be a row that occurred before. */
function repeatingTokens(recent: readonly number[], n: number): Set<number> {
  const repeating = new Set<number>();
  const last = recent.length - (n - 1); // the last n − 1 tokens begin here
  for (let start = 0; start < last; start++) {
    let k = 0;
    while (k < n - 1 && recent[start + k] === recent[last + k]) k++;
    if (k === n - 1) repeating.add(recent[start + k]);
  }
  return repeating;
}

function sumOf(ids: Uint32Array, probabilities: Float64Array): number {
  let sum = 0;
  for (const id of ids) sum += probabilities[id];
  return sum;
}

/** Draws one token: the first whose cumulated probability is above a number uniform on [0, 1). */
export function draw(
  logits: ArrayLike<number>,
  recent: readonly number[],
  settings: SamplingSettings,
  random: Random,
): number {
  const { ids, probabilities } = candidates(logits, recent, settings);
  let left = random.uniform();
  for (let i = 0; i < ids.length; i++) {
    left -= probabilities[i];
    if (left < 0) return ids[i];
  }
  return ids[argmax(probabilities)]; // rounding left a hair of the unit interval over
}
