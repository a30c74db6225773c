// How well a number tells two kinds of moments apart: the area under the ROC curve, which is the probability that the number is larger at a moment of
// the one kind than at one of the other (ties count half; Mann and Whitney 1947). 1 and 0 tell them apart exactly, ½ not at all.

import { UnrolledError } from '../errors.ts';

/** The ranks of numbers, from 1; equal numbers share the mean of theirs. [N] */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(order.length);
  for (let first = 0, end = 0; first < order.length; first = end) {
    while (end < order.length && values[order[end]] === values[order[first]]) end++;
    if (end === first) throw new UnrolledError(`ranks: expected numbers, got ${values[order[first]]}`);
    for (let i = first; i < end; i++) ranks[order[i]] = (first + 1 + end) / 2;
  }
  return ranks;
}

/**
 * The area under the ROC curve of numbers whose ranks are given; NaN where all moments are of one kind.
 * @param ranks of `ranksOf`
 * @param isOn which moments are of the one kind. [N]
 */
export function areaUnderCurve(ranks: ArrayLike<number>, isOn: ArrayLike<number | boolean>): number {
  let [count, sum] = [0, 0];
  for (let i = 0; i < ranks.length; i++)
    if (isOn[i]) {
      count++;
      sum += ranks[i];
    }
  return (sum - (count * (count + 1)) / 2) / (count * (ranks.length - count));
}
