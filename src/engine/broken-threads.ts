// The error of threads of which one has failed or ended: the others cannot go on without it.

import { UnrolledError } from '../errors.ts';

/** A thread has failed or ended while others waited for it, or would have. The threads are then closed. */
export class BrokenThreads extends UnrolledError {
  /** @param reason what was wrong with the thread; empty where it was ended from outside or ran out of memory */
  constructor(count: number, reason: string) {
    const why = reason ? ` (${reason})` : '';
    super(
      `threads: expected ${count} threads to the end, got one that ended early${why}; use fewer threads`,
      'failure',
    );
  }
}
