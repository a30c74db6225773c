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
  /** Whether a is stored transposed. */
  readonly transposeA: boolean;
  /** Whether b is stored transposed. */
  readonly transposeB: boolean;
  /** The number of rows of c. */
  readonly m: number;
  /** The number of columns of c. */
  readonly n: number;
  /** The length of the sums. */
  readonly k: number;
  /** The numbers from one row of a to the next. */
  readonly strideA: number;
  /** The numbers from one row of b to the next. */
  readonly strideB: number;
  /** The numbers from one row of c to the next. */
  readonly strideC: number;
  /** Whether the product is added to c instead of written over it. */
  readonly accumulate: boolean;
}

/** What decides how fast a product is, as a short text: which operands are transposed, and the sizes. */
export function formOf({ transposeA, transposeB, m, n, k }: Product): string {
  return `${transposeA ? 't' : 'n'}${transposeB ? 't' : 'n'} ${m} ${n} ${k}`;
}

/** A native library of matrix products that the large ones are given to. `openBlas` finds one. */
export interface NativeLibrary {
  /** The library, its version and the processor that its kernels are for, and which products it is not given: everything that decides its bits. */
  readonly name: string;
  /** The data with which another thread opens the same library. */
  readonly source: unknown;
  /** Computes a product. */
  readonly gemm: Gemm;
  /** Whether the library computes this product; else WebAssembly does. */
  takes(product: Product): boolean;
}
