// Evaluation and generation of many texts on a device, whose numbers come later. What is read, what is added up and what is drawn is that of evaluate.ts,
// generate.ts and sample.ts; here is what reads, and what becomes of the work where the device is lost.

import type { Ids } from '../../data/text/tokenizer.ts';
import type { Backend, Device } from '../../engine/backend.ts';
import { type BackendChoice, createBackend } from '../../engine/create.ts';
import { described, expectInteger, expectOptions, UnrolledError } from '../../errors.ts';
import { inTurn, type Together } from '../../generators.ts';
import { DeviceWindow, type DeviceWindowOptions } from '../../network/device-window.ts';
import { expectModel, type Model, tokenizerOf } from '../../network/model.ts';
import { type Evaluation, evaluateTexts, evaluating, evaluationOf, windowSteps, windowsOf } from './evaluate.ts';
import { type Sample, type SampleOptions, sampleMany, samplingMany } from './sample.ts';

/** Windows whose losses come back together. */
const ahead = 8;

/** What computes, and who is told where that changes. */
export interface TogetherOptions {
  /** What `openWebGpu` has opened; on any other backend the work is done at once. */
  readonly backend?: BackendChoice | Backend;
  /** Is told in a sentence where the work begins again on the CPU. */
  readonly onMove?: (sentence: string) => void;
}

/** The same of an evaluation. */
export interface EvaluateTogetherOptions extends TogetherOptions {
  /** Steps that the GPU reads at once; the numbers do not depend on it. Default 128. */
  readonly window?: number;
}

/**
 * Does what `evaluate` does with each of several texts, on a GPU: up to 64 are read side by side, those of nearly the same length together. Where the GPU is
 * lost, or has no room, it begins again on the CPU.
 * @param texts texts, or their ids
 * @example const found = await evaluateTextsTogether(model, poems, { backend: await openWebGpu() });
 * @throws UnrolledError for a text of fewer than two tokens, and for a loss that is not finite
 */
export async function evaluateTextsTogether(
  model: Model,
  texts: readonly (string | Ids)[],
  options: EvaluateTogetherOptions = {},
): Promise<Evaluation[]> {
  expectModel('evaluate', model);
  expectOptions('evaluate', options, { backend: true, onMove: true, window: true });
  if (!Array.isArray(texts)) throw new UnrolledError(`evaluate: expected a list of texts, got ${described(texts)}`);
  const most = expectInteger('window', options.window ?? windowSteps, 1, 10_000);
  const all = texts.map((text) => (typeof text === 'string' ? tokenizerOf(model).encode(text) : text));
  return await orOnCpu('evaluation', model, options, {
    onDevice: (open) =>
      evaluating(model, all, (length, rows) => {
        const window = open({ steps: Math.max(1, Math.min(most, length - 1)), batch: rows, output: 'loss', ahead });
        return {
          *evaluateInSlices(_, group): Together<Evaluation[]> {
            window.reset();
            const sums = group.map(() => 0);
            for (const add of windowsOf(window, rows, group, sums)) {
              window.begin(add);
              if (window.isFull) yield window.collect();
            }
            yield window.settle();
            return group.map((ids, row) => evaluationOf(sums[row], ids.length - 1));
          },
        };
      }),
    onCpu: (cpu) => evaluateTexts(model, all, cpu),
  });
}

/**
 * Does what `sampleMany` does, on a GPU: all texts together take a step for each token, and each is drawn with a seed of its own. The texts are those of the
 * CPU, unless the rounding of float32 decides what is drawn. Where the GPU is lost, or has no room, it begins again on the CPU.
 * @example const texts = await sampleManyTogether(model, 64, { backend: await openWebGpu() });
 */
export async function sampleManyTogether(
  model: Model,
  count: number,
  { backend, onMove, ...options }: Omit<SampleOptions, 'beam'> & TogetherOptions = {},
): Promise<Sample[]> {
  expectModel('sample', model);
  const onCpu = (cpu?: Backend): Sample[] => sampleMany(model, count, { ...options, backend: cpu });
  if (options.session) return onCpu(opened(backend));
  return await orOnCpu(
    'generation',
    model,
    { backend, onMove },
    {
      onDevice(open) {
        const steps = (_: Model, rows: number) => {
          const window = open({ steps: 1, batch: rows, output: 'logits', ahead: 1 }); // the first time, when there are most rows
          window.reset();
          return {
            step(ids: ArrayLike<number>) {
              window.tokens.set(ids);
              window.begin(() => {});
              return window.settle();
            },
            logits: (row?: number) => window.logitsOf(row ?? 0),
          };
        };
        return samplingMany(model, count, { ...options, session: steps });
      },
      onCpu,
    },
  );
}

const opened = (backend: TogetherOptions['backend'] = 'auto'): Backend =>
  typeof backend === 'string' ? createBackend(backend) : backend;

/** The same work on a device and on a CPU. */
interface Work<Result> {
  /** @param open opens the window that it reads in, once */
  onDevice(open: (options: DeviceWindowOptions) => DeviceWindow): Together<Result>;
  onCpu(backend: Backend): Result;
}

/** Does work on the backend's device; where that is lost or refuses the memory, on the CPU from the beginning. */
async function orOnCpu<Result>(
  what: string,
  { config, parameters }: Model,
  { backend, onMove }: TogetherOptions,
  { onDevice, onCpu }: Work<Result>,
): Promise<Result> {
  const cpu = opened(backend);
  const { device } = cpu;
  if (!device) return onCpu(cpu);
  let window: DeviceWindow | undefined;
  try {
    return await inTurn(onDevice((options) => (window ??= new DeviceWindow(device, config, parameters, options))));
  } catch (error) {
    const failure = failureOf(device, error);
    if (!failure) throw error;
    onMove?.(`webgpu: ${failure}; ${what} begins again on the CPU`);
    return onCpu(device.instead);
  } finally {
    window?.close();
  }
}

/** Why the device can do nothing more, or not this; undefined where the error is none of its own. */
function failureOf(device: Device, error: unknown): string | undefined {
  if (device.failure || !(error instanceof UnrolledError)) return device.failure;
  return /^webgpu: ([^;]+)/.exec(error.message)?.[1];
}
