// What of the WebGPU engine needs no GPU: programs cut into regions, memory in the places of the host's, and what is said where there is none. What a
// GPU computes is in test/browser/webgpu.long.test.ts.

import { afterEach, expect, test, vi } from 'vitest';
import { createBackend } from '../../src/engine/create.ts';
import { kernelNames } from '../../src/engine/kernels.ts';
import { gpuKernels } from '../../src/engine/webgpu/kernels.ts';
import { inSteps, isHeld, type Loop, loopsOf, productIn, type WordCall } from '../../src/engine/webgpu/loops.ts';
import { layoutBytes, layoutOf } from '../../src/engine/webgpu/memory.ts';
import { programsOf, whenCode } from '../../src/engine/webgpu/program.ts';
import { shaderOf } from '../../src/engine/webgpu/shader.ts';
import { Trial } from '../../src/engine/webgpu/trial.ts';
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
    "webgpu: expected a browser with WebGPU (on https or localhost) or the option gpu, got neither; take backend 'auto'",
  );
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => null } });
  expect(await failure()).toBe("webgpu: expected a GPU that programs may use, got none; take backend 'auto'");
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
    'backend auto: the CPU trains; webgpu: expected a browser with WebGPU (on https or localhost) or the option gpu, got neither';
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
  const [{ words, regions, kernels, written }] = programsOf(
    (k, { index }) => {
      k.zero(x.subarray(32 * index), 32);
      k.copy(x, x.subarray(8), 0); // a share of nothing
      k.barrier();
      k.barrier(); // of nothing
      k.when(go, 3, () => {
        if (index === 0) k.copy(x, x.subarray(32), 7);
        k.barrier();
        if (index === 1) k.zero(x.subarray(5), 1);
      });
    },
    { workgroups: 2, invocations: 32 },
  );
  expect(kernels).toEqual(['zero', 'copy']);
  expect(regions).toBe(3);
  const part = (region: number, group: number) =>
    Array.from(words.subarray(words[region * 2 + group], words[region * 2 + group + 1]));
  expect([part(0, 0), part(0, 1)]).toEqual([
    [zero | (5 << 8), 0, 32, 0, 0],
    [zero | (5 << 8), 32, 32, 0, 0],
  ]);
  // a `when` with a barrier inside stands in both regions, and nowhere where it would hold nothing
  const when = whenCode;
  expect([part(1, 0), part(1, 1)]).toEqual([[when | (5 << 8), 17, 3, 7, 0, copy | (7 << 8), 0, 32, 7, 0, 0, 0], []]);
  expect([part(2, 0), part(2, 1)]).toEqual([[], [when | (5 << 8), 17, 3, 5, 0, zero | (5 << 8), 5, 1, 0, 0]]);
  expect([...written].map((view) => view.byteOffset / 4).sort((a, b) => a - b)).toEqual([0, 5, 32, 32]);
});

test('a `when` halts the device where the program itself writes its counter', () => {
  const [integers, doubles] = [new Int32Array(64), new Float64Array(8)];
  const [go, given] = [integers.subarray(17, 18), integers.subarray(18, 19)];
  const [{ words }] = programsOf(
    (k) => {
      k.clipScale(doubles, 1, doubles.subarray(1), doubles.subarray(2), doubles.subarray(3), go);
      k.when(go, 1, () => k.zero(new Float32Array(4), 4));
      k.when(given, 1, () => k.zero(new Float32Array(4), 4));
    },
    { workgroups: 1, invocations: 32 },
  );
  const whens = Array.from(words.keys()).filter((at) => words[at] === (whenCode | (5 << 8)));
  expect(whens.map((at) => [words[at + 1], words[at + 4]])).toEqual([
    [17, 1],
    [18, 0],
  ]);
});

test('a shader has the kernels that a program calls, and each reads the arguments that its code names', () => {
  const code = shaderOf({ kernels: ['copy', 'productTN'], keeps: false }, 64);
  expect([...code.matchAll(/fn k_(\w+)/g)].map(([, name]) => name)).toEqual(['copy', 'productTN']);
  expect(code).toContain('let strideB = program[at + 10] + turn * program[at + 20];');
  for (const name of kernelNames) {
    const { args, writes } = gpuKernels[name];
    for (const array of writes) expect(args, name).toContain(array);
  }
});

test('steps of time are found again as a loop, and a dispatch a step shares their product by columns', () => {
  const [product, cell] = [kernelNames.indexOf('product'), 255];
  const rows =
    (first: number) =>
    (t: number): WordCall[] => [
      { code: product, args: [100 * t + 2 * first, 5000, 100 * t + 50 + 2 * first, 2, 20, 1, 1, 0, 20] },
      { code: cell, args: [100 * t + first, 3] },
    ];
  const before = { code: cell, args: [1, 1] };
  const calls = [before, ...[0, 1, 2, 3].flatMap(rows(0)), { code: cell, args: [9, 9] }];
  const found = loopsOf(calls);
  expect(found).toHaveLength(3);
  const loop = found[1] as Loop;
  expect(loop).toMatchObject({ turns: 4, body: rows(0)(0) });
  expect(loop.body.map(({ strides }) => strides)).toEqual([
    [100, 0, 100, 0, 0, 0, 0, 0, 0],
    [100, 0],
  ]);
  expect(productIn(loop)).toBe(0);
  expect(productIn({ ...loop, body: loop.body.slice(1) })).toBe(-1);
  // as the calls were: in turn t an argument is a + t stride
  const again = found.flatMap((item): WordCall[] => {
    if (!('turns' in item)) return [item];
    return Array.from({ length: item.turns }, (_, t) =>
      item.body.map(({ code, args, strides }) => ({ code, args: args.map((a, i) => a + t * strides[i]) })),
    ).flat();
  });
  expect(again).toEqual(calls);

  const cut = inSteps([[0, 1, 2].flatMap(rows(0)), [0, 1, 2].flatMap(rows(1)), []]);
  expect(cut.weights).toBe(20);
  expect(cut.regions).toHaveLength(2 * 3 + 1);
  expect(cut.regions[1]).toEqual(
    [
      [0, 8],
      [8, 16],
      [16, 20],
    ].map(([left, right]) => [{ code: product, args: [0, 5000, 50, 4, 20, 1, 1, left, right] }]),
  );
  expect(cut.regions[2]).toEqual([[rows(0)(0)[1]], [rows(1)(0)[1]], []]);
  expect(inSteps([[before], []])).toEqual({ regions: [[[before], []]], weights: 0 });
});

test('lanes hold 64 numbers of a weight each: 128 units with 256 lanes, and 256 with 1,024', () => {
  const holds = (columns: number, k: number, lanes: number): boolean =>
    isHeld({ code: 0, args: [0, 0, 0, 1, columns, k, 1] }, lanes);
  expect([holds(128, 128, 256), holds(129, 128, 256), holds(256, 256, 1024), holds(256, 257, 1024)]).toEqual([
    ...[true, false, true, false],
  ]);
  expect([holds(1, 1024, 256), holds(1, 1025, 256)]).toEqual([true, false]); // a row has room in the memory of a workgroup
});

test('of the designs of a recurrence the one whose second round was fastest goes on', () => {
  let time = 0;
  const trial = new Trial(['registers', 'stream', 'steps'], () => time);
  const costs = { registers: 5, stream: 3, steps: 4 };
  const seen: string[] = [];
  for (let round = 0; round < 8; round++) {
    trial.begin();
    seen.push(trial.design);
    time += (round % 2 === 0 ? 100 : 1) * costs[trial.design] * 8;
    trial.begin(); // the next update of the round
    trial.end(8);
  }
  expect(seen.join(' ')).toBe('registers registers stream stream steps steps stream stream');
  expect(trial.recurrence).toEqual({
    design: 'stream',
    times: costs,
    isDecided: true,
    sentence:
      'webgpu: the recurrence is computed with W read in each step; an update took with W in registers 5 ms, W read in each step 3 ms, a dispatch for each step 4 ms',
  });
  const alone = new Trial(['stream']);
  expect(alone.recurrence).toMatchObject({ design: 'stream', times: {}, isDecided: true });
});
