// What of WebGPU the engine uses. The declarations of this package must do without the types of browsers, and Node has none of these.

/** A buffer of the device. */
export interface GpuBuffer {
  readonly size: number;
  mapAsync(mode: number): Promise<undefined>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

/** A command encoder of the device. */
export interface GpuEncoder {
  beginComputePass(): {
    setPipeline(pipeline: GpuPipeline): void;
    setBindGroup(index: number, group: object, offsets: readonly number[]): void;
    dispatchWorkgroups(count: number): void;
    end(): void;
  };
  copyBufferToBuffer(source: GpuBuffer, from: number, to: GpuBuffer, at: number, bytes: number): void;
  finish(): object;
}

/** A compiled shader. */
export type GpuPipeline = object;

/** A device. */
export interface GpuDevice {
  readonly limits: { readonly maxStorageBufferBindingSize: number; readonly maxBufferSize: number };
  readonly queue: {
    writeBuffer(buffer: GpuBuffer, at: number, data: ArrayBufferView): void;
    submit(commands: readonly object[]): void;
  };
  readonly lost: Promise<{ readonly message: string; readonly reason: string }>;
  createBuffer(descriptor: { readonly size: number; readonly usage: number }): GpuBuffer;
  createBindGroupLayout(descriptor: { readonly entries: readonly object[] }): object;
  createPipelineLayout(descriptor: { readonly bindGroupLayouts: readonly object[] }): object;
  createBindGroup(descriptor: { readonly layout: object; readonly entries: readonly object[] }): object;
  createShaderModule(descriptor: { readonly code: string }): object;
  createComputePipeline(descriptor: {
    readonly layout: object;
    readonly compute: { readonly module: object; readonly entryPoint: string };
  }): GpuPipeline;
  createCommandEncoder(): GpuEncoder;
  addEventListener(
    type: 'uncapturederror',
    listener: (event: { readonly error: { readonly message: string } }) => void,
  ): void;
  destroy(): void;
}

/** An adapter: what a device is opened on. */
export interface GpuAdapter {
  readonly info: { readonly vendor: string; readonly architecture: string; readonly description: string };
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: { readonly requiredLimits: Readonly<Record<string, number>> }): Promise<GpuDevice>;
}

/** What `navigator.gpu` is, as far as it is used. */
export interface Gpu {
  requestAdapter(options: { readonly powerPreference: string }): Promise<GpuAdapter | null>;
}

/** The bits of `GPUBufferUsage`. */
export const mapRead = 1;
export const copySource = 4;
export const copyTarget = 8;
export const uniform = 64;
export const storage = 128;
/** Of `GPUMapMode`. */
export const reading = 1;
/** Of `GPUShaderStage`. */
export const computing = 4;
