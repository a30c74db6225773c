// The clusters of an adaptive softmax (Grave et al. 2017; the numbers are those of PyTorch's AdaptiveLogSoftmaxWithLoss). The head, a softmax
// like any other, is output.ts's; here is what comes after it for the rows whose target is in cluster i:
//
//   z = P h;   o = V z;   nll += −log softmax(o)[y];   e = (softmax(o) − onehot(y)) ⊙ weight
//   dV += eᵀ z;   ∇z = e V;   dP += ∇zᵀ h;   ∇h += ∇z P
//
// How many rows these are is another number in each window, but a program has fixed sizes: so R rows at a time are gathered, and a chunk that has none
// is skipped. clusters.ts has sorted the rows.

import { exp, log } from '../../elementary.ts';
import type { Floats, Kernels, Share } from '../../engine/backend.ts';
import { stretch } from '../../engine/share.ts';
import { recordWeightGradient } from '../gradients.ts';
import { layerInput } from '../inputs.ts';
import type { Activations, Span } from '../plan.ts';
import { headSize } from './clusters.ts';

/** P and V of every cluster as the products want them, and zeros where their gradients are added up: no row may be in a cluster. */
export function recordClusterPacking(k: Kernels, a: Activations, share: Share): void {
  const { hiddenSize: H } = a.config;
  for (const { cluster, panelsP, panelsV, panelsPBack, panelsVBack } of a.clusters) {
    const { index, size: N, width: w } = cluster;
    const [P, V] = [a.theta[`P${index}`], a.theta[`V${index}`]];
    k.packTransposed(P, panelsP, w, H, ...stretch(share, w, 8));
    k.packTransposed(V, panelsV, N, w, ...stretch(share, N, 8));
    if (!a.options.gradients) continue;
    k.packPlain(P, panelsPBack, H, w, ...stretch(share, H, 8));
    k.packPlain(V, panelsVBack, w, N, ...stretch(share, w, 8));
    const [p, pEnd] = stretch(share, w * H);
    const [v, vEnd] = stretch(share, N * w);
    k.zero(a.dTheta[`P${index}`].subarray(p), pEnd - p);
    k.zero(a.dTheta[`V${index}`].subarray(v), vEnd - v);
  }
}

/** o of every cluster for every row, behind the head's: [T B, k₁ + clusters], then [T B, N] for each. */
export function recordClusterLogits(k: Kernels, a: Activations, share: Share, span: Span): void {
  const { hiddenSize: H, numLayers } = a.config;
  const rows = (span.to - span.from) * a.options.batch;
  const [row, end] = stretch(share, rows);
  const h = layerInput(a, numLayers, span).subarray(row * H);
  let start = rows * headSize(a.config);
  for (const { cluster, narrow, panelsP, panelsV } of a.clusters) {
    const { size: N, width: w } = cluster;
    k.product(h, panelsP, narrow.subarray(row * w), end - row, w, H, false);
    k.product(narrow.subarray(row * w), panelsV, a.logits.subarray(start + row * N), end - row, N, w, false);
    start += rows * N;
  }
}

/**
 * Adds what the clusters say to the loss of each row of a span that is in one, and with gradients what they ask of h to the top layer's deltas;
 * the last rows come first.
 */
export function recordClusterLoss(k: Kernels, a: Activations, share: Share, span: Span): void {
  const { hiddenSize: H, numLayers } = a.config;
  const B = a.options.batch;
  const gradients = a.options.gradients === true;
  const top = layerInput(a, numLayers, span); // [K, B, H]
  const [h0, h1] = stretch(share, H, 4);
  const s = Math.floor(span.from / a.spans[0].to);

  for (const list of a.clusters) {
    const { index, size: N, width: w } = list.cluster;
    const R = list.chunk;
    const chunks = Math.ceil(((span.to - span.from) * B) / R);
    const [from, to] = stretch(share, R);
    const own = to - from;
    const [h, z, o] = [a.gathered.subarray(from * H), list.narrow.subarray(from * w), a.logits.subarray(from * N)];
    const nll = list.nll.subarray(from);
    for (let chunk = chunks - 1; chunk >= 0; chunk--) {
      const start = s * list.most + chunk * R;
      const at = start + from;
      k.when(list.counts[s], chunk * R + 1, () => {
        k.gatherRows(top, list.rows.subarray(at), a.noBias, h, own, H);
        k.product(h, list.panelsP, z, own, w, H, false); // z = P h
        k.product(z, list.panelsV, o, own, N, w, false); // o = V z
        k.softmaxNll(o, list.targets.subarray(at), list.weights.subarray(at), nll, own, N);
        k.scatterAddRows(nll, list.places.subarray(at), a.losses, own, 1, 1, 1);
        if (!gradients) return;
        const [dz, dh] = [list.narrowGradient.subarray(from * w), a.gatheredGradient.subarray(from * H)];
        k.product(o, list.panelsVBack, dz, own, w, N, false); // ∇z = Vᵀ ∇o
        k.product(dz, list.panelsPBack, dh, own, H, w, false); // ∇h = Pᵀ ∇z
        k.barrier();
        const [dV, dP] = [a.dTheta[`V${index}`], a.dTheta[`P${index}`]];
        recordWeightGradient(k, a, share, a.logits, list.narrow, dV, [N, w, R], true); // ∇V = Σ ∇o zᵀ
        recordWeightGradient(k, a, share, list.narrowGradient, a.gathered, dP, [w, H, R], true); // ∇P = Σ ∇z hᵀ
        const delta = a.tracks[numLayers - 1].delta.subarray(B * H + h0);
        k.scatterAddRows(a.gatheredGradient.subarray(h0), list.rows.subarray(start), delta, R, h1 - h0, H, H);
        k.barrier();
      });
    }
    if (!gradients) k.barrier(); // the next cluster's logits stand elsewhere in the same place
  }
}

/** log ŷ(t) of a row of logits: of a rare class the cluster's in the head and its own in the cluster. [C] */
export function logProbabilities({ config, logits, clusters }: Activations, rows: number, row: number): Float64Array {
  const head = headSize(config);
  const frequent = head - clusters.length;
  const out = new Float64Array(config.vocabSize);
  const top = logits.subarray(row * head, (row + 1) * head);
  const total = logSum(top);
  for (let i = 0; i < frequent; i++) out[i] = top[i] - total;
  let start = rows * head;
  clusters.forEach(({ cluster: { first, size } }, i) => {
    const own = logits.subarray(start + row * size, start + (row + 1) * size);
    const rest = top[frequent + i] - total - logSum(own);
    for (let j = 0; j < size; j++) out[first + j] = own[j] + rest;
    start += rows * size;
  });
  return out;
}

/** log Σ exp(o). */
function logSum(o: Floats): number {
  let largest = -Infinity;
  for (const value of o) largest = Math.max(largest, value);
  let sum = 0;
  for (const value of o) sum += exp(value - largest);
  return largest + log(sum);
}
