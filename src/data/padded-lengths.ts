// The choice of a few lengths to which batches are padded. Each length costs a program of its own, and fewer lengths cost more padding. The
// choice is the best possible one, found by dynamic programming over the distinct lengths v₁ < … < v_M, where c_m sequences have the length v_m:
//
//   cost(k, j) = min_i cost(k − 1, i) + Σ_{i < m ≤ j} c_m (v_j − v_m)        the least padding of sequences up to v_j with k lengths, the last of them v_j

import { expectInteger } from '../errors.ts';

/** The most distinct lengths that are considered; where there are more, they are thinned out evenly first. */
const maxDistinctLengths = 1000;

/** Chooses at most `maxLengths` lengths, ascending, so that rounding every length up to the next of them adds the fewest steps. */
export function paddedLengths(lengths: ArrayLike<number>, maxLengths: number): number[] {
  expectInteger('lengths', maxLengths, 1);
  const { values, counts, steps } = cumulative(lengths);
  const M = values.length;
  const padding = (i: number, j: number) => values[j] * (counts[j + 1] - counts[i]) - (steps[j + 1] - steps[i]);
  let cost = values.map((_, j) => padding(0, j));
  const before: Int32Array[] = []; // [k][j]: where the lengths before the last end
  while (before.length + 1 < Math.min(maxLengths, M)) {
    const from = new Int32Array(M);
    const next = cost.slice();
    for (let j = 1; j < M; j++) {
      from[j] = -1;
      for (let i = 0; i < j; i++) {
        const total = cost[i] + padding(i + 1, j);
        if (total >= next[j]) continue;
        next[j] = total;
        from[j] = i;
      }
    }
    from[0] = -1;
    before.push(from);
    cost = next;
  }
  const chosen = [values[M - 1]];
  let j = M - 1;
  for (let k = before.length - 1; k >= 0; k--) {
    const i = before[k][j];
    if (i < 0) continue;
    chosen.unshift(values[i]);
    j = i;
  }
  return chosen;
}

/** The distinct lengths, and for each the number of shorter sequences and of their steps. */
function cumulative(lengths: ArrayLike<number>): { values: number[]; counts: number[]; steps: number[] } {
  const sorted = Float64Array.from(lengths).sort();
  const distinct = new Set(sorted).size;
  const every = Math.ceil(distinct / maxDistinctLengths);
  const values: number[] = [];
  const counts = [0];
  const steps = [0];
  let sum = 0;
  let rank = 0; // of the length among the distinct ones, from 1
  for (let i = 0; i < sorted.length; i++) {
    sum += sorted[i];
    if (sorted[i] === sorted[i + 1]) continue;
    rank++;
    if ((distinct - rank) % every !== 0) continue;
    values.push(sorted[i]);
    counts.push(i + 1);
    steps.push(sum);
  }
  return { values, counts, steps };
}
