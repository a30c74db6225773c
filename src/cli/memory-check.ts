// What a training run needs in memory, computed before any of it is allocated; a run that does not fit is refused.

import process from 'node:process';
import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { ModelConfig } from '../network/config.ts';
import { type MemoryFormula, memoryFormula } from '../network/memory.ts';
import { parameterCount } from '../network/parameters.ts';
import type { WindowOptions } from '../network/plan.ts';
import { momentCount, type OptimizerName, optimizerSettings } from '../training/optimizers.ts';
import { expectShards } from '../training/shards/shards.ts';
import { recordUpdate } from '../training/update.ts';
import { trainOptions } from './option-tables.ts';
import { rowsOf } from './options.ts';
import type { RunData } from './run-data.ts';
import { optionsFor, type RunOptions } from './run-options.ts';
import { byteSize } from './text.ts';

/** What decides the memory of a run. */
export interface TrainingSizes {
  readonly steps: number;
  readonly batch: number;
  readonly optimizer: OptimizerName;
  readonly clip?: number;
  readonly threads?: number;
  /** S: a batch is computed in so many windows. */
  readonly shards?: number;
  /** K: every K-th state is kept. */
  readonly checkpointEvery?: number;
  /** The steps of shorter windows. */
  readonly shortSteps?: number | readonly number[];
  readonly padded?: boolean;
  /** The window in which held-out data are read; null where nothing is held out. */
  readonly reading: WindowOptions | null;
}

/** The memory that a trainer computes in: its window, and where data are held out a second one, forward only. */
export function trainingMemory(config: ModelConfig, sizes: TrainingSizes): MemoryFormula {
  const { threads = 1, reading, padded } = sizes;
  const window = memoryFormula(config, trainingWindow(sizes), threads);
  if (!reading) return window;
  const { bytes } = memoryFormula(config, reading, threads);
  const T = padded ? reading.steps : 128;
  const term = {
    name: padded ? 'held-out data' : 'held-out text',
    formula: `forward only, B = ${reading.batch}, T = ${T}`,
    bytes,
  };
  return { terms: [...window.terms, term], bytes: window.bytes + bytes };
}

/** The window of a trainer. */
export function trainingWindow({
  steps,
  batch,
  shards = 1,
  optimizer,
  clip = 5,
  shortSteps,
  padded,
  checkpointEvery,
}: TrainingSizes): WindowOptions {
  const update = recordUpdate({ optimizer, clip, clipValue: 0 });
  const moments = momentCount(optimizer);
  const part = { batch: batch / shards, apart: shards > 1 };
  return { steps, ...part, shortSteps, padded, checkpointEvery, gradients: true, dropout: true, moments, update };
}

/**
 * The largest K whose training stays within a budget of bytes: as few states as possible are computed twice; undefined where all may be kept.
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

/** The sizes that the options and the data give a trainer. */
export function sizesOf(options: RunOptions, { source, task }: RunData): TrainingSizes {
  return {
    steps: source.bptt,
    batch: source.batchSize,
    shortSteps: source.shortSteps,
    padded: source.padded,
    optimizer: optimizerSettings(optionsFor('training', options)).optimizer,
    clip: options.clip,
    shards: expectShards(options.shards ?? 1, source.batchSize),
    checkpointEvery: options['checkpoint-every'] ?? undefined,
    reading: task.reading,
  };
}

/** The addresses of a WebAssembly memory have 32 bits. */
const wasmLimit = 2 ** 32;

/** Throws, naming what is needed and what there is, if training would not fit. */
export function checkMemory(config: ModelConfig, options: RunOptions, data: RunData, backend: Backend): void {
  const sizes = { ...sizesOf(options, data), threads: backend.threads };
  const { bytes: window } = trainingMemory(config, { ...sizes, reading: null });
  const P = parameterCount(config);
  // the first weights, the best ones, and during a save a copy of everything and the file made of it
  const partial = Math.log2(sizes.shards ?? 1); // sums of gradients
  const copies = 4 * P * (2 + 2 * (2 + momentCount(sizes.optimizer)) + 1 + partial);
  const needed = trainingMemory(config, sizes).bytes + copies;
  const steps = lengthOptions.find((name) => rowsOf(trainOptions)[name].tasks.some((task) => task === options.task))!;
  const what = `training with ${parameterList(options, data, steps)}`;
  const isMore = options.task === 'text' && !sizes.checkpointEvery;
  const remedy = `take a smaller --hidden, --batch or --${steps}${isMore ? ', or --checkpoint-every auto' : ''}`;
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

/** The options that decide how many steps a window has, each for its tasks. */
const lengthOptions = ['bptt', 'longest', 'window'] as const;

function parameterList({ hidden, layers, batch, bptt }: RunOptions, { source }: RunData, steps: string): string {
  const length =
    steps === 'longest' ? ` and sequences of up to ${source.bptt} steps` : ` --${steps} ${bptt ?? source.bptt}`;
  return `--hidden ${hidden}${layers > 1 ? ` --layers ${layers}` : ''} --batch ${batch}${length}`;
}
