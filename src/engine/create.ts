// Chooses the backend: the fastest WebAssembly binary that this engine accepts and that computes a known answer right, else JavaScript.
// A backend's name holds what decides its bits. The relaxed binary is therefore taken only where its multiply-add rounds once: where an engine or
// a processor rounds twice, it would be no faster and give the bits of the other binary under a name of its own.

import { described, expectOneOf, UnrolledError } from '../errors.ts';
import type { Backend } from './backend.ts';
import { javascriptBackend } from './javascript.ts';
import type { Threads } from './threads.ts';
import { binary, type WasmKind, wasmBackend } from './wasm.ts';

/** `auto` takes the fastest backend that works; `wasm` insists on WebAssembly. */
export type BackendChoice = (typeof choices)[number];
const choices = ['auto', 'wasm', 'javascript'] as const;

/** What computes: a backend as it is, or the one of a choice, which is auto where nothing is given. */
export function backendOf(given: BackendChoice | Backend = 'auto'): Backend {
  if (typeof given === 'string') return createBackend(given);
  if (typeof given === 'object' && given !== null && 'open' in given) return given;
  throw new UnrolledError(
    `backend: expected auto, wasm or javascript, or what createBackend makes, got ${described(given)}`,
  );
}

/**
 * Creates what computes: WebAssembly with SIMD in float32 where it works, else the portable kernels in JavaScript. Only the JavaScript backend
 * computes in float64, so that precision takes it whatever the choice; it has one thread.
 *
 * @param threads from `openThreads`: they share the work of WebAssembly
 * @throws UnrolledError with `wasm`, where neither binary works
 */
export function createBackend(
  choice: BackendChoice = 'auto',
  precision: 'float32' | 'float64' = 'float32',
  threads?: Threads,
): Backend {
  if ((choice as string) === 'webgpu')
    throw new UnrolledError(
      "backend: expected auto, wasm or javascript, got webgpu; give what openBackend of 'unrolled/webgpu' opens",
    );
  expectOneOf('backend', choice, choices);
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

/** The fastest binary that this engine accepts and that computes known answers right. It is tried once: that takes some milliseconds. */
export function bestKind(): WasmKind | undefined {
  if (typeof WebAssembly !== 'object') return undefined;
  const functions = [WebAssembly.validate, WebAssembly.Module, WebAssembly.Instance];
  if (!tried?.with.every((one, i) => one === functions[i]))
    tried = {
      with: functions,
      kind: (['relaxed-simd', 'simd'] as const).find((kind) => accepts(kind) && isAsNamed(kind, wasmBackend(kind))),
    };
  return tried.kind;
}

/** Whether this engine accepts the binary: an engine without relaxed SIMD refuses a module that contains one such instruction. */
export function accepts(kind: WasmKind): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(binary(kind));
}

/** Whether a binary computes right in this engine, and with the roundings that its name promises. */
function isAsNamed(kind: WasmKind, backend: Backend): boolean {
  try {
    return knowsTheAnswer(backend) && (kind === 'simd' || fuses(backend));
  } catch {
    return false;
  }
}

/** Whether a product of depth 3 comes out right. Its numbers are small and whole, so nothing is rounded. */
function knowsTheAnswer(backend: Backend): boolean {
  const k = 3;
  const a = (i: number): number => i - 7;
  const w = (i: number): number => 3 - (i % 5);
  const expected = (i: number, j: number): number => {
    let sum = 0;
    for (let p = 0; p < k; p++) sum += a(i * k + p) * w(j * k + p);
    return sum;
  };
  return gives(backend, k, a, w, 0, expected);
}

/** Whether a · b + c is rounded once: (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is then 2⁻²⁴, and 0 where the square is rounded before the sum. */
function fuses(backend: Backend): boolean {
  const factor = (): number => 1 + 2 ** -12;
  return gives(backend, 1, factor, factor, -(1 + 2 ** -11), () => 2 ** -24);
}

/** Whether c + a wᵀ has the expected numbers, for c of 15 × 25, which takes tiles of every height and width. */
function gives(
  backend: Backend,
  k: number,
  a: (i: number) => number,
  w: (i: number) => number,
  c: number,
  expected: (i: number, j: number) => number,
): boolean {
  const [m, n] = [15, 25];
  const { plan, kernels } = backend.open((allocate) => ({
    a: allocate.floats(m * k),
    w: allocate.floats(n * k),
    panels: allocate.panels(n, k),
    c: allocate.floats(m * n),
  }));
  for (let i = 0; i < m * k; i++) plan.a[i] = a(i);
  for (let i = 0; i < n * k; i++) plan.w[i] = w(i);
  plan.c.fill(c);
  kernels.packTransposed(plan.w, plan.panels, n, k, 0, n);
  kernels.product(plan.a, plan.panels, plan.c, m, n, k, true);
  return plan.c.every((value, at) => value === expected(Math.floor(at / n), at % n));
}
