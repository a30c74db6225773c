// What test/browser/webgpu.long.test.ts runs in a page: the kernels, whole updates, training and its accidents, on WebGPU beside the CPU.

import type { Allocator, Backend } from '../../src/engine/backend.ts';
import { createBackend } from '../../src/engine/create.ts';
import { kernelNames as kernelList } from '../../src/engine/kernels.ts';
import { openWith, type WebGpuBackend } from '../../src/engine/webgpu/backend.ts';
import { gpuKernels } from '../../src/engine/webgpu/kernels.ts';
import { type Design, designs } from '../../src/engine/webgpu/loops.ts';
import { programsOf } from '../../src/engine/webgpu/program.ts';
import { shaderOf } from '../../src/engine/webgpu/shader.ts';
import type { Parts } from '../../src/engine/webgpu/workspace.ts';
import { createModel, evaluate, languageModel, sampleMany, type TrainOptions, train } from '../../src/index.ts';
import { cellNames, checkConfig, type ModelOptions } from '../../src/network/config.ts';
import { DeviceWindow } from '../../src/network/device-window.ts';
import { tokenizerOf } from '../../src/network/model.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import { planWindow, type WindowOptions } from '../../src/network/plan.ts';
import { record } from '../../src/network/programs.ts';
import type { Unrolled } from '../../src/network/unrolled.ts';
import { evaluateTexts } from '../../src/tasks/text/evaluate.ts';
import { createTrainer } from '../../src/tasks/train.ts';
import {
  momentCount,
  type OptimizerName,
  type OptimizerSettings,
  optimizerNames,
  optimizerSettings,
  setHyperparameters,
} from '../../src/training/optimizers.ts';
import { recordUpdate } from '../../src/training/update.ts';
import { compareBackends, evaluateTextsTogether, openBackend, sampleManyTogether } from '../../src/webgpu.ts';
import { relativeError } from '../support/numbers.ts';
import { architectures, filled, wholeArchitectures } from '../support/windows.ts';
import { compareKernel, kernelCases } from './webgpu-kernels.ts';

/** One shader with every kernel serves all programs, so that none waits for another to be compiled. */
const oneForAll: Parts = { shader: (_, lanes) => shaderOf({ kernels: kernelList, keeps: true }, lanes) };
/** Small, as the tests run on a GPU that a CPU imitates. */
const options = { workgroups: 3, invocations: 32 };
let opened: Promise<WebGpuBackend> | undefined;
const backend = (): Promise<WebGpuBackend> => {
  opened ??= openWith(options, oneForAll);
  return opened;
};

/** The adapter, or why there is none. */
export async function adapterOf(): Promise<string> {
  try {
    return (await backend()).adapter;
  } catch (error) {
    return `none: ${(error as Error).message}`;
  }
}

export const kernelNames = (): string[] => kernelCases;

export async function compare(name: string): Promise<string[]> {
  return compareKernel((await backend()).device, name);
}

const all: readonly (readonly [string, ModelOptions])[] = [...architectures, ...wholeArchitectures];
const [steps, batch] = [6, 5];

/** Every architecture by name, and with what optimizer its updates are made. */
export const architectureNames = (): string[] => all.map(([name]) => name);
const optimizerOf = (at: number): OptimizerName => optimizerNames[at % optimizerNames.length];

/** Its settings: where a step is divided by a size, one that rounding does not decide. */
const settingsOf = (optimizer: OptimizerName): OptimizerSettings => ({
  ...optimizerSettings({ optimizer, learningRate: 0.05 }),
  epsilon: 1e-2,
});

/** A window that is ready for updates. */
function windowOf(
  computes: Backend,
  architecture: ModelOptions,
  optimizer: OptimizerName,
  more: Partial<WindowOptions> = {},
): Unrolled {
  const settings = {
    ...settingsOf(optimizer),
    clip: 0.5,
    clipValue: 0.2,
  };
  const net = filled(computes, architecture, {
    ...{ steps, batch, gradients: true, dropout: true, moments: momentCount(optimizer) },
    ...{ update: recordUpdate(settings), onDevice: true },
    ...more,
  });
  // weights that may be negative make no loss that goes down
  for (let i = 0; i < net.weights.length; i++) net.weights[i] = Math.abs(net.weights[i]) / net.weights.length;
  net.optimizer.clip.set([settings.clip, settings.clipValue]);
  net.remote?.write(net.parameters, ...net.initialStates.values());
  return net;
}

function update(net: Unrolled, optimizer: OptimizerName, at: number, length = steps): void {
  net.seed.set([3, at]);
  setHyperparameters(settingsOf(optimizer), net.optimizer.hyperparameters, 0.05, at + 1, net.config.hiddenSize);
  net.update(length);
}

/** What some updates leave. */
async function leave(net: Unrolled, optimizer: OptimizerName, lengths: readonly number[]) {
  lengths.forEach((length, at) => void update(net, optimizer, at, length));
  const states = [...net.initialStates.values()];
  await net.remote?.read(net.parameters, ...net.moments, net.gradient, net.nll, ...states, net.optimizer.lossSum);
  return {
    parameters: net.parameters.slice(),
    moments: net.moments.map((moment) => moment.slice()),
    states: states.map((state) => state.slice()),
    loss: net.optimizer.lossSum[0],
  };
}

/** How far some updates of every architecture on WebGPU are from those on the CPU: the change of the parameters, the states, and the loss. */
export async function updatesOf(name: string, planted?: Planted): Promise<Record<string, number>> {
  const at = all.findIndex(([other]) => other === name);
  const architecture = all[at][1];
  const optimizer = optimizerOf(at);
  const gpu = planted ? await openWith(options, withMistake(planted)) : await backend();
  const isWhole = at >= architectures.length;
  const more = { padded: isWhole, shortSteps: isWhole ? [] : [4] };
  const lengths = isWhole ? [steps, steps, steps] : [steps, 4, steps];
  const start = windowOf(createBackend(), architecture, optimizer, more).parameters;
  const [cpu, there] = [
    await leave(windowOf(createBackend(), architecture, optimizer, more), optimizer, lengths),
    await leave(windowOf(gpu, architecture, optimizer, more), optimizer, lengths),
  ];
  const changes = [cpu, there].map(({ parameters }) => Float64Array.from(parameters, (value, i) => value - start[i]));
  if (planted) gpu.close();
  return {
    change: relativeError(changes[1], changes[0]),
    moments: Math.max(0, ...cpu.moments.map((moment, i) => relativeError(there.moments[i], moment))),
    states: Math.max(0, ...cpu.states.map((state, i) => relativeError(there.states[i], state))),
    loss: Math.abs(there.loss - cpu.loss) / Math.max(1e-3, Math.abs(cpu.loss)),
  };
}

/** A mistake: a piece of a kernel, and what stands in its place. */
export type Planted = readonly [kernel: keyof typeof gpuKernels, right: string, wrong: string];

function withMistake([name, right, wrong]: Planted): Parts {
  const { code, ...rest } = gpuKernels[name];
  if (!code.includes(right)) throw new Error(`${name} has no ${right}`);
  const kernels = { ...gpuKernels, [name]: { ...rest, code: code.replace(right, wrong) } };
  return { shader: (needs, lanes) => shaderOf(needs, lanes, kernels) };
}

/** Whether the same updates give the same bits twice, and with other numbers of workgroups. */
export async function repeats(name: string): Promise<boolean[]> {
  const at = all.findIndex(([other]) => other === name);
  const results: string[] = [];
  const other = await openWith({ ...options, workgroups: 5 }, oneForAll);
  for (const gpu of [await backend(), await backend(), other]) {
    const left = await leave(windowOf(gpu, all[at][1], optimizerOf(at)), optimizerOf(at), [steps, steps]);
    results.push(JSON.stringify([Array.from(left.parameters), left.loss]));
  }
  other.close();
  return results.slice(1).map((result) => result === results[0]);
}

/** For each architecture the designs of the recurrence that leave other bits than the first after some updates. */
export async function designsApart(architectures: readonly ModelOptions[]): Promise<Design[][]> {
  const parts: Parts & { recurrence?: Design } = { ...oneForAll };
  const gpu = await openWith({ ...options, invocations: 64 }, parts);
  const apart: Design[][] = [];
  for (const architecture of architectures) {
    const left: string[] = [];
    for (const design of designs) {
      parts.recurrence = design;
      const { parameters, loss } = await leave(windowOf(gpu, architecture, 'adam'), 'adam', [steps, steps]);
      left.push(JSON.stringify([Array.from(parameters), loss]));
    }
    apart.push(designs.filter((_, i) => left[i] !== left[0]));
  }
  gpu.close();
  return apart;
}

/**
 * What a device is asked for by the updates of a window: submissions, dispatches, what is made, and reads, of one update and of `runs`; and the page's
 * heap after a tenth of them and after all. Losses are read after `most` updates each.
 */
export async function countsOf(
  architecture: ModelOptions,
  window: Partial<WindowOptions>,
  runs: number,
  most = runs,
  optimizer: OptimizerName = 'adam',
) {
  return await counting(async (counts) => {
    const net = windowOf(await backend(), architecture, optimizer, window);
    const { sums, lossSum, go } = net.optimizer;
    net.remote!.watch([sums, lossSum, go], most);
    const losses: number[] = [];
    const heap: number[] = [];
    update(net, optimizer, 0, net.steps);
    const first = { ...counts };
    for (let at = 1; at < runs; at++) {
      if (at % most === 0) await net.remote!.watched(() => void losses.push(lossSum[0]));
      if (at === Math.ceil(runs / 10)) heap.push(await heapOf());
      update(net, optimizer, at, net.steps);
    }
    const later = { ...counts };
    await net.remote!.watched(() => void losses.push(lossSum[0]));
    heap.push(await heapOf());
    return { first, later, planned: net.bytes, losses, heap };
  });
}

/**
 * What a device is asked for by so many passes of a window that reads forward, of the first and of all; and the bytes that go there for a pass, beside those of
 * the parameters.
 */
export async function passesOf(architecture: ModelOptions, steps: number, passes: number) {
  const { device } = await backend();
  const config = checkConfig(architecture);
  const parameters = new Float32Array(parameterCount(config)).fill(0.1);
  return await counting(async (counts, bytesWritten) => {
    const window = new DeviceWindow(device, config, parameters, { steps, batch: 3, output: 'loss', ahead: 8 });
    window.reset();
    const opened = { ...counts };
    let told = 0;
    window.begin(() => void told++);
    const first = { ...counts };
    const before = bytesWritten();
    for (let pass = 1; pass < passes; pass++) {
      if (window.isFull) await window.collect();
      window.begin(() => void told++);
    }
    await window.settle();
    const bytes = (bytesWritten() - before) / (passes - 1);
    window.close();
    return { opened, first, all: { ...counts }, told, bytes, parameterBytes: parameters.byteLength };
  });
}

type Counts = Record<'submissions' | 'dispatches' | 'buffers' | 'bytes' | 'groups' | 'encoders' | 'maps', number>;

/** Counts what a device is asked for. */
async function counting<Result>(
  work: (counts: Counts, bytesWritten: () => number) => Promise<Result>,
): Promise<Result> {
  let bytesWritten = 0;
  const counts = { submissions: 0, dispatches: 0, buffers: 0, bytes: 0, groups: 0, encoders: 0, maps: 0 };
  const { GPUQueue, GPUComputePassEncoder, GPUDevice, GPUBuffer } = globalThis as unknown as Record<
    string,
    { prototype: Record<string, (...args: { size: number; byteLength: number }[]) => unknown> }
  >;
  const counted = (
    of: { prototype: Record<string, (...args: { size: number; byteLength: number }[]) => unknown> },
    name: string,
    count: (...args: { size: number; byteLength: number }[]) => void,
  ) => {
    const original = of.prototype[name];
    of.prototype[name] = function (this: unknown, ...args) {
      count(...args);
      return original.apply(this, args);
    };
    return () => void (of.prototype[name] = original);
  };
  const undo = [
    counted(GPUQueue, 'submit', () => void counts.submissions++),
    counted(GPUComputePassEncoder, 'dispatchWorkgroups', () => void counts.dispatches++),
    counted(GPUDevice, 'createBuffer', ({ size }) => {
      counts.buffers++;
      counts.bytes += size;
    }),
    counted(GPUDevice, 'createBindGroup', () => void counts.groups++),
    counted(GPUDevice, 'createCommandEncoder', () => void counts.encoders++),
    counted(GPUBuffer, 'mapAsync', () => void counts.maps++),
    counted(GPUQueue, 'writeBuffer', (_, __, { byteLength }) => void (bytesWritten += byteLength)),
  ];
  try {
    return await work(counts, () => bytesWritten);
  } finally {
    for (const restore of undo) restore();
  }
}

/** The bytes of the page's heap after a collection, where the browser was started so that it tells. */
async function heapOf(): Promise<number> {
  const { gc, performance } = globalThis as unknown as {
    gc?: () => void;
    performance: { memory?: { usedJSHeapSize: number } };
  };
  await new Promise((resolve) => setTimeout(resolve, 50));
  gc?.();
  return performance.memory?.usedJSHeapSize ?? 0;
}

/** How far updates with an adaptive softmax are from the CPU's where a window has several chunks of rare rows, in several groups. */
export async function manyChunks(): Promise<Record<string, number>> {
  const architecture: ModelOptions = { vocabSize: 9, hiddenSize: 16, softmax: 'adaptive', cutoffs: [1, 5] };
  const more = { steps: 250, batch: 5 };
  const alone = { ...more, onDevice: false }; // one chunk after the other
  const [cpu, gpu] = [
    await leave(windowOf(createBackend(), architecture, 'sgd', alone), 'sgd', [more.steps, more.steps]),
    await leave(windowOf(await backend(), architecture, 'sgd', more), 'sgd', [more.steps, more.steps]),
  ];
  const start = windowOf(createBackend(), architecture, 'sgd', more).parameters;
  const [there, here] = [gpu, cpu].map(({ parameters }) =>
    Float64Array.from(parameters, (value, i) => value - start[i]),
  );
  return {
    change: relativeError(there, here),
    loss: Math.abs(gpu.loss - cpu.loss) / cpu.loss,
  };
}

/** What the browser says of the shader with every kernel, for workgroups of so many invocations: this adapter need not have as many. */
export async function messagesFor(invocations: number): Promise<string[]> {
  const { gpu } = navigator as unknown as {
    gpu: { requestAdapter(): Promise<{ requestDevice(): Promise<ModuleMaker> }> };
  };
  const device = await (await gpu.requestAdapter()).requestDevice();
  const module = device.createShaderModule({ code: shaderOf({ kernels: kernelList, keeps: true }, invocations) });
  const { messages } = await module.getCompilationInfo();
  device.destroy();
  return messages.map(({ message }) => message);
}

interface ModuleMaker {
  createShaderModule(descriptor: { code: string }): {
    getCompilationInfo(): Promise<{ messages: readonly { message: string }[] }>;
  };
  destroy(): void;
}

/** Why the device that all tests used could not go on; null where it still can, so that nothing was refused. */
export async function failureOf(): Promise<string | null> {
  return (await backend()).device.failure ?? null;
}

/** The bytes of a window by the formula of memory.ts, with its program and the description of its regions; and those that it has. */
export async function formulaOf(architecture: ModelOptions): Promise<{ formula: number; bytes: number }> {
  const net = windowOf(await backend(), architecture, 'adam');
  const lines = (length: number): number => Math.ceil(length / 16) * 16;
  const numbers = { floats: 0, integers: 16, doubles: 0 };
  const memory = new ArrayBuffer(2 ** 20); // for places alone: loops are told from them
  const nothing: Allocator = {
    floats: (length) => {
      numbers.floats += lines(length);
      return new Float32Array(memory, 4 * (numbers.floats - lines(length)), length);
    },
    integers: (length) => {
      numbers.integers += lines(length);
      return new Int32Array(memory, 4 * (numbers.integers - lines(length)), length);
    },
    doubles: (length) => {
      numbers.doubles += lines(length);
      return new Float64Array(memory, 8 * (numbers.doubles - lines(length)), length);
    },
    panels: (n, k) => nothing.floats(n * k),
    scratch: () => [],
    program: () => {},
  };
  const recorded = recordUpdate({ optimizer: 'adam', clip: 0.5, clipValue: 0.2 });
  const window: WindowOptions = {
    ...{ steps, batch, gradients: true, dropout: true, moments: 2, update: recorded, onDevice: true },
  };
  const activations = planWindow(() => nothing, net.config, window);
  const programs = programsOf((k, share) => void record.update(k, activations, share, steps), options);
  const ofPrograms = programs.map(({ words, regions }) => words.byteLength + 256 * regions);
  const arrays = 4 * numbers.floats + 4 * numbers.integers + 16 * numbers.doubles;
  return { formula: arrays + ofPrograms.reduce((sum, bytes) => sum + bytes), bytes: net.bytes };
}

const verse = 'the tide goes out, the tide comes in, and what it takes it brings again. '.repeat(30);
const training: TrainOptions = { batchSize: 4, bptt: 12, learningRate: 0.01, clip: 1 };

/** A run: its losses, its remarks and what it held to be the best. */
async function runOf(
  computes: Backend,
  architecture: Omit<ModelOptions, 'vocabSize'>,
  more: TrainOptions,
  at?: (update: number) => void,
  text = verse,
) {
  const task = languageModel(text);
  const model = createModel(task, architecture);
  const [losses, heldOut, remarks]: [number[], number[], string[]] = [[], [], []];
  for await (const report of train(model, task, { ...training, ...more, backend: computes })) {
    if (report.kind === 'validation') heldOut.push(report.validationLoss!);
    if (report.kind !== 'update') continue;
    losses[report.update - 1] = report.loss;
    if (report.remark) remarks.push(report.remark);
    at?.(report.update);
  }
  return { losses, heldOut, remarks, parameters: Array.from(model.parameters) };
}

/** Every cell's curve of learning a text on both, as the largest distance of the losses in nats. */
export async function curvesOf(
  updates: number,
  text: string,
): Promise<Record<string, { apart: number; first: number; last: number }>> {
  const curves: Record<string, { apart: number; first: number; last: number }> = {};
  for (const cell of cellNames) {
    const architecture = { cell, hiddenSize: 12 };
    const [cpu, gpu] = [
      await runOf(createBackend(), architecture, { updates }, undefined, text),
      await runOf(await backend(), architecture, { updates }, undefined, text),
    ];
    const distances = [...cpu.losses.map((loss, i) => Math.abs(loss - gpu.losses[i]))];
    curves[cell] = {
      apart: Math.max(...distances, ...cpu.heldOut.map((loss, i) => Math.abs(loss - gpu.heldOut[i]))),
      first: gpu.losses[0],
      last: gpu.losses.at(-1)!,
    };
  }
  return curves;
}

/** What a model is worth and writes while the GPU still trains it: at each look at held-out data on the CPU and by the GPU's backend; and on the CPU alone. */
export async function usesWhileTraining() {
  const task = languageModel(verse);
  const looks: { loss: number; heldOut: number; texts: readonly string[] }[][] = [];
  for (const trains of [createBackend(), await backend()]) {
    const model = createModel(task, { hiddenSize: 12 });
    const seen: (typeof looks)[number] = [];
    for await (const report of train(model, task, { ...training, epochs: 2, backend: trains })) {
      if (report.kind !== 'validation') continue;
      for (const uses of new Set([createBackend(), trains]))
        seen.push({
          loss: evaluate(model, verse, uses).nll,
          heldOut: report.validationLoss!,
          texts: sampleMany(model, 3, { length: 20, seed: 1, backend: uses }).map(({ text }) => text),
        });
    }
    looks.push(seen);
  }
  return looks;
}

/** How far losses of texts on the GPU are from those on the CPU, in nats, and what both write, of every cell and head. */
export async function textsOf() {
  const task = languageModel(verse);
  const ids = tokenizerOf(createModel(task, {})).encode(verse);
  const texts = [ids.slice(4, 24), ids.slice(0, 2), ids.slice(9, 18)];
  const kinds: Omit<ModelOptions, 'vocabSize'>[] = [
    ...cellNames.map((cell) => ({ cell, hiddenSize: 8 })),
    { cell: 'lstm', numLayers: 2, hiddenSize: 8, embeddingSize: 8, tieWeights: true },
    { hiddenSize: 16, softmax: 'adaptive', cutoffs: [4, 10] },
  ];
  const many = Array.from({ length: 66 }, (_, i) => ids.slice(i, i + 3)); // more than are read side by side
  const found: Record<string, { nats: number; cpu: readonly string[]; gpu: readonly string[] }> = {};
  const [computes, onMove] = [await backend(), fail];
  for (const kind of kinds) {
    const model = createModel(task, kind);
    model.parameters = model.parameters.map((value) => 2 * value); // so that losses differ
    // of one step there are windows enough that some are under way while the losses of others come
    const [some, window] =
      kind === kinds[0] ? [many, 6] : kind === kinds[1] ? [[ids.slice(0, 80), ...texts], 1] : [texts, 6];
    const there = await evaluateTextsTogether(model, some, { backend: computes, window, onMove });
    const here = evaluateTexts(model, some);
    const asked = { length: 6, prompt: 'the', seed: 5 };
    found[`${kind.cell ?? kind.softmax}, ${kind.numLayers ?? 1}`] = {
      nats: Math.max(...here.map(({ nll }, i) => Math.abs(nll - there[i].nll))),
      cpu: sampleMany(model, 3, asked).map(({ text }) => text),
      gpu: (await sampleManyTogether(model, 3, { ...asked, backend: computes, onMove })).map(({ text }) => text),
    };
  }
  return found;
}

const fail = (sentence: string): never => {
  throw new Error(sentence);
};

/** What `auto` takes, and what the first report of its run says; and whether the GPU is taken where the CPU is made slow. */
export async function chooses() {
  const task = languageModel(verse);
  const model = createModel(task, { hiddenSize: 12 });
  const auto = await openBackend('auto', model, task, { ...training, ...options });
  const { remarks } = await runOf(auto, { hiddenSize: 12 }, { updates: 9 });
  const named = await openBackend('webgpu', model, task, { ...training, ...options });
  const cpu = createBackend();
  const slow: Backend = {
    ...cpu,
    open(plan) {
      const opened = cpu.open(plan);
      const record: typeof opened.record = (body) => {
        const program = opened.record(body);
        return () => {
          const until = performance.now() + 1500;
          while (performance.now() < until);
          program();
        };
      };
      return { ...opened, record };
    },
  };
  const { isFaster, sentence } = await compareBackends(slow, await backend(), model, task, training);
  const names = [auto.name, named.name];
  (named as WebGpuBackend).close();
  return { names, remarks, isFaster, sentence };
}

/** A run whose GPU is taken away in the middle, when it also reads texts, and the same run on the CPU. */
export async function loseTheGpu() {
  const gpu = await openWith(options, oneForAll);
  const more = { updates: 40 };
  const model = createModel(languageModel(verse), { hiddenSize: 12 });
  const sentences: string[] = [];
  const onMove = (sentence: string) => void sentences.push(sentence);
  let evaluation: ReturnType<typeof evaluateTextsTogether> | undefined;
  const lost = await runOf(gpu, { hiddenSize: 12 }, more, (update) => {
    if (update !== 16 || evaluation) return;
    evaluation = evaluateTextsTogether(model, [verse, verse], { backend: gpu, window: 7, onMove });
    gpu.close();
  });
  const [text] = (await evaluation)!;
  const [sample] = await sampleManyTogether(model, 1, { length: 9, backend: gpu, onMove });
  const whole = await runOf(createBackend(), { hiddenSize: 12 }, more);
  return {
    ...{ remarks: lost.remarks, sentences },
    ofText: [text.nll - evaluate(model, verse).nll, sample.text.length],
    updates: lost.losses.length,
    holes: lost.losses.filter((loss) => !Number.isFinite(loss)).length,
    apart: Math.max(...whole.losses.map((loss, i) => Math.abs(loss - lost.losses[i]))),
  };
}

/** What a learning rate does that makes numbers of no size: the error on both, and whether a rollback gets a run to its end. */
export async function divergeOn(): Promise<{ errors: string[]; rolledBack: number }> {
  const errors: string[] = [];
  const wild: TrainOptions = { optimizer: 'sgd', learningRate: 1e30, updates: 20, clip: 0 };
  for (const computes of [createBackend(), await backend()])
    try {
      await runOf(computes, { hiddenSize: 12, nonlinearity: 'relu' }, wild);
      errors.push('none');
    } catch (error) {
      errors.push((error as Error).message);
    }
  const { losses } = await runOf(
    await backend(),
    { hiddenSize: 12, nonlinearity: 'relu' },
    { ...wild, learningRate: 3, updates: 60, onDivergence: 'rollback' },
  );
  return { errors, rolledBack: losses.filter(Number.isFinite).length };
}

/** A run that is stopped and goes on from its snapshot, beside the run whole, on the GPU; and from the CPU to the GPU. */
export async function resumes() {
  const task = languageModel(verse);
  const newTrainer = async () =>
    createTrainer(await backend(), createModel(task, { hiddenSize: 12, cell: 'gru' }), task, {
      ...training,
      updates: 32,
    });
  const whole = await newTrainer();
  while (!whole.done) await whole.stepTogether();
  await whole.settle();
  const first = await newTrainer();
  await first.stepTogether();
  const snapshot = await first.snapshotTogether();
  const second = await newTrainer();
  second.restore(snapshot);
  while (!second.done) await second.stepTogether();
  await second.settle();
  const messages: string[] = [];
  for (const name of ['step', 'snapshot'] as const)
    try {
      first[name]();
    } catch (error) {
      messages.push((error as Error).message);
    }
  try {
    createTrainer(createBackend(), createModel(task, { hiddenSize: 12, cell: 'gru' }), task, {
      ...training,
      updates: 32,
    }).restore(snapshot);
  } catch (error) {
    messages.push((error as Error).message);
  }
  return {
    isSame: whole.parameters.every((value, i) => value === second.parameters[i]),
    at: snapshot.state.progress.update,
    messages,
  };
}

/** What is refused, in a sentence each. */
export async function refusals(): Promise<string[]> {
  const messages: string[] = [];
  const attempts = [
    () => openWith({ workgroups: 0 }, {}),
    () => openWith({ invocations: 48 }, {}),
    async () => {
      const task = languageModel(verse);
      createTrainer(await backend(), createModel(task, { hiddenSize: 12 }), task, { ...training, shards: 2 });
    },
    async () => {
      const task = languageModel(verse);
      createTrainer(await backend(), createModel(task, { hiddenSize: 12 }), task, { ...training, checkpointEvery: 4 });
    },
    async () => (await backend()).device.open((allocate) => allocate.floats(2 ** 30)),
    async () => {
      const gpu = await openWith(options, {});
      gpu.close();
      gpu.device.open((allocate) => allocate.floats(1));
    },
    async () => createBackend('webgpu' as 'auto'),
  ];
  for (const attempt of attempts)
    try {
      await attempt();
      messages.push('none');
    } catch (error) {
      messages.push((error as Error).message);
    }
  return messages;
}
