// Training on a GPU as the command line does it, on a device that is no GPU but computes on the CPU as one whose numbers come later: what a run does that
// loses it, and what `--backend auto` makes of one that is faster.

import { expect, test } from 'vitest';
import type { BackendRequest, Choice } from '../../src/cli/backend-choice.ts';
import { DeviceTrainer } from '../../src/cli/device-trainer.ts';
import { fasterOf } from '../../src/cli/gpu-choice.ts';
import type { RunOptions } from '../../src/cli/run-options.ts';
import type { Backend } from '../../src/engine/backend.ts';
import { createBackend } from '../../src/engine/create.ts';
import type { WebGpuBackend } from '../../src/engine/webgpu/backend.ts';
import { UnrolledError } from '../../src/errors.ts';
import { createModel, languageModel } from '../../src/index.ts';
import type { Model } from '../../src/network/model.ts';
import { createTrainer } from '../../src/tasks/train.ts';
import { decided } from '../../src/tasks/webgpu-choice.ts';
import type { BatchSource } from '../../src/training/source.ts';
import type { Trainer } from '../../src/training/trainer.ts';
import { fakeDevice } from '../support/device.ts';

const task = languageModel('the tide goes out, the tide comes in, and what it takes it brings again. '.repeat(20));
const options = { batchSize: 4, bptt: 12, updates: 40, learningRate: 0.01 };
const newTrainer = (backend: Backend): Trainer =>
  createTrainer(backend, createModel(task, { hiddenSize: 8, seed: 1 }), task, options);

test('a run that loses its GPU in the middle reports every update once and has the weights of a run on the CPU', async () => {
  const { backend, lose } = fakeDevice();
  const sentences: string[] = [];
  const run = await DeviceTrainer.of(newTrainer(backend), backend, newTrainer);
  if (!(run instanceof DeviceTrainer)) throw new Error('expected a run on a device');
  run.onMove = (sentence) => void sentences.push(sentence);
  run.onDecision = (sentence) => void sentences.push(sentence);
  const updates: number[] = [];
  while (!run.done) {
    for (const report of await run.stepTogether()) if (report.kind === 'update') updates.push(report.update);
    if (run.update === 8) await run.prepare(); // as where the folder is saved
    if (run.update === 24) lose();
  }
  expect(updates).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(sentences).toEqual([
    'webgpu: the recurrence is computed with care', // once
    'webgpu: the GPU was lost (somebody pulled it out); training goes on on the CPU from update 8',
  ]);
  await run.prepare();
  expect(run.snapshot().state.backend).toBe(createBackend().name);
  const whole = newTrainer(createBackend());
  while (!whole.done) whole.step();
  expect(Array.from(run.parameters)).toEqual(Array.from(whole.parameters));
});

test('--backend auto takes the GPU where its updates are faster, says so, and asks for none where it is not given', async () => {
  const cpu: Choice = { backend: createBackend(), slower: [], close: () => {} };
  const closed: string[] = [];
  let asked = 0;
  const find = async (): Promise<WebGpuBackend> => {
    const name = `GPU ${++asked}`;
    return {
      ...fakeDevice().backend,
      adapter: 'fake',
      close: () => void closed.push(name),
    } as unknown as WebGpuBackend;
  };
  const times = { cpu: 4, gpu: 2 };
  const compare = async () => decided(times, 'fake');
  const choose = (backend: 'auto' | undefined, parts: { find?: unknown; compare?: unknown } = {}) =>
    fasterOf(
      { given: { backend } } as Pick<BackendRequest, 'given'>,
      cpu,
      {} as RunOptions,
      {} as Model,
      {} as BatchSource,
      { find, compare, ...parts } as never,
    );
  expect(await choose(undefined)).toBe(cpu);
  expect(asked).toBe(0);
  expect(await choose('auto', { find: async () => undefined })).toBe(cpu);

  const taken = await choose('auto');
  expect(taken.backend.name).toBe('webgpu-fake');
  expect(taken.remark).toBe('backend auto: the GPU trains; an update takes the GPU (fake) 2 ms, the CPU 4 ms');
  expect(closed).toEqual(['GPU 1']); // that on which was timed
  taken.close();
  expect(closed).toEqual(['GPU 1', 'GPU 2']);

  times.gpu = 9;
  const left = await choose('auto');
  expect([left.backend, left.remark]).toEqual([
    cpu.backend,
    'backend auto: the CPU trains; an update takes the GPU (fake) 9 ms, the CPU 4 ms',
  ]);
  const refuses = async () => {
    throw new UnrolledError("webgpu: expected less; take backend 'auto'", 'failure');
  };
  expect((await choose('auto', { compare: refuses })).remark).toBe(
    'backend auto: the CPU trains; webgpu: expected less',
  );
  expect(closed).toHaveLength(4);
});
