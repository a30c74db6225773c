// `train` on a device whose numbers come later: what its reports say of the device beside the numbers.

import { expect, test } from 'vitest';
import { createModel, languageModel, train } from '../../src/index.ts';
import { fakeDevice } from '../support/device.ts';

/** The remarks of a run with the updates that have them. */
async function remarksOf({ backend, lose }: ReturnType<typeof fakeDevice>, lostAt = 0): Promise<[number, string][]> {
  const task = languageModel('the tide goes out, the tide comes in, and what it takes it brings again. '.repeat(20));
  const model = createModel(task, { hiddenSize: 8, seed: 1 });
  const remarks: [number, string][] = [];
  for await (const report of train(model, task, { batchSize: 4, bptt: 12, updates: 40, backend })) {
    if (report.kind !== 'update') continue;
    if (report.remark) remarks.push([report.update, report.remark]);
    if (report.update === lostAt) lose();
  }
  return remarks;
}

const careful = 'webgpu: the recurrence is computed with care';

test('once a device has found out how to compute the recurrence, the next report says so, and no other', async () => {
  const few = expect.stringMatching(/^The data set is small/);
  expect(await remarksOf(fakeDevice(3))).toEqual([
    [1, few],
    [17, careful], // of eight updates at a time the third eight
  ]);
  const chosen = fakeDevice(1);
  const backend = { ...chosen.backend, remark: 'backend auto: the GPU trains' };
  const [[at, remark], ...others] = await remarksOf({ ...chosen, backend });
  expect([at, others]).toEqual([1, []]);
  expect(remark).toMatch(new RegExp(`^backend auto: the GPU trains; .+; ${careful}$`));
});

test('where the device is lost the next report says so', async () => {
  const [, ...later] = await remarksOf(fakeDevice(3), 24);
  expect(later).toEqual([
    [17, careful],
    [1, expect.stringMatching(/^webgpu: the GPU was lost \(.+\); training goes on on the CPU from update 0$/)],
  ]);
});
