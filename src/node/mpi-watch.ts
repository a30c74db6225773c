// What a process of an MPI job and the thread that watches it share: some words of memory.

/** Where the number of the exchange is that is waited for, whose answer, and after which update. */
export const [waitingAt, partnerAt, updateAt] = [0, 1, 2];

/** What the watching thread is told. */
export interface Watch {
  readonly shared: SharedArrayBuffer;
  /** The process, in words. */
  readonly who: string;
  /** The longest wait. */
  readonly seconds: number;
}
