// Picks the backend: the fastest WebAssembly binary that this engine accepts and that computes a known answer right, else JavaScript.

import { UnrolledError } from '../errors.ts';
import type { Backend } from './backend.ts';
import { javascriptBackend } from './javascript.ts';
import type { Threads } from './threads.ts';
import { binary, type WasmKind, wasmBackend } from './wasm.ts';

/** `auto` takes the fastest that works; `wasm` insists on WebAssembly. */
export type BackendChoice = 'auto' | 'wasm' | 'javascript';

/**
 * A backend. Float64 is JavaScript's alone, whatever the choice, and JavaScript has one thread.
 *
 * @param threads from `openThreads`: they share the work of WebAssembly
 * @throws {UnrolledError} with `wasm`, where neither binary works.
 */
export function createBackend(
  choice: BackendChoice = 'auto',
  precision: 'float32' | 'float64' = 'float32',
  threads?: Threads,
): Backend {
  if (choice === 'javascript' || precision === 'float64') return javascriptBackend(precision);
  const kind = bestKind();
  if (kind) return wasmBackend(kind, { threads });
  if (choice === 'auto') return javascriptBackend(precision);
  throw new UnrolledError(
    "backend: expected an engine with WebAssembly SIMD, got one without; take 'auto' or 'javascript'",
    'failure',
  );
}

/** The fastest binary that this engine takes and that computes a known answer right. */
export function bestKind(): WasmKind | undefined {
  return (['relaxed-simd', 'simd'] as const).find((kind) => accepts(kind) && knowsTheAnswer(wasmBackend(kind)));
}

/** Whether this engine takes the binary: one without relaxed SIMD refuses a module that contains one such instruction. */
export function accepts(kind: WasmKind): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(binary(kind));
}

/** A 15 × 25 product of depth 3 in small whole numbers, where every rounding is exact: tiles of every height and width. */
function knowsTheAnswer(backend: Backend): boolean {
  const [m, n, k] = [15, 25, 3];
  try {
    const { plan, kernels } = backend.open((allocate) => ({
      a: allocate.floats(m * k),
      w: allocate.floats(n * k),
      panels: allocate.panels(n, k),
      c: allocate.floats(m * n),
    }));
    const { a, w, panels, c } = plan;
    for (let i = 0; i < a.length; i++) a[i] = i - 7;
    for (let i = 0; i < w.length; i++) w[i] = 3 - (i % 5);
    kernels.packTransposed(w, panels, n, k, 0, n);
    kernels.product(a, panels, c, m, n, k, false);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) sum += a[i * k + p] * w[j * k + p];
        if (c[i * n + j] !== sum) return false;
      }
    }
    return true;
  } catch {
    return false;
  }
}
