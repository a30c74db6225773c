// What threads stand on, without threads: how work is divided, and that nobody waits for a worker that cannot go on. Real workers are in
// test/node/threads.test.ts.

import { afterEach, expect, test, vi } from 'vitest';
import { Rendezvous } from '../../src/engine/rendezvous.ts';
import { stretch } from '../../src/engine/share.ts';
import { serve } from '../../src/engine/threads.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('stretches of any length are whole units that cover it once', () => {
  for (const count of [1, 2, 3, 5])
    for (const unit of [1, 4, 8])
      for (const length of [0, 1, 3, 8, 17, 64, 65]) {
        const parts = Array.from({ length: count }, (_, index) => stretch({ index, count }, length, unit));
        const where = `${length} in units of ${unit} for ${count}`;
        expect([parts[0][0], parts.at(-1)![1]], where).toEqual([0, length]);
        parts.forEach(([from, to], i) => {
          expect(from, where).toBe(i === 0 ? 0 : parts[i - 1][1]);
          if (to < length) expect(to % unit, where).toBe(0);
        });
        const units = parts.map(([from, to]) => Math.ceil((to - from) / unit));
        expect(Math.max(...units) - Math.min(...units), where).toBeLessThanOrEqual(1);
      }
});

test('a worker that cannot go on is waited for by nobody', () => {
  let take: (message: unknown) => void = () => {};
  serve(
    (listener) => {
      take = listener;
    },
    () => {},
    () => {
      throw new Error('there is no such library here');
    },
  );
  const meeting = Rendezvous.create(2, () => {});
  take({ kind: 'greeting', buffer: meeting.buffer, count: 2, index: 1 });
  const opening = { kind: 'opening', workspace: 1, blocks: [], native: 'libnone.so', forgotten: [] };
  expect(() => take(opening)).toThrow('there is no such library here');
  // it is looked for again after each sleep: a main thread that goes on sleeping waits for ever
  let sleeps = 0;
  vi.spyOn(Atomics, 'wait').mockImplementation(() => {
    if (++sleeps > 3) throw new Error('it still waits');
    return 'timed-out';
  });
  expect(() => meeting.allReady(1, Infinity)).toThrow('there is no such library here');
  expect(() => meeting.barrier()).toThrow('there is no such library here');
});
