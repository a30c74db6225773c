// The backend that computes in WebAssembly and leaves large products to a native BLAS. Both work on the same memory without a copy: a view of it
// is a pointer for either, and weights that only the library reads are not packed. With a BLAS the bits of a row may depend on the rows beside it
// and on the number of threads. The same machine, library, sizes and threads still repeat bit for bit.

import type { Backend } from '../engine/backend.ts';
import { bestKind } from '../engine/create.ts';
import type { Threads } from '../engine/threads.ts';
import { type WasmKind, wasmBackend } from '../engine/wasm.ts';
import { UnrolledError } from '../errors.ts';
import type { BlasLibrary } from './blas-library.ts';

/**
 * Creates the fastest WebAssembly backend, which computes its large products with `library`.
 * @param threads from `openThreads`; each thread calls the library on its own
 * @param kind the binary that computes the rest
 */
export function blasBackend(library: BlasLibrary, threads?: Threads, kind: WasmKind | undefined = bestKind()): Backend {
  if (kind) return wasmBackend(kind, { threads, native: library });
  throw new UnrolledError('blas: expected an engine with WebAssembly SIMD, got one without', 'failure');
}
