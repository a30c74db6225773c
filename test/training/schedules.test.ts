import { describe, expect, test } from 'vitest';
import { learningRateFactor, observe, scheduleSettings, startOfSchedule } from '../../src/training/schedules.ts';

const factors = (schedule: 'constant' | 'decay' | 'cosine', options = {}) => {
  const settings = scheduleSettings({ schedule, ...options }, 100);
  return (update: number, epoch = 0) => learningRateFactor(settings, startOfSchedule(), update, 100, epoch);
};

describe('the learning rate', () => {
  test('stays with constant', () => {
    expect(factors('constant')(77, 9)).toBe(1);
  });

  test('shrinks by the same factor every epoch with decay', () => {
    const at = factors('decay', { decay: 0.5 });
    expect([at(0, 0), at(9, 0), at(10, 1), at(30, 3)]).toEqual([1, 1, 0.5, 0.125]);
  });

  test('rises over the warm-up and falls along half a cosine', () => {
    const at = factors('cosine', { warmup: 10, finalFraction: 0.1 });
    expect(at(0)).toBeCloseTo(0.1, 2);
    expect(at(4)).toBeCloseTo(0.5, 2);
    for (const u of [10, 33, 50, 77, 99])
      expect(at(u)).toBeCloseTo(0.1 + (0.9 * (1 + Math.cos((Math.PI * u) / 100))) / 2, 14);
  });
});

describe('the rule of the RNNLM toolkit', () => {
  const settings = scheduleSettings({ schedule: 'newbob' }, 100);
  const run = (losses: number[]) => {
    const state = startOfSchedule();
    return losses.map((loss) => ({ ...observe(settings, state, loss), factor: state.factor }));
  };

  test('keeps the rate while each epoch gains 0.3 %, then halves it every epoch, and stops at the second that does not', () => {
    expect(run([5, 4, 3.995, 3.9, 3.895])).toEqual([
      { better: true, stop: false, restore: false, factor: 1 },
      { better: true, stop: false, restore: false, factor: 1 },
      { better: true, stop: false, restore: false, factor: 0.5 }, // gained 0.125 %
      { better: true, stop: false, restore: false, factor: 0.25 }, // gained enough, but halving goes on
      { better: true, stop: true, restore: false, factor: 0.125 },
    ]);
  });

  test('takes back weights that got worse, and measures the next gain from the better loss', () => {
    expect(run([4, 4.5, 3.9, 3.9])).toEqual([
      { better: true, stop: false, restore: false, factor: 1 },
      { better: false, stop: false, restore: true, factor: 0.5 },
      { better: true, stop: false, restore: false, factor: 0.25 },
      { better: false, stop: true, restore: true, factor: 0.125 },
    ]);
    // 3.995 is 0.125 % below the loss that was kept, and 11 % below the one that was thrown away
    expect(run([4, 4.5, 3.995]).at(-1)).toEqual({ better: true, stop: true, restore: false, factor: 0.25 });
  });
});

test('patience counts evaluations in a row without a better loss', () => {
  const settings = scheduleSettings({ schedule: 'constant', patience: 2 }, 100);
  const state = startOfSchedule();
  expect([3, 4, 2, 2, 2].map((loss) => observe(settings, state, loss).stop)).toEqual([
    false,
    false,
    false,
    false,
    true,
  ]);
});
