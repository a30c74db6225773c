// The rate and the decay of dynamic evaluation that predict a text best, which is not the one that is measured. From the defaults each number is climbed by itself:
// its neighbors are a factor away, the better one is gone to until there is none, and a decay of 0 is tried too.

import type { Ids } from '../../data/text/tokenizer.ts';
import type { Backend } from '../../engine/backend.ts';
import { createBackend } from '../../engine/create.ts';
import { UnrolledError } from '../../errors.ts';
import type { Model } from '../../network/model.ts';
import { type DynamicOptions, dynamicDefaults } from './dynamic-evaluation.ts';
import { evaluationOfLosses } from './evaluate.ts';
import { tokenLosses } from './token-losses.ts';

/** Tokens of the text that are read: the climb reads them some ten times. */
const maxTokens = 20_000;
/** The neighbors of a number. */
const factors = { rate: 2, decay: 4 };
/** Most steps of a climb. */
const maxSteps = 6;

/** What was found. */
export interface TunedDynamic {
  /** η. */
  readonly rate: number;
  /** κ. */
  readonly decay: number;
}

/**
 * The rate and the decay of dynamic evaluation, where they are not given, that predict the first 20,000 tokens of a text best.
 * @param ids a text that is neither the one to be measured nor one that the model was trained on
 */
export function tuneDynamic(
  model: Pick<Model, 'config' | 'parameters'>,
  ids: Ids,
  options: DynamicOptions = {},
  backend: Backend = createBackend(),
): TunedDynamic {
  const defaults = options.scales ? dynamicDefaults.scaled : dynamicDefaults.plain;
  const read = ids.subarray(0, maxTokens) as Ids;
  const known = new Map<string, number>();
  const lossOf = (found: TunedDynamic): number => {
    const key = `${found.rate} ${found.decay}`;
    let loss = known.get(key);
    if (loss === undefined)
      known.set(key, (loss = attempt(() => tokenLosses(model, read, { dynamic: { ...options, ...found } }, backend))));
    return loss;
  };
  let best: TunedDynamic = { rate: options.rate ?? defaults.rate, decay: options.decay ?? defaults.decay };
  const better = (other: TunedDynamic): boolean => {
    if (lossOf(other) >= lossOf(best)) return false;
    best = other;
    return true;
  };
  for (const name of ['rate', 'decay'] as const) {
    if (options[name] !== undefined) continue;
    const factor = factors[name];
    for (const towards of [factor, 1 / factor]) {
      let steps = 0;
      while (steps < maxSteps && better({ ...best, [name]: best[name] * towards })) steps++;
      if (steps > 0) break;
    }
  }
  if (options.decay === undefined) better({ ...best, decay: 0 });
  return best;
}

/** The mean loss; Infinity where the weights ran away. */
function attempt(read: () => Float64Array): number {
  try {
    return evaluationOfLosses(read()).nll;
  } catch (error) {
    if (error instanceof UnrolledError && error.kind === 'failure') return Infinity;
    throw error;
  }
}
