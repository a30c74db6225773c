// 256-bit instructions. WebAssembly has none, but V8 can join pairs of 128-bit ones; where it did, tiles of sixteen columns are twice as fast
// as those of eight, and elsewhere slower. So both are tried when a binary is compiled. The bits of the results are the same either way.

/** Runs `work` while the engine joins vectors in what it optimizes, and optimizes at once. */
type Joining = <T>(work: () => T) => T;

let joining: Joining | undefined;

/** Tells how this engine is made to join vectors; src/node/wide-simd.ts. */
export function joinBy(how: Joining): void {
  joining = how;
}

/** Runs `work`, which compiles a binary and asks `prefersWide`. */
export function joined<T>(work: () => T): T {
  return joining ? joining(work) : work();
}

interface Products {
  heapBase(): number;
  setWide(on: number): void;
  product(a: number, panels: number, c: number, m: number, n: number, k: number, accumulate: number): void;
}

/**
 * Whether the wide tiles are the faster ones in this instance, which has a memory of its own (a page is enough). First every tile of either
 * width runs until the engine optimizes it: 4 ms on one machine, comparison included.
 */
export function prefersWide(instance: Products): boolean {
  if (!joining) return false;
  const a = Math.ceil(instance.heapBase() / 64) * 64;
  const run = (wide: number, calls: number, [m, n, k]: number[]): number => {
    const panels = a + m * k * 4;
    const start = performance.now();
    instance.setWide(wide);
    for (let i = 0; i < calls; i++) instance.product(a, panels, panels + n * k * 4, m, n, k, 0);
    return performance.now() - start;
  };
  for (const wide of [0, 1]) run(wide, 50, [15, 24, 64]);
  const best = [Infinity, Infinity];
  for (let sample = 0; sample < 24; sample++) {
    const wide = sample % 2;
    best[wide] = Math.min(best[wide], run(wide, 20, [6, 16, 256]));
  }
  return best[1] < 0.85 * best[0];
}
