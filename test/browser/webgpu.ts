// What test/browser/webgpu.long.test.ts runs in a page: the kernels, whole updates, training and its accidents, on WebGPU beside the CPU.

import type { Backend } from '../../src/engine/backend.ts';
import { createBackend } from '../../src/engine/create.ts';
import { openWebGpu, type WebGpuBackend } from '../../src/engine/webgpu/backend.ts';
import { gpuKernels } from '../../src/engine/webgpu/kernels.ts';
import type { ModelOptions } from '../../src/network/config.ts';
import type { WindowOptions } from '../../src/network/plan.ts';
import type { Unrolled } from '../../src/network/unrolled.ts';
import {
  momentCount,
  type OptimizerName,
  optimizerNames,
  optimizerSettings,
  setHyperparameters,
} from '../../src/training/optimizers.ts';
import { recordUpdate } from '../../src/training/update.ts';
import { relativeError } from '../support/numbers.ts';
import { architectures, filled, wholeArchitectures } from '../support/windows.ts';
import { compareKernel, kernelCases } from './webgpu-kernels.ts';

/** Small, as the tests run on a GPU that a CPU imitates. */
const options = { workgroups: 3, invocations: 32 };
let opened: Promise<WebGpuBackend> | undefined;
const backend = (): Promise<WebGpuBackend> => {
  opened ??= openWebGpu(options, { everyKernel: true });
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

/** A window that is ready for updates. */
function windowOf(computes: Backend, architecture: ModelOptions, optimizer: OptimizerName, more: Partial<WindowOptions> = {}): Unrolled {
  const settings = { ...optimizerSettings({ optimizer, learningRate: 0.05, epsilon: 1e-2 }), clip: 0.5, clipValue: 0.2 };
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
  setHyperparameters(optimizerSettings({ optimizer, epsilon: 1e-2 }), net.optimizer.hyperparameters, 0.05, at + 1);
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
  const gpu = planted ? await openWebGpu(options, { kernels: withMistake(planted) }) : await backend();
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

function withMistake([name, right, wrong]: Planted): typeof gpuKernels {
  const { code, ...rest } = gpuKernels[name];
  if (!code.includes(right)) throw new Error(`${name} has no ${right}`);
  return { ...gpuKernels, [name]: { ...rest, code: code.replace(right, wrong) } };
}

/** Whether the same updates give the same bits twice, and with other numbers of workgroups. */
export async function repeats(name: string): Promise<boolean[]> {
  const at = all.findIndex(([other]) => other === name);
  const results: string[] = [];
  for (const workgroups of [3, 3, 5]) {
    const gpu = await openWebGpu({ ...options, workgroups }, { everyKernel: true });
    const left = await leave(windowOf(gpu, all[at][1], optimizerOf(at)), optimizerOf(at), [steps, steps]);
    results.push(JSON.stringify([Array.from(left.parameters), left.loss]));
    gpu.close();
  }
  return results.slice(1).map((result) => result === results[0]);
}

/** What a device is asked for by the updates of a window: submissions, dispatches, buffers made, and reads, of one update and of many. */
export async function countsOf(architecture: ModelOptions, window: Partial<WindowOptions>, runs: number) {
  const counts = { submissions: 0, dispatches: 0, buffers: 0, bytes: 0, maps: 0 };
  const { GPUQueue, GPUComputePassEncoder, GPUDevice, GPUBuffer } = globalThis as unknown as Record<
    string,
    { prototype: Record<string, (...args: { size: number }[]) => unknown> }
  >;
  const counted = (of: { prototype: Record<string, (...args: { size: number }[]) => unknown> }, name: string, count: (first: { size: number }) => void) => {
    const original = of.prototype[name];
    of.prototype[name] = function (this: unknown, ...args) {
      count(args[0]);
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
    counted(GPUBuffer, 'mapAsync', () => void counts.maps++),
  ];
  try {
    const net = windowOf(await backend(), architecture, 'adam', window);
    const { sums, lossSum, go } = net.optimizer;
    net.remote!.watch([sums, lossSum, go], runs, go);
    update(net, 'adam', 0, net.steps);
    const first = { ...counts };
    for (let at = 1; at < runs; at++) update(net, 'adam', at, net.steps);
    const later = { ...counts };
    const losses: number[] = [];
    await net.remote!.watched(() => void losses.push(lossSum[0]));
    return { first, later, planned: net.bytes, losses };
  } finally {
    for (const restore of undo) restore();
  }
}

