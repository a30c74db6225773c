// A native BLAS as a matrix product: OpenBLAS on Linux, Accelerate on macOS, or the library that the user names. The bridge is the optional package
// koffi. This file loads a library into this process and trusts it: blas-search.ts finds one and tries it in another process first.

import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import process from 'node:process';
import { formOf, type Gemm, type NativeLibrary, type Product } from '../engine/native.ts';
import { Random } from '../random.ts';

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
  /** The processor that its kernels are for, as OpenBLAS calls it; undefined of other libraries. */
  readonly core: string | undefined;
}

/**
 * The size from which a product goes to the library. Below it the call (about a quarter of a microsecond) costs more than the library's wider
 * instructions save; products of only a few rows are as fast in WebAssembly.
 */
const minMultiplyAdds = 2 ** 17;
const minRows = 8;

/** Whether a product is large enough for a library. */
export function isLarge({ m, n, k }: Product): boolean {
  return m >= minRows && n * k > 0 && m * n * k >= minMultiplyAdds;
}

/** The part of koffi that is used here. */
interface Koffi {
  load(path: string): { func(definition: string): (...args: never[]) => unknown };
}

export function loadKoffi(): Koffi | undefined {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch {
    return undefined;
  }
}

/** The variable that tells OpenBLAS for which processor it shall compute; it is read once, when the library is loaded. */
export const coreVariable = 'OPENBLAS_CORETYPE';

/**
 * Loads a library and sets it to one thread.
 * @param core the processor for which OpenBLAS shall compute; undefined leaves that to the library
 * @throws an error of the loader, or where the file has no cblas_sgemm
 */
export function loadBlas(path: string, core?: string): BlasLibrary {
  // unless told otherwise, the library starts threads of its own as soon as it is loaded
  process.env.OPENBLAS_NUM_THREADS ??= '1';
  process.env.VECLIB_MAXIMUM_THREADS ??= '1';
  const before = process.env[coreVariable];
  if (core !== undefined) process.env[coreVariable] = core;
  let library: ReturnType<Koffi['load']>;
  try {
    library = loadKoffi()!.load(path);
  } finally {
    if (before === undefined) delete process.env[coreVariable];
    else process.env[coreVariable] = before;
  }
  const sgemm = library.func(
    'void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)',
  ) as unknown as Sgemm;
  const openBlas = askOpenBlas(library);
  return libraryOf(
    openBlas?.name ?? `${path.includes('Accelerate') ? 'accelerate' : 'unknown'}-${bitsOf(gemmOf(sgemm))}`,
    path,
    sgemm,
    openBlas?.core,
  );
}

/** What OpenBLAS says of itself; undefined of another library, or where it does not say what decides its bits. */
function askOpenBlas(library: ReturnType<Koffi['load']>): { name: string; core: string } | undefined {
  try {
    (library.func('void openblas_set_num_threads(int count)') as (count: number) => void)(1);
    const core = library.func('const char *openblas_get_corename()')() as string;
    const config = library.func('const char *openblas_get_config()')() as string;
    const version = /OpenBLAS (\S+)/.exec(config)?.[1];
    if (version === undefined || core.toLowerCase() === 'unknown') return undefined;
    return { name: `openblas-${version}-${core.toLowerCase()}`, core: core.toLowerCase() };
  } catch {
    return undefined;
  }
}

/** The library in the form that the engine uses. */
export function libraryOf(name: string, path: string, sgemm: Sgemm, core?: string): BlasLibrary {
  return { name, source: path, core, gemm: gemmOf(sgemm), takes: isLarge };
}

function gemmOf(sgemm: Sgemm): Gemm {
  return (a, strideA, transposeA, b, strideB, transposeB, c, strideC, m, n, k, accumulate) => {
    const [formA, formB] = [transposeA ? 112 : 111, transposeB ? 112 : 111] as const;
    sgemm(101, formA, formB, m, n, k, 1, a, strideA, b, strideB, accumulate ? 1 : 0, c, strideC);
  };
}

/**
 * The library for a run whose products are known: it is given those among `products` that are large, except the forms in `slower`. These change the
 * bits, so the name tells them.
 */
export function forRun(library: BlasLibrary, products: readonly Product[], slower: readonly string[]): BlasLibrary {
  const left = new Set(slower);
  const given = new Set(products.map(formOf).filter((form) => !left.has(form)));
  return {
    ...library,
    name: slower.length === 0 ? library.name : `${library.name}-without-${digest(slower.toSorted().join('\n'))}`,
    takes: (product) => isLarge(product) && given.has(formOf(product)),
  };
}

/** A few products of fixed numbers, and a digest of the results: libraries that say nothing of themselves are told apart by their bits. */
function bitsOf(gemm: Gemm): string {
  const random = new Random(1);
  const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => random.uniform(-1, 1));
  const hash = createHash('sha256');
  for (const [transposeA, transposeB, m, n, k] of [
    [false, true, 9, 133, 300],
    [false, false, 64, 70, 257],
    [true, false, 128, 65, 400],
  ] as const) {
    const c = new Float32Array(m * n);
    gemm(
      numbers(m * k),
      transposeA ? m : k,
      transposeA,
      numbers(n * k),
      transposeB ? k : n,
      transposeB,
      c,
      n,
      m,
      n,
      k,
      false,
    );
    hash.update(new Uint8Array(c.buffer));
  }
  return hash.digest('hex').slice(0, 8);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
