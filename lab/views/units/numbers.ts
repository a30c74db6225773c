// What the view Units finds in the values of the units: where one is highest and lowest, and which are on in a range and nowhere beside it (as in LSTMVis,
// Strobelt et al. 2018). Pure.

import type { Units } from '../../protocol.ts';

/** The values of one unit. [N] */
export function columnOf({ values, tokens }: Pick<Units, 'values' | 'tokens'>, unit: number): Float32Array {
  const H = values.length / tokens.length;
  return Float32Array.from(tokens, (_, t) => values[t * H + unit]);
}

/** Places of different contexts are at least so many tokens apart. */
const apart = 12;

/** The places where the values, times the sign, are largest, the largest first. */
export function extremesOf(values: Float32Array, count: number, sign: 1 | -1): number[] {
  const order = Array.from(values, (_, i) => i).sort((a, b) => sign * (values[b] - values[a]));
  const found: number[] = [];
  for (const place of order) {
    if (found.length === count) break;
    if (found.every((other) => Math.abs(other - place) >= apart)) found.push(place);
  }
  return found;
}

/** A unit that is on, high or low, in all of a range and off at both of its sides. */
export interface MatchedUnit {
  readonly unit: number;
  readonly sign: 1 | -1;
  /** By how much it is farther on inside than beside. */
  readonly contrast: number;
}

/** A range of the same length in which some of the units are on in the same way. */
export interface MatchedPlace {
  readonly from: number;
  /** The share of the units. */
  readonly share: number;
}

export interface Match {
  readonly units: readonly MatchedUnit[];
  readonly places: readonly MatchedPlace[];
}

/** How far a unit is on in a range, and beside it. */
function insideAndBeside(
  { values, tokens }: Pick<Units, 'values' | 'tokens'>,
  unit: number,
  sign: 1 | -1,
  from: number,
  to: number,
): readonly [inside: number, beside: number] {
  const H = values.length / tokens.length;
  let [inside, beside] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let t = from; t <= to; t++) inside = Math.min(inside, sign * values[t * H + unit]);
  for (const t of [from - 1, to + 1])
    if (t >= 0 && t < tokens.length) beside = Math.max(beside, sign * values[t * H + unit]);
  return [inside, beside];
}

/** Units whose places are looked for. */
const maxUnits = 24;

/**
 * The units that are on exactly in a range, the clearest first, and where else they are.
 * @param from, to the first and the last place
 * @param threshold on is above it, off is not
 */
export function matchOf(
  units: Pick<Units, 'values' | 'tokens'>,
  from: number,
  to: number,
  threshold: number,
  count = 5,
): Match {
  const N = units.tokens.length;
  const H = units.values.length / N;
  const found: MatchedUnit[] = [];
  for (let unit = 0; unit < H; unit++)
    for (const sign of [1, -1] as const) {
      const [inside, beside] = insideAndBeside(units, unit, sign, from, to);
      if (inside > threshold && beside <= threshold) found.push({ unit, sign, contrast: inside - beside });
    }
  found.sort((a, b) => b.contrast - a.contrast);
  const looked = found.slice(0, maxUnits);
  const length = to - from;
  const places: MatchedPlace[] = [];
  for (let at = 0; at + length < N && looked.length > 0; at++) {
    if (at <= to && at + length >= from) continue;
    let on = 0;
    for (const { unit, sign } of looked) {
      const [inside, beside] = insideAndBeside(units, unit, sign, at, at + length);
      if (inside > threshold && beside <= threshold) on++;
    }
    if (on > 0) places.push({ from: at, share: on / looked.length });
  }
  places.sort((a, b) => b.share - a.share || a.from - b.from);
  return { units: found, places: places.slice(0, count) };
}
