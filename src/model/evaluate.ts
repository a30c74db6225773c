// How well a model predicts a text: one stream, state from zero and carried, every token but the first predicted once.

import type { Backend } from '../engine/backend.ts';
import { createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import type { Ids } from '../text/tokenizer.ts';
import { expectIds, type Model } from './model.ts';
import { Unrolled } from './unrolled.ts';

export interface Evaluation {
  /** Mean negative log-likelihood, nats per token. */
  readonly nll: number;
  /** e^nll. */
  readonly perplexity: number;
  /** nll / ln 2. */
  readonly bitsPerToken: number;
  /** How many tokens were predicted. */
  readonly tokens: number;
}

/** Steps of the window in which a text is read; the numbers do not depend on it. */
const windowSteps = 128;

/** Reads texts with the same memory again and again: for held-out loss while training. */
export class Evaluator {
  private readonly net: Unrolled;

  /** @param length tokens of the text, or of the longest */
  constructor(backend: Backend, config: Model['config'], length: number) {
    const steps = Math.max(1, Math.min(windowSteps, length - 1));
    this.net = new Unrolled(backend, config, { steps, batch: 1 });
  }

  /** Bytes of its workspace. */
  get bytes(): number {
    return this.net.bytes;
  }

  /**
   * @param parameters the model's, flat
   * @param ids the text, at least 2 tokens
   */
  evaluate(parameters: ArrayLike<number>, ids: Ids): Evaluation {
    if (ids.length < 2) throw new UnrolledError(`evaluation: expected a text of at least 2 tokens, got ${ids.length}`);
    const { net } = this;
    const steps = net.tokens.length;
    net.parameters.set(parameters);
    net.resetState();
    let sum = 0;
    for (let start = 0; start < ids.length - 1; start += steps) {
      const count = Math.min(steps, ids.length - 1 - start);
      net.tokens.set(ids.subarray(start, start + count));
      net.targets.set(ids.subarray(start + 1, start + count + 1));
      net.forward(); // a last window that is not full reads old tokens behind its end, which nobody looks at
      for (let t = 0; t < count; t++) sum += net.nll[t];
      net.carryState();
    }
    const tokens = ids.length - 1;
    const nll = sum / tokens;
    return { nll, perplexity: Math.exp(nll), bitsPerToken: nll / Math.LN2, tokens };
  }
}

/**
 * Mean NLL, perplexity and bits of a text of ids.
 * @throws UnrolledError for fewer than two tokens
 */
export function evaluate(model: Model, ids: Ids, backend: Backend = createBackend()): Evaluation {
  expectIds('evaluation', ids, model);
  return new Evaluator(backend, model.config, ids.length).evaluate(model.parameters, ids);
}
