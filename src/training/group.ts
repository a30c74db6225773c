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
