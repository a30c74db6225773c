// The search for a native BLAS, and the opening of its sgemm: OpenBLAS on Linux, Accelerate on macOS, or the library that the user names. The
// bridge is the optional package koffi. Where koffi or the library is missing, training is slower and otherwise the same.

import { createRequire } from 'node:module';
import type { NativeLibrary } from '../engine/native.ts';
import { UnrolledError } from '../errors.ts';

/** cblas_sgemm: c = α a · b + β c. Order 101 is row-major; 111 means not transposed, 112 transposed. */
type Sgemm = (
  order: 101,
  transposeA: 111 | 112,
  transposeB: 111 | 112,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: Float32Array,
  strideA: number,
  b: Float32Array,
  strideB: number,
  beta: number,
  c: Float32Array,
  strideC: number,
) => void;

/** A native BLAS; its `source` is the path of its file. */
export interface BlasLibrary extends NativeLibrary {
  readonly source: string;
}

/**
 * The size from which a product goes to the library. Below it the call (about a quarter of a microsecond) costs more than the library's wider
 * instructions save; products of only a few rows are as fast in WebAssembly.
 */
const minMultiplyAdds = 2 ** 17;
const minRows = 8;

/** The part of koffi that is used here. */
interface Koffi {
  load(path: string): { func(definition: string): (...args: never[]) => unknown };
}

const usualPlaces: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['libopenblas.so.0', 'libopenblas.so'],
  darwin: [
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
  ],
  win32: ['libopenblas.dll'],
};

/**
 * Opens a native BLAS and sets it to one thread.
 * @param path the file of the library; without it the usual places are tried
 * @throws UnrolledError of kind failure that says what is missing and what to do
 */
export function openBlas(path?: string): BlasLibrary {
  const { library, tried } = findBlas(path);
  if (library) return library;
  if (path !== undefined) throw new UnrolledError(`blas: ${tried[0]}`, 'failure');
  const places = usualPlaces[process.platform]?.join(', ') ?? 'none are known for this system';
  throw new UnrolledError(
    tried.length === 1 && tried[0] === noKoffi
      ? `blas: ${noKoffi}`
      : `blas: expected OpenBLAS or Accelerate in the usual places (${places}), got neither; install one (Debian: libopenblas0) or name its file`,
    'failure',
  );
}

const noKoffi = 'expected the optional package koffi, got none; npm install koffi';

/** Looks for a BLAS, at `path` or in the usual places, and says for each place without one what was wrong with it. */
export function findBlas(path?: string): { library?: BlasLibrary; tried: string[] } {
  const koffi = loadKoffi();
  if (!koffi) return { tried: [noKoffi] };
  const tried: string[] = [];
  for (const place of path === undefined ? (usualPlaces[process.platform] ?? []) : [path]) {
    try {
      return { library: open(koffi, place), tried };
    } catch (error) {
      const reason = (error as Error).message.split('\n')[0];
      tried.push(`expected a library with cblas_sgemm, got ${place} (${reason})`);
    }
  }
  return { tried };
}

function loadKoffi(): Koffi | undefined {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch {
    return undefined;
  }
}

function open(koffi: Koffi, path: string): BlasLibrary {
  // unless told otherwise, the library starts threads of its own as soon as it is loaded
  process.env.OPENBLAS_NUM_THREADS ??= '1';
  process.env.VECLIB_MAXIMUM_THREADS ??= '1';
  const library = koffi.load(path);
  const sgemm = library.func(
    'void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)',
  ) as unknown as Sgemm;
  knowsTheAnswer(sgemm, path);
  let name = path.includes('Accelerate') ? 'accelerate' : 'unknown';
  try {
    (library.func('void openblas_set_num_threads(int count)') as (count: number) => void)(1);
    const core = library.func('const char *openblas_get_corename()')() as string;
    const config = library.func('const char *openblas_get_config()')() as string;
    name = `openblas-${/OpenBLAS (\S+)/.exec(config)?.[1] ?? 'unknown'}-${core.toLowerCase()}`;
  } catch {
    // not OpenBLAS
  }
  return libraryOf(name, path, sgemm);
}

/** The library in the form that the engine uses. */
export function libraryOf(name: string, path: string, sgemm: Sgemm): BlasLibrary {
  return {
    name,
    source: path,
    gemm: (a, strideA, transposeA, b, strideB, transposeB, c, strideC, m, n, k, accumulate) =>
      sgemm(
        101,
        transposeA ? 112 : 111,
        transposeB ? 112 : 111,
        m,
        n,
        k,
        1,
        a,
        strideA,
        b,
        strideB,
        accumulate ? 1 : 0,
        c,
        strideC,
      ),
    isWorth: (m, n, k) => m >= minRows && n * k > 0 && m * n * k >= minMultiplyAdds,
  };
}

/** Computes [[1, 2], [3, 4]] · [[5, 6], [7, 8]]ᵀ, so that a function with another meaning is found before it is used. */
function knowsTheAnswer(sgemm: Sgemm, path: string): void {
  const c = Float32Array.of(1, 1, 1, 1);
  sgemm(101, 111, 112, 2, 2, 2, 1, Float32Array.of(1, 2, 3, 4), 2, Float32Array.of(5, 6, 7, 8), 2, 1, c, 2);
  if (String(c) !== '18,24,40,54') throw new Error(`cblas_sgemm of ${path} gives ${c}`);
}
