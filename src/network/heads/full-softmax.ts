// The full softmax: ŷ = softmax(o) over all classes at once, and the negative log-likelihood of the target.
//
//   L = −log ŷ[y];   ∇o = (ŷ − onehot(y)) ⊙ weight

import { outputRows } from '../allocation.ts';
import { outputsOf } from '../architecture.ts';
import type { Head } from './head.ts';
import { expectNoCutoffs, linearTensors, planLinear, sliceOf } from './linear.ts';

export const fullSoftmax: Head = {
  isOneLayer: true,
  complete: expectNoCutoffs,
  width: outputsOf,
  tensors: (config) => linearTensors(config, outputsOf(config)),

  plan(groups, config, sizes, arrays) {
    const C = outputsOf(config);
    const { weights, losses } = arrays;
    const isLoss = sizes.output === 'loss';
    const targets = groups('targets', outputRows(config)).integers(isLoss ? sizes.rows : 0);
    const logits = groups('logits', 'R C').floats(sliceOf(sizes, C) * C);
    const layer = planLinear(groups, config, C, sizes, arrays, logits);
    return {
      targets,
      values: losses.subarray(0, 0),
      logits,
      recordPacking: layer.recordPacking,
      recordLogits: layer.recordLogits,
      recordLoss: (k, share, span, isLast) =>
        layer.recordLoss(k, share, span, isLast, (_, o, row, rows) =>
          k.softmaxNll(o, targets.subarray(row), weights.subarray(row), losses.subarray(row), rows, C),
        ),
      prepare() {},
      logitsOf: (row) => logits.subarray(row * C, (row + 1) * C),
    };
  },
};
