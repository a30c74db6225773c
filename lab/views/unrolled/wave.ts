// The two waves: the tokens from left to right, then the gradient from right to left, a copy at a time. Where less motion is wanted it goes on only
// when it is told to. It never begins on its own.

export interface WaveAt {
  readonly isForward: boolean;
  /** From 1 to the number of steps. */
  readonly t: number;
}

/** Milliseconds that a wave takes, and a step at most and at least. */
const whole = 3600;
const slowest = 260;
const fastest = 45;

export const wantsLessMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

export class Wave {
  at: WaveAt | null = null;
  private steps = 0;
  private timer = 0;
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  start(steps: number): void {
    this.stop();
    this.steps = steps;
    this.go({ isForward: true, t: 1 });
  }

  /** To the next step; after the last everything is shown. */
  next(): void {
    if (!this.at) return;
    const { isForward, t } = this.at;
    if (isForward) this.go(t < this.steps ? { isForward, t: t + 1 } : { isForward: false, t: this.steps });
    else if (t > 1) this.go({ isForward, t: t - 1 });
    else this.stop();
  }

  stop(): void {
    clearTimeout(this.timer);
    if (!this.at) return;
    this.at = null;
    this.changed();
  }

  private go(at: WaveAt): void {
    clearTimeout(this.timer);
    this.at = at;
    if (!wantsLessMotion()) {
      const rest = Math.min(slowest, Math.max(fastest, whole / this.steps));
      this.timer = window.setTimeout(() => this.next(), rest);
    }
    this.changed();
  }
}
