// The squared error: the outputs o are themselves what is predicted, and the loss is their mean squared error.
//
//   L = Σ (o − y)² / C;   ∇o = (o − y) ⊙ 2 weight / C

import { outputRows } from '../allocation.ts';
import { outputsOf } from '../architecture.ts';
import type { Head } from './head.ts';
import { oneLayer, planOneLayer } from './linear.ts';

export const squaredError: Head = {
  ...oneLayer,
  plan(groups, config, sizes, arrays) {
    const C = outputsOf(config);
    const { weights, losses } = arrays;
    const count = sizes.output === 'loss' ? sizes.rows * C : 0;
    const values = groups('values to predict', `C ${outputRows(config)}`).floats(count);
    return planOneLayer(groups, config, sizes, arrays, { targets: new Int32Array(0), values }, (k, o, row, rows) =>
      k.squaredError(o, values.subarray(row * C), weights.subarray(row), losses.subarray(row), rows, C),
    );
  },
};
