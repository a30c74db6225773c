// Least squares in closed form, with a small ridge: (XᵀX + λ n I) w = Xᵀ y by Cholesky's factors. A quick answer to which inputs tell more of a target.

/**
 * The weights of a linear model of rows of features.
 * @param features X [rows, F]
 * @param targets y [rows, K]
 * @returns [F, K]
 */
export function leastSquares(features: Float64Array, targets: Float64Array, rows: number, ridge = 1e-4): Float64Array {
  const F = features.length / rows;
  const K = targets.length / rows;
  const gram = new Float64Array(F * F);
  const weights = new Float64Array(F * K);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < F; i++) {
      const x = features[r * F + i];
      if (x === 0) continue;
      for (let j = 0; j <= i; j++) gram[i * F + j] += x * features[r * F + j];
      for (let k = 0; k < K; k++) weights[i * K + k] += x * targets[r * K + k];
    }
  for (let i = 0; i < F; i++) gram[i * F + i] += ridge * rows;
  // L Lᵀ = XᵀX + λ n I, in place
  for (let i = 0; i < F; i++)
    for (let j = 0; j <= i; j++) {
      let sum = gram[i * F + j];
      for (let k = 0; k < j; k++) sum -= gram[i * F + k] * gram[j * F + k];
      gram[i * F + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / gram[j * F + j];
    }
  for (let c = 0; c < K; c++) {
    for (let i = 0; i < F; i++) {
      for (let k = 0; k < i; k++) weights[i * K + c] -= gram[i * F + k] * weights[k * K + c];
      weights[i * K + c] /= gram[i * F + i];
    }
    for (let i = F - 1; i >= 0; i--) {
      for (let k = i + 1; k < F; k++) weights[i * K + c] -= gram[k * F + i] * weights[k * K + c];
      weights[i * K + c] /= gram[i * F + i];
    }
  }
  return weights;
}
