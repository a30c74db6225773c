// Stands in the lab for this folder (lab/vite.config.ts): a page trains a batch in one piece.

import { UnrolledError } from '../../errors.ts';

/** Refuses more than one shard. */
export function expectShards(shards: unknown): number {
  if (shards === 1) return 1;
  throw new UnrolledError(
    'shards: expected 1, as the page trains a batch in one piece, got more; train with the library or the command line',
  );
}

/** Nothing to check: the page is alone. */
export function expectGroup(): void {}

/** S of a group, which the page has not. */
export function defaultShards(): number {
  return 1;
}

/** Never made, as there is one shard. */
export const Shards = null as never;
