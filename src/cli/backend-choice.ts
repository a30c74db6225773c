// Which backend a training run computes on: --backend, or with --blas WebAssembly and a native BLAS for the large products.

import type { Backend } from '../engine/backend.ts';
import { type BackendChoice, createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { blasBackend } from '../node/blas-backend.ts';
import { openBlas } from '../node/blas-library.ts';
import type { Request } from './options.ts';

/** The backend of a new run. */
export function newBackend(request: Request): Backend {
  const blas = request.text('blas');
  if (blas === undefined) return createBackend(request.text('backend') as BackendChoice);
  if (request.has('backend'))
    throw new UnrolledError(
      '--blas: expected without --backend, got both; --blas takes WebAssembly for all but large products',
    );
  return blasBackend(openBlas(blas === 'auto' ? undefined : blas));
}

/** The backend of a run that goes on: the one it was started with, or a sentence that says why not. */
export function sameBackend(request: Request, started: string, directory: string): Backend {
  const isGiven = request.has('backend') || request.has('blas');
  const backend = isGiven
    ? newBackend(request)
    : started.startsWith('blas-')
      ? blasBackend(openBlas())
      : createBackend(started === 'javascript' ? 'javascript' : 'auto');
  if (backend.name === started) return backend;
  throw new UnrolledError(
    `--${request.has('blas') || started.startsWith('blas-') ? 'blas' : 'backend'}: expected ${started}, as the run in ${directory} was started with, got ${backend.name}`,
  );
}
