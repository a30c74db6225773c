// The pinball loss (Koenker and Bassett 1978): each output o is a quantile of what is predicted, the outputs by turns those of the config. What lies above
// a quantile q costs q for each unit, what lies below 1 − q, so that the least loss has the share q of what comes below it.
//
//   L = Σ max(q (y − o), (q − 1) (y − o)) / C;   ∇o = (1[o > y] − q) ⊙ weight / C, and 0 where o = y

import { outputRows } from '../allocation.ts';
import { outputsOf } from '../architecture.ts';
import type { Head } from './head.ts';
import { oneLayer, planOneLayer } from './linear.ts';

export const pinball: Head = {
  ...oneLayer,
  plan(groups, config, sizes, arrays) {
    const C = outputsOf(config);
    const { weights, losses } = arrays;
    const hasLoss = sizes.output === 'loss';
    const values = groups('values to predict', `C ${outputRows(config)}`).floats(hasLoss ? sizes.rows * C : 0);
    const quantiles = groups('quantiles', 'C').floats(hasLoss ? C : 0);
    for (let i = 0; i < quantiles.length; i++) quantiles[i] = config.quantiles[i % config.quantiles.length];
    return planOneLayer(groups, config, sizes, arrays, { targets: new Int32Array(0), values }, (k, o, row, rows) =>
      k.pinball(o, values.subarray(row * C), weights.subarray(row), losses.subarray(row), quantiles, rows, C),
    );
  },
};
