// Back-propagation through time: the states of a window forward, and the window backward (docs/math.md; equation numbers of Goodfellow et al.
// 2016). Every matrix product of the recurrent layers is in this file, those of the output are in heads/; the pointwise mathematics of
// a step is the cell's. What the functions call is written down once as a program and then run for every window, so they read sizes, never
// values.
//
//   forward    A = X Uᵀ + b, one product for all steps, or one lookup a step;   for t ↑:  h(t) = f(A(t) + h(t−1) Wᵀ)
//   backward   for t ↓:  δ(t) = f′ ⊙ ∇h(t);   ∇h(t−1) += δ(t) W;   then dW = Σ δ(t)ᵀ h(t−1),  db = Σ δ,  dU = δᵀ X,  dX = δ U
//
// Rows are (t, b) pairs, and a span of time is one matrix. Threads share every piece of work: each takes some sequences through the time
// loop, some rows of a product, some columns of a sum. So every number is computed by one thread, in one order, and its bits do not depend on how many
// there are.

import type { Floats, Kernels, Share } from '../engine/backend.ts';
import { stretch } from '../engine/share.ts';
import { isOneHot } from './architecture.ts';
import type { StepBack } from './cells/cell.ts';
import { recordJoining, recordSplitting } from './directions.ts';
import { recordTableGradient, recordWeightGradient } from './gradients.ts';
import { embeddingStream, hasInputGradient, layerInput, layerStream, tableGradient } from './inputs.ts';
import type { Track } from './layers.ts';
import type { Activations, Span } from './plan.ts';

/** The layers' weights as the products want them, and zeros where the backward pass only adds. Comes first in a program. */
export function recordPacking(k: Kernels, a: Activations, share: Share): void {
  const { config, theta, dTheta } = a;
  const { hiddenSize: H, embeddingSize: E, vocabSize } = config;
  const gradients = a.options.gradients === true;
  const zero = (table: Floats, length: number): void => {
    const [from, to] = stretch(share, length);
    k.zero(table.subarray(from), to - from);
  };
  for (const { layer, suffix, gateWidth: GH, cell, width, ...track } of a.tracks) {
    const gates = stretch(share, GH, 8);
    if (cell.recurrence !== 'none') {
      k.packTransposed(theta[`W${suffix}`], track.panelsW, GH, H, ...gates);
      if (gradients) k.packPlain(theta[`W${suffix}`], track.panelsWBack, H, GH, ...stretch(share, H, 8));
    }
    if (layer === 0 && isOneHot(config)) {
      if (gradients) zero(dTheta[`U${suffix}`], vocabSize * GH);
      continue;
    }
    k.packTransposed(theta[`U${suffix}`], track.panelsU, GH, width, ...gates);
    if (gradients && hasInputGradient(a, layer))
      k.packPlain(theta[`U${suffix}`], track.panelsUBack, width, GH, ...stretch(share, width, 8));
  }
  if (gradients && E !== null) zero(tableGradient(a), vocabSize * E);
}

/** The states of a span in every layer, from the state in slab 0 (eqs. 10.8 and 10.9). */
export function recordStates(k: Kernels, a: Activations, share: Share, span: Span): void {
  const { hiddenSize: H, embeddingSize: E, numLayers, bidirectional } = a.config;
  const B = a.options.batch;
  const steps = span.to - span.from;
  const first = span.from * B;
  const [row, rowEnd] = stretch(share, steps * B);
  const rows = rowEnd - row;

  if (E !== null) {
    const input = a.input.subarray(row * E);
    recordLookup(k, a, first + row, a.theta.embedding, a.noBias, input, rows, E);
    if (a.threshold) k.dropout(input, input, rows * E, a.seed, embeddingStream, a.threshold, (first + row) * E);
  }
  for (let l = 0; l < numLayers; l++) {
    const tracks = a.tracks.filter(({ layer }) => layer === l);
    for (const track of tracks) recordInput(k, a, share, span, track);
    for (const track of tracks) recordSteps(k, a, share, span, track);
    k.barrier();
    // from here to the steps of the layer above each thread reads what it wrote itself, or rows that no other changes
    if (a.arrangement.padded) {
      // nothing of what a state becomes behind the end of its sequence is left
      for (const { states } of tracks)
        k.scaleRows(states.subarray((B + row) * H), a.arrangement.mask.subarray(row), rows, H);
    }
    if (bidirectional) recordJoining(k, a, share, l, steps);
    else if (a.threshold && (l < numLayers - 1 || a.config.pooling === 'none')) {
      const [h, dropped] = [tracks[0].states.subarray((B + row) * H), a.dropped[l].subarray(row * H)];
      k.dropout(h, dropped, rows * H, a.seed, layerStream(l), a.threshold, (first + row) * H);
    }
  }
}

/** out = bias + Σ of the table's rows for the symbols of rows from `row` on: x(t) is one-hot, or the sum of such vectors. */
function recordLookup(
  k: Kernels,
  a: Activations,
  row: number,
  table: Floats,
  bias: Floats,
  out: Floats,
  rows: number,
  width: number,
): void {
  const plane = a.options.steps * a.options.batch;
  k.gatherRows(table, a.tokens.subarray(row), bias, out, rows, width);
  for (let s = 1; s < a.config.symbols; s++) k.addRows(table, a.tokens.subarray(s * plane + row), out, rows, width);
}

/** b + U x(t) for all t at once; the lookups of one-hot input are left to the time loop where it goes forward. */
function recordInput(k: Kernels, a: Activations, share: Share, span: Span, track: Track): void {
  const { layer, direction, gateWidth: GH, suffix, width } = track;
  const isLookup = layer === 0 && isOneHot(a.config);
  if (isLookup && direction === 0) return;
  const [row, end] = stretch(share, (span.to - span.from) * a.options.batch);
  const rows = end - row;
  const b = a.theta[`b${suffix}`];
  const out = (direction === 0 ? track.a : a.aside).subarray(row * GH);
  if (isLookup) recordLookup(k, a, span.from * a.options.batch + row, a.theta[`U${suffix}`], b, out, rows, GH);
  else {
    k.fillRows(b, out, rows, GH);
    k.product(layerInput(a, layer, span).subarray(row * width), track.panelsU, out, rows, GH, width, true);
  }
  k.barrier();
  if (direction === 0) return;
  k.copyRows(a.aside, a.arrangement.order[1].subarray(row), track.a.subarray(row * GH), rows, GH, GH, GH);
  k.barrier();
}

/** h(t) for t ↑, of this thread's sequences. */
function recordSteps(k: Kernels, a: Activations, share: Share, span: Span, track: Track): void {
  const { hiddenSize: H } = a.config;
  const { layer, direction, gateWidth: GH, cell, suffix } = track;
  const B = a.options.batch;
  const [b0, b1] = stretch(share, B);
  const isLookup = layer === 0 && direction === 0 && isOneHot(a.config);
  const [U, b] = [a.theta[`U${suffix}`], a.theta[`b${suffix}`]];
  for (let t = 1; t <= span.to - span.from; t++) {
    const step = stepOf(a, track, t, b0, b1);
    if (isLookup) recordLookup(k, a, (span.from + t - 1) * B + b0, U, b, step.a, step.rows, GH);
    // a(t) = b + W h(t−1) + U x(t)
    if (cell.recurrence === 'added') k.product(step.before, track.panelsW, step.a, step.rows, GH, H, true);
    if (cell.recurrence === 'beside') k.product(step.before, track.panelsW, step.beside, step.rows, GH, H, false);
    cell.forward(k, step); // h(t) = f(a(t))
  }
}

/** What step t of a span reads and writes, of sequences from b0 to b1. */
function stepOf(a: Activations, track: Track, t: number, b0: number, b1: number): StepBack {
  const { hiddenSize: H } = a.config;
  const B = a.options.batch;
  const slab = (x: Floats, time: number): Floats => x.subarray((time * B + b0) * H); // of [K + 1, B, H]
  const gates = (x: Floats): Floats => x.subarray(((t - 1) * B + b0) * track.gateWidth); // of [K, B, G H]
  return {
    t,
    first: b0,
    rows: b1 - b0,
    units: H,
    a: gates(track.a),
    beside: gates(track.beside),
    bias: a.theta[`bn${track.suffix}`] ?? a.noBias,
    before: slab(track.states, t - 1),
    h: slab(track.states, t),
    cellBefore: slab(track.cells, t - 1),
    cell: slab(track.cells, t),
    dh: slab(track.delta, t),
    carriedGradient: track.carriedGradient.subarray(b0 * H),
  };
}

/**
 * The gradients of U, W, b, the embedding and, if asked for, of x(t) and h(0) (eqs. 10.21, 10.23, 10.26 and 10.28), from ∇h of a span's states;
 * `isLast` for the last span of the window, which comes first.
 */
export function recordBackward(k: Kernels, a: Activations, share: Share, span: Span, isLast: boolean): void {
  const { config, dTheta } = a;
  const { hiddenSize: H, embeddingSize: E, numLayers, bidirectional } = config;
  const B = a.options.batch;
  const rows = (span.to - span.from) * B;
  const [row, rowEnd] = stretch(share, rows);
  const own = rowEnd - row;

  for (let l = numLayers - 1; l >= 0; l--) {
    const tracks = a.tracks.filter(({ layer }) => layer === l);
    const isLookup = l === 0 && isOneHot(config);
    const below = belowOf(a, l, span);
    for (const track of tracks) {
      const { direction, gateWidth: GH, cell, suffix, width } = track;
      recordStepsBack(k, a, share, span, track, isLast);
      let dA = track.dA; // [K, B, G H]
      if (direction === 1) {
        // the mirror image, in the order of the text
        k.copyRows(track.dA, a.arrangement.order[1].subarray(row), a.aside.subarray(row * GH), own, GH, GH, GH);
        dA = a.aside;
        k.barrier();
      }
      const [g0, g1] = stretch(share, GH, 4);
      if (cell.recurrence !== 'none')
        recordWeightGradient(k, share, a.scratch, track.dW, track.states, dTheta[`W${suffix}`], [GH, H, rows], !isLast); // ∇W = Σ ∇a(t) h(t−1)ᵀ
      k.sumRows(dA.subarray(g0), dTheta[`b${suffix}`].subarray(g0), rows, g1 - g0, !isLast, GH); // ∇b = Σ ∇a(t)
      if (cell.recurrence === 'beside') {
        const [h0, h1] = stretch(share, H, 4);
        const last = track.beside.subarray(GH - H + h0); // of the gate whose bias it is
        k.sumRows(last, dTheta[`bn${suffix}`].subarray(h0), rows, h1 - h0, !isLast, GH);
      }
      if (isLookup)
        recordTableGradient(k, a, span, dA.subarray(g0), dTheta[`U${suffix}`].subarray(g0), g1 - g0, GH); // ∇U = Σ ∇a(t) x(t)ᵀ
      else
        recordWeightGradient(
          k,
          share,
          a.scratch,
          dA,
          layerInput(a, l, span),
          dTheta[`U${suffix}`],
          [GH, width, rows],
          !isLast,
        );
      // ∇x(t) = Uᵀ ∇a(t), of both directions together
      if (!isLookup && hasInputGradient(a, l))
        k.product(
          dA.subarray(row * GH),
          track.panelsUBack,
          below.subarray(row * width),
          own,
          width,
          GH,
          direction === 1,
        );
      if (direction < tracks.length - 1) continue;
      if (isLookup) return;
      if (!hasInputGradient(a, l)) continue;
      const stream = l > 0 ? layerStream(l - 1) : embeddingStream;
      const mine = below.subarray(row * width);
      if (a.threshold && (l > 0 || E !== null))
        k.dropout(mine, mine, own * width, a.seed, stream, a.threshold, (span.from * B + row) * width);
      k.barrier();
      if (l > 0 && bidirectional) recordSplitting(k, a, share, l - 1, rows / B);
    }
  }
  if (E === null) return;
  const [e0, e1] = stretch(share, E, 4);
  recordTableGradient(k, a, span, a.inputGradient.subarray(e0), tableGradient(a).subarray(e0), e1 - e0, E);
  if (!config.tieWeights || span.from > 0) return;
  k.barrier();
  const [from, to] = stretch(share, config.vocabSize * E);
  k.sumRows(a.tied.subarray(from), dTheta.embedding.subarray(from), 1, to - from, true, 0); // ∇V += ∇embedding
}

/** ∇h(t) of a track becomes ∇a(t), from the last step of a span to the first. */
function recordStepsBack(k: Kernels, a: Activations, share: Share, span: Span, track: Track, isLast: boolean): void {
  const { hiddenSize: H } = a.config;
  const { cell, gateWidth: GH, panelsWBack: W, delta, carriedGradient, dWAfterSpan } = track;
  const B = a.options.batch;
  const [b0, b1] = stretch(share, B);
  const own = b1 - b0;
  const hasW = cell.recurrence !== 'none';
  const slab = (t: number): Floats => delta.subarray((t * B + b0) * H); // of [K + 1, B, H], this thread's sequences
  const dW = (t: number): Floats => track.dW.subarray(((t - 1) * B + b0) * GH); // of [K, B, G H]
  const steps = span.to - span.from;

  if (isLast && cell.past !== 'nothing') k.zero(carriedGradient.subarray(b0 * H), own * H);
  // what the span after this one hands down
  if (!isLast && hasW) k.product(dWAfterSpan.subarray(b0 * GH), W, slab(steps), own, H, GH, true);
  for (let t = steps; t >= 1; t--) {
    const step = stepOf(a, track, t, b0, b1);
    cell.backward(k, step); // ∇a(t) = diag(f′) ∇h(t)
    // ∇h(t−1) = Wᵀ ∇a(t) + Vᵀ ∇o(t−1); h(0) has no output
    if (t > 1 && hasW) k.product(dW(t), W, slab(t - 1), own, H, GH, true);
  }
  if (span.from > 0) {
    if (hasW) k.copy(dW(1), dWAfterSpan.subarray(b0 * GH), own * GH);
  } else if (a.options.inputGradients) {
    if (hasW) k.product(dW(1), W, slab(0), own, H, GH, false);
    else k.zero(slab(0), own * H);
    if (cell.past === 'state') k.sumRows(carriedGradient.subarray(b0 * H), slab(0), 1, own * H, true, 0);
  }
  k.barrier();
}

/** Where ∇x(t) of a layer goes. */
function belowOf(a: Activations, l: number, span: Span): Floats {
  const { batch: B } = a.options;
  const { inputSize, hiddenSize: H, bidirectional } = a.config;
  if (l > 0) return bidirectional ? a.joinedGradient : a.tracks[l - 1].delta.subarray(B * H);
  return inputSize === null ? a.inputGradient : a.inputGradient.subarray(span.from * B * inputSize);
}
