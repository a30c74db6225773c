// A workspace on the GPU: the window's memory on both sides, its programs, and the way back of what they leave.

import { UnrolledError } from '../../errors.ts';
import type { Allocator, ProgramBody, Workspace } from '../backend.ts';
import { javascriptBackend } from '../javascript.ts';
import { type ComputeKernels, kernelNames } from '../kernels.ts';
import { type GpuBuffer, type GpuDevice, type GpuEncoder, type GpuPipeline, usage } from './gpu.ts';
import type { GpuKernel } from './kernel.ts';
import { gpuKernels } from './kernels.ts';
import type { Design, Sharing } from './loops.ts';
import { Copies, layoutBytes, layoutOf, MirroredMemory, type View } from './memory.ts';
import { type GpuProgram, programsOf } from './program.ts';
import { bindings, haltPlace, shaderOf } from './shader.ts';
import { type Recurrence, Trial } from './trial.ts';

/** The bytes from one region's description to the next: what every device allows. */
const regionBytes = 256;

/** What tests choose besides. */
export interface Parts {
  /** Other kernels. */
  readonly kernels?: Readonly<Record<keyof ComputeKernels, GpuKernel>>;
  /** One shader with every kernel serves all programs, so that none waits for another to be compiled. */
  readonly everyKernel?: boolean;
  /** The design of the recurrence of what is opened from then on. */
  readonly recurrence?: Design;
}

/** What is known of a device: why it can do nothing any more, and how it computes the recurrence of what it trains. */
export interface Status {
  failure?: string;
  recurrence?: Recurrence;
}

/** The compiled shaders of a device: programs that call the same kernels share one. */
export class Shaders {
  readonly layout: object;
  private readonly gpu: GpuDevice;
  private readonly parts: Parts;
  private readonly invocations: number;
  private readonly pipelines = new Map<string, GpuPipeline>();

  constructor(gpu: GpuDevice, parts: Parts, invocations: number) {
    this.gpu = gpu;
    this.parts = parts;
    this.invocations = invocations;
    const compute = 4; // of GPUShaderStage
    const typeOf = (name: (typeof bindings)[number]): object =>
      name === 'region'
        ? { type: 'uniform', hasDynamicOffset: true, minBindingSize: 16 }
        : { type: name === 'program' ? 'read-only-storage' : 'storage' };
    this.layout = gpu.createBindGroupLayout({
      entries: bindings.map((name, binding) => ({ binding, visibility: compute, buffer: typeOf(name) })),
    });
  }

  pipelineOf(program: GpuProgram): GpuPipeline {
    const { kernels = gpuKernels, everyKernel } = this.parts;
    const names = everyKernel ? kernelNames : program.kernels;
    const keeps = everyKernel || program.keeps;
    const key = `${names.join()} ${keeps}`;
    let pipeline = this.pipelines.get(key);
    if (!pipeline) {
      const { gpu, layout } = this;
      const code = shaderOf(kernels, { kernels: names, keeps }, this.invocations);
      pipeline = gpu.createComputePipeline({
        layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module: gpu.createShaderModule({ code }), entryPoint: 'main' },
      });
      this.pipelines.set(key, pipeline);
    }
    return pipeline;
  }
}

export function openWorkspace<Plan>(
  gpu: GpuDevice,
  shaders: Shaders,
  sharing: Sharing,
  status: Status,
  plan: (allocate: Allocator) => Plan,
): Workspace<Plan> {
  const expectAlive = (): void => {
    if (status.failure) throw new UnrolledError(`webgpu: ${status.failure}; take backend 'auto'`, 'failure');
  };
  expectAlive();
  const layout = layoutOf(plan);
  const largest = Math.max(...Object.values(layoutBytes(layout)));
  const limit = Math.min(gpu.limits.maxBufferSize, gpu.limits.maxStorageBufferBindingSize);
  const inMiB = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
  if (largest > limit)
    throw new UnrolledError(
      `webgpu: expected a window of at most ${inMiB(limit)} MiB, as this GPU gives one, got ${inMiB(largest)}; use a smaller model, batch or window`,
      'failure',
    );
  const memory = new MirroredMemory(gpu, layout);
  let result: Plan | undefined;
  layoutOf((allocate) => {
    result = plan(allocate);
  }, memory.host);
  const written = new Set<View>();
  let hostArrays: View[] | undefined; // known when the first program runs
  let watching: Watching | undefined;
  let trial: Trial | undefined; // of the first program, which is the longest

  const record = (body: ProgramBody): (() => void) => {
    const programs = programsOf(body, sharing);
    for (const view of programs[0].written) written.add(view);
    hostArrays = undefined;
    const runs = new Map(
      programs.map((each) => [each.design, prepare(gpu, shaders, memory, each, sharing.workgroups)]),
    );
    trial ??= new Trial([...runs.keys()]);
    return () => {
      expectAlive();
      hostArrays ??= memory.hostArrays(written);
      for (const view of hostArrays) memory.write(view);
      if (watching) trial!.begin();
      const encoder = gpu.createCommandEncoder();
      const run = runs.get(trial!.design) ?? [...runs.values()][0];
      run(encoder, watching?.goesOn);
      watching?.record(encoder);
      gpu.queue.submit([encoder.finish()]);
    };
  };

  /** Maps a buffer, once everything so far is done, and takes copies from it. */
  const taking = async (buffer: GpuBuffer, take: (mapped: ArrayBuffer) => void): Promise<void> => {
    try {
      await buffer.mapAsync(usage.read);
    } catch (cause) {
      await Promise.race([gpu.lost, new Promise((resolve) => setTimeout(resolve, 100))]); // which may say why
      status.failure ??= `the GPU gave no numbers (${(cause as Error).message})`;
      expectAlive();
    }
    take(buffer.getMappedRange());
    buffer.unmap();
    expectAlive();
  };

  const { kernels } = javascriptBackend().open(() => undefined); // for single calls on the host's arrays
  return {
    plan: result as Plan,
    kernels,
    record,
    get bytes() {
      return memory.bytes;
    },
    remote: {
      write: (...views) => {
        for (const view of views) memory.write(view);
      },
      async read(...views) {
        expectAlive();
        const copies = new Copies(views);
        if (copies.bytes === 0) return;
        const buffer = gpu.createBuffer({ size: copies.bytes, usage: usage.mapRead | usage.copyTarget });
        const encoder = gpu.createCommandEncoder();
        copies.record(encoder, memory, buffer, 0);
        gpu.queue.submit([encoder.finish()]);
        await taking(buffer, (mapped) => void copies.take(mapped, 0));
        buffer.destroy();
      },
      watch(views, most, goesOn) {
        watching = new Watching(memory, views, most, goesOn);
      },
      async watched(each) {
        expectAlive();
        const { copies, runs, ring, staging } = watching!;
        if (runs === 0) return;
        watching!.runs = 0;
        const encoder = gpu.createCommandEncoder();
        encoder.copyBufferToBuffer(ring, 0, staging, 0, runs * copies.bytes);
        gpu.queue.submit([encoder.finish()]);
        await taking(staging, (mapped) => {
          for (let run = 0; run < runs; run++) {
            copies.take(mapped, run * copies.bytes);
            each(run);
          }
        });
        trial!.end(runs);
        status.recurrence = trial!.recurrence;
      },
      goOn() {
        const halt = new Int32Array(memory.host.integers, haltPlace * 4, 1);
        halt[0] = 0;
        memory.write(halt);
      },
    },
  };
}

/** Copies of some arrays after each run, until somebody reads them. */
class Watching {
  readonly copies: Copies;
  readonly goesOn: Int32Array;
  readonly ring: GpuBuffer;
  readonly staging: GpuBuffer;
  runs = 0;
  private readonly memory: MirroredMemory;
  private readonly most: number;

  constructor(memory: MirroredMemory, views: readonly View[], most: number, goesOn: Int32Array) {
    this.memory = memory;
    this.most = most;
    this.goesOn = goesOn;
    this.copies = new Copies(views);
    const size = most * this.copies.bytes;
    this.ring = memory.buffer(size, usage.copySource | usage.copyTarget);
    this.staging = memory.buffer(size, usage.mapRead | usage.copyTarget);
  }

  record(encoder: GpuEncoder): void {
    if (this.runs === this.most) throw new Error(`webgpu: expected ${this.most} runs at most before they are read`);
    this.copies.record(encoder, this.memory, this.ring, this.runs * this.copies.bytes);
    this.runs++;
  }
}

/** Brings a program to the device. Returns what records its dispatches, one for each region; with `goesOn` one more, which may halt what comes later. */
function prepare(
  gpu: GpuDevice,
  shaders: Shaders,
  memory: MirroredMemory,
  code: GpuProgram,
  workgroups: number,
): (encoder: GpuEncoder, goesOn?: Int32Array) => void {
  const { words, regions } = code;
  const program = memory.buffer(Math.max(4, words.byteLength), usage.storage | usage.copyTarget);
  gpu.queue.writeBuffer(program, 0, words.buffer, 0, words.byteLength);
  const table = new Int32Array(((regions + 1) * regionBytes) / 4);
  for (let region = 0; region < regions; region++)
    table.set([region * 2 * workgroups, workgroups, -1], (region * regionBytes) / 4);
  const region = memory.buffer(table.byteLength, usage.uniform | usage.copyTarget);
  gpu.queue.writeBuffer(region, 0, table.buffer, 0, table.byteLength);
  const resources = { ...memory.buffers, program, region };
  const group = gpu.createBindGroup({
    layout: shaders.layout,
    entries: bindings.map((name, binding) => ({
      binding,
      resource: name === 'region' ? { buffer: region, size: 16 } : { buffer: resources[name] },
    })),
  });
  const pipeline = shaders.pipelineOf(code);
  let halting = -1;
  return (encoder, goesOn) => {
    const place = goesOn ? goesOn.byteOffset / 4 : -1;
    if (place !== halting) {
      halting = place;
      table.set([0, workgroups, place], (regions * regionBytes) / 4);
      gpu.queue.writeBuffer(region, 0, table.buffer, 0, table.byteLength);
    }
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    for (let at = 0; at < regions + (goesOn ? 1 : 0); at++) {
      pass.setBindGroup(0, group, [at * regionBytes]);
      pass.dispatchWorkgroups(at === regions ? 1 : workgroups);
    }
    pass.end();
  };
}
