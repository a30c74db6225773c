// What a link says of a comparison.

import { expect, test } from 'vitest';
import { comparable, firstPlan, planOf, readPlan, withBudget, writePlan } from '../../lab/state/race-plan.ts';

test('every setting that may differ goes into a link and comes back, with its budget', () => {
  for (const name of comparable)
    for (const [unit, amount] of [
      ['updates', 250],
      ['seconds', 12],
    ] as const) {
      const plan = withBudget(planOf(name, firstPlan.budget), unit, amount);
      expect(plan.values.length).toBeGreaterThan(1);
      expect(readPlan(writePlan(plan))).toEqual(plan);
    }
  expect(writePlan(firstPlan)).toBeNull();
  expect(readPlan(null)).toEqual(firstPlan);
});

test('what a link says wrongly becomes the nearest that makes sense', () => {
  expect(readPlan('lr:0.01,7,0.01:0u')).toEqual({
    differs: 'lr',
    values: [0.01, 1],
    budget: { unit: 'updates', amount: 10 },
  });
  expect(readPlan('cell:rnn,transformer:999999s')).toEqual({
    differs: 'cell',
    values: firstPlan.values,
    budget: { unit: 'seconds', amount: 600 },
  });
  expect(readPlan('speed:1,2:100u')).toEqual(firstPlan);
  expect(readPlan('seed:1,2,3,4,5:100u').values).toEqual([1, 2, 3, 4]);
});
