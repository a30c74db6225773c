// What of the WebGPU engine needs no GPU: programs cut into regions, memory in the places of the host's, and what is said where there is none. What a
// GPU computes is in test/browser/webgpu.long.test.ts.

import { afterEach, expect, test, vi } from 'vitest';
import { createBackend } from '../../src/engine/create.ts';
import { kernelNames } from '../../src/engine/kernels.ts';
import { gpuKernels } from '../../src/engine/webgpu/kernels.ts';
import { layoutBytes, layoutOf } from '../../src/engine/webgpu/memory.ts';
import { encode, whenCode } from '../../src/engine/webgpu/program.ts';
import { shaderOf } from '../../src/engine/webgpu/shader.ts';
import { createModel, languageModel, train } from '../../src/index.ts';
import { decided } from '../../src/tasks/webgpu-choice.ts';
import { openBackend, openWebGpu } from '../../src/webgpu.ts';

afterEach(() => void vi.unstubAllGlobals());

const failure = (): Promise<string> =>
  openWebGpu().then(
    () => 'opened',
    (error) => error.message,
  );

test('without WebGPU, without an adapter and where the device is refused, opening says so', async () => {
  vi.stubGlobal('navigator', {});
  expect(await failure()).toBe(
    "webgpu: expected a browser with WebGPU and a page on https or localhost, got none; take backend 'auto'",
  );
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => null } });
  expect(await failure()).toBe(
    "webgpu: expected a GPU that this browser lets pages use, got none; take backend 'auto'",
  );
  const requestDevice = async () => Promise.reject(new Error('too many'));
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => ({ info: {}, limits: {}, requestDevice }) } });
  expect(await failure()).toBe("webgpu: expected to open the GPU, got too many; take backend 'auto'");
  expect(() => createBackend('webgpu' as 'auto')).toThrow(
    "backend: expected auto, wasm or javascript, got webgpu; give what openBackend of 'unrolled/webgpu' opens",
  );
});

test('openBackend: what is asked for, and with auto the CPU and a sentence where there is no GPU', async () => {
  vi.stubGlobal('navigator', {});
  const task = languageModel('the tide goes out, the tide comes in. '.repeat(20));
  const model = createModel(task, { hiddenSize: 4 });
  await expect(openBackend('webgpu', model, task)).rejects.toThrow(/^webgpu: expected a browser with WebGPU/);
  expect(await openBackend('javascript', model, task)).toMatchObject({ name: 'javascript' });
  const auto = await openBackend('auto', model, task);
  expect(auto.name).toBe(createBackend().name);
  const sentence =
    'backend auto: the CPU trains; webgpu: expected a browser with WebGPU and a page on https or localhost, got none';
  expect(auto.remark).toBe(sentence);
  for await (const report of train(model, task, { backend: auto, updates: 1, batchSize: 2, bptt: 8 }))
    if (report.kind === 'update') expect(report.remark).toMatch(sentence);
});

test('the GPU is taken only where an update is faster there, and the sentence has both times', () => {
  expect(decided({ cpu: 4, gpu: 4 }, 'x')).toMatchObject({ isFaster: false });
  expect(decided({ cpu: 41.234, gpu: 3.9871 }, 'some GPU')).toMatchObject({
    isFaster: true,
    sentence: 'backend auto: the GPU trains; an update takes the GPU (some GPU) 4 ms, the CPU 41 ms',
  });
});

test('an array has its place from a multiple of 16 numbers on, and a number in float64 takes 16 bytes', () => {
  const layout = layoutOf((allocate) => [
    allocate.floats(3),
    allocate.panels(5, 7),
    allocate.floats(0),
    allocate.integers(17),
    allocate.doubles(2),
  ]);
  expect(layout.floats.starts).toEqual([0, 16]);
  expect(layout.integers.starts).toEqual([16]); // behind `halt`
  expect(layoutBytes(layout)).toEqual({ floats: 4 * 64, integers: 4 * 48, doubles: 16 * 16 });
});

test('what is between two barriers is a region, where a workgroup has the calls of its share', () => {
  const x = new Float32Array(64);
  const go = new Int32Array(new ArrayBuffer(80), 68, 1);
  const [zero, copy] = ['zero', 'copy'].map((name) => kernelNames.indexOf(name as 'zero'));
  const { words, regions, kernels, written } = encode((k, { index }) => {
    k.zero(x.subarray(32 * index), 32);
    k.copy(x, x.subarray(8), 0); // a share of nothing
    k.barrier();
    k.barrier(); // of nothing
    k.when(go, 3, () => {
      if (index === 0) k.copy(x, x.subarray(32), 7);
      k.barrier();
      if (index === 1) k.zero(x.subarray(5), 1);
    });
  }, 2);
  expect(kernels).toEqual(['zero', 'copy']);
  expect(regions).toBe(3);
  const part = (region: number, group: number) =>
    Array.from(words.subarray(words[region * 4 + group], words[region * 4 + 2 + group]));
  expect([part(0, 0), part(0, 1)]).toEqual([
    [zero | (3 << 8), 0, 32],
    [zero | (3 << 8), 32, 32],
  ]);
  // a `when` with a barrier inside stands in both regions, and nowhere where it would hold nothing
  expect([part(1, 0), part(1, 1)]).toEqual([[whenCode | (4 << 8), 17, 3, 4, copy | (4 << 8), 0, 32, 7], []]);
  expect([part(2, 0), part(2, 1)]).toEqual([[], [whenCode | (4 << 8), 17, 3, 3, zero | (3 << 8), 5, 1]]);
  expect([...written].map((view) => view.byteOffset / 4).sort((a, b) => a - b)).toEqual([0, 5, 32, 32]);
});

test('a shader has the kernels that a program calls, and each reads the arguments that its code names', () => {
  const code = shaderOf(gpuKernels, ['copy', 'productTN'], 64);
  expect([...code.matchAll(/fn k_(\w+)/g)].map(([, name]) => name)).toEqual(['copy', 'productTN']);
  expect(code).toContain('let strideB = program[at + 10];');
  expect(code).not.toContain('let scratch');
  for (const name of kernelNames) {
    const { args, writes } = gpuKernels[name];
    for (const array of writes) expect(args, name).toContain(array);
  }
});
