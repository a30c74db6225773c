// The wide tiles give the bits of the narrow ones, in every size of tile and over every edge: so a run may go from one to the other.

import { describe, expect, test } from 'vitest';
import { accepts } from '../../src/engine/create.ts';
import { instantiate, type KernelExports } from '../../src/engine/executor.ts';
import { binary, wasmBackend } from '../../src/engine/wasm.ts';
import { joinBy, prefersWide, type TriedKernels } from '../../src/engine/wide.ts';
import { Random } from '../../src/random.ts';
import '../../src/node/wide-simd.ts';

const sizes = [4, 5, 6, 7, 9, 13, 31].flatMap((m) =>
  [1, 8, 9, 15, 16, 17, 24, 31, 65].flatMap((n) => [1, 7, 515].map((k) => [m, n, k] as const)),
);

for (const kind of (['simd', 'relaxed-simd'] as const).filter(accepts)) {
  /** c += a b and c += aᵀ b with tiles of one width. */
  function products(wide: boolean, m: number, n: number, k: number): number[] {
    const { plan, kernels } = wasmBackend(kind, { wide }).open((allocate) => ({
      a: allocate.floats(m * k),
      b: allocate.floats(k * n),
      panels: allocate.panels(n, k),
      scratch: allocate.scratch(m, n, k),
      c: allocate.floats(m * n),
      d: allocate.floats(m * n),
    }));
    const random = new Random(m * n * k);
    for (const x of [plan.a, plan.b, plan.c, plan.d])
      for (let i = 0; i < x.length; i++) x[i] = random.uniform(-0.5, 0.5);
    kernels.packPlain(plan.b, plan.panels, n, k, 0, n);
    kernels.product(plan.a, plan.panels, plan.c, m, n, k, true);
    kernels.productTN(plan.a, plan.b, plan.d, m, n, k, true, plan.scratch[0], m, n);
    kernels.product(plan.a, plan.panels, plan.c, m, n, k, true);
    return [...plan.c, ...plan.d];
  }

  describe(kind, () => {
    test('wide and narrow tiles give the same bits', () => {
      for (const [m, n, k] of sizes)
        expect(products(true, m, n, k), `${m} × ${n} × ${k}`).toEqual(products(false, m, n, k));
    });
  });
}

test('both binaries have what is tried before their width is chosen', () => {
  joinBy((work) => work());
  for (const kind of (['simd', 'relaxed-simd'] as const).filter(accepts)) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const module = new WebAssembly.Module(binary(kind));
    const kernels = instantiate({ module, wide: false }, memory) as KernelExports & TriedKernels;
    expect(typeof prefersWide(kernels)).toBe('boolean');
  }
});
