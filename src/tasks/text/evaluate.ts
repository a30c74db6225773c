// How well a model predicts a text: one stream, state from zero and carried, every token but the first predicted once.

import type { Ids } from '../../data/text/tokenizer.ts';
import { largest } from '../../elementary.ts';
import type { Backend } from '../../engine/backend.ts';
import { createBackend } from '../../engine/create.ts';
import { UnrolledError } from '../../errors.ts';
import { atOnce } from '../../generators.ts';
import { expectIds, type Model } from '../../network/model.ts';
import type { WindowOptions } from '../../network/plan.ts';
import { Unrolled } from '../../network/unrolled.ts';
import { expectFiniteLoss } from '../finite.ts';

/** How well a model predicts a text. Every token but the first is predicted once, from all tokens before it. */
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
export const windowSteps = 128;

/** Most texts that are read side by side. */
const maxRows = 64;

/** The window in which a held-out text of so many tokens is read; null for one that is too short. */
export function readingWindow(tokens: number): WindowOptions | null {
  return tokens < 2 ? null : { steps: Math.min(windowSteps, tokens - 1), batch: 1, frozen: true };
}

/** Reads texts with the same memory again and again: for held-out loss while training, or many texts side by side. */
export class Evaluator {
  private readonly net: Unrolled;
  private readonly rows: number;

  /**
   * Plans the memory for texts of at most this length.
   * @param length tokens of the text, or of the longest
   * @param rows how many texts are read side by side
   * @param window steps that are read at once; the numbers do not depend on it
   */
  constructor(backend: Backend, config: Model['config'], length: number, rows = 1, window = windowSteps) {
    const steps = Math.max(1, Math.min(window, length - 1));
    this.rows = rows;
    this.net = new Unrolled(backend, config, { steps, batch: rows, frozen: true });
  }

  /** Bytes of its workspace. */
  get bytes(): number {
    return this.net.bytes;
  }

  /**
   * Measures one text, from the state zero.
   * @param parameters the model's, flat
   * @param ids the text, at least 2 tokens
   */
  evaluate(parameters: ArrayLike<number>, ids: Ids): Evaluation {
    return this.evaluateAll(parameters, [ids])[0];
  }

  /**
   * At most as many texts as there are rows, side by side. A text's numbers do not depend on the others.
   * @param parameters the model's, flat
   * @param texts at least 2 tokens each
   */
  evaluateAll(parameters: ArrayLike<number>, texts: readonly Ids[]): Evaluation[] {
    return atOnce(this.evaluateInSlices(parameters, texts));
  }

  /** The same, pausing after every window, for a program that shares its thread. */
  *evaluateInSlices(parameters: ArrayLike<number>, texts: readonly Ids[]): Generator<void, Evaluation[]> {
    const { net } = this;
    net.setParameters(parameters);
    net.resetState();
    const sums = texts.map(() => 0);
    for (const add of windowsOf(net, this.rows, texts, sums)) {
      net.forward();
      add();
      net.carryState();
      yield;
    }
    return texts.map((ids, row) => evaluationOf(sums[row], ids.length - 1));
  }
}

/** @throws UnrolledError for a text without a token to predict */
export function expectTwoTokens(where: string, { length }: Ids): void {
  if (length < 2) throw new UnrolledError(`${where}: expected a text of at least 2 tokens, got ${length}`);
}

/**
 * Writes texts into a window of so many rows, one window after the other. Gives for each what adds its losses to the sums of the texts, once they are there.
 */
export function* windowsOf(
  { tokens, targets, nll }: Pick<Unrolled, 'tokens' | 'targets' | 'nll'>,
  rows: number,
  texts: readonly Ids[],
  sums: number[],
): Generator<() => void, void> {
  const steps = tokens.length / rows;
  for (const ids of texts) expectTwoTokens('evaluation', ids);
  const longest = largest(texts.map((ids) => ids.length));
  for (let start = 0; start < longest - 1; start += steps) {
    texts.forEach((ids, row) => {
      const count = Math.min(steps, ids.length - 1 - start);
      for (let t = 0; t < count; t++) {
        tokens[t * rows + row] = ids[start + t];
        targets[t * rows + row] = ids[start + t + 1];
      }
    });
    // what is behind a text's end is old tokens, at whose losses nobody looks
    yield () =>
      texts.forEach((ids, row) => {
        const count = Math.min(steps, ids.length - 1 - start);
        for (let t = 0; t < count; t++) sums[row] += nll[t * rows + row];
      });
  }
}

/** From the sum of negative log-likelihoods in nats. */
export function evaluationOf(sum: number, tokens: number): Evaluation {
  const nll = sum / tokens;
  return { nll, perplexity: Math.exp(nll), bitsPerToken: nll / Math.LN2, tokens };
}

/** From the loss of every token, in nats. [tokens] */
export function evaluationOfLosses(losses: Float64Array): Evaluation {
  return evaluationOf(
    losses.reduce((sum, loss) => sum + loss, 0),
    losses.length,
  );
}

/**
 * Mean NLL, perplexity and bits of texts of ids, each by itself: up to 64 are read side by side, those of nearly the same length together, so that threads and wide
 * products help. In WebAssembly a text's numbers do not depend on the others, bit for bit.
 * @throws UnrolledError for a text of fewer than two tokens, naming it, and for a loss that is not finite
 */
export function evaluateTexts(model: Model, texts: readonly Ids[], backend: Backend = createBackend()): Evaluation[] {
  return atOnce(evaluating(model, texts, (length, rows) => new Evaluator(backend, model.config, length, rows)));
}

/** The same with what is opened to read so many texts of at most this length. */
export function* evaluating<Wait>(
  model: Model,
  texts: readonly Ids[],
  open: (
    length: number,
    rows: number,
  ) => { evaluateInSlices(parameters: ArrayLike<number>, texts: readonly Ids[]): Generator<Wait, Evaluation[]> },
): Generator<Wait, Evaluation[]> {
  const nameOf = (i: number): string => (texts.length > 1 ? `evaluation: text ${i + 1}` : 'evaluation');
  texts.forEach((ids, i) => {
    expectIds(nameOf(i), ids, model);
    expectTwoTokens(nameOf(i), ids);
  });
  if (texts.length === 0) return [];
  const order = texts.map((_, i) => i).sort((a, b) => texts[b].length - texts[a].length);
  const rows = Math.min(maxRows, texts.length);
  const evaluator = open(texts[order[0]].length, rows);
  const results = new Array<Evaluation>(texts.length);
  for (let first = 0; first < order.length; first += rows) {
    const group = order.slice(first, first + rows);
    const read = yield* evaluator.evaluateInSlices(
      model.parameters,
      group.map((i) => texts[i]),
    );
    group.forEach((i, row) => {
      expectFiniteLoss(nameOf(i), read[row].nll);
      results[i] = read[row];
    });
  }
  return results;
}
