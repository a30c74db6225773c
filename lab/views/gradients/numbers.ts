// What the view draws besides the library's own numbers: the scale of the colors, the line with the slope that the library fitted, where a row of the triangle falls
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

/** Powers of ten that a scale spans, at least and at most. */
const leastSpan = 2;
const mostSpan = 8;
/** The share of the sizes that may be below the lower end of a scale. */
const below = 0.02;

/** The ends of a scale of sizes, as exponents of ten: the whole powers around nearly all of them. */
function exponentsOf(values: ArrayLike<number>): readonly [low: number, high: number] {
  const sizes = Float64Array.from(values, Math.abs)
    .filter((size) => Number.isFinite(size) && size > least)
    .sort();
  if (sizes.length === 0) return [-leastSpan, 0];
  const high = Math.ceil(Math.log10(sizes[sizes.length - 1]) - 1e-9);
  const low = Math.floor(Math.log10(sizes[Math.floor(below * sizes.length)]) + 1e-9);
  return [Math.min(high - leastSpan, Math.max(high - mostSpan, low)), high];
}

/** The scale of the colors: it fits the sizes, and stays while they move, until they leave it or fill it no more, so that colors do not flicker. */
export class Domain {
  private low = 0;
  private high = Number.NEGATIVE_INFINITY;

  of(values: ArrayLike<number>): readonly [low: number, high: number] {
    const [low, high] = exponentsOf(values);
    if (high > this.high || low < this.low || high < this.high - 1 || low > this.low + 1)
      [this.low, this.high] = [low, high];
    return [10 ** this.low, 10 ** this.high];
  }
}

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
