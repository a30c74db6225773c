// The engine's view of a native library of matrix products. Interfaces only; node/blas-library.ts finds a library.

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

export interface NativeLibrary {
  /** The library, its version and the processor that its kernels are for: everything that decides its bits. */
  readonly name: string;
  /** The data with which another thread opens the same library. */
  readonly source: unknown;
  readonly gemm: Gemm;
  /** Whether the library computes a product of these sizes faster than WebAssembly does. */
  isWorth(m: number, n: number, k: number): boolean;
}
