// The output layer and the three losses in float64, for one sequence, in plain loops (equations 10.10 to 10.19, 10.22 and 10.24). The target decides
// the loss: for a class it is the negative log-likelihood of a softmax, for a vector the squared error, for quantiles the pinball loss.

import { type Matrix, times, type Vector, zeroMatrix, zeros } from './matrix.ts';

/** What is predicted: a class, numbers [C], or quantiles of numbers [C]. */
export type Target = number | Vector | { readonly values: Vector; readonly quantiles: Vector };

/** (10.10) o(t) = c + V h(t). */
export function logits(V: Matrix, c: Vector, h: Vector): Vector {
  return times(V, h, c);
}

/** (10.11) ŷ(t) = softmax(o(t)). */
export function softmax(o: Vector): Vector {
  const largest = Math.max(...o);
  const e = o.map((value) => Math.exp(value - largest));
  const sum = e.reduce((total, value) => total + value, 0);
  return e.map((value) => value / sum);
}

/** (10.14) L(t) = − log ŷ(t)[y(t)]. */
export function negativeLogLikelihood(o: Vector, y: number): number {
  const largest = Math.max(...o);
  return largest - o[y] + Math.log(o.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/** The squared error: the mean of (o(t) − y(t))² over the outputs, without the ½ of some books. */
export function squaredError(o: Vector, y: Vector): number {
  return o.reduce((sum, value, i) => sum + (value - y[i]) ** 2 / o.length, 0); // L(t) = Σ_i (o(t)[i] − y(t)[i])² / C
}

/** The pinball loss: the mean over the outputs of what lies above a quantile q, times q, or below it, times 1 − q. */
export function pinball(o: Vector, y: Vector, q: Vector): number {
  return o.reduce((sum, value, i) => sum + Math.max(q[i] * (y[i] - value), (q[i] - 1) * (y[i] - value)) / o.length, 0);
}

/** The loss L(t) of each kind. */
export function loss(o: Vector, y: Target): number {
  if (typeof y === 'number') return negativeLogLikelihood(o, y);
  return 'quantiles' in y ? pinball(o, y.values, y.quantiles) : squaredError(o, y);
}

/** The gradient ∇o(t). */
function outputGradient(o: Vector, y: Target): Vector {
  if (typeof y === 'number') return softmax(o).map((p, i) => p - (i === y ? 1 : 0)); // (10.18) ∇o(t)[i] = ŷ(t)[i] − 1[i = y(t)]
  if ('quantiles' in y) {
    // ∇o(t)[i] = (1[o(t)[i] > y(t)[i]] − q[i]) / C
    return o.map((value, i) => (value === y.values[i] ? 0 : (value > y.values[i] ? 1 : 0) - y.quantiles[i]) / o.length);
  }
  return o.map((value, i) => (2 * (value - y[i])) / o.length); // ∇o(t)[i] = 2 (o(t)[i] − y(t)[i]) / C
}

export interface ReadoutGradients {
  readonly V: Matrix;
  readonly c: Vector;
  readonly h: Vector[]; // [t − 1] = Vᵀ ∇o(t)
}

/** The gradients of Σ_t weight(t) L(t) for states h(1) … h(τ). */
export function backward(V: Matrix, c: Vector, h: Vector[], y: Target[], weight: number[]): ReadoutGradients {
  const dV = zeroMatrix(V.length, V[0].length);
  const dc = zeros(c.length);
  const dh = h.map((state) => zeros(state.length));
  for (let t = 0; t < h.length; t++) {
    const e = outputGradient(logits(V, c, h[t]), y[t]).map((value) => weight[t] * value);
    for (let i = 0; i < e.length; i++) dc[i] += e[i]; // (10.22) ∇c
    for (let i = 0; i < e.length; i++) for (let j = 0; j < h[t].length; j++) dV[i][j] += e[i] * h[t][j]; // (10.24) ∇V
    for (let i = 0; i < e.length; i++) for (let j = 0; j < h[t].length; j++) dh[t][j] += V[i][j] * e[i]; // (10.19) Vᵀ ∇o(t)
  }
  return { V: dV, c: dc, h: dh };
}
