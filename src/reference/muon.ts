// Muon in plain loops: see training/muon.ts for its equation. A square matrix is a list of its rows.

import { type Matrix, zeroMatrix } from './matrix.ts';

const product = (A: Matrix, B: Matrix): Matrix => {
  const out = zeroMatrix(A.length, B[0].length);
  for (let i = 0; i < out.length; i++)
    for (let j = 0; j < out[i].length; j++) for (let k = 0; k < B.length; k++) out[i][j] += A[i][k] * B[k][j];
  return out;
};
const transposed = (A: Matrix): Matrix => Array.from(A[0], (_, j) => Float64Array.from(A, (row) => row[j]));
const combined = (...parts: (readonly [factor: number, A: Matrix])[]): Matrix =>
  parts[0][1].map((row, i) => row.map((_, j) => parts.reduce((sum, [factor, A]) => sum + factor * A[i][j], 0)));

/** Brings the singular values near 1: X = N / ‖N‖, and three times A = X Xᵀ, X ← a X + b A X + c A A X. */
export function orthogonalized(N: Matrix): Matrix {
  let X = combined([1 / Math.hypot(...N.map((row) => Math.hypot(...row))), N]);
  for (let round = 0; round < 3; round++) {
    const A = product(X, transposed(X));
    const AX = product(A, X);
    X = combined([3.4445, X], [-4.775, AX], [2.0315, product(A, AX)]);
  }
  return X;
}

/** One update of W and of its momentum M: M ← μ M + g; W ← (1 − α λ) W − 0.2 √H α · orthogonalized(g + μ M). */
export function muonStep(
  W: Matrix,
  M: Matrix,
  g: Matrix,
  alpha: number,
  mu: number,
  lambda: number,
): [W: Matrix, M: Matrix] {
  const next = combined([mu, M], [1, g]);
  const X = orthogonalized(combined([1, g], [mu, next]));
  return [combined([1 - alpha * lambda, W], [-0.2 * Math.sqrt(W.length) * alpha, X]), next];
}
