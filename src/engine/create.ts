// Chooses the backend: the fastest WebAssembly binary that this engine accepts and that computes a known answer right, else JavaScript.

import { UnrolledError } from '../errors.ts';
import type { Backend } from './backend.ts';
import { javascriptBackend } from './javascript.ts';
import type { Threads } from './threads.ts';
import { binary, type WasmKind, wasmBackend } from './wasm.ts';

/** `auto` takes the fastest backend that works; `wasm` insists on WebAssembly. */
export type BackendChoice = 'auto' | 'wasm' | 'javascript';

/**
 * Creates a backend. Only the JavaScript backend computes in float64, so that precision takes it whatever the choice; it has one thread.
 *
 * @param threads from `openThreads`: they share the work of WebAssembly
 * @throws UnrolledError with `wasm`, where neither binary works
 */
export function createBackend(
  choice: BackendChoice = 'auto',
  precision: 'float32' | 'float64' = 'float32',
  threads?: Threads,
): Backend {
  if (choice === 'javascript' || precision === 'float64') return javascriptBackend(precision);
  const kind = bestKind();
  if (kind) return wasmBackend(kind, { threads });
  const isForbidden = isForbiddenByPolicy();
  if (choice === 'wasm')
    throw new UnrolledError(
      isForbidden
        ? `backend: ${policySentence}, or take 'auto' or 'javascript'`
        : "backend: expected an engine with WebAssembly SIMD, got one without; take 'auto' or 'javascript'",
      'failure',
    );
  if (isForbidden && !hasWarned) {
    hasWarned = true;
    console.warn(`unrolled: ${policySentence}. Until then JavaScript computes, some 30 times slower.`);
  }
  return javascriptBackend(precision);
}

const policySentence =
  "expected a page that may run WebAssembly, got a Content-Security-Policy that forbids it; add 'wasm-unsafe-eval' to the policy's script-src";
let hasWarned = false;

/** Whether this engine has WebAssembly, but a page's Content-Security-Policy lets nobody compile a module, not even the empty one. */
function isForbiddenByPolicy(): boolean {
  if (typeof WebAssembly !== 'object') return false;
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0); // '\0asm', version 1
  if (!WebAssembly.validate(empty)) return false;
  try {
    new WebAssembly.Module(empty);
    return false;
  } catch {
    return true;
  }
}

/** What was found to be the best, and the engine's own functions that it was found with. */
let tried: { readonly with: readonly unknown[]; readonly kind: WasmKind | undefined } | undefined;

/** The fastest binary that this engine accepts and that computes a known answer right. It is tried once: that takes some milliseconds. */
export function bestKind(): WasmKind | undefined {
  if (typeof WebAssembly !== 'object') return undefined;
  const functions = [WebAssembly.validate, WebAssembly.Module, WebAssembly.Instance];
  if (!tried?.with.every((one, i) => one === functions[i]))
    tried = {
      with: functions,
      kind: (['relaxed-simd', 'simd'] as const).find((kind) => accepts(kind) && knowsTheAnswer(wasmBackend(kind))),
    };
  return tried.kind;
}

/** Whether this engine accepts the binary: an engine without relaxed SIMD refuses a module that contains one such instruction. */
export function accepts(kind: WasmKind): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(binary(kind));
}

/** Whether a 15 × 25 product of depth 3 comes out right. Its numbers are small and whole, so nothing is rounded, and it uses tiles of every height and width. */
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
