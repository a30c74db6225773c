// The backend on WebGPU: programs run on the GPU of a browser, with the same calls in the same order as the threads of a CPU; what has to be there at
// once, evaluation and generation among it, is computed by the backend that is fastest on the CPU.

import { UnrolledError } from '../../errors.ts';
import type { Allocator, Backend, Device, Workspace } from '../backend.ts';
import { createBackend } from '../create.ts';
import type { Gpu, GpuAdapter, GpuDevice } from './gpu.ts';
import { openWorkspace, type Parts, Shaders, type Status } from './workspace.ts';

/** How a device is used. What is left out suits most. */
export interface WebGpuOptions {
  /** Workgroups that share the work. More than the sequences of a batch do not help the time loop. Default 64. */
  readonly workgroups?: number;
  /** Invocations of a workgroup, a power of two to 256. Default 256. */
  readonly invocations?: number;
  /** What to ask for a GPU. Default: `navigator.gpu`. In Node the package `webgpu` has one: what its `create([])` returns. */
  readonly gpu?: object;
}

/** A backend whose training is on a GPU. */
export interface WebGpuBackend extends Backend {
  readonly device: Device;
  /** What the browser says of the GPU: its vendor and architecture. */
  readonly adapter: string;
  /** Gives the GPU back; a run that is on it goes on on the CPU. */
  close(): void;
}

const mostInvocations = 256;
const kept = new Set<Gpu>();

/**
 * Opens the GPU of this browser, for `train` and trainers. What they train is evaluated and sampled on the CPU.
 * @example const backend = await openWebGpu(); await fit(model, task, { backend });
 * @throws UnrolledError where the browser has no WebGPU or no GPU that it lets pages use
 */
export function openWebGpu(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  return openWith(options, {});
}

/** Opens it with other parts, for tests. */
export async function openWith(options: WebGpuOptions, parts: Parts): Promise<WebGpuBackend> {
  const { workgroups = 64, invocations = mostInvocations } = options;
  if (!Number.isInteger(workgroups) || workgroups < 1 || workgroups > 1024)
    throw new UnrolledError(`workgroups: expected a whole number from 1 to 1024, got ${workgroups}`);
  if (!Number.isInteger(Math.log2(invocations)) || invocations < 1 || invocations > mostInvocations)
    throw new UnrolledError(`invocations: expected a power of two from 1 to ${mostInvocations}, got ${invocations}`);
  const gpu = (options.gpu ?? (globalThis as { readonly navigator?: { readonly gpu?: object } }).navigator?.gpu) as
    | Gpu
    | undefined;
  if (!gpu)
    throw new UnrolledError(
      "webgpu: expected a browser with WebGPU and a page on https or localhost, got none; take backend 'auto'",
      'failure',
    );
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter)
    throw new UnrolledError(
      "webgpu: expected a GPU that this browser lets pages use, got none; take backend 'auto'",
      'failure',
    );
  // a GPU of the package `webgpu` ends the process once it is collected
  if (options.gpu) kept.add(gpu);
  return new Opened(adapter, await deviceOf(adapter), workgroups, invocations, parts);
}

async function deviceOf(adapter: GpuAdapter): Promise<GpuDevice> {
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  try {
    return await adapter.requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize } });
  } catch (cause) {
    throw new UnrolledError(
      `webgpu: expected to open the GPU, got ${(cause as Error).message}; take backend 'auto'`,
      'failure',
      { cause },
    );
  }
}

class Opened implements WebGpuBackend {
  readonly name: `webgpu-${string}`;
  readonly precision = 'float32';
  readonly threads = 1;
  readonly adapter: string;
  readonly device: Device;
  readonly remark?: string;
  private readonly gpu: GpuDevice;
  private readonly cpu: Backend = createBackend();
  private readonly status: Status = {};

  constructor(adapter: GpuAdapter, gpu: GpuDevice, workgroups: number, invocations: number, parts: Parts) {
    const { vendor, architecture } = adapter.info;
    this.adapter = [vendor, architecture].filter((word) => word !== '').join(' ') || 'GPU';
    // the lanes of a workgroup decide in which order sums are added up
    const lanes = invocations === mostInvocations ? '' : `-${invocations}`;
    this.name = `webgpu-${this.adapter.replaceAll(' ', '-')}${lanes}`;
    this.gpu = gpu;
    void gpu.lost.then(({ message }) => {
      this.status.failure ??= `the GPU was lost${message ? ` (${message})` : ''}`;
    });
    gpu.addEventListener('uncapturederror', ({ error }) => {
      this.status.failure ??= `the GPU refused something (${error.message})`;
    });
    const shaders = new Shaders(gpu, parts, invocations);
    const { status } = this;
    this.device = {
      open: (plan) => openWorkspace(gpu, shaders, workgroups, status, plan),
      get failure() {
        return status.failure;
      },
      instead: this.cpu,
    };
  }

  open<Plan>(plan: (allocate: Allocator) => Plan): Workspace<Plan> {
    return this.cpu.open(plan);
  }

  close(): void {
    this.status.failure ??= 'the GPU was given back';
    this.gpu.destroy();
  }
}
