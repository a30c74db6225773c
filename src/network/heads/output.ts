// The output layer: o(t) = c + V h(t), the softmax and its loss, and the gradients back to h (equation numbers of Goodfellow et al. 2016).
//
//   o = h Vᵀ + c;   e = (softmax(o) − onehot(y)) ⊙ weight;   dV += eᵀ h;   dc += Σ e;   ∇h = e V
//   with the squared loss e = (o − y) ⊙ 2 weight / C
//
// h is the state of a step, or what pooling.ts makes of a sequence's states. The logits of a window never stand in memory together: a slice of rows at a time goes all the way. With adaptive softmax V and c are the
// head's; adaptive-softmax.ts does the clusters.

import type { Floats, Kernels, Share } from '../../engine/backend.ts';
import { stretch } from '../../engine/share.ts';
import { stateWidth } from '../config.ts';
import { recordWeightGradient } from '../gradients.ts';
import { layerStream } from '../inputs.ts';
import type { Activations, Span } from '../plan.ts';
import { headRows, recordPoolingBack } from '../pooling.ts';
import { recordClusterLogits, recordClusterLoss, recordClusterPacking } from './adaptive-softmax.ts';
import { headSize } from './clusters.ts';

/** V as the products want it. Belongs to the beginning of a program, before its first barrier. */
export function recordOutputPacking(k: Kernels, a: Activations, share: Share): void {
  const wide = stateWidth(a.config);
  const C = headSize(a.config);
  k.packTransposed(a.theta.V, a.panelsV, C, wide, ...stretch(share, C, 8));
  if (a.options.gradients) k.packPlain(a.theta.V, a.panelsVBack, wide, C, ...stretch(share, wide, 8));
  recordClusterPacking(k, a, share);
}

/** o(t) = c + V h(t) for every row (eq. 10.10). */
export function recordLogits(k: Kernels, a: Activations, share: Share, span: Span): void {
  const wide = stateWidth(a.config);
  const C = headSize(a.config);
  const { rows, input } = headRows(a, span);
  const [row, end] = stretch(share, rows);
  const logits = a.logits.subarray(row * C);
  k.fillRows(a.theta.c, logits, end - row, C);
  k.product(input.subarray(row * wide), a.panelsV, logits, end - row, C, wide, true);
  recordClusterLogits(k, a, share, span);
}

/**
 * The loss of every row of a span (eqs. 10.10 to 10.14), the last slice first. With gradients also dV and dc (eqs. 10.22 and 10.24), and Vᵀ ∇o(t)
 * (eq. 10.19) on its way to the top layer's deltas; `isLast` for the last span of the window, which comes first.
 */
export function recordLoss(k: Kernels, a: Activations, share: Share, span: Span, isLast: boolean): void {
  const { numLayers, pooling } = a.config;
  const wide = stateWidth(a.config);
  const C = headSize(a.config);
  const gradients = a.options.gradients === true;
  const { rows, first, input, gradient } = headRows(a, span); // [rows, wide]
  const [c0, c1] = stretch(share, C, 4);

  if (rows > a.slice) k.barrier(); // the rows of a slice are shared otherwise than all rows were
  const keep = a.options.keep === 'everything';
  for (let begin = Math.floor((rows - 1) / a.slice) * a.slice; begin >= 0; begin -= a.slice) {
    const count = Math.min(a.slice, rows - begin);
    const add = !isLast || begin + count < rows;
    const [from, to] = stretch(share, count);
    const row = begin + from;
    const logits = a.logits.subarray(from * C);
    k.fillRows(a.theta.c, logits, to - from, C);
    k.product(input.subarray(row * wide), a.panelsV, logits, to - from, C, wide, true); // o = c + V h
    if (keep) k.copy(logits, a.kept.logits.subarray(row * C), (to - from) * C);
    recordRowLosses(k, a, logits, first + row, to - from);
    if (keep && gradients) k.copy(logits, a.kept.logitsGradient.subarray(row * C), (to - from) * C);
    if (gradients) {
      k.product(logits, a.panelsVBack, gradient.subarray(row * wide), to - from, wide, C, false); // Vᵀ ∇o
      k.barrier();
      recordWeightGradient(k, a, share, a.logits, input.subarray(begin * wide), a.dTheta.V, [C, wide, count], add); // ∇V = Σ ∇o hᵀ
      k.sumRows(a.logits.subarray(c0), a.dTheta.c.subarray(c0), count, c1 - c0, add, C); // ∇c = Σ ∇o
    }
    k.barrier();
  }
  recordClusterLoss(k, a, share, span);
  if (!gradients) return;
  if (a.threshold && pooling === 'none') {
    const [row, end] = stretch(share, rows);
    const own = gradient.subarray(row * wide);
    k.dropout(own, own, (end - row) * wide, a.seed, layerStream(numLayers - 1), a.threshold, (first + row) * wide);
    k.barrier();
  }
  recordPoolingBack(k, a, share, span.to - span.from);
}

/** o becomes ∇o, row by row, and `nll` has the loss. */
function recordRowLosses(k: Kernels, a: Activations, logits: Floats, row: number, rows: number): void {
  const C = headSize(a.config);
  const [weights, losses] = [a.weights.subarray(row), a.nll.subarray(row)];
  if (a.config.loss === 'squared') k.squaredError(logits, a.values.subarray(row * C), weights, losses, rows, C);
  else k.softmaxNll(logits, a.headTargets.subarray(row), weights, losses, rows, C);
}
