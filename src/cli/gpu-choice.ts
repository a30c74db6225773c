// Whether a new run of `unrolled train --backend auto` is on the GPU: some of its updates are timed there and on the CPU. Only where the option is given
// and the optional package webgpu is there, since the times decide the last digits of a run.

import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { findNodeWebGpu } from '../node/gpu-package.ts';
import type { BatchSource } from '../training/source.ts';
import type { BackendRequest, Choice } from './backend-choice.ts';
import { optionsFor, type RunOptions } from './run-options.ts';

/** What is asked for a GPU, and what times; others for tests. */
const usual = {
  find: findNodeWebGpu,
  compare: async (...args: Parameters<typeof import('../tasks/webgpu-choice.ts')['compareBackends']>) =>
    await (await import('../tasks/webgpu-choice.ts')).compareBackends(...args),
};

/** The GPU where it is faster, with a remark that says so; else the choice, with a remark where something was timed. */
export async function fasterOf(
  { given }: Pick<BackendRequest, 'given'>,
  cpu: Choice,
  options: RunOptions,
  model: Model,
  source: BatchSource,
  { find, compare } = usual,
): Promise<Choice> {
  if (given.backend !== 'auto') return cpu;
  const gpu = await find();
  if (!gpu) return cpu;
  try {
    const { isFaster, sentence } = await compare(cpu.backend, gpu, model, source, optionsFor('training', options));
    const remark = [cpu.remark, sentence].filter(Boolean).join('; ');
    if (!isFaster) return { ...cpu, remark };
    const backend = await find();
    if (!backend) return { ...cpu, remark };
    cpu.close();
    return { backend, remark, slower: [], close: () => backend.close() };
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    return { ...cpu, remark: `backend auto: the CPU trains; ${error.message.replace(/; take backend 'auto'$/, '')}` };
  } finally {
    gpu.close(); // with the memory of what was timed
  }
}
