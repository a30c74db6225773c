// The backend on WebGPU: programs run on the GPU of a browser, with the same calls in the same order as the threads of a CPU; what has to be there at
// once is computed by the backend that is fastest on the CPU.

import { expectInteger, expectOneOf, UnrolledError } from '../../errors.ts';
import type { Backend, Device } from '../backend.ts';
import { createBackend } from '../create.ts';
import type { Gpu, GpuAdapter, GpuDevice } from './gpu.ts';
import { type Design, designs, type Sharing } from './loops.ts';
import type { Recurrence } from './trial.ts';
import { openWorkspace, type Parts, type Status, shadersOn } from './workspace.ts';

/** How a device is used. What is left out suits most. */
export interface WebGpuOptions {
  /** Workgroups that share the work. More than the sequences of a batch do not help the time loop. Default 64. */
  readonly workgroups?: number;
  /** Invocations of a workgroup, a power of two: to 256, or as far as the GPU allows to 1,024. Default 256. */
  readonly invocations?: number;
  /**
   * How the recurrence is computed: with W in registers (as far as a lane has to hold 64 numbers of it), with W read in each step, or with a dispatch
   * for each step. Default: whichever is measured to be the fastest. The numbers are the same.
   */
  readonly recurrence?: Design;
  /** What to ask for a GPU. Default: `navigator.gpu`. In Node the package `webgpu` has one: what its `create([])` returns. */
  readonly gpu?: object;
}

/** A backend whose training is on a GPU; so are `evaluateTextsTogether` and `sampleManyTogether`. */
export interface WebGpuBackend extends Backend {
  readonly device: Device;
  /** What the browser says of the GPU: its vendor and architecture. */
  readonly adapter: string;
  /** How it computes the recurrence of what it had to do last, and why; undefined until the first losses are there. `train` reports it once it is decided. */
  readonly recurrence: Recurrence | undefined;
  /** Gives the GPU back; a run that is on it goes on on the CPU. */
  close(): void;
}

const usualInvocations = 256;
const mostInvocations = 1024;
const kept = new Set<object>();

/**
 * Opens the GPU of this browser, for `train`, trainers and many texts. All else that is given it is computed on the CPU.
 * @example const backend = await openWebGpu(); await fit(model, task, { backend });
 * @throws UnrolledError where there is no WebGPU, or no GPU that it lets programs use
 */
export function openWebGpu(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  return openWith(options, {});
}

/** Opens it with other parts, for tests. */
export async function openWith(options: WebGpuOptions, parts: Parts): Promise<WebGpuBackend> {
  const { workgroups = 64, invocations = usualInvocations, recurrence } = options;
  expectInteger('workgroups', workgroups, 1, 1024);
  if (!Number.isInteger(Math.log2(invocations)) || invocations < 1 || invocations > mostInvocations)
    throw new UnrolledError(`invocations: expected a power of two from 1 to ${mostInvocations}, got ${invocations}`);
  if (recurrence !== undefined) expectOneOf('recurrence', recurrence, designs);
  const given = options.gpu ?? (globalThis as { readonly navigator?: { readonly gpu?: object } }).navigator?.gpu;
  if (!given) throw refused('a browser with WebGPU (on https or localhost) or the option gpu, got neither');
  const adapter = await (given as Gpu).requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw refused('a GPU that programs may use, got none');
  // a GPU of the package `webgpu` ends the process once it is collected
  if (options.gpu) kept.add(given);
  return backendOn(adapter, await deviceOf(adapter, invocations), { workgroups, invocations, recurrence }, parts);
}

const refused = (expected: string, cause?: unknown): UnrolledError =>
  new UnrolledError(`webgpu: expected ${expected}; take backend 'auto'`, 'failure', { cause });

async function deviceOf(adapter: GpuAdapter, invocations: number): Promise<GpuDevice> {
  const { maxStorageBufferBindingSize, maxBufferSize, maxComputeInvocationsPerWorkgroup: most } = adapter.limits;
  if (most < invocations)
    throw new UnrolledError(`invocations: expected at most ${most}, as this GPU has them, got ${invocations}`);
  const requiredLimits = {
    ...{ maxStorageBufferBindingSize, maxBufferSize },
    ...{ maxComputeInvocationsPerWorkgroup: invocations, maxComputeWorkgroupSizeX: invocations },
  };
  try {
    return await adapter.requestDevice({ requiredLimits });
  } catch (cause) {
    throw refused(`to open the GPU, got ${(cause as Error).message}`, cause);
  }
}

function backendOn({ info }: GpuAdapter, gpu: GpuDevice, sharing: Sharing, parts: Parts): WebGpuBackend {
  const adapter = [info.vendor, info.architecture].filter(Boolean).join(' ') || 'GPU';
  // the lanes of a workgroup decide in which order sums are added up
  const { invocations } = sharing;
  const lanes = invocations === usualInvocations ? '' : `-${invocations}`;
  const cpu = createBackend();
  const status: Status = {};
  const fail = (failure: string): void => void (status.failure ??= failure);
  void gpu.lost.then(({ message }) => fail(`the GPU was lost${message && ` (${message})`}`));
  gpu.addEventListener('uncapturederror', ({ error }) => fail(`the GPU refused something (${error.message})`));
  const shaders = shadersOn(gpu, invocations, parts);
  return {
    name: `webgpu-${adapter.replaceAll(' ', '-')}${lanes}`,
    precision: 'float32',
    threads: 1,
    adapter,
    device: {
      open: (plan) => openWorkspace(gpu, shaders, { ...sharing, ...parts }, status, plan),
      get decision() {
        const { isDecided, times, sentence } = status.recurrence ?? {};
        return isDecided && Object.keys(times!).length > 0 ? sentence : undefined;
      },
      get failure() {
        return status.failure;
      },
      instead: cpu,
    },
    get recurrence() {
      return status.recurrence;
    },
    open: (plan) => cpu.open(plan),
    close() {
      fail('the GPU was given back');
      gpu.destroy();
    },
  };
}
