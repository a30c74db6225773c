// WebAssembly with a native BLAS for the large products. Both work on the same memory, without a copy: a view of it is a pointer for either, and
// weights that only the library reads are not packed. A row's bits may now depend on the rows beside it and on the number of threads, as the
// library pleases; the same machine, library, sizes and threads still repeat bit for bit.

import type { Backend } from '../engine/backend.ts';
import { bestKind } from '../engine/create.ts';
import type { Threads } from '../engine/threads.ts';
import { wasmBackend } from '../engine/wasm.ts';
import { UnrolledError } from '../errors.ts';
import type { BlasLibrary } from './blas-library.ts';

/**
 * The fastest WebAssembly backend with the products of `library`.
 * @param threads from `openThreads`; each calls the library by itself
 */
export function blasBackend(library: BlasLibrary, threads?: Threads): Backend {
  const kind = bestKind();
  if (kind) return wasmBackend(kind, { threads, native: library });
  throw new UnrolledError('blas: expected an engine with WebAssembly SIMD, got one without', 'failure');
}
