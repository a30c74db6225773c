// Carries out programs on one thread. WebAssembly runs the kernels. For what it cannot do itself, waiting for other threads and the matrix
// products of a native library, it returns here.

import type { Gemm } from './native.ts';
import { hostCodes } from './program.ts';

/** The exports of a binary of assembly/ that running programs takes. */
export interface KernelExports {
  heapBase(): number;
  scratchLength(m: number, n: number, k: number): number;
  /** Gives the instance `blockBytes` of its own from an address on, where several instances share a memory. */
  ownBlock(address: number): void;
  /** Chooses the wide tiles (1) or the narrow ones (0): see wide.ts. */
  setWide(on: number): void;
  /** Carries out the calls in [begin, end); returns the address of the first call that is JavaScript's to do, else `end`. */
  execute(begin: number, end: number): number;
}

/** The bytes that an instance needs of its own. */
export const blockBytes = 448;

/** What the types of browsers and of Node call WebAssembly.Module. The declarations of this package must do without both. */
export type CompiledModule = object;

/** What they call WebAssembly.Memory. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(delta: number): number;
}

/** A compiled binary, and which of its tiles are faster on this machine. */
export interface Binary {
  readonly module: CompiledModule;
  /** Whether the wide tiles are faster than the narrow ones. */
  readonly wide: boolean;
}

/** Instantiates a binary on a memory. `block` is the address of the instance's own block. */
export function instantiate({ module, wide }: Binary, memory: WasmMemory, block?: number): KernelExports {
  const exports = new WebAssembly.Instance(module, { env: { memory: memory as WebAssembly.Memory } })
    .exports as unknown as KernelExports;
  exports.setWide(wide ? 1 : 0);
  if (block !== undefined) exports.ownBlock(block);
  return exports;
}

/** Carries out the program in [begin, end) of the memory. */
export type Run = (begin: number, end: number) => void;

/** Returns the function that runs programs on a memory. A program may not change once it has run, unless `isFixed` is false. */
export function executor(
  { execute }: KernelExports,
  memory: WasmMemory,
  barrier: () => void,
  gemm?: Gemm,
  isFixed = true,
): Run {
  const words = new Int32Array(memory.buffer);
  const products = new Map<number, () => void>(); // by the address of the call

  return (begin, end) => {
    for (let at = execute(begin, end) >>> 0; at < end; ) {
      const head = words[at >>> 2];
      if ((head & 0xff) === hostCodes.barrier) barrier();
      else {
        let product = products.get(at);
        if (!product) {
          product = bind(words, at >>> 2, gemm!);
          if (isFixed) products.set(at, product);
        }
        product();
      }
      at = execute(at + (head >>> 8) * 4, end) >>> 0;
    }
  };
}

/** The product whose call begins at word `at`, ready to be run. */
function bind(words: Int32Array, at: number, gemm: Gemm): () => void {
  const [a, strideA, transposeA, b, strideB, transposeB, c, strideC, m, n, k, accumulate] = words.slice(
    at + 1,
    at + 13,
  );
  const view = (address: number): Float32Array => new Float32Array(words.buffer, address >>> 0);
  const [x, y, z] = [view(a), view(b), view(c)];
  return () => gemm(x, strideA, transposeA === 1, y, strideB, transposeB === 1, z, strideC, m, n, k, accumulate === 1);
}
