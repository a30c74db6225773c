// How fast a gradient dies away, or grows, on its way back through time: a straight line through the logarithms of its norms.
//
//   log ‖∂L(t)/∂h(k)‖ ≈ c + (t − k) log ρ            least squares over all pairs whose norm is a number above 1e-35
//
// ρ is the factor of one step, ln ½ / ln ρ the half-life. Below 1e-35 float32 loses digits, and a norm says nothing.

/** What is said of a window: whether over its whole length the line falls below a hundredth, rises above a hundredfold, or neither. */
export type Verdict = 'vanishing' | 'steady' | 'exploding' | 'no gradient' | 'not finite';

/**
 * How a gradient changes with its distance in time, fitted as a power: `log ‖∂L(t)/∂h(k)‖ ≈ c + (t − k) log ρ`, by least squares over the distances
 * whose norm is above 1e-35.
 */
export interface Decay {
  /** ρ, the fitted factor per step; NaN where fewer than two distances have a norm. */
  readonly factor: number;
  /** Steps in which the fitted norm halves; negative where it doubles, Infinity where it stays. */
  readonly halfLife: number;
  /** Steps after which the fitted norm is a hundredth, or a hundredfold, of what it was: beyond, the gradient has vanished, or exploded. */
  readonly reach: number;
  /** Root of the mean square of what the line leaves of the natural logarithms: how far to trust it. */
  readonly residual: number;
  /** Whether the gradient vanishes or explodes within the window, is steady, or cannot be judged. */
  readonly verdict: Verdict;
  /** The verdict as a sentence. */
  readonly sentence: string;
}

/** Below, float32 loses digits. */
const minNorm = 1e-35;
/** The factor by which a gradient has vanished, or exploded. */
const vanishedFactor = 100;

/**
 * The fitted decay of norms at distances.
 * @param distances t − k of each norm, in steps
 * @param norms the norms, as many
 * @param window steps that the verdict is about
 */
export function fitDecay(distances: ArrayLike<number>, norms: ArrayLike<number>, window: number): Decay {
  let [n, sumX, sumY, sumXX, sumXY, sumYY] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < norms.length; i++) {
    if (!Number.isFinite(norms[i]))
      return { ...unknown, verdict: 'not finite', sentence: 'The gradient is not finite: it has exploded.' };
    if (norms[i] <= minNorm) continue;
    const [x, y] = [distances[i], Math.log(norms[i])];
    n++;
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
    sumYY += y * y;
  }
  const spread = n * sumXX - sumX * sumX;
  if (n === 0) return unknown;
  if (spread <= 0)
    return { ...unknown, verdict: 'steady', sentence: 'One step alone says nothing of how the gradient decays.' };
  const slope = (n * sumXY - sumX * sumY) / spread;
  const start = (sumY - slope * sumX) / n;
  const rest = sumYY - start * sumY - slope * sumXY;
  const halfLife = slope === 0 ? Infinity : -Math.LN2 / slope;
  const reach = slope === 0 ? Infinity : Math.log(vanishedFactor) / Math.abs(slope);
  const verdict = reach >= window ? 'steady' : slope < 0 ? 'vanishing' : 'exploding';
  const half = slope < 0 ? `halves every ${short(halfLife)} steps` : `doubles every ${short(-halfLife)} steps`;
  const sentences = {
    vanishing: `The gradient ${half}: vanishing beyond about ${Math.round(reach)}.`,
    exploding: `The gradient ${half}: exploding, a hundredfold in about ${Math.round(reach)}.`,
    steady: `The gradient is carried over the ${window} steps of the window, ${short(Math.exp(slope))} times as large after each.`,
  };
  return {
    factor: Math.exp(slope),
    halfLife,
    reach,
    residual: Math.sqrt(Math.max(0, rest) / n),
    verdict,
    sentence: sentences[verdict],
  };
}

const unknown: Decay = {
  factor: Number.NaN,
  halfLife: Number.NaN,
  reach: Number.NaN,
  residual: Number.NaN,
  verdict: 'no gradient',
  sentence: 'No gradient comes back: it is zero.',
};

/** Two digits after the point below ten, none from a hundred on. */
function short(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
