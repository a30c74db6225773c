// The adaptive softmax (Grave et al. 2017, with the numbers of PyTorch's AdaptiveLogSoftmaxWithLoss) in float64, for one sequence, in plain loops.
// The head has a row for each frequent class, then one for each cluster. Cluster i has P, which shortens h, and V, with a row for each of its classes.

import { addProduct, addTransposed, type Matrix, times, type Vector, zeroMatrix, zeros } from './matrix.ts';
import { logits, softmax } from './readout.ts';

export interface AdaptiveSoftmax {
  readonly V: Matrix; // the head's, [k₁ + clusters, H]
  readonly c: Vector; // [k₁ + clusters]
  readonly clusters: readonly { readonly P: Matrix; readonly V: Matrix }[]; // [w, H] and [N, w]
}

/** The place of a class: its row of the head and, if it is not a frequent one, its cluster and its row there. */
function placeOf({ c, clusters }: AdaptiveSoftmax, y: number): { head: number; cluster: number; row: number } {
  const frequent = c.length - clusters.length;
  let row = y - frequent;
  if (row < 0) return { head: y, cluster: -1, row: -1 };
  let cluster = 0;
  while (row >= clusters[cluster].V.length) row -= clusters[cluster++].V.length;
  return { head: frequent + cluster, cluster, row };
}

/** The probabilities ŷ(t) of all classes; they add up to 1. */
export function probabilities(output: AdaptiveSoftmax, h: Vector): Vector {
  const head = softmax(logits(output.V, output.c, h));
  const inside = output.clusters.map(({ P, V }) => softmax(times(V, times(P, h))));
  const size = output.clusters.reduce((sum, { V }) => sum + V.length, output.c.length - output.clusters.length);
  return zeros(size).map((_, y) => {
    const { head: row, cluster, row: own } = placeOf(output, y);
    if (cluster < 0) return head[row]; // ŷ[y] = softmax(c + V h)[y], y frequent
    return head[row] * inside[cluster][own]; // ŷ[y] = softmax(c + V h)[k₁ + i] · softmax(Vᵢ Pᵢ h)[y − kᵢ], y in cluster i
  });
}

/** The loss L(t) = − log ŷ(t)[y(t)]. */
export function negativeLogLikelihood(output: AdaptiveSoftmax, h: Vector, y: number): number {
  return -Math.log(probabilities(output, h)[y]);
}

export interface AdaptiveGradients {
  readonly V: Matrix;
  readonly c: Vector;
  readonly clusters: { readonly P: Matrix; readonly V: Matrix }[];
  readonly h: Vector[]; // [t − 1]: the gradient that step t receives
}

/** The gradients of Σ_t weight(t) L(t) for states h(1) … h(τ). */
export function backward(output: AdaptiveSoftmax, h: Vector[], y: number[], weight: number[]): AdaptiveGradients {
  const zero = (M: Matrix): Matrix => zeroMatrix(M.length, M[0].length);
  const gradients = {
    V: zero(output.V),
    c: zeros(output.c.length),
    clusters: output.clusters.map(({ P, V }) => ({ P: zero(P), V: zero(V) })),
    h: h.map((state) => zeros(state.length)),
  };
  for (let t = 0; t < h.length; t++) {
    const { head, cluster, row } = placeOf(output, y[t]);
    const e = softmax(logits(output.V, output.c, h[t])).map((p, i) => weight[t] * (p - (i === head ? 1 : 0)));
    addProduct(gradients.V, e, h[t]);
    e.forEach((value, i) => void (gradients.c[i] += value));
    addTransposed(gradients.h[t], output.V, e);
    if (cluster < 0) continue;
    const { P, V } = output.clusters[cluster];
    const own = gradients.clusters[cluster];
    const z = times(P, h[t]);
    const f = softmax(times(V, z)).map((p, i) => weight[t] * (p - (i === row ? 1 : 0)));
    const dz = zeros(z.length);
    addProduct(own.V, f, z); // ∇Vᵢ = Σ_t ∇oᵢ(t) z(t)ᵀ
    addTransposed(dz, V, f); // ∇z(t) = Vᵢᵀ ∇oᵢ(t)
    addProduct(own.P, dz, h[t]); // ∇Pᵢ = Σ_t ∇z(t) h(t)ᵀ
    addTransposed(gradients.h[t], P, dz); // ∇h(t) = Vᵀ ∇o(t) + Pᵢᵀ ∇z(t)
  }
  return gradients;
}
