// Several language models with the same tokens, run side by side: each reads every token, and together they predict with the arithmetic mean of their probabilities,
//
//   ŷ(t) = 1/M Σ_m softmax(o_m(t)),        whose logarithm stands in for the logits
//
// A bundle that draws from one model alone does not have this.

import { exp, log } from '../../elementary.ts';
import type { Backend } from '../../engine/backend.ts';
import type { Model } from '../../network/model.ts';
import { StepSession } from '../step-session.ts';
import type { OpenSteps } from './generate.ts';
import { expectSameTokens } from './same-tokens.ts';
import { logSoftmax } from './sampling.ts';

/**
 * What `sample` takes as `session`, to draw from the mean of the probabilities of its model and of others with the same tokens.
 * @example sample(model, { session: meanWith([other]) })
 * @throws UnrolledError, once it is used, for a model with other tokens, naming the difference
 */
export function meanWith(others: readonly Model[], backend?: Backend): OpenSteps {
  return (model, rows) => {
    others.forEach((other, i) => void expectSameTokens(`meanWith: model ${i + 1}`, model, other));
    const all = [model, ...others].map((one) => new StepSession(one, { rows, backend }));
    return {
      steps: (row) => all[0].steps(row),
      step(inputs) {
        for (const session of all) session.step(inputs);
      },
      logits(row) {
        const each = all.map((session) => logSoftmax(session.logits(row)));
        return each[0].map((_, id) => log(each.reduce((sum, one) => sum + exp(one[id]), 0) / each.length));
      },
      copyRows(from) {
        for (const session of all) session.copyRows(from);
      },
    };
  };
}
