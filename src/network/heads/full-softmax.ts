// The full softmax: ŷ = softmax(o) over all classes at once, and the negative log-likelihood of the target.
//
//   L = −log ŷ[y];   ∇o = (ŷ − onehot(y)) ⊙ weight

import { outputRows } from '../allocation.ts';
import { outputsOf } from '../architecture.ts';
import type { Head } from './head.ts';
import { oneLayer, planOneLayer } from './linear.ts';

export const fullSoftmax: Head = {
  ...oneLayer,
  plan(groups, config, sizes, arrays) {
    const C = outputsOf(config);
    const { weights, losses } = arrays;
    const targets = groups('targets', outputRows(config)).integers(sizes.output === 'loss' ? sizes.rows : 0);
    const wanted = { targets, values: losses.subarray(0, 0) };
    return planOneLayer(groups, config, sizes, arrays, wanted, (k, o, row, rows) =>
      k.softmaxNll(o, targets.subarray(row), weights.subarray(row), losses.subarray(row), rows, C),
    );
  },
};
