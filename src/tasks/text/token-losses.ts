// What each token of a text costs, and three ways to make it cost less that learn from the text itself while it is read. Each token is predicted before
// it is learned from, so that the losses are those of an honest reader; the model that is given stays as it is.
//
//   dynamic evaluation    the weights go on learning                              dynamic-evaluation.ts
//   the cache             what followed states like the present one comes again   neural-cache.ts
//   a mixture             the mean of the probabilities of several readers, each with its weight
//
// They stand on one another: the cache remembers states of the weights as dynamic evaluation leaves them, and a mixture takes what comes of both. With caches of
// equal λ the order does not matter: a mean of models with caches is the mean of the models with the mean of their caches.

import type { Ids } from '../../data/text/tokenizer.ts';
import { exp, log } from '../../elementary.ts';
import type { Backend } from '../../engine/backend.ts';
import { createBackend } from '../../engine/create.ts';
import { expectInteger, expectOptions, UnrolledError } from '../../errors.ts';
import { expectIds, type Model } from '../../network/model.ts';
import { Unrolled } from '../../network/unrolled.ts';
import { expectFiniteLoss } from '../finite.ts';
import { type DynamicOptions, dynamicDefaults, learner } from './dynamic-evaluation.ts';
import { expectTwoTokens } from './evaluate.ts';
import { type CacheOptions, type FoundCache, NeuralCache } from './neural-cache.ts';
import { Weigher } from './weigher.ts';

/** What learns from a text while it is read. Default: nothing. */
export interface TokenLossesOptions {
  /** The weights go on learning. */
  readonly dynamic?: DynamicOptions;
  /** States are remembered, and what came after them. */
  readonly cache?: CacheOptions;
}

/** Steps of the window in which a text is read where nothing is learned from it; the numbers do not depend on it. */
const windowSteps = 128;

/**
 * −log p of every token of a text but the first, in nats: the state starts at zero and is carried.
 * @param ids at least 2 tokens
 * @returns [length − 1]
 * @throws UnrolledError for a loss that is not finite, such as that of a rate that is too large
 */
export function tokenLosses(
  model: Pick<Model, 'config' | 'parameters'>,
  ids: Ids,
  options: TokenLossesOptions = {},
  backend: Backend = createBackend(),
): Float64Array {
  return readLosses(model, ids, options, backend).losses;
}

/** The same, and the numbers that the cache has found. */
export function readLosses(
  model: Pick<Model, 'config' | 'parameters'>,
  ids: Ids,
  options: TokenLossesOptions,
  backend: Backend,
): { losses: Float64Array; cache: FoundCache | null } {
  expectOptions('tokenLosses', options, { dynamic: true, cache: true });
  expectIds('evaluation', ids, model);
  expectTwoTokens('evaluation', ids);
  const { dynamic, cache } = options;
  const { hiddenSize, numLayers } = model.config;
  const losses = new Float64Array(ids.length - 1);
  const learn = dynamic ? learner(model.parameters, dynamic) : null;
  const memory = cache ? new NeuralCache(backend, hiddenSize, cache, losses.length) : null;
  const wanted = dynamic ? expectInteger('dynamic: steps', dynamic.steps ?? dynamicDefaults.steps, 1) : windowSteps;
  const steps = Math.min(wanted, losses.length);
  const net = new Unrolled(backend, model.config, {
    ...{ steps, batch: 1 },
    ...(dynamic ? { gradients: true } : { frozen: true }),
  });
  net.setParameters(model.parameters);
  net.resetState();
  for (let start = 0; start < losses.length; start += steps) {
    const count = Math.min(steps, losses.length - start);
    for (let t = 0; t < count; t++) {
      net.tokens[t] = ids[start + t];
      net.targets[t] = ids[start + t + 1];
    }
    net.forward(); // what is behind the text's end reads old tokens, which nobody looks at
    const window = losses.subarray(start, start + count);
    for (let t = 0; t < count; t++) window[t] = expectFiniteLoss('evaluation', net.nll[t]);
    if (memory) {
      memory.read((t) => net.state(numLayers - 1, t + 1), net.targets, window);
      if (!window.every(Number.isFinite))
        throw new UnrolledError(
          `cache: weight: expected a number below 1, as not every token is in the cache, got ${cache?.weight}`,
        );
    }
    if (learn && count === steps) learn(net); // before the state is carried: the gradient needs the one that the window began with
    net.carryState();
  }
  return { losses, cache: memory ? memory.found : null };
}

/** The losses of a mixture: −log Σ w(i) e^−loss(i), of each token. The weights are brought to a sum of 1. */
export function mixedLosses(
  readers: readonly {
    /** The loss of each token, in nats. [length − 1] */
    readonly losses: Float64Array;
    /** What the reader counts, 0 or more. */
    readonly weight: number;
  }[],
): Float64Array {
  expectOneLength(
    'mixedLosses',
    readers.map(({ losses }) => losses),
  );
  const all = readers.reduce((sum, { weight }) => sum + weight, 0);
  return readers[0].losses.map((_, t) => {
    const p = readers.reduce((sum, { losses, weight }) => sum + (weight / all) * exp(-losses[t]), 0);
    return -log(p);
  });
}

/** The weights of the second of two readers that are candidates where it is not given. */
const shares = Array.from({ length: 21 }, (_, i) => i / 20);

/** What a mixture whose weights were found predicts. */
export interface WeighedLosses {
  /** The loss of each token, in nats. [length − 1] */
  readonly losses: Float64Array;
  /** The weight of the second reader that was found: the mean of the candidates after the last token. */
  readonly weight: number;
}

/**
 * The losses of a mixture of two readers whose weights are found while the text is read, from what both have predicted so far.
 * @param first the loss of each token, in nats [length − 1]
 * @param second the same of the other reader
 */
export function weighedLosses(first: Float64Array, second: Float64Array): WeighedLosses {
  expectOneLength('weighedLosses', [first, second]);
  const weigher = new Weigher(shares.length);
  const losses = first.map((loss, t) => {
    const [p, q] = [exp(-loss), exp(-second[t])];
    return -log(weigher.read(shares.map((share) => (1 - share) * p + share * q)));
  });
  return { losses, weight: weigher.mean((j) => shares[j]) };
}

function expectOneLength(where: string, all: readonly Float64Array[]): void {
  const lengths = [...new Set(all.map(({ length }) => length))];
  if (lengths.length !== 1)
    throw new UnrolledError(
      `${where}: expected readers of one text, got ${lengths.length === 0 ? 'none' : `losses of ${lengths.join(' and ')} tokens`}`,
    );
}
