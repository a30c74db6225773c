// Successive halving, as a pure function of the losses: after some epochs all trials are compared, the best share of them goes on to `factor` times as
// many epochs, and so forth until one is left, which trains to its end. Nobody goes on before all have come as far, so that it does not matter in
// which order, on how many machines or how often interrupted the trials run.

import type { Halving } from './plan.ts';

/** How far a trial has come. */
export interface Course {
  /** The best held-out loss by each epoch, in order: null where there is none yet, as where nothing is held out. */
  readonly losses: readonly { readonly epoch: number; readonly loss: number | null }[];
  /** The epochs that are saved. */
  readonly epoch: number;
  readonly isDone: boolean;
  /** Whether it ended with an error: it counts as the worst. */
  readonly hasFailed: boolean;
}

/** What is next for a trial. */
export type Next =
  /** Train: until so many epochs are done, or to the end. */
  | { readonly kind: 'train'; readonly epochs: number | null }
  /** Others have to come as far first. */
  | { readonly kind: 'wait'; readonly epochs: number }
  /** Others were better after so many epochs. */
  | { readonly kind: 'stopped'; readonly epochs: number }
  | { readonly kind: 'done' };

/** The lowest loss of a trial by an epoch. */
function lossBy({ losses, hasFailed }: Course, epochs: number): number {
  if (hasFailed) return Infinity;
  let best = Infinity;
  for (const { epoch, loss } of losses) if (epoch <= epochs && loss !== null && loss < best) best = loss;
  return best;
}

/** What is next for each trial; without halving each trains to its end. */
export function nextOf(courses: readonly Course[], halving: Halving | null): Next[] {
  const toTheEnd = ({ isDone, hasFailed }: Course): Next =>
    isDone && !hasFailed ? { kind: 'done' } : { kind: 'train', epochs: null };
  if (!halving) return courses.map(toTheEnd);
  const next = new Array<Next>(courses.length);
  let alive = courses.map((_, index) => index);
  for (let epochs = halving.epochs; alive.length > 1; epochs *= halving.factor) {
    const there = (index: number): boolean => {
      const { epoch, isDone, hasFailed } = courses[index];
      return hasFailed || isDone || epoch >= epochs;
    };
    if (alive.every((index) => courses[index].isDone)) break;
    if (!alive.every(there)) {
      for (const index of alive)
        next[index] = there(index) && !courses[index].hasFailed ? { kind: 'wait', epochs } : { kind: 'train', epochs };
      return next;
    }
    const ranked = alive.toSorted((a, b) => {
      const [lossA, lossB] = [lossBy(courses[a], epochs), lossBy(courses[b], epochs)];
      return lossA === lossB ? a - b : lossA < lossB ? -1 : 1;
    });
    const kept = Math.ceil(alive.length / halving.factor);
    for (const index of ranked.slice(kept)) next[index] = { kind: 'stopped', epochs };
    alive = ranked.slice(0, kept).sort((a, b) => a - b);
  }
  for (const index of alive) next[index] = toTheEnd(courses[index]);
  return next;
}
