// What a training run needs in memory, told before any of it is allocated, and refused if it cannot be had.

import process from 'node:process';
import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { ModelConfig } from '../model/config.ts';
import { type MemoryFormula, memoryFormula } from '../model/memory.ts';
import { parameterCount } from '../model/parameters.ts';
import type { WindowOptions } from '../model/plan.ts';
import { momentCount, type OptimizerName } from '../training/optimizers.ts';
import { recordUpdate } from '../training/update.ts';
import type { RunOptions } from './run-options.ts';
import type { RunText } from './run-text.ts';
import { byteSize } from './text.ts';

/** What decides the memory of a run. */
export interface TrainingSizes {
  readonly steps: number;
  readonly batch: number;
  readonly optimizer: OptimizerName;
  readonly clip?: number;
  readonly threads?: number;
  /** K of the checkpoints. */
  readonly checkpointEvery?: number;
  /** Steps of the window at the end of an epoch. */
  readonly shortSteps?: number;
  /** Tokens of the held-out text, 0 for none. */
  readonly heldOut: number;
}

/** All that a trainer computes in: its window, and where text is held out a second one, forward only, of B = 1. */
export function trainingMemory(config: ModelConfig, sizes: TrainingSizes): MemoryFormula {
  const { threads = 1, heldOut } = sizes;
  const window = memoryFormula(config, trainingWindow(sizes), threads);
  if (heldOut < 2) return window;
  const reading = memoryFormula(config, { steps: Math.min(128, heldOut - 1), batch: 1, frozen: true }, threads);
  const term = { name: 'held-out text', formula: 'forward only, B = 1, T = 128', bytes: reading.bytes };
  return { terms: [...window.terms, term], bytes: window.bytes + reading.bytes };
}

/** The window of a trainer. */
export function trainingWindow({
  steps,
  batch,
  optimizer,
  clip = 5,
  shortSteps,
  checkpointEvery,
}: TrainingSizes): WindowOptions {
  const update = recordUpdate({ optimizer, clip, clipValue: 0 });
  const moments = momentCount(optimizer);
  return { steps, batch, shortSteps, checkpointEvery, gradients: true, dropout: true, moments, update };
}

/**
 * The largest K whose training stays within a budget of bytes: the fewest states computed twice. undefined where all may be kept.
 * @throws UnrolledError where even the best K needs more
 */
export function checkpointsWithin(budget: number, config: ModelConfig, sizes: TrainingSizes): number | undefined {
  const bytes = (checkpointEvery?: number): number => trainingMemory(config, { ...sizes, checkpointEvery }).bytes;
  if (bytes() <= budget) return undefined;
  const best = Math.ceil(Math.sqrt(sizes.steps));
  if (bytes(best) > budget)
    throw new UnrolledError(
      `--memory: expected at least ${byteSize(bytes(best))}, which training needs with --checkpoint-every ${best}, got ${byteSize(budget)}; ` +
        'allow more, or take a smaller --hidden, --batch or --bptt',
    );
  let [fits, fails] = [best, sizes.steps]; // above √T memory grows with K
  while (fails - fits > 1) {
    const K = Math.floor((fits + fails) / 2);
    if (bytes(K) <= budget) fits = K;
    else fails = K;
  }
  return fits;
}

/** A WebAssembly memory has 32-bit addresses. */
const wasmLimit = 2 ** 32;

/** Throws, naming what is needed and what there is, if training would not fit. */
export function checkMemory(config: ModelConfig, options: RunOptions, text: RunText, backend: Backend): void {
  const { length, batchSize } = text.streams;
  const steps = Math.min(options.bptt, length - 1);
  const sizes = {
    ...{ steps, batch: batchSize, optimizer: options.optimizer, clip: options.clip, threads: backend.threads },
    checkpointEvery: options['checkpoint-every'] ?? undefined,
  };
  const { bytes: window } = trainingMemory(config, { ...sizes, heldOut: 0 });
  const P = parameterCount(config);
  // first values, the best weights, and while saving a copy of everything and the file made of it
  const copies = 4 * P * (2 + 2 * (2 + momentCount(options.optimizer)) + 1);
  const needed = trainingMemory(config, { ...sizes, heldOut: text.validation?.length ?? 0 }).bytes + copies;
  const what = `training with ${parameterList(options)}`;
  const remedy = `take a smaller --hidden, --batch or --bptt${sizes.checkpointEvery ? '' : ', or --checkpoint-every auto'}`;
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
