// Long computations in slices, as generators that pause between them: a thread that also draws, or trains, runs one as far as it has time.

/** Runs all of it at once. */
export { atOnce as finish } from '../generators.ts';
