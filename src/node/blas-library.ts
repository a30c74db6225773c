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

/** The package koffi; undefined where it is not installed. */
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
export function loadBlas(path: string, core = process.env[coreVariable]): BlasLibrary {
  // unless told otherwise, the library starts threads of its own as soon as it is loaded
  process.env.OPENBLAS_NUM_THREADS ??= '1';
  process.env.VECLIB_MAXIMUM_THREADS ??= '1';
  const before = process.env[coreVariable];
  if (core !== undefined) process.env[coreVariable] = core;
  try {
    const library = loadKoffi()!.load(path);
    const sgemm = library.func(
      'void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)',
    ) as unknown as Sgemm;
    const { gemm } = libraryOf('', path, sgemm);
    const name = nameOfOpenBlas(library) ?? `${path.includes('Accelerate') ? 'accelerate' : 'unknown'}-${bitsOf(gemm)}`;
    return libraryOf(name, path, sgemm);
  } finally {
    if (before === undefined) delete process.env[coreVariable];
  }
}

/** The version of OpenBLAS and the processor it computes for; undefined of another library, or where it does not say both. */
function nameOfOpenBlas(library: ReturnType<Koffi['load']>): string | undefined {
  try {
    (library.func('void openblas_set_num_threads(int count)') as (count: number) => void)(1);
    const core = library.func('const char *openblas_get_corename()')() as string;
    const config = library.func('const char *openblas_get_config()')() as string;
    const version = /OpenBLAS (\S+)/.exec(config)?.[1];
    return version && !/unknown/i.test(core) ? `openblas-${version}-${core.toLowerCase()}` : undefined;
  } catch {
    return undefined;
  }
}

/** The processor that OpenBLAS computes for, from the name of the library; empty of another one. */
export function coreOf(name: string): string {
  return /^openblas-.+-([^-]+)$/.exec(name)?.[1] ?? '';
}

/** The library in the form that the engine uses. */
export function libraryOf(name: string, path: string, sgemm: Sgemm): BlasLibrary {
  return {
    name,
    source: path,
    gemm: (a, strideA, transposeA, b, strideB, transposeB, c, strideC, m, n, k, accumulate) => {
      const [formA, formB] = [transposeA ? 112 : 111, transposeB ? 112 : 111] as const;
      sgemm(101, formA, formB, m, n, k, 1, a, strideA, b, strideB, accumulate ? 1 : 0, c, strideC);
    },
    takes: isLarge,
  };
}

/**
 * The library for a run whose products are known: it is given those among `products`, with which it was tried, except the forms in `slower`. These
 * change the bits, so the name tells them.
 */
export function forRun(library: BlasLibrary, products: readonly Product[], slower: readonly string[]): BlasLibrary {
  const given = new Set(products.filter(isLarge).map(formOf));
  for (const form of slower) given.delete(form);
  const without = slower.length === 0 ? '' : `-without-${digestOf(slower.toSorted().join('\n'))}`;
  return { ...library, name: `${library.name}${without}`, takes: (product) => given.has(formOf(product)) };
}

/** A digest of some products of fixed numbers: libraries that say nothing of themselves are told apart by their bits. */
function bitsOf(gemm: Gemm): string {
  const random = new Random(1);
  const [m, n, k] = [65, 133, 300];
  const [a, b] = [m * k, n * k].map((length) => Float32Array.from({ length }, () => random.uniform(-1, 1)));
  const c = new Float32Array(m * n);
  gemm(a, k, false, b, k, true, c, n, m, n, k, false);
  gemm(a, k, false, b, n, false, c, n, m, n, k, true);
  gemm(a, m, true, b, n, false, c, n, m, n, k, true);
  return digestOf(new Uint8Array(c.buffer));
}

const digestOf = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex').slice(0, 8);
