// Tokens per second, over the last half second or so.

const every = 500;

export class Rate {
  private since = 0;
  private tokens = 0;
  private found = 0;

  restart(now: number): void {
    [this.since, this.tokens, this.found] = [now, 0, 0];
  }

  add(tokens: number): void {
    this.tokens += tokens;
  }

  perSecond(now: number): number {
    if (now - this.since > every) {
      this.found = (1000 * this.tokens) / (now - this.since);
      [this.since, this.tokens] = [now, 0];
    }
    return this.found;
  }
}
