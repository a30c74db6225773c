// A group of processes that train one model together: what a trainer asks of it, and the group of one. How they talk is not told here; node/ has a group
// over MPI. A member answers at once, or with a promise where it has to wait for the event loop.

/** An answer that is there, or will be. */
export type Answer<Value> = Value | Promise<Value>;

/** A process's place among those that train together. Every member makes the same calls in the same order. */
export interface Group {
  /** The number of this member, from 0. */
  readonly rank: number;
  /** The number of members: a power of two. */
  readonly size: number;
  /** Replaces numbers by their sums over all members, added as a binary tree: neighbors first, (0 + 1) + (2 + 3). */
  sum(numbers: Float32Array | Float64Array): Answer<void>;
  /** What each member gave, in their order; the lengths may differ. */
  gather(bytes: Uint8Array): Answer<readonly Uint8Array[]>;
  /** What member 0 gave. */
  broadcast(bytes: Uint8Array): Answer<Uint8Array>;
  /** Waits until all members are here. */
  barrier(): Answer<void>;
  /** Ends the membership. */
  close(): void;
}

/** The group of one. */
export const alone: Group = {
  rank: 0,
  size: 1,
  sum() {},
  gather: (bytes) => [bytes],
  broadcast: (bytes) => bytes,
  barrier() {},
  close() {},
};

/** Work that now and then waits for an answer of the group, which it yields. */
export type Together<Result> = Generator<Answer<unknown>, Result, unknown>;

/** Does the work in one go; undefined answers of a group that takes its time are the caller's mistake. */
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
