// Every backend that this JavaScript engine can run: the one list for all suites that hold them to the same numbers.

import type { Backend } from '../../src/engine/backend.ts';
import { accepts } from '../../src/engine/create.ts';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { wasmBackend } from '../../src/engine/wasm.ts';
import '../../src/node/wide-simd.ts';

/** A backend and the relative error that its precision allows for a whole tensor. */
export const backends: { label: string; backend: Backend; tolerance: number }[] = [
  { backend: javascriptBackend('float64') },
  { backend: javascriptBackend('float32') },
  ...(['simd', 'relaxed-simd'] as const).filter(accepts).flatMap((kind) => [
    { backend: wasmBackend(kind, { wide: false }), tiles: ' narrow' },
    { backend: wasmBackend(kind, { wide: true }), tiles: ' wide' },
  ]),
].map(({ backend, tiles = '' }: { backend: Backend; tiles?: string }) => ({
  label: `${backend.name} ${backend.precision}${tiles}`,
  backend,
  // float64: 2⁻⁵³ a step, a few hundred steps in a row; float32: 2⁻²⁴ ≈ 6e-8 a step, the promise is 1e-4, these small nets stay far below it
  tolerance: backend.precision === 'float64' ? 1e-10 : 5e-6,
}));
