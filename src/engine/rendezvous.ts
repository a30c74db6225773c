// Where threads meet: a few words of shared memory. A dispatch wakes all threads for a program; a barrier holds every thread until all have
// arrived. A waiting thread spins for a moment, since most waits are short, then sleeps, and looks now and then whether the others still live: who
// waits for a thread that has failed or ended is told so with an error.

import { BrokenThreads } from './broken-threads.ts';

/** The places of the words. After them comes [begin, end) of each thread's program, then the reason of a failure. */
const word = { generation: 0, command: 1, arrived: 2, phase: 3, ready: 4, failed: 5, reasonLength: 6, ranges: 8 };
/** The values of the word `failed`: the first thread that fails writes its reason before the others may read it. */
const failure = { none: 0, beingWritten: 1, written: 2 };
/** The most bytes of a reason that are kept. */
const maxReason = 512;

/** How often a waiting thread looks before it sleeps: about 20 microseconds at a barrier, 100 before the next program. */
const spinsBeforeSleep = { barrier: 2_000, dispatch: 10_000 };
/** The longest sleep, in milliseconds: after it a thread looks whether another has failed or ended, */
const longestSleepMs = 250;

/** A page's own thread may not sleep. */
const maySleep = typeof document === 'undefined';

export class Rendezvous {
  readonly buffer: SharedArrayBuffer;
  private readonly count: number;
  private readonly words: Int32Array;
  private readonly reason: Uint8Array;
  private readonly look: (waitedMs: number) => void;

  /** @param look is called after every sleep, with the milliseconds that the thread has waited; it may call `fail` */
  constructor(buffer: SharedArrayBuffer, count: number, look: (waitedMs: number) => void = () => {}) {
    this.buffer = buffer;
    this.count = count;
    this.words = new Int32Array(buffer, 0, word.ranges + 2 * count);
    this.reason = new Uint8Array(buffer, this.words.byteLength, maxReason);
    this.look = look;
  }

  static create(count: number, look: (waitedMs: number) => void): Rendezvous {
    return new Rendezvous(new SharedArrayBuffer(4 * (word.ranges + 2 * count) + maxReason), count, look);
  }

  /** Wakes the others for `command`, and for a program tells each thread its range. */
  dispatch(command: number, ranges: readonly (readonly [begin: number, end: number])[] = []): void {
    ranges.forEach((range, thread) => void this.words.set(range, word.ranges + 2 * thread));
    Atomics.store(this.words, word.command, command);
    Atomics.add(this.words, word.generation, 1);
    Atomics.notify(this.words, word.generation);
  }

  /** The number of dispatches so far, which wraps round. */
  generation(): number {
    return Atomics.load(this.words, word.generation);
  }

  /** Waits for the dispatch after number `seen`; returns its command and this thread's range. */
  next(seen: number, thread: number): { command: number; begin: number; end: number } {
    this.waitWhile(word.generation, seen, spinsBeforeSleep.dispatch);
    const at = word.ranges + 2 * thread;
    return {
      command: Atomics.load(this.words, word.command),
      begin: this.words[at] >>> 0,
      end: this.words[at + 1] >>> 0,
    };
  }

  /** Waits until all threads have arrived. */
  barrier(): void {
    const { words } = this;
    const phase = Atomics.load(words, word.phase);
    if (Atomics.add(words, word.arrived, 1) < this.count - 1) {
      this.waitWhile(word.phase, phase, spinsBeforeSleep.barrier);
      return;
    }
    Atomics.store(words, word.arrived, 0);
    Atomics.add(words, word.phase, 1);
    Atomics.notify(words, word.phase);
  }

  /** Announces that this thread is set up. */
  ready(): void {
    Atomics.add(this.words, word.ready, 1);
    Atomics.notify(this.words, word.ready);
  }

  /** Waits until `others` threads have announced that, and resets the count. False if it takes more than `limitMs`. */
  allReady(others: number, limitMs: number): boolean {
    const start = Date.now();
    for (;;) {
      const now = Atomics.load(this.words, word.ready);
      if (now === others) break;
      const waited = Date.now() - start;
      if (waited > limitMs) return false;
      if (maySleep) Atomics.wait(this.words, word.ready, now, 100);
      this.look(waited);
      this.expectAlive();
    }
    Atomics.store(this.words, word.ready, 0);
    return true;
  }

  /**
   * Announces that a thread cannot go on, so that no other waits for it.
   * @param reason what was wrong, in a few words; empty where nobody knows
   */
  fail(reason: string): void {
    const { words } = this;
    if (Atomics.compareExchange(words, word.failed, failure.none, failure.beingWritten) !== failure.none) return;
    const bytes = new TextEncoder().encode(reason).subarray(0, maxReason);
    this.reason.set(bytes);
    Atomics.store(words, word.reasonLength, bytes.length);
    Atomics.store(words, word.failed, failure.written);
    for (const index of [word.generation, word.phase, word.ready]) Atomics.notify(words, index);
  }

  /** @throws BrokenThreads if a thread has failed */
  expectAlive(): void {
    const failed = Atomics.load(this.words, word.failed);
    if (failed === failure.none) return;
    const length = failed === failure.written ? Atomics.load(this.words, word.reasonLength) : 0;
    throw new BrokenThreads(this.count, new TextDecoder().decode(this.reason.slice(0, length)));
  }

  private waitWhile(index: number, value: number, spins: number): void {
    const { words } = this;
    for (let i = 0; i < spins || !maySleep; i++) {
      if (Atomics.load(words, index) !== value) return;
      if ((i & 0xfff) === 0xfff) this.expectAlive();
    }
    for (let sleeps = 1; Atomics.load(words, index) === value; sleeps++) {
      if (Atomics.wait(words, index, value, longestSleepMs) !== 'timed-out') continue;
      this.look(sleeps * longestSleepMs);
      this.expectAlive();
    }
  }
}
