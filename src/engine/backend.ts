// A backend as the rest of the library sees it: kernels, and workspaces whose memory is planned once. Interfaces only.
// Implementations: javascript.ts (portable, in float32 or float64), wasm.ts (SIMD), node/blas-backend.ts (wasm.ts with a native BLAS for the
// large products), webgpu/backend.ts (training and many texts on the GPU of a browser, the rest as on the CPU).
//
// All matrices are row-major and contiguous. Weights are [out, in]. Rows of activations are (time, batch) pairs.
// A kernel trusts its caller: sizes and indices were checked at the public doors.

import type { ComputeKernels, Floats } from './kernels.ts';

export type { Floats };

/** Hands out blocks of a workspace's memory. A plan asks it for everything once, before the first kernel runs. */
export interface Allocator {
  /** `length` numbers of the backend's precision, zero at first. */
  floats(length: number): Floats;
  /** `length` 32-bit integers, zero at first. */
  integers(length: number): Int32Array;
  /** `length` numbers in float64 whatever the precision, zero at first: for sums. */
  doubles(length: number): Float64Array;
  /** Room for a packed right operand of `n` columns and depth `k`. */
  panels(n: number, k: number): Floats;
  /**
   * Room for the temporary blocks of `productTN` with at most these sizes, one array for each thread. All calls of a workspace share these
   * arrays, which are as large as the largest call needs.
   */
  scratch(m: number, n: number, k: number): readonly Floats[];
  /** Room for a program (see `Workspace.record`) that `body` writes; each call adds to it. */
  program(body: ProgramBody): void;
}

/** One thread's share of the work: thread `index` of `count`. */
export interface Share {
  /** The number of this thread, from 0; 0 is the thread that calls. */
  readonly index: number;
  /** The number of threads. */
  readonly count: number;
}

/** Straight-line code that calls kernels; it is run once for each thread and writes that thread's part of a program. */
export type ProgramBody = (kernels: Kernels, share: Share) => void;

/** A memory that holds everything a computation needs, and the kernels that work on it. */
export interface Workspace<Plan> {
  /** What `plan` returned, on the memory of this workspace. */
  readonly plan: Plan;
  /** Kernels that act at once. */
  readonly kernels: Kernels;
  /**
   * Runs `body` once for each thread to write down its kernel calls, and returns a program that carries them out, in order, each time it is
   * called: one dispatch for the whole list. The program returns when every thread has finished. `body` must not depend on what the kernels
   * compute, and every thread's part must have the same barriers.
   */
  record(body: ProgramBody): () => void;
  /** Bytes of the memory, programs included. */
  readonly bytes: number;
  /** Where programs run on a device with a memory of its own: the way between its arrays and these. */
  readonly remote?: RemoteMemory;
}

/**
 * The memory of a device, where `plan` has the host's copies. A program is only begun when it is called. Arrays that no program writes go to the device
 * before each run; of all others the device has the valid numbers.
 */
export interface RemoteMemory {
  /**
   * Brings what the host has written in arrays to the device, in its turn among the programs. An array that is brought before the first program runs goes
   * there only so.
   */
  write(...views: (Floats | Int32Array)[]): void;
  /**
   * Sets arrays to what the programs so far leave in them.
   * @throws UnrolledError where the device is lost or refused something
   */
  read(...views: (Floats | Int32Array)[]): Promise<void>;
  /** From now on the device keeps a copy of these arrays after each run of a program, in the same submission; up to `most` of them. */
  watch(views: readonly (Floats | Int32Array)[], most: number): void;
  /** Sets the watched arrays to their copy of each run since the last time, the oldest first, and calls `each` after each. */
  watched(each: (run: number) => void): Promise<void>;
  /** Lets programs change something again: where one skips a `when` because of a counter that it writes, nothing that follows does. */
  goOn(): void;
  /** Gives the memory back; no program can run any more. */
  close(): void;
}

/** One way to compute: a precision and a set of kernels. */
export interface Backend {
  /**
   * The name, which says everything that decides the bits of a result: what multiplies, with which instructions, and for a native library which one
   * it is. A run is resumed only by a backend of the same name.
   */
  readonly name: 'javascript' | 'wasm-simd' | 'wasm-relaxed-simd' | `blas-${string}` | `webgpu-${string}`;
  /** The precision of parameters, states and gradients. Only the portable backend, `javascript`, has `float64`. */
  readonly precision: 'float32' | 'float64';
  /** The number of threads that share a program. */
  readonly threads: number;
  /**
   * Makes a workspace. `plan` asks the allocator for what it needs, and returns the views that it wants to keep. The plan may be run twice,
   * first to measure and then on the real memory, so it must ask for the same both times and read nothing of what it was given, not even
   * lengths.
   */
  open<Plan>(plan: (allocate: Allocator) => Plan): Workspace<Plan>;
  /** Why it was chosen, where that is worth a sentence. */
  readonly remark?: string;
  /** A device whose numbers come later: `open` and all that computes at once stay on the CPU. */
  readonly device?: Device;
}

/** A device with a memory of its own, whose results are there later. */
export interface Device {
  /** As `Backend.open`; the workspace is on the device. */
  open<Plan>(plan: (allocate: Allocator) => Plan): Workspace<Plan>;
  /** How it computes what it trains, in a sentence, once it has found out; undefined before, and where there was nothing to find out. */
  readonly decision?: string | undefined;
  /** Why nothing can run on it any more; undefined while it can. */
  readonly failure: string | undefined;
  /** What computes where the device fails. */
  readonly instead: Backend;
}

/**
 * The kernels that compute (kernels.ts, written from the signatures in assembly/), and control. Arguments are views of one workspace, sizes
 * and flags; everything else that a kernel reads is in memory.
 */
export interface Kernels extends ComputeKernels {
  /** Waits until every thread has arrived here; what the threads wrote before the barrier, all may read after it. */
  barrier(): void;
  /** Carries out `body` if counter[0] ≥ least when the program arrives here, in every thread alike. */
  when(counter: Int32Array, least: number, body: () => void): void;
}
