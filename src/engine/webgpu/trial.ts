// Which design computes the recurrence of a run (loops.ts): told from the time of the run's own updates on this device. Each design has two rounds of
// updates, of which the second is timed, since the first also compiles; then the fastest goes on. All give the same bits, so a trial costs no update.

import type { Design } from './loops.ts';

/** What a GPU has found out about the recurrence of the run on it. */
export interface Recurrence {
  /** The design that computes it now: W in registers, W streamed, or a dispatch a step. */
  readonly design: Design;
  /** Milliseconds of an update with each that was timed. */
  readonly times: Readonly<Partial<Record<Design, number>>>;
  /** Whether it stays so: there is no other, or all were timed. */
  readonly isDecided: boolean;
  /** The same in a sentence. */
  readonly sentence: string;
}

const words: Readonly<Record<Design, string>> = {
  registers: 'W in registers',
  stream: 'W read in each step',
  steps: 'a dispatch for each step',
};
const roundsOfEach = 2;

/** A trial of some designs, the first of which computes until something is known. */
export class Trial {
  private readonly designs: readonly Design[];
  private readonly now: () => number;
  private readonly times: Partial<Record<Design, number>> = {};
  private rounds = 0;
  private began: number | null = null;

  constructor(designs: readonly Design[], now: () => number = () => performance.now()) {
    this.designs = designs;
    this.now = now;
  }

  private get isDecided(): boolean {
    return this.designs.length === 1 || this.rounds >= roundsOfEach * this.designs.length;
  }

  get design(): Design {
    const { designs, times } = this;
    if (!this.isDecided) return designs[Math.floor(this.rounds / roundsOfEach)];
    return designs.reduce((best, design) => ((times[design] ?? 0) < (times[best] ?? 0) ? design : best));
  }

  /** An update begins. */
  begin(): void {
    if (!this.isDecided) this.began ??= this.now();
  }

  /** The losses of so many updates are there. */
  end(updates: number): void {
    if (this.began === null) return;
    this.times[this.design] = (this.now() - this.began) / updates;
    this.began = null;
    this.rounds++;
  }

  get recurrence(): Recurrence {
    const { design, times, isDecided } = this;
    const measured = Object.entries(times)
      .map(([name, time]) => `${words[name as Design]} ${Number(time.toPrecision(2))} ms`)
      .join(', ');
    const sentence = `webgpu: the recurrence is computed with ${words[design]}${measured && `; an update took with ${measured}`}`;
    return { design, times, isDecided, sentence };
  }
}
