// What can be taken back: a laboratory, and the moment it was at, before each change. The oldest are forgotten.

import type { Laboratory } from './laboratory.ts';
import type { Frozen } from './run.ts';

const most = 8;

export interface Undo {
  readonly laboratory: Laboratory;
  readonly frozen: Frozen;
}

export class Undos {
  private readonly list: Undo[] = [];

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  get newest(): Undo | undefined {
    return this.list.at(-1);
  }

  remember(laboratory: Laboratory): void {
    this.list.push({ laboratory, frozen: laboratory.run.freeze() });
    if (this.list.length > most) this.list.shift();
  }

  pop(): Undo | undefined {
    return this.list.pop();
  }

  clear(): void {
    this.list.length = 0;
  }
}
