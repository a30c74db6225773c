// Several language models with one vocabulary, run side by side: each reads every token, and together they predict with the arithmetic mean of their probabilities,
//
//   ŷ(t) = 1/M Σ_m softmax(o_m(t)),        whose logarithm stands in for the logits

import { exp, log } from '../../elementary.ts';
import type { Backend } from '../../engine/backend.ts';
import { described, UnrolledError } from '../../errors.ts';
import { outputsOf } from '../../network/config.ts';
import { expectModel, type Model } from '../../network/model.ts';
import { StepSession } from '../step-session.ts';
import { logSoftmax } from './sampling.ts';

/**
 * Throws one sentence that names the first difference, unless another model reads and predicts the same tokens.
 * @param where what to call the other in the sentence
 */
export function expectSameTokens(where: string, model: Model, other: Model): void {
  const difference = differenceOf(model, other);
  if (difference)
    throw new UnrolledError(
      `${where}: expected a language model with the same tokens as the first, got ${difference}; train it with --init-from or on the same text`,
    );
}

function differenceOf(model: Model, other: Model): string | null {
  if (other.task) return 'a model of another task';
  const [size, own] = [model, other].map(({ config }) => outputsOf(config));
  const [a, b] = [model.tokenizer, other.tokenizer];
  if (a && b) {
    if (a.level !== b.level) return `tokens of the level ${b.level} in place of ${a.level}`;
    if (a.vocabulary.length !== b.vocabulary.length)
      return `a vocabulary of ${b.vocabulary.length} in place of ${a.vocabulary.length}`;
    const place = a.vocabulary.findIndex((token, id) => token !== b.vocabulary[id]);
    if (place >= 0)
      return `the token ${described(b.vocabulary[place])} as number ${place} in place of ${described(a.vocabulary[place])}`;
  }
  return size === own ? null : `${own} outputs in place of ${size}`;
}

/** What generation needs of a session, or of several. */
export interface Steps extends Pick<StepSession, 'steps' | 'step' | 'logits'> {
  /** Gives every row b the state that row `from[b]` has. */
  copyRows(from: ArrayLike<number>): unknown;
}

/** A session with others beside it, which read what it reads. */
export class Mixture implements Steps {
  private readonly sessions: readonly StepSession[];

  /**
   * Opens the others.
   * @param first a session that has read nothing, where there are others
   */
  constructor(first: StepSession, others: readonly Model[], backend?: Backend) {
    if (first.steps() > 0)
      throw new UnrolledError('also: expected a session that has read nothing, as the other models begin at zero');
    others.forEach((other, i) => {
      expectModel(`also: model ${i + 1}`, other);
      expectSameTokens(`also: model ${i + 1}`, first.model, other);
    });
    const { rows } = first;
    this.sessions = [first, ...others.map((other) => new StepSession(other, { rows, backend }))];
  }

  /** How many steps were read. */
  steps(row = 0): number {
    return this.sessions[0].steps(row);
  }

  /** One step of every row, of all models. */
  step(inputs: ArrayLike<number>): void {
    for (const session of this.sessions) session.step(inputs);
  }

  /** log ŷ(t) of a row. [C] */
  logits(row = 0): Float32Array {
    const all = this.sessions.map((session) => logSoftmax(session.logits(row)));
    return Float32Array.from(all[0], (_, id) => log(all.reduce((sum, one) => sum + exp(one[id]), 0) / all.length));
  }

  /** Gives every row b the state that row `from[b]` has. */
  copyRows(from: ArrayLike<number>): void {
    for (const session of this.sessions) session.copyRows(from);
  }
}

/** A session, and with other models beside it their mean. */
export function withOthers(session: StepSession, also: readonly Model[] | undefined, backend?: Backend): Steps {
  if (also !== undefined && !Array.isArray(also))
    throw new UnrolledError(`also: expected a list of models, got ${described(also)}`);
  return also && also.length > 0 ? new Mixture(session, also, backend) : session;
}
