// Another sample rate, by interpolation with a windowed sinc (Smith and Gossett 1984): the samples x(n) at n / r are the sound as it was between them
// too, as far as it has no frequency above r / 2, and of it what is above half of the new rate is filtered away.
//
//   y(m) = Σ_n x(n) h(m r / s − n)      h(u) = c sinc(c u) w(u c / Z),   c = 0.95 min(1, s / r)
//
// Z = 16 zero crossings on each side, w a Hann window. The rates r and s are whole numbers, so u has few fractional parts, and the weights of each are
// computed once. Frequencies up to 0.85 of the lower half rate keep their amplitude to 1 %.

import { sineOfTurn } from '../../elementary.ts';

/** Zero crossings of the sinc on each side. */
const crossings = 16;
/** The cutoff, as a share of half the lower rate. */
const passed = 0.95;

/** Samples at another rate: as many as the sound lasts. */
export function resample(samples: Float64Array, from: number, to: number): Float64Array {
  if (from === to) return samples;
  const divisor = greatestCommonDivisor(from, to);
  const phases = to / divisor;
  const step = from / divisor; // y(m) is at m · step / phases
  const cutoff = passed * Math.min(1, to / from);
  const reach = Math.ceil(crossings / cutoff);
  const taps = 2 * reach;
  const weights = new Map<number, Float64Array>();
  const weightsOf = (phase: number): Float64Array => {
    const known = weights.get(phase);
    if (known) return known;
    const made = Float64Array.from({ length: taps }, (_, i) => kernel(phase / phases - (i - reach + 1), cutoff));
    // a constant stays what it is
    const sum = made.reduce((all, weight) => all + weight, 0);
    for (let i = 0; i < taps; i++) made[i] /= sum;
    if (weights.size * taps < maxWeights) weights.set(phase, made);
    return made;
  };
  const count = Math.max(1, Math.ceil((samples.length * phases) / step));
  const resampled = new Float64Array(count);
  for (let m = 0, whole = 0, phase = 0; m < count; m++) {
    const own = weightsOf(phase);
    const first = whole - reach + 1;
    let sum = 0;
    for (let i = Math.max(0, -first); i < taps && first + i < samples.length; i++) sum += own[i] * samples[first + i];
    resampled[m] = sum;
    phase += step;
    whole += Math.floor(phase / phases);
    phase %= phases;
  }
  return resampled;
}

/** The most weights that are kept: rates without a common divisor have as many fractional parts as the new rate. */
const maxWeights = 1 << 22;

/** h(u). */
function kernel(u: number, cutoff: number): number {
  const x = u * cutoff;
  if (Math.abs(x) >= crossings) return 0;
  const window = 0.5 + 0.5 * sineOfTurn(0.25 + x / (2 * crossings));
  return x === 0 ? cutoff : (cutoff * window * sineOfTurn(x / 2)) / (Math.PI * x);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
