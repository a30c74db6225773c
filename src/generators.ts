// Work in pieces, as a generator: it pauses after each and yields what it has to wait for, if anything.

/** Work that yields what it waits for: a promise, or what is there at once. */
export type Together<Result> = Generator<unknown, Result, unknown>;

/** Does the work in one go; where something that it waits for is not there yet, that is the caller's mistake. */
export function atOnce<Result>(work: Together<Result>): Result {
  let step = work.next();
  while (!step.done) step = work.next(step.value);
  return step.value;
}

/** Does the work, and waits for each answer. */
export async function inTurn<Result>(work: Together<Result>): Promise<Result> {
  let step = work.next();
  while (!step.done) {
    const { value } = step;
    step = work.next(value instanceof Promise ? await value : value);
  }
  return step.value;
}
