// What a training run needs in memory, told before any of it is allocated, and refused if it cannot be had.

import process from 'node:process';
import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { ModelConfig } from '../model/config.ts';
import { type MemoryFormula, memoryFormula } from '../model/memory.ts';
import { parameterCount } from '../model/parameters.ts';
import { momentCount, type OptimizerName } from '../training/optimizers.ts';
import type { RunOptions } from './run-options.ts';
import type { RunText } from './run-text.ts';
import { byteSize } from './text.ts';

/** The window that a trainer computes in. */
export function trainingWindow(
  config: ModelConfig,
  sizes: { steps: number; batch: number; optimizer: OptimizerName; shortSteps?: number },
): MemoryFormula {
  const { steps, batch, optimizer, shortSteps } = sizes;
  return memoryFormula(config, {
    steps,
    batch,
    gradients: true,
    dropout: true,
    moments: momentCount(optimizer),
    shortSteps,
  });
}

/** A WebAssembly memory has 32-bit addresses. */
const wasmLimit = 2 ** 32;

/** Throws, naming what is needed and what there is, if training would not fit. */
export function checkMemory(config: ModelConfig, options: RunOptions, text: RunText, backend: Backend): void {
  const { length, batchSize } = text.streams;
  const steps = Math.min(options.bptt, length - 1);
  const { bytes: window } = trainingWindow(config, { steps, batch: batchSize, optimizer: options.optimizer });
  const P = parameterCount(config);
  // first values, the best weights, and while saving a copy of everything and the file made of it
  const copies = 4 * P * (2 + 2 * (2 + momentCount(options.optimizer)) + 1);
  const evaluation = text.validation ? memoryFormula(config, { steps: 128, batch: 1 }).bytes : 0;
  const needed = window + copies + evaluation;
  const what = `training with ${parameterList(options)}`;
  const remedy = 'take a smaller --hidden, --batch or --bptt';
  if (backend.name !== 'javascript' && window > wasmLimit)
    throw new UnrolledError(
      `memory: ${what} needs ${byteSize(window)} for its window, expected at most ${byteSize(wasmLimit)}, as WebAssembly has; ${remedy}`,
    );
  const available = process.availableMemory();
  if (needed > available)
    throw new UnrolledError(
      `memory: ${what} needs ${byteSize(needed)}, expected at most ${byteSize(available)}, as this machine has free; ${remedy}`,
    );
}

function parameterList({ hidden, layers, batch, bptt }: RunOptions): string {
  return `--hidden ${hidden}${layers > 1 ? ` --layers ${layers}` : ''} --batch ${batch} --bptt ${bptt}`;
}
