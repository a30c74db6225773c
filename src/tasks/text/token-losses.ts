// What each token of a text costs, and three ways to make it cost less that learn from the text itself while it is read. Each token is predicted before
// it is learned from, so that the losses are those of an honest reader; the model that is given stays as it is.
//
//   dynamic evaluation (Krause and others 2018): after each window of T steps the weights go a step down the gradient of its mean loss, and are drawn
//   back to those of the model, θ₀:     θ ← θ − η g + κ (θ₀ − θ)
//   the cache (Grave and others 2017): of the N steps before, those whose state was like this one say what came then. With h(t) of the last layer,
//   p(w) = Σ_{i in N} exp(θ h(t) · h(i)) [x(i + 1) = w] / Σ_{i in N} exp(θ h(t) · h(i)),  and the answer is (1 − λ) ŷ(t) + λ p
//   a mixture: the mean of the probabilities of several readers, each with its weight.

import type { Ids } from '../../data/text/tokenizer.ts';
import { exp, log } from '../../elementary.ts';
import type { Backend } from '../../engine/backend.ts';
import { createBackend } from '../../engine/create.ts';
import { expectInteger, expectNumber, expectOptions, UnrolledError } from '../../errors.ts';
import { expectIds, type Model } from '../../network/model.ts';
import { Unrolled } from '../../network/unrolled.ts';
import { expectFiniteLoss } from '../finite.ts';

/** What dynamic evaluation does where nobody says otherwise. */
export const dynamicDefaults = { rate: 0.1, decay: 0.002, steps: 20 };
/** What the cache does where nobody says otherwise. */
export const cacheDefaults = { size: 2000, weight: 0.1, flatness: 0.3 };

/** Dynamic evaluation. */
export interface DynamicOptions {
  /** η: how far the weights go after each window. Default 0.1. */
  readonly rate?: number;
  /** κ: the share of the way back to the model's weights that they go after each window. Default 0.002. */
  readonly decay?: number;
  /** T: steps of a window. Default 20. */
  readonly steps?: number;
}

/** The cache. */
export interface CacheOptions {
  /** N: the steps before that it remembers. Default 2,000. */
  readonly size?: number;
  /** λ: its weight in the answer. Default 0.1. */
  readonly weight?: number;
  /** θ: how much more a step counts whose state is like this one. Default 0.3. */
  readonly flatness?: number;
}

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
  expectOptions('tokenLosses', options, { dynamic: true, cache: true });
  expectIds('evaluation', ids, model);
  if (ids.length < 2) throw new UnrolledError(`evaluation: expected a text of at least 2 tokens, got ${ids.length}`);
  const { dynamic, cache } = options;
  const learn = dynamic ? learner(model.parameters, dynamic) : null;
  const memory = cache ? new Cache(model.config.hiddenSize, cache) : null;
  const wanted = dynamic ? expectInteger('dynamic: steps', dynamic.steps ?? dynamicDefaults.steps, 1) : windowSteps;
  const steps = Math.min(wanted, ids.length - 1);
  const net = new Unrolled(backend, model.config, {
    ...{ steps, batch: 1 },
    ...(dynamic ? { gradients: true } : { frozen: true }),
  });
  net.setParameters(model.parameters);
  net.resetState();
  const losses = new Float64Array(ids.length - 1);
  for (let start = 0; start < losses.length; start += steps) {
    const count = Math.min(steps, losses.length - start);
    for (let t = 0; t < count; t++) {
      net.tokens[t] = ids[start + t];
      net.targets[t] = ids[start + t + 1];
    }
    net.forward(); // what is behind the text's end reads old tokens, which nobody looks at
    for (let t = 0; t < count; t++) {
      const loss = expectFiniteLoss('evaluation', net.nll[t]);
      const state = net.state(model.config.numLayers - 1, t + 1);
      losses[start + t] = memory ? memory.read(state, net.targets[t], loss) : loss;
    }
    if (learn && count === steps) learn(net); // before the state is carried: the gradient needs the one that the window began with
    net.carryState();
  }
  return losses;
}

/** Takes the weights of a window, after its forward pass, one step of dynamic evaluation on. */
function learner(first: ArrayLike<number>, options: DynamicOptions): (net: Unrolled) => void {
  expectOptions('dynamic', options, { rate: true, decay: true, steps: true });
  const { rate, decay } = { ...dynamicDefaults, ...options };
  expectNumber('dynamic: rate', rate, 0);
  expectNumber('dynamic: decay', decay, 0, 1);
  return (net) => {
    net.backward();
    const { parameters, gradient, steps } = net;
    const scale = rate / steps; // the gradient is that of the sum
    for (let i = 0; i < parameters.length; i++)
      parameters[i] += decay * (first[i] - parameters[i]) - scale * gradient[i];
  };
}

/** The last N states, and the token that came after each. */
class Cache {
  private readonly width: number;
  private readonly size: number;
  private readonly weight: number;
  private readonly flatness: number;
  private readonly states: Float32Array;
  private readonly tokens: Int32Array;
  private filled = 0;
  private next = 0;

  constructor(width: number, options: CacheOptions) {
    expectOptions('cache', options, { size: true, weight: true, flatness: true });
    const { size, weight, flatness } = { ...cacheDefaults, ...options };
    this.width = width;
    this.size = expectInteger('cache: size', size, 1, 1_000_000);
    this.weight = expectNumber('cache: weight', weight, 0, 1);
    this.flatness = expectNumber('cache: flatness', flatness, 0);
    this.states = new Float32Array(this.size * width);
    this.tokens = new Int32Array(this.size);
  }

  /** The loss of a token with the cache, from that without it; then the token is remembered. */
  read(state: ArrayLike<number>, token: number, loss: number): number {
    const { width, states, tokens, weight, flatness } = this;
    let largest = -Infinity;
    let all = 0;
    let same = 0;
    for (let i = 0; i < this.filled; i++) {
      let dot = 0;
      for (let j = 0, at = i * width; j < width; j++) dot += state[j] * states[at + j];
      const score = flatness * dot;
      if (score > largest) {
        const factor = exp(largest - score);
        all *= factor;
        same *= factor;
        largest = score;
      }
      const part = exp(score - largest);
      all += part;
      if (tokens[i] === token) same += part;
    }
    states.set(state, this.next * width);
    tokens[this.next] = token;
    this.next = (this.next + 1) % this.size;
    const isFirst = this.filled === 0;
    if (this.filled < this.size) this.filled++;
    return isFirst ? loss : -log((1 - weight) * exp(-loss) + (weight * same) / all);
  }
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
  const lengths = [...new Set(readers.map(({ losses }) => losses.length))];
  if (lengths.length !== 1)
    throw new UnrolledError(
      `mixedLosses: expected readers of one text, got ${lengths.length === 0 ? 'none' : `losses of ${lengths.join(' and ')} tokens`}`,
    );
  const all = readers.reduce((sum, { weight }) => sum + weight, 0);
  return readers[0].losses.map((_, t) => {
    const p = readers.reduce((sum, { losses, weight }) => sum + (weight / all) * exp(-losses[t]), 0);
    return -log(p);
  });
}
