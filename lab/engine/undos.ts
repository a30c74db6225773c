// The changes that can be undone: before each, the laboratory and the moment that it was at. The oldest are forgotten.

import { UnrolledError } from '../../src/index.ts';
import type { FrozenRun } from '../protocol.ts';
import type { Laboratory } from './laboratory.ts';

const maxUndos = 8;

export interface Undo {
  readonly laboratory: Laboratory;
  /** Null for a model that is only read. */
  readonly frozen: FrozenRun | null;
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
    const { run } = laboratory;
    this.list.push({ laboratory, frozen: run.isReadOnly ? null : run.freeze() });
    if (this.list.length > maxUndos) this.list.shift();
  }

  /** @throws UnrolledError where nothing is left */
  pop(): Undo {
    const undo = this.list.pop();
    if (!undo) throw new UnrolledError('undo: there is nothing to undo');
    return undo;
  }

  clear(): void {
    this.list.length = 0;
  }
}
