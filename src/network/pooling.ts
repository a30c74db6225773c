// What the head reads: the states of the top layer, or one output for a whole sequence, which is the last state of each sequence, of both directions after each has read
// everything, or the mean of its states; and the gradient on its way back to the states.

import type { Floats, Kernels, Share } from '../engine/backend.ts';
import { stretch } from '../engine/share.ts';
import { stateWidth } from './architecture.ts';
import { recordSplitting } from './directions.ts';
import type { HeadRows } from './heads/head.ts';
import { layerInput, layerStream } from './inputs.ts';
import type { Activations, Span } from './plan.ts';

/** What the head reads in a span, and where it leaves the gradient of that. */
export function headRows(a: Activations, span: Span): HeadRows {
  const { batch: B, gradients } = a.options;
  const { pooling, bidirectional, numLayers, hiddenSize: H } = a.config;
  if (pooling !== 'none') return { rows: B, first: 0, input: a.pooled, gradient: a.pooledGradient };
  const input = layerInput(a, numLayers, span);
  const gradient = !gradients
    ? input
    : bidirectional
      ? a.joinedGradient
      : a.tracks[numLayers - 1].delta.subarray(B * H);
  return { rows: (span.to - span.from) * B, first: span.from * B, input, gradient };
}

/** The top layer's states pooled, and dropped. */
export function recordPooling(k: Kernels, a: Activations, share: Share, steps: number): void {
  const { pooling, numLayers, hiddenSize: H, bidirectional } = a.config;
  if (pooling === 'none') return;
  const B = a.options.batch;
  const wide = stateWidth(a.config);
  const top = a.tracks.filter(({ layer }) => layer === numLayers - 1);
  const [b0, b1] = stretch(share, B);
  if (pooling === 'last') {
    if (a.arrangement.padded) k.barrier(); // of a sequence without steps a row of padding is read
    for (const { direction, states } of top) {
      const to = a.pooled.subarray(b0 * wide + direction * H);
      k.copyRows(states.subarray(B * H), a.arrangement.lastRows.subarray(b0), to, b1 - b0, H, H, wide);
    }
  } else {
    const [row, end] = stretch(share, steps * B);
    const joined = a.joined[numLayers - 1];
    const mine = joined.subarray(row * wide);
    if (!bidirectional) k.copy(top[0].states.subarray((B + row) * H), mine, (end - row) * H);
    k.scaleRows(mine, a.arrangement.shares.subarray(row), end - row, wide);
    k.barrier();
    const [from, to] = stretch(share, B * wide, 4);
    k.sumRows(joined.subarray(from), a.pooled.subarray(from), steps, to - from, false, B * wide);
    k.barrier();
  }
  recordDropout(k, a, share, a.pooled);
}

/** From ∇ of what the head reads to ∇h of the top layer's states. */
export function recordPoolingBack(k: Kernels, a: Activations, share: Share, span: Span): void {
  const { pooling, numLayers, hiddenSize: H, bidirectional } = a.config;
  const steps = span.to - span.from;
  const B = a.options.batch;
  const wide = stateWidth(a.config);
  const top = a.tracks.filter(({ layer }) => layer === numLayers - 1);
  const [b0, b1] = stretch(share, B);
  const own = b1 - b0;
  if (pooling !== 'none') recordDropout(k, a, share, a.pooledGradient);
  else if (a.threshold) {
    const { rows, first, gradient } = headRows(a, span);
    const [row, end] = stretch(share, rows);
    const mine = gradient.subarray(row * wide);
    k.dropout(mine, mine, (end - row) * wide, a.seed, layerStream(numLayers - 1), a.threshold, (first + row) * wide);
    k.barrier();
  }
  if (pooling === 'last') {
    const [row, end] = stretch(share, steps * B);
    // a sequence without steps has no state to ask anything of
    if (a.arrangement.padded)
      k.scaleRows(a.pooledGradient.subarray(b0 * wide), a.arrangement.mask.subarray(b0), own, wide);
    for (const { delta } of top) k.zero(delta.subarray((B + row) * H), (end - row) * H);
    k.barrier();
    for (const { direction, delta } of top) {
      const from = a.pooledGradient.subarray(b0 * wide + direction * H);
      k.scatterAddRows(from, a.arrangement.lastRows.subarray(b0), delta.subarray(B * H), own, H, wide, H);
    }
  }
  if (pooling === 'mean') {
    const to = bidirectional ? a.joinedGradient : top[0].delta.subarray(B * H);
    for (let row = b0; row < steps * B + b0; row += B) {
      k.copy(a.pooledGradient.subarray(b0 * wide), to.subarray(row * wide), own * wide);
      k.scaleRows(to.subarray(row * wide), a.arrangement.shares.subarray(row), own, wide);
    }
    if (bidirectional) k.barrier();
  }
  if (bidirectional && pooling !== 'last') recordSplitting(k, a, share, numLayers - 1, steps);
}

/** Dropout of this thread's sequences, in place. */
function recordDropout(k: Kernels, a: Activations, share: Share, x: Floats): void {
  if (!a.threshold) return;
  const wide = stateWidth(a.config);
  const [b0, b1] = stretch(share, a.options.batch);
  const mine = x.subarray(b0 * wide);
  k.dropout(mine, mine, (b1 - b0) * wide, a.seed, layerStream(a.config.numLayers - 1), a.threshold, b0 * wide);
}
