// Vectors and matrices of the reference: float64, plain loops. A matrix is a list of its rows.

export type Vector = Float64Array;
export type Matrix = Float64Array[]; // rows

export const zeros = (length: number): Vector => new Float64Array(length);
export const zeroMatrix = (rows: number, columns: number): Matrix => Array.from({ length: rows }, () => zeros(columns));

/** The vectors one after another, [a ; b]. */
export const stack = (...vectors: Vector[]): Vector => Float64Array.from(vectors.flatMap((vector) => [...vector]));

/** M v. */
export const times = (M: Matrix, v: Vector): Vector =>
  Float64Array.from(M, (row) => row.reduce((sum, value, j) => sum + value * v[j], 0));

/** out += v. */
export function add(out: Vector, v: Vector): void {
  for (let i = 0; i < out.length; i++) out[i] += v[i];
}

/** M += a bᵀ. */
export function addProduct(M: Matrix, a: Vector, b: Vector): void {
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) M[i][j] += a[i] * b[j];
}

/** out += Mᵀ v. */
export function addTransposed(out: Vector, M: Matrix, v: Vector): void {
  for (let i = 0; i < v.length; i++) for (let j = 0; j < out.length; j++) out[j] += M[i][j] * v[i];
}

/** σ(a), the logistic function. */
export const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));
