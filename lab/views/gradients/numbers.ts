// What the view draws besides the library's own numbers: the line with the slope that the library fitted, where a row of the triangle falls
// below a hundredth, and the bound on a row. Pure.
//
//   log G[t, k] ≈ c(t) + (t − k) log ρ̂       ρ̂ from all pairs (src/insight/decay.ts), c(t) from those of row t
//   G[t, k] ≤ G[t, t] Π_{k < j ≤ t} σ_max(J(j))       of the top layer; below, errors come from above as well

import type { GradientFlow } from '../../protocol.ts';

export type GradientByDistance = GradientFlow['gradientByDistance'][number];
export type Why = GradientFlow['why'][number];

/** Below, the library takes a norm for nothing. */
const least = 1e-35;
/** A gradient has vanished at a hundredth, or exploded at a hundredfold. */
export const threshold = 100;

/** G[t, k] of one error for k = 0 … t, with t from 1. */
export const rowOf = ({ norms, total }: GradientByDistance, t: number): Float64Array => {
  const columns = total.length;
  return norms.subarray((t - 1) * columns, (t - 1) * columns + t + 1);
};

/** e^c of row t: where the line with the fitted slope that is nearest to that row begins, at distance 0; NaN where there is no line. */
export function startOfFit(gradientByDistance: GradientByDistance, t: number): number {
  let [n, sumX, sumY] = [0, 0, 0];
  for (const [k, norm] of rowOf(gradientByDistance, t).entries()) {
    if (norm <= least) continue;
    n++;
    sumX += t - k;
    sumY += Math.log(norm);
  }
  return Math.exp((sumY - Math.log(gradientByDistance.decay.factor) * sumX) / n);
}

/** For each error t, from 1, the nearest state k that its gradient reaches as less than a hundredth of its diagonal (or, growing, a hundredfold). */
export function crossings(gradientByDistance: GradientByDistance, isGrowing: boolean): (number | null)[] {
  return Array.from({ length: gradientByDistance.total.length - 1 }, (_, i) => {
    const row = rowOf(gradientByDistance, i + 1);
    const diagonal = row[i + 1];
    for (let k = i; k >= 0 && diagonal > 0; k--)
      if (isGrowing ? row[k] > diagonal * threshold : row[k] < diagonal / threshold) return k;
    return null;
  });
}

/** The most that row t can be at each k = 0 … t. */
export function boundOf(gradientByDistance: GradientByDistance, { logBound }: Why, t: number): Float64Array {
  const diagonal = rowOf(gradientByDistance, t)[t];
  return Float64Array.from({ length: t + 1 }, (_, k) => diagonal * Math.exp(logBound[k] - logBound[t]));
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
};

/** Half a percent of the largest sizes may be beyond the ends of a signed scale. */
export function signedLimit(values: ArrayLike<number>): number {
  const sizes = Float64Array.from(values, Math.abs).filter(Number.isFinite).sort();
  return sizes[Math.floor(0.995 * (sizes.length - 1))] || sizes.at(-1) || 1;
}
