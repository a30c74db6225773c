// A workspace on the GPU: the window's memory on both sides, its programs, and the way back of what they leave.

import { UnrolledError } from '../../errors.ts';
import type { Allocator, ProgramBody, Workspace } from '../backend.ts';
import { javascriptBackend } from '../javascript.ts';
import {
  computing,
  copySource,
  copyTarget,
  type GpuBuffer,
  type GpuDevice,
  type GpuEncoder,
  type GpuPipeline,
  mapRead,
  reading,
  storage,
  uniform,
} from './gpu.ts';
import type { Design, Sharing } from './loops.ts';
import { type Copies, copiesOf, layoutBytes, layoutOf, MirroredMemory, type View } from './memory.ts';
import { type GpuProgram, programsOf } from './program.ts';
import { bindings, haltPlace, shaderOf } from './shader.ts';
import { type Recurrence, Trial } from './trial.ts';

/** The words from one region's description to the next: what every device allows. */
const regionWords = 64;

const layouts = Object.entries(bindings);

/** What tests choose besides. */
export interface Parts {
  /** Writes the shader of a program. */
  readonly shader?: typeof shaderOf;
  /** The design of the recurrence of what is opened from then on. */
  readonly recurrence?: Design;
}

/** What is known of a device: why it can do nothing any more, and how it computes the recurrence of what it trains. */
export interface Status {
  failure?: string;
  recurrence?: Recurrence;
}

/** Copies of some arrays after each run, until somebody reads them: so many runs, on the device and where the host may read. */
interface Watching {
  readonly copies: Copies;
  runs: number;
  readonly ring: GpuBuffer;
  readonly staging: GpuBuffer;
}

/** The compiled shaders of a device: programs that call the same kernels share one. */
export interface Shaders {
  readonly layout: object;
  pipelineOf(program: GpuProgram): GpuPipeline;
}

/** Nothing is compiled yet. */
export function shadersOn(gpu: GpuDevice, invocations: number, { shader = shaderOf }: Parts): Shaders {
  const layout = gpu.createBindGroupLayout({
    entries: layouts.map(([, buffer], binding) => ({ binding, visibility: computing, buffer })),
  });
  const pipelines = new Map<string, GpuPipeline>();
  return {
    layout,
    pipelineOf(program) {
      const code = shader(program, invocations);
      let pipeline = pipelines.get(code);
      if (!pipeline) {
        pipeline = gpu.createComputePipeline({
          layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
          compute: { module: gpu.createShaderModule({ code }), entryPoint: 'main' },
        });
        pipelines.set(code, pipeline);
      }
      return pipeline;
    },
  };
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

  /** Gives the device something to do. */
  const submit = (commands: (encoder: GpuEncoder) => void): void => {
    const encoder = gpu.createCommandEncoder();
    commands(encoder);
    gpu.queue.submit([encoder.finish()]);
  };

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
      const run = runs.get(trial!.design) ?? [...runs.values()][0];
      submit((encoder) => {
        run(encoder);
        if (watching) watching.copies.record(encoder, watching.ring, watching.runs++ * watching.copies.bytes);
      });
    };
  };

  /** Fills a buffer that the host may read, and takes what is in it once everything so far is done. */
  const take = async (
    buffer: GpuBuffer,
    fill: (encoder: GpuEncoder) => void,
    taken: (mapped: ArrayBuffer) => void,
  ): Promise<void> => {
    submit(fill);
    try {
      await buffer.mapAsync(reading);
    } catch (cause) {
      await Promise.race([gpu.lost, new Promise((resolve) => setTimeout(resolve, 100))]); // which may say why
      status.failure ??= `the GPU gave no numbers (${(cause as Error).message})`;
      expectAlive();
    }
    taken(buffer.getMappedRange());
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
        for (const view of views) {
          if (!hostArrays) written.add(view);
          memory.write(view);
        }
      },
      async read(...views) {
        expectAlive();
        const copies = copiesOf(memory, views);
        if (copies.bytes === 0) return;
        const buffer = gpu.createBuffer({ size: copies.bytes, usage: mapRead | copyTarget });
        await take(
          buffer,
          (encoder) => copies.record(encoder, buffer, 0),
          (mapped) => copies.take(mapped, 0),
        );
        buffer.destroy();
      },
      watch(views, most) {
        const copies = copiesOf(memory, views);
        const size = most * copies.bytes;
        const ring = memory.buffer(size, copySource | copyTarget);
        watching = { copies, runs: 0, ring, staging: memory.buffer(size, mapRead | copyTarget) };
      },
      async watched(each) {
        expectAlive();
        const { copies, runs, ring, staging } = watching!;
        if (runs === 0) return;
        watching!.runs = 0;
        await take(
          staging,
          (encoder) => encoder.copyBufferToBuffer(ring, 0, staging, 0, runs * copies.bytes),
          (mapped) => {
            for (let run = 0; run < runs; run++) {
              copies.take(mapped, run * copies.bytes);
              each(run);
            }
          },
        );
        trial!.end(runs);
        status.recurrence = trial!.recurrence;
      },
      goOn() {
        memory.write(new Int32Array(memory.host.integers, haltPlace * 4, 1)); // which is 0 here
      },
      close() {
        for (const buffer of memory.made) buffer.destroy();
      },
    },
  };
}

/** Brings a program to the device. Returns what records its dispatches, one for each region. */
function prepare(
  gpu: GpuDevice,
  shaders: Shaders,
  memory: MirroredMemory,
  code: GpuProgram,
  workgroups: number,
): (encoder: GpuEncoder) => void {
  const places = new Int32Array(regionWords * code.regions);
  for (let region = 0; region < code.regions; region++) places[regionWords * region] = region * workgroups;
  const program = memory.filled(code.words, storage);
  const region = memory.filled(places, uniform);
  const resources: Readonly<Record<string, GpuBuffer>> = { ...memory.buffers, program, region };
  const group = gpu.createBindGroup({
    layout: shaders.layout,
    entries: layouts.map(([name, { minBindingSize: size }], binding) => ({
      binding,
      resource: { buffer: resources[name], size },
    })),
  });
  const pipeline = shaders.pipelineOf(code);
  return (encoder) => {
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    for (let region = 0; region < code.regions; region++) {
      pass.setBindGroup(0, group, [4 * regionWords * region]);
      pass.dispatchWorkgroups(workgroups);
    }
    pass.end();
  };
}
