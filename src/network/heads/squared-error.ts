// The squared error: the outputs o are themselves what is predicted, and the loss is their mean squared error.
//
//   L = Σ (o − y)² / C;   ∇o = (o − y) ⊙ 2 weight / C

import { outputRows } from '../allocation.ts';
import { outputsOf } from '../architecture.ts';
import type { Head } from './head.ts';
import { expectNoCutoffs, linearTensors, planLinear, sliceOf } from './linear.ts';

export const squaredError: Head = {
  isOneLayer: true,
  complete: expectNoCutoffs,
  width: outputsOf,
  tensors: (config) => linearTensors(config, outputsOf(config)),

  plan(groups, config, sizes, arrays) {
    const C = outputsOf(config);
    const { weights, losses } = arrays;
    const isLoss = sizes.output === 'loss';
    const values = groups('values to predict', `C ${outputRows(config)}`).floats(isLoss ? sizes.rows * C : 0);
    const logits = groups('logits', 'R C').floats(sliceOf(sizes, C) * C);
    const layer = planLinear(groups, config, C, sizes, arrays, logits);
    return {
      targets: new Int32Array(0),
      values,
      logits,
      recordPacking: layer.recordPacking,
      recordLogits: layer.recordLogits,
      recordLoss: (k, share, span, isLast) =>
        layer.recordLoss(k, share, span, isLast, (_, o, row, rows) =>
          k.squaredError(o, values.subarray(row * C), weights.subarray(row), losses.subarray(row), rows, C),
        ),
      prepare() {},
      logitsOf: (row) => logits.subarray(row * C, (row + 1) * C),
    };
  },
};
