// The engine's view of a native library of matrix products; node/blas-library.ts opens one.

/** c [m, n] = a · b, or c += with `accumulate`; a and b may be stored transposed. Strides count the numbers from one row to the next. */
export type Gemm = (
  a: Float32Array,
  strideA: number,
  transposeA: boolean,
  b: Float32Array,
  strideB: number,
  transposeB: boolean,
  c: Float32Array,
  strideC: number,
  m: number,
  n: number,
  k: number,
  accumulate: boolean,
) => void;

/** A matrix product as a library is asked for it: all that `Gemm` takes, but for the numbers. */
export interface Product {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly strideA: number;
  readonly strideB: number;
  readonly strideC: number;
  readonly accumulate: boolean;
}

/** What decides how fast a product is, as a short text: which operands are transposed, and the sizes. */
export function formOf({ transposeA, transposeB, m, n, k }: Product): string {
  return `${transposeA ? 't' : 'n'}${transposeB ? 't' : 'n'} ${m} ${n} ${k}`;
}

export interface NativeLibrary {
  /** The library, its version and the processor that its kernels are for, and which products it is not given: everything that decides its bits. */
  readonly name: string;
  /** The data with which another thread opens the same library. */
  readonly source: unknown;
  readonly gemm: Gemm;
  /** Whether the library computes this product; else WebAssembly does. */
  takes(product: Product): boolean;
}
