// Where threads meet: a few words of shared memory. A dispatch wakes all threads for a program; a barrier holds every thread until all have
// arrived. A waiting thread spins for a moment, since most waits are short, then sleeps.

/** The places of the words. After them comes [begin, end) of each thread's program. */
const word = { generation: 0, command: 1, arrived: 2, phase: 3, ready: 4, failed: 5, ranges: 8 };

/** How often a waiting thread looks before it sleeps: about 20 microseconds at a barrier, 100 before the next program. */
const spinsBeforeSleep = { barrier: 2_000, dispatch: 10_000 };
/** The longest sleep, in milliseconds: after it a thread looks whether another has failed. */
const longestSleepMs = 1_000;

/** A page's own thread may not sleep. */
const maySleep = typeof document === 'undefined';

export class Rendezvous {
  readonly buffer: SharedArrayBuffer;
  private readonly count: number;
  private readonly words: Int32Array;

  constructor(buffer: SharedArrayBuffer, count: number) {
    this.buffer = buffer;
    this.count = count;
    this.words = new Int32Array(buffer);
  }

  static create(count: number): Rendezvous {
    return new Rendezvous(new SharedArrayBuffer(4 * (word.ranges + 2 * count)), count);
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
      if (Date.now() - start > limitMs || Atomics.load(this.words, word.failed)) return false;
      if (maySleep) Atomics.wait(this.words, word.ready, now, 100);
    }
    Atomics.store(this.words, word.ready, 0);
    return true;
  }

  /** Announces that this thread cannot go on, so that no other waits for it. */
  fail(): void {
    Atomics.store(this.words, word.failed, 1);
    for (const index of [word.phase, word.ready]) Atomics.notify(this.words, index);
  }

  private waitWhile(index: number, value: number, spins: number): void {
    const { words } = this;
    for (let i = 0; i < spins || !maySleep; i++) {
      if (Atomics.load(words, index) !== value) return;
      if ((i & 0xfff) === 0xfff) this.expectAlive();
    }
    while (Atomics.load(words, index) === value) {
      Atomics.wait(words, index, value, longestSleepMs);
      this.expectAlive();
    }
  }

  private expectAlive(): void {
    if (Atomics.load(this.words, word.failed)) throw new Error('threads: another thread has failed');
  }
}
