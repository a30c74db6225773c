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

/** What decides the memory of a run. */
export interface TrainingSizes {
  readonly steps: number;
  readonly batch: number;
  readonly optimizer: OptimizerName;
  /** Steps of the window at the end of an epoch. */
  readonly shortSteps?: number;
  /** Tokens of the held-out text, 0 for none. */
  readonly heldOut: number;
}

/** All that a trainer computes in: its window, and where text is held out a second one, forward only, of B = 1. */
export function trainingMemory(config: ModelConfig, sizes: TrainingSizes): MemoryFormula {
  const { steps, batch, optimizer, shortSteps, heldOut } = sizes;
  const moments = momentCount(optimizer);
  const window = memoryFormula(config, { steps, batch, gradients: true, dropout: true, moments, shortSteps });
  if (heldOut < 2) return window;
  const reading = memoryFormula(config, { steps: Math.min(128, heldOut - 1), batch: 1 });
  const term = { name: 'held-out text', formula: 'forward only, B = 1, T = 128', bytes: reading.bytes };
  return { terms: [...window.terms, term], bytes: window.bytes + reading.bytes };
}

/** A WebAssembly memory has 32-bit addresses. */
const wasmLimit = 2 ** 32;

/** Throws, naming what is needed and what there is, if training would not fit. */
export function checkMemory(config: ModelConfig, options: RunOptions, text: RunText, backend: Backend): void {
  const { length, batchSize } = text.streams;
  const steps = Math.min(options.bptt, length - 1);
  const sizes = { steps, batch: batchSize, optimizer: options.optimizer };
  const { bytes: window } = trainingMemory(config, { ...sizes, heldOut: 0 });
  const P = parameterCount(config);
  // first values, the best weights, and while saving a copy of everything and the file made of it
  const copies = 4 * P * (2 + 2 * (2 + momentCount(options.optimizer)) + 1);
  const needed = trainingMemory(config, { ...sizes, heldOut: text.validation?.length ?? 0 }).bytes + copies;
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
