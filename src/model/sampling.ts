// From logits to a token. The filters act in this order: repetition penalty, temperature, top-k, top-p, min-p; then one token is drawn
// from what is left. The log-probability told with a token is the model's own, before any filter.

import { exp, log } from '../elementary.ts';
import { expectInteger, expectNumber } from '../errors.ts';
import type { Random } from '../random.ts';

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
}

export type SamplingSettings = Required<SamplingOptions>;

/** Fills in the defaults and checks the options. */
export function samplingSettings(options: SamplingOptions = {}): SamplingSettings {
  return {
    temperature: expectNumber('temperature', options.temperature ?? 0.8, 0),
    topK: expectInteger('topK', options.topK ?? 0, 0),
    topP: expectNumber('topP', options.topP ?? 1, 0, 1),
    minP: expectNumber('minP', options.minP ?? 0, 0, 1),
    repetitionPenalty: expectNumber('repetitionPenalty', options.repetitionPenalty ?? 1, 0, Infinity, true),
    repetitionWindow: expectInteger('repetitionWindow', options.repetitionWindow ?? 64, 0),
  };
}

/** log softmax(o) as float64. [C] */
export function logSoftmax(logits: ArrayLike<number>): Float64Array {
  let largest = -Infinity;
  for (let i = 0; i < logits.length; i++) largest = Math.max(largest, logits[i]);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += exp(logits[i] - largest);
  const normalizer = largest + log(sum);
  return Float64Array.from(logits, (value) => value - normalizer);
}

/** The index of the largest value; of equal ones, the lowest. */
function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/**
 * What a token is drawn from: ids and their probabilities, most probable first, after all filters. At temperature 0 a single id.
 * @param logits o(t) [C]
 * @param recent ids of the tokens so far
 */
export function candidates(
  logits: ArrayLike<number>,
  recent: readonly number[],
  settings: SamplingSettings,
): { id: number; probability: number }[] {
  const adjusted = Float64Array.from(logits);
  if (settings.repetitionPenalty !== 1 && settings.repetitionWindow > 0) {
    for (const id of new Set(recent.slice(-settings.repetitionWindow)))
      adjusted[id] *= adjusted[id] > 0 ? 1 / settings.repetitionPenalty : settings.repetitionPenalty;
  }
  if (settings.temperature === 0) return [{ id: argmax(adjusted), probability: 1 }];
  for (let i = 0; i < adjusted.length; i++) adjusted[i] /= settings.temperature;

  let kept = Array.from(logSoftmax(adjusted), (value, id) => ({ id, probability: exp(value) }));
  kept.sort((a, b) => b.probability - a.probability || a.id - b.id);
  if (settings.topK > 0) kept = kept.slice(0, settings.topK);
  if (settings.topP < 1) {
    let total = 0;
    for (const { probability } of kept) total += probability;
    let sum = 0;
    const enough = kept.findIndex(({ probability }) => (sum += probability) >= settings.topP * total);
    if (enough >= 0) kept = kept.slice(0, enough + 1);
  }
  if (settings.minP > 0) kept = kept.filter(({ probability }) => probability >= settings.minP * kept[0].probability);
  let total = 0;
  for (const { probability } of kept) total += probability;
  return kept.map(({ id, probability }) => ({ id, probability: probability / total }));
}

/** Draws one token. */
export function draw(
  logits: ArrayLike<number>,
  recent: readonly number[],
  settings: SamplingSettings,
  random: Random,
): number {
  const choices = candidates(logits, recent, settings);
  let left = random.uniform();
  for (const { id, probability } of choices) {
    left -= probability;
    if (left < 0) return id;
  }
  return choices[choices.length - 1].id;
}
