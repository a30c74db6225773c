// The spectral radius of a square matrix, ρ = max |λ|, by Gelfand's formula: ρ = lim ‖Aᵏ‖^(1/k), with k = 2²⁰ reached by squaring twenty times.
//
//   Aₙ₊₁ = (Aₙ / sₙ)²,  sₙ = ‖Aₙ‖_F,   log ρ ≈ Σ log sₙ / 2ⁿ
//
// Complex eigenvalues need no care, and rounding does little: an error of the n-th square counts 1/2ⁿ. What is left is ‖Aᵏ‖^(1/k) ≥ ρ with a
// factor of at most (√n κ)^(1/k), κ the condition of the eigenvectors: for κ = 10⁶, 1.00002.

import type { Backend } from '../engine/backend.ts';

/** a · a of a square matrix, row-major. [n, n] */
export type Square = (a: Float64Array, n: number) => Float64Array;

const squarings = 20;

/** ρ(matrix) to about 4 digits, of a row-major [n, n]. */
export function spectralRadius(matrix: ArrayLike<number>, n: number, square: Square = squareInFloat64): number {
  let power: Float64Array = Float64Array.from(matrix);
  let logarithm = 0;
  for (let round = 0; ; round++) {
    const norm = frobenius(power);
    if (norm === 0) return 0;
    if (!Number.isFinite(norm)) return Number.NaN;
    logarithm += Math.log(norm) / 2 ** round;
    if (round === squarings) return Math.exp(logarithm);
    for (let i = 0; i < power.length; i++) power[i] /= norm;
    power = square(power, n);
  }
}

/** Squares with a backend's product. */
export function squareOn(backend: Backend, n: number): Square {
  const { plan, kernels } = backend.open((allocate) => ({
    matrix: allocate.floats(n * n),
    panels: allocate.panels(n, n),
    product: allocate.floats(n * n),
  }));
  return (a) => {
    plan.matrix.set(a);
    kernels.packPlain(plan.matrix, plan.panels, n, n, 0, n);
    kernels.product(plan.matrix, plan.panels, plan.product, n, n, n, false);
    return Float64Array.from(plan.product);
  };
}

function frobenius(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

function squareInFloat64(a: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = product.subarray(i * n, (i + 1) * n);
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k];
      if (factor === 0) continue;
      const other = a.subarray(k * n, (k + 1) * n);
      for (let j = 0; j < n; j++) row[j] += factor * other[j];
    }
  }
  return product;
}
