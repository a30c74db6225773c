// How fast a run goes: recent and average tokens per second, and the time that is left. The only clock is that of the caller's steps.

export class Speed {
  private readonly start = performance.now();
  private tokens = 0;
  private time = 0;
  private recentTokens = 0;
  private recentTime = 0;
  private updates = 0;
  /** Whether the sums include updates that looked at held-out data too. */
  private impure = false;

  /**
   * Counts an update; returns the recent speed. An update that `evaluated` held-out data as well says little about the speed, so it counts only
   * where there is no other.
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
    // older updates fade: by half with each second
    const fade = 0.5 ** seconds;
    this.recentTokens = fade * this.recentTokens + tokens;
    this.recentTime = fade * this.recentTime + seconds;
    return this.recent();
  }

  /** The recent speed in tokens per second, a whole number. */
  recent(): number {
    return this.recentTime > 0 ? Math.round(this.recentTokens / this.recentTime) : 0;
  }

  /** The average speed of the updates in tokens per second, without looks at held-out data and saving. */
  average(): number {
    return this.time > 0 ? Math.round(this.tokens / this.time) : 0;
  }

  /** The seconds since the run began. */
  elapsed(): number {
    return (performance.now() - this.start) / 1000;
  }

  /** The seconds that so many more updates will take, everything included. */
  left(updates: number): number {
    return this.updates > 0 ? (this.elapsed() / this.updates) * updates : 0;
  }
}
