// Training, and evaluation and generation of many texts, on the GPU of a browser: the entry point `unrolled/webgpu`. It stands apart from the others, so that its shaders are loaded only where
// somebody asks for them.

export { openWebGpu, type WebGpuBackend, type WebGpuOptions } from './engine/webgpu/backend.ts';
export type { Design } from './engine/webgpu/loops.ts';
export type { Recurrence } from './engine/webgpu/trial.ts';
export {
  type EvaluateTogetherOptions,
  evaluateTextsTogether,
  sampleManyTogether,
  type TogetherOptions,
} from './tasks/text/on-device.ts';
export { type Comparison, compareBackends, openBackend } from './tasks/webgpu-choice.ts';
