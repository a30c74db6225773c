// Running on until something happens: in slices, so that the page answers while a large window is searched.

import { type Trace, vectorAt } from '../../../src/insight.ts';
import type { Program } from './program.ts';

export const breakpoints = ['nan', 'saturated', 'clipped', 'sign'] as const;
export type Breakpoint = (typeof breakpoints)[number];

/** |h| above which tanh has hardly a slope left: 1 − 0.97² = 0.06. */
export const saturation = 0.97;
/** The page gets its turn after so many milliseconds of searching. */
const sliceMs = 6;

export interface SearchResult {
  readonly place: number;
  /** The unit where it happens, if it is one's. */
  readonly unit: number | null;
}

/**
 * The next place where a breakpoint holds; null where none does until the end.
 * @param unit whose sign is watched, for `sign`
 * @param isClipped whether this window's gradient is above the limit
 */
export function* search(
  program: Program,
  trace: Trace,
  from: number,
  breakpoint: Breakpoint,
  unit: number,
  isClipped: boolean,
): Generator<void, SearchResult | null> {
  const begin = program.operation(from);
  const at = (place: number): ArrayLike<number> => {
    const step = program.operation(place);
    return !step || step.t === undefined ? [] : vectorAt(trace, program.addressOf(step, 0, 0));
  };
  const sign = Math.sign(at(from)[unit]);
  for (let place = from + 1; place <= program.last; place++) {
    const step = program.operation(place);
    if (breakpoint === 'clipped') {
      if (program.update(place) === 'clip' && isClipped) return { place, unit: null };
    } else if (breakpoint === 'sign') {
      const isSame = step && step.operation === begin?.operation && step.layer === begin.layer;
      if (isSame && step.t !== undefined && Math.sign(at(place)[unit]) !== sign) return { place, unit };
    } else if (step) {
      const isBad =
        breakpoint === 'nan'
          ? (value: number): boolean => !Number.isFinite(value)
          : (value: number): boolean => Math.abs(value) > saturation;
      const isLooked = breakpoint === 'nan' || step.operation.result.quantity === 'h';
      const found = isLooked ? Array.prototype.findIndex.call(at(place), isBad) : -1;
      if (found >= 0) return { place, unit: found };
      if (breakpoint === 'nan' && place === program.sums && trace.gradients?.parameters.some(isBad))
        return { place, unit: null };
    }
    yield;
  }
  return null;
}

/** Runs to its end without holding the page up; returns how to stop it. */
export function inSlices<T>(job: Generator<void, T>, done: (value: T) => void): () => void {
  let timer = 0;
  const turn = (): void => {
    const end = performance.now() + sliceMs;
    do {
      const { done: isDone, value } = job.next();
      if (isDone) {
        done(value);
        return;
      }
    } while (performance.now() < end);
    timer = window.setTimeout(turn);
  };
  turn();
  return () => clearTimeout(timer);
}
