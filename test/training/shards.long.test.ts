// Training in shards by 1, 2, 4 and 8 members gives one outcome, byte for byte: every task with every cell and optimizer, with and without dropout, each way
// of clipping, padded and not, with the full and the adaptive softmax.

import { expect, test } from 'vitest';
import { every, few, outcomeOf, trainerOf } from '../support/shard-cases.ts';

test.each([...few, ...every])('has the same bytes for 1, 2, 4 and 8 members: %s', async (...one) => {
  const whole = await outcomeOf(1, trainerOf(one));
  for (const members of [2, 4, 8]) expect((await outcomeOf(members, trainerOf(one))).text).toBe(whole.text);
});
