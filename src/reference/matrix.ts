// The vectors and matrices of the reference, in float64 and plain loops. A matrix is a list of its rows.

export type Vector = Float64Array;
export type Matrix = Float64Array[]; // rows

export const zeros = (length: number): Vector => new Float64Array(length);
export const zeroMatrix = (rows: number, columns: number): Matrix => Array.from({ length: rows }, () => zeros(columns));

/** Puts vectors one after another: [a ; b]. */
export const stack = (...vectors: Vector[]): Vector => Float64Array.from(vectors.flatMap((vector) => [...vector]));

/** The product M v. */
export const times = (M: Matrix, v: Vector): Vector =>
  Float64Array.from(M, (row) => row.reduce((sum, value, j) => sum + value * v[j], 0));

/** Adds a vector: out += v. */
export function add(out: Vector, v: Vector): void {
  for (let i = 0; i < out.length; i++) out[i] += v[i];
}

/** Adds an outer product: M += a bᵀ. */
export function addProduct(M: Matrix, a: Vector, b: Vector): void {
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) M[i][j] += a[i] * b[j];
}

/** Adds the product with a transposed matrix: out += Mᵀ v. */
export function addTransposed(out: Vector, M: Matrix, v: Vector): void {
  for (let i = 0; i < v.length; i++) for (let j = 0; j < out.length; j++) out[j] += M[i][j] * v[i];
}

/** The logistic function σ(a). */
export const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));
