// The vectors and matrices of the reference, in float64 and plain loops. A matrix is a list of its rows.

export type Vector = Float64Array;
export type Matrix = Float64Array[]; // rows

export const zeros = (length: number): Vector => new Float64Array(length);
export const zeroMatrix = (rows: number, columns: number): Matrix => Array.from({ length: rows }, () => zeros(columns));

/** Puts vectors one after another: [a ; b]. */
export function stack(...vectors: Vector[]): Vector {
  const out = zeros(vectors.reduce((length, vector) => length + vector.length, 0));
  let at = 0;
  for (const vector of vectors) {
    out.set(vector, at);
    at += vector.length;
  }
  return out;
}

/** The sum b + M v; without b the product M v. */
export function times(M: Matrix, v: Vector, b?: Vector): Vector {
  const out = b ? b.slice() : zeros(M.length);
  for (let i = 0; i < out.length; i++) for (let j = 0; j < v.length; j++) out[i] += M[i][j] * v[j];
  return out;
}

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
