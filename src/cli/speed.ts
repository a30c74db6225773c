// How fast a run goes: tokens per second of late and on average, and the time that is left. The only clock is the one of the caller's steps.

export class Speed {
  private readonly start = performance.now();
  private tokens = 0;
  private time = 0;
  private recentTokens = 0;
  private recentTime = 0;
  private updates = 0;
  /** Whether the sums are of updates that evaluated too. */
  private impure = false;

  /**
   * Takes in an update of so many tokens that took so many seconds; returns the recent speed. One that `evaluated` the held-out text as
   * well is no measure of the speed, unless there is no other.
   */
  add(tokens: number, seconds: number, evaluated: boolean): number {
    this.updates++;
    if (evaluated && !this.impure && this.time > 0) return this.recent();
    if (!evaluated && this.impure) {
      this.tokens = this.time = this.recentTokens = this.recentTime = 0;
    }
    this.impure = evaluated;
    this.tokens += tokens;
    this.time += seconds;
    // what is older fades: half of it with each second
    const fade = 0.5 ** seconds;
    this.recentTokens = fade * this.recentTokens + tokens;
    this.recentTime = fade * this.recentTime + seconds;
    return this.recent();
  }

  /** Tokens per second of late, in whole numbers. */
  recent(): number {
    return this.recentTime > 0 ? Math.round(this.recentTokens / this.recentTime) : 0;
  }

  /** Tokens per second of the updates alone, without held-out text and saving. */
  average(): number {
    return this.time > 0 ? Math.round(this.tokens / this.time) : 0;
  }

  /** Seconds since the run began. */
  elapsed(): number {
    return (performance.now() - this.start) / 1000;
  }

  /** Seconds that so many more updates will take, everything included. */
  left(updates: number): number {
    return this.updates > 0 ? (this.elapsed() / this.updates) * updates : 0;
  }
}
