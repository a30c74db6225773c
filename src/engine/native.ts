// What a native library of matrix products is to the engine. Interface only; node/ finds one.

/** c [m, n] = a · b, or c += with `accumulate`; a and b may stand transposed. Strides are in numbers from row to row. */
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
  /** Decides the bits: the library, its version and the processor that its kernels are for. */
  readonly name: string;
  /** From which another thread can open the same. */
  readonly source: unknown;
  readonly gemm: Gemm;
  /** Whether a product of these sizes is done quicker there than in WebAssembly. */
  isWorth(m: number, n: number, k: number): boolean;
}
