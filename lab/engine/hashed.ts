// The weights of a step as twelve digits, for links that promise a run (state/replay.ts).

import type { ReplyOf } from '../protocol.ts';
import { weightHash } from '../state/replay.ts';
import type { Laboratory } from './laboratory.ts';

export function hashed(laboratory: Laboratory, id: number, at: number | null): ReplyOf<'hashed'> {
  const { step, model, isRepeatable } = laboratory.modelOf(at);
  return { type: 'hashed', id, step, weights: weightHash(model.parameters), isRepeatable };
}
