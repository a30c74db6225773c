// The output layer: o(t) = c + V h(t), the softmax and its loss, and the gradients back to h (equation numbers of Goodfellow et al. 2016).
//
//   o = h Vᵀ + c;   e = (softmax(o) − onehot(y)) ⊙ weight;   dV += eᵀ h;   dc += Σ e;   ∇h = e V
//
// The logits of a window never stand in memory together: a slice of rows at a time goes all the way. With adaptive softmax V and c are the
// head's; adaptive-softmax.ts does the clusters.

import type { Kernels, Share } from '../engine/backend.ts';
import { stretch } from '../engine/share.ts';
import { recordClusterLogits, recordClusterLoss, recordClusterPacking } from './adaptive-softmax.ts';
import { layerInput, layerStream, recordWeightGradient } from './bptt.ts';
import { headSize } from './clusters.ts';
import type { Activations, Span } from './plan.ts';

/** V as the products want it. Belongs to the beginning of a program, before its first barrier. */
export function recordOutputPacking(k: Kernels, a: Activations, share: Share): void {
  const { hiddenSize: H } = a.config;
  const C = headSize(a.config);
  k.packTransposed(a.theta.V, a.panelsV, C, H, ...stretch(share, C, 8));
  if (a.options.gradients) k.packPlain(a.theta.V, a.panelsVBack, H, C, ...stretch(share, H, 8));
  recordClusterPacking(k, a, share);
}

/** o(t) = c + V h(t) for every row (eq. 10.10). */
export function recordLogits(k: Kernels, a: Activations, share: Share, span: Span): void {
  const { hiddenSize: H, numLayers } = a.config;
  const C = headSize(a.config);
  const [row, end] = stretch(share, (span.to - span.from) * a.options.batch);
  const logits = a.logits.subarray(row * C);
  k.fillRows(a.theta.c, logits, end - row, C);
  k.product(layerInput(a, numLayers, span).subarray(row * H), a.panelsV, logits, end - row, C, H, true);
  recordClusterLogits(k, a, share, span);
}

/**
 * The negative log-likelihood of every row of a span (eqs. 10.10 to 10.14), the last slice first. With gradients also dV and dc (eqs. 10.22
 * and 10.24), and Vᵀ ∇o(t) (eq. 10.19) in the top layer's deltas; `isLast` for the last span of the window, which comes first.
 */
export function recordLoss(k: Kernels, a: Activations, share: Share, span: Span, isLast: boolean): void {
  const { hiddenSize: H, numLayers } = a.config;
  const C = headSize(a.config);
  const B = a.options.batch;
  const gradients = a.options.gradients === true;
  const first = span.from * B;
  const rows = span.to * B - first;
  const top = layerInput(a, numLayers, span); // [K, B, H]
  const delta = gradients ? a.delta(numLayers - 1).subarray(B * H) : top;
  const [c0, c1] = stretch(share, C, 4);

  for (let begin = Math.floor((rows - 1) / a.slice) * a.slice; begin >= 0; begin -= a.slice) {
    const count = Math.min(a.slice, rows - begin);
    const add = !isLast || begin + count < rows;
    const [from, to] = stretch(share, count);
    const row = begin + from;
    const logits = a.logits.subarray(from * C);
    k.fillRows(a.theta.c, logits, to - from, C);
    k.product(top.subarray(row * H), a.panelsV, logits, to - from, C, H, true); // o = c + V h
    const at = first + row;
    k.softmaxNll(logits, a.headTargets.subarray(at), a.weights.subarray(at), a.nll.subarray(at), to - from, C);
    if (gradients) {
      k.product(logits, a.panelsVBack, delta.subarray(row * H), to - from, H, C, false); // Vᵀ ∇o
      k.barrier();
      recordWeightGradient(k, a, share, a.logits, top.subarray(begin * H), a.dTheta.V, [C, H, count], add); // ∇V = Σ ∇o hᵀ
      k.sumRows(a.logits.subarray(c0), a.dTheta.c.subarray(c0), count, c1 - c0, add, C); // ∇c = Σ ∇o
    }
    k.barrier();
  }
  recordClusterLoss(k, a, share, span);
  if (!gradients || !a.threshold) return;
  const [row, end] = stretch(share, rows);
  const own = delta.subarray(row * H);
  k.dropout(own, own, (end - row) * H, a.seed, layerStream(numLayers - 1), a.threshold, (first + row) * H);
  k.barrier();
}
