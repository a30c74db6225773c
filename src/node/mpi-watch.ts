// What a process of an MPI job and the thread that watches it share: some words of memory.

/** Where the number of the exchange is that is waited for, whose answer, after which update, and how many exchanges of the same sum came before it. */
export const [waitingAt, partnerAt, updateAt, stageAt] = [0, 1, 2, 3];
/** The bytes of these words. */
export const sharedBytes = 16;

/** What the watching thread is told. */
export interface Watch {
  readonly shared: SharedArrayBuffer;
  /** The process, in words. */
  readonly who: string;
  /** The longest wait. */
  readonly seconds: number;
}
