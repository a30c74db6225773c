// Work that takes longer than a slice: generators that pause. Only the newest of each kind is kept, and they run in the order of the kinds while there is
// time.

export const jobKinds = [
  'failure',
  'write',
  'trace',
  'flow',
  'basins',
  'memory',
  'units',
  'hold',
  'weights',
  'check',
  'sample',
  'held-out',
  'held',
  'rival',
  'race',
] as const;
export type JobKind = (typeof jobKinds)[number];

export class Jobs {
  private readonly jobs = new Map<JobKind, () => boolean>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  get size(): number {
    return this.jobs.size;
  }

  has(kind: JobKind): boolean {
    return this.jobs.has(kind);
  }

  /**
   * Begins a job, in the place of the last of its kind.
   * @param done is called with the result and the milliseconds that it took without the pauses
   */
  begin<T>(
    kind: JobKind,
    slices: Generator<void, T>,
    done: (value: T, cost: number) => void,
    failed: (error: unknown) => void = () => {},
  ): void {
    let cost = 0;
    this.jobs.set(kind, () => {
      try {
        const begin = this.now();
        const result = slices.next();
        cost += this.now() - begin;
        if (result.done) done(result.value, cost);
        return result.done === true;
      } catch (error) {
        failed(error);
        return true;
      }
    });
  }

  /** Runs jobs until a time; a slice that has begun is finished. */
  run(until: number): void {
    for (const kind of jobKinds) {
      const job = this.jobs.get(kind);
      while (job && this.jobs.get(kind) === job && this.now() < until) if (job()) this.jobs.delete(kind);
    }
  }

  drop(kind: JobKind): void {
    this.jobs.delete(kind);
  }

  /** Drops all that is about a run which another one replaces; a race has runs of its own. */
  clear(): void {
    for (const kind of jobKinds) if (kind !== 'race') this.jobs.delete(kind);
  }
}
