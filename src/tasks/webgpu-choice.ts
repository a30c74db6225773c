// Whether a run is better on the GPU: some of its updates are timed on both, and the GPU trains only where it is faster. The times decide the backend and
// with it the last digits of the numbers, so nothing is timed where nobody asks for it.

import type { Backend } from '../engine/backend.ts';
import { type BackendChoice, createBackend } from '../engine/create.ts';
import { openWebGpu, type WebGpuBackend, type WebGpuOptions } from '../engine/webgpu/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import type { BatchSource } from '../training/source.ts';
import { Trainer } from '../training/trainer.ts';
import type { Task } from './task.ts';
import { settled, type TrainOptions } from './train.ts';

/** How long an update takes on both, and what follows. */
export interface Comparison {
  /** Milliseconds of an update on the CPU. */
  readonly cpu: number;
  /** On the GPU, with the losses read. */
  readonly gpu: number;
  /** Whether the GPU is the faster one. */
  readonly isFaster: boolean;
  /** The same in a sentence. */
  readonly sentence: string;
}

/** Updates that are timed together, which a trainer begins at once on a device. */
const updatesOnGpu = 16;
/** An update that takes longer is timed once. */
const longMs = 250;
/** On the CPU updates are timed for so long, two at least. */
const cpuMs = 40;

/**
 * Times some updates of a run on the CPU and on a GPU. The run itself begins later, from the same model.
 * @param options those of the run; its length, its schedule and its held-out data do not matter
 * @throws UnrolledError where the run cannot be on this GPU
 */
export async function compareBackends(
  cpu: Backend,
  gpu: WebGpuBackend,
  model: Model,
  task: Task | BatchSource,
  options: TrainOptions = {},
): Promise<Comparison> {
  const times = { cpu: await timeOnCpu(newTrainer(cpu, model, task, options, 2 ** 30)), gpu: 0 };
  // the first update also compiles the shaders
  await toItsEnd(newTrainer(gpu, model, task, options, 1));
  times.gpu = await toItsEnd(newTrainer(gpu, model, task, options, 1));
  if (times.gpu < Math.max(longMs, times.cpu))
    times.gpu = await toItsEnd(newTrainer(gpu, model, task, options, updatesOnGpu));
  return decided(times, gpu.adapter);
}

/** What follows from the times. */
export function decided({ cpu, gpu }: Pick<Comparison, 'cpu' | 'gpu'>, adapter: string): Comparison {
  const isFaster = gpu < cpu;
  const [winner, ...both] = [isFaster ? 'GPU' : 'CPU', `GPU (${adapter}) ${inMs(gpu)}`, `CPU ${inMs(cpu)}`];
  return {
    cpu,
    gpu,
    isFaster,
    sentence: `backend auto: the ${winner} trains; an update takes the ${both.join(', the ')}`,
  };
}

const inMs = (time: number): string => `${Number(time.toPrecision(2))} ms`;

function newTrainer(
  backend: Backend,
  model: Model,
  task: Task | BatchSource,
  { judge: _j, backend: _b, group, signal: _a, ...given }: TrainOptions,
  updates: number,
): Trainer {
  if (group) throw new UnrolledError('group: expected one process on a GPU, got a group');
  const { epochs: _e, schedule: _s, warmup: _w, finalFraction: _f, decay: _d, patience: _p, ...options } = given;
  if ('write' in task) return new Trainer(backend, model, task, { ...options, updates });
  const { settings, source } = settled(task, { ...options, updates });
  return new Trainer(backend, model, source, settings);
}

/** Milliseconds of an update, as a mean. */
async function timeOnCpu(trainer: Trainer): Promise<number> {
  trainer.step();
  const begin = performance.now();
  let updates = 0;
  // a page's clock may stand still for a millisecond
  while (updates < 2 || performance.now() < begin + cpuMs) {
    trainer.step();
    updates++;
  }
  return (performance.now() - begin) / updates;
}

/** Milliseconds of an update where as many are on their way as a trainer begins at once. */
async function toItsEnd(trainer: Trainer): Promise<number> {
  let least = Infinity;
  while (!trainer.done) {
    const before = performance.now();
    const reports = await trainer.stepTogether();
    const updates = reports.filter(({ kind }) => kind === 'update').length;
    if (updates > 0) least = Math.min(least, (performance.now() - before) / updates);
  }
  return least;
}

/**
 * Opens what trains a model, by name. `webgpu` is the GPU, or an error where there is none. `auto` times some updates of this run on the GPU and on the
 * CPU, and takes the GPU only where it is faster; what it decided is the backend's `remark`, which `train` hands on in its first report. `wasm` and
 * `javascript` are as `createBackend` makes them.
 * @param options the options of the run, and of the GPU
 * @example const backend = await openBackend('auto', model, task); await fit(model, task, { backend });
 */
export async function openBackend(
  choice: BackendChoice | 'webgpu',
  model: Model,
  task: Task | BatchSource,
  options: TrainOptions & WebGpuOptions = {},
): Promise<Backend> {
  const { workgroups, invocations, gpu: given, ...run } = options;
  const parts = { workgroups, invocations, gpu: given };
  if (choice === 'webgpu') return await openWebGpu(parts);
  const cpu = createBackend(choice);
  if (choice !== 'auto' || cpu.name === 'javascript') return cpu;
  let gpu: WebGpuBackend;
  try {
    gpu = await openWebGpu(parts);
  } catch (error) {
    return remarked(cpu, error);
  }
  try {
    const { isFaster, sentence } = await compareBackends(cpu, gpu, model, task, run);
    return isFaster ? Object.assign(await openWebGpu(parts), { remark: sentence }) : { ...cpu, remark: sentence };
  } catch (error) {
    return remarked(cpu, error);
  } finally {
    gpu.close(); // with the memory of what was timed
  }
}

/** The CPU, and why there was nothing to time. */
function remarked(cpu: Backend, error: unknown): Backend {
  if (!(error instanceof UnrolledError)) throw error;
  return { ...cpu, remark: `backend auto: the CPU trains; ${error.message.replace(/; take backend 'auto'$/, '')}` };
}
