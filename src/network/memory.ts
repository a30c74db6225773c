// What a window costs in memory, told before anything is allocated: its own plan is run on an allocator that counts, by what the arrays are for
// (allocation.ts has the symbols). The sum is what the WebAssembly backend takes, to the byte; for windows of more than 2048 steps to some calls of its
// programs.

import { blockBytes } from '../engine/executor.ts';
import { programBytes } from '../engine/program.ts';
import type { Groups } from './allocation.ts';
import type { ModelConfig } from './architecture.ts';
import { callsOfWindow } from './dry-run.ts';
import { lengthsOf, planWindow, type WindowOptions } from './plan.ts';

/** One group of arrays. */
export interface MemoryTerm {
  readonly name: string;
  /** In symbols. */
  readonly formula: string;
  readonly bytes: number;
}

export interface MemoryFormula {
  readonly terms: readonly MemoryTerm[];
  /** All terms, each array from a multiple of 64 bytes on, and what the kernels need; in whole pages of 64 KiB. */
  readonly bytes: number;
}

/** What engine/wasm.ts and assembly/products.ts take: a page, where an array begins, constants of the kernels, the room for a call. */
const [page, cacheLine, kernelBytes, callBytes] = [65536, 64, 5936, 64];
const block = { columns: 512, rows: 240, depth: 512, pad: 16 };
/** Steps up to which programs are written down to tell their length. */
const maxRecordedSteps = 1024;

/**
 * The memory of a window; groups without bytes are left out. Nothing is allocated, so any sizes may be asked for.
 * @param threads that share the work: each has blocks and programs of its own
 */
export function memoryFormula(config: ModelConfig, options: WindowOptions, threads = 1): MemoryFormula {
  const terms = new Map<string, { name: string; formula: string; bytes: number }>();
  let [arrays, scratch] = [aligned(kernelBytes), 0];
  const groups: Groups = (name, formula) => {
    const term = terms.get(name) ?? { name, formula, bytes: 0 };
    terms.set(name, term);
    const count = <View>(bytes: number, nothing: View): View => {
      term.bytes += bytes;
      arrays += aligned(bytes);
      return nothing;
    };
    return {
      floats: (length) => count(4 * length, noFloats),
      integers: (length) => count(4 * length, new Int32Array(0)),
      doubles: (length) => count(8 * length, new Float64Array(0)),
      panels: (n, k) => count(4 * roundUp(n, 8) * k, noFloats),
      scratch(m, n, k) {
        const depth = Math.min(block.depth, k);
        const numbers = Math.min(block.columns, roundUp(n, 8)) * depth + Math.min(block.rows, m) * (depth + block.pad);
        scratch = Math.max(scratch, 4 * numbers);
        term.bytes = threads * scratch; // all products share the largest
        return [];
      },
      program: () => {},
    };
  };
  planWindow(groups, config, options);
  const programs = lengthsOf(options).reduce((sum, steps) => sum + programsOf(config, options, threads, steps), 0);
  terms.set('programs', { name: 'programs', formula: 'about 24 bytes a kernel call', bytes: threads * programs });
  const ofThread = aligned(scratch) + aligned(blockBytes + programs + 2 * callBytes);
  return {
    terms: [...terms.values()].filter(({ bytes }) => bytes > 0),
    bytes: roundUp(arrays + threads * ofThread, page),
  };
}

const noFloats = new Float32Array(0);

const roundUp = (n: number, step: number): number => Math.ceil(n / step) * step;
const aligned = (bytes: number): number => roundUp(bytes, cacheLine);

/** Bytes of one thread's programs for so many steps; for long windows told from shorter ones. */
function programsOf(config: ModelConfig, options: WindowOptions, threads: number, steps: number): number {
  const max = maxRecordedSteps;
  const bytes = (count: number): number => {
    const short = { ...options, steps: Math.min(options.steps, 2 * max) };
    return programBytes(callsOfWindow(config, short, { index: 0, count: threads }, count));
  };
  if (steps <= 2 * max) return bytes(steps);
  return Math.ceil(bytes(max) + ((steps - max) / max) * (bytes(2 * max) - bytes(max)));
}
