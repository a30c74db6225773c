// 256-bit instructions. WebAssembly has none, but V8 can join pairs of 128-bit instructions. Where it does, tiles of sixteen columns are twice as
// fast as tiles of eight; elsewhere they are slower. So both are tried when a binary is compiled. The results have the same bits either way.

import { type ComputeKernels, cellKernels } from './kernels.ts';

/** Runs `work` while the engine joins vectors in the code that it optimizes, and optimizes it without delay. */
type Joining = <T>(work: () => T) => T;

let joining: Joining | undefined;

/** Sets how this engine is made to join vectors; src/node/wide-simd.ts knows for Node. */
export function joinBy(how: Joining): void {
  joining = how;
}

/** Runs `work`, which compiles a binary and asks `prefersWide`. */
export function joined<T>(work: () => T): T {
  return joining ? joining(work) : work();
}

/** A kernel as a binary exports it: arrays are addresses, flags are 0 or 1. */
type Exported<Kernel> = Kernel extends (...args: infer Arguments) => void
  ? (...args: { [Index in keyof Arguments]: number }) => void
  : never;

/** The kernels whose loops gain by joined vectors, which assembly/index.ts therefore exports. */
type TriedName = 'product' | 'productTN' | 'tanh' | 'sigmoid' | 'softmaxNll' | keyof typeof cellKernels;

/** The exports of a binary that `prefersWide` runs. */
export type TriedKernels = { [Name in TriedName]: Exported<ComputeKernels[Name]> } & {
  heapBase(): number;
  setWide(on: number): void;
};

/**
 * Whether the wide tiles are faster in this instance, which has a memory of its own (a page is enough). First every loop that gains by joined
 * vectors runs until the engine optimizes it. All of it takes 15 ms on one machine.
 */
export function prefersWide(kernels: TriedKernels): boolean {
  if (!joining) return false;
  const a = Math.ceil(kernels.heapBase() / 64) * 64;
  const run = (wide: number, calls: number, [m, n, k]: number[]): number => {
    const panels = a + m * k * 4;
    const start = performance.now();
    kernels.setWide(wide);
    for (let i = 0; i < calls; i++) kernels.product(a, panels, panels + n * k * 4, m, n, k, 0);
    return performance.now() - start;
  };
  for (const wide of [0, 1]) {
    run(wide, 50, [15, 24, 64]);
    for (let columns = 8; columns <= 64; columns += 8) run(wide, 50, [1, columns, 64]);
    for (let i = 0; i < 50; i++) kernels.productTN(a, a + 4096, a + 8192, 15, 24, 32, 0, a + 16384, 15, 24);
  }
  for (let i = 0; i < 50; i++) {
    kernels.tanh(a, 256);
    kernels.sigmoid(a, 256);
    kernels.softmaxNll(a, a + 1024, a + 1024, a + 1024, 1, 256);
    for (const [name, arrays] of Object.entries(cellKernels)) {
      // an array may have 1024 numbers, those of the four gates of 256 units
      const addresses = Array.from({ length: arrays }, (_, array) => a + 4096 * array);
      (kernels as unknown as Record<string, (...args: number[]) => void>)[name](...addresses, 1, 256);
    }
  }
  const best = [Infinity, Infinity];
  for (let sample = 0; sample < 24; sample++) {
    const wide = sample % 2;
    best[wide] = Math.min(best[wide], run(wide, 20, [6, 16, 256]));
  }
  return best[1] < 0.85 * best[0];
}
