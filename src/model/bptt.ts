// Back-propagation through time: the states of a window forward, and the window backward (docs/math.md; equation numbers of Goodfellow et al.
// 2016). Every matrix product of the recurrent layers is in this file, those of the output layer are in output.ts; the pointwise mathematics of
// a step is the cell's. What the functions call is written down once as a program and then run for every window, so they read sizes, never
// values.
//
//   forward    A = X Uᵀ + b, one product for all steps, or one lookup a step;   for t ↑:  h(t) = f(A(t) + h(t−1) Wᵀ)
//   backward   for t ↓:  δ(t) = f′ ⊙ ∇h(t);   ∇h(t−1) += δ(t) W;   then dW = Σ δ(t)ᵀ h(t−1),  db = Σ δ,  dU = δᵀ X,  dX = δ U
//
// Rows are (t, b) pairs: a span of time is one matrix, and `at(x, t)` is its stretch from step t on. Threads share every piece of work: each
// takes some sequences through the time loop, some rows of a product, some columns of a sum. So every number is computed by one thread, in one
// order, and its bits do not depend on how many there are.

import type { Cell } from '../cells/cell.ts';
import { rnnCell } from '../cells/rnn.ts';
import type { Floats, Kernels, Share } from '../engine/backend.ts';
import { stretch } from '../engine/share.ts';
import { inputWidth, isOneHot, type ModelConfig } from './config.ts';
import type { Activations, Span } from './plan.ts';

/** The pointwise mathematics that a config asks for. */
function cellOf(config: ModelConfig): Cell {
  return rnnCell(config.nonlinearity);
}

/** Streams of the dropout masks: 0 for the embedding's output, l + 1 for layer l's. */
const embeddingStream = 0;
export const layerStream = (layer: number): number => layer + 1;

/** The layers' weights as the products want them, and zeros where the backward pass only adds. Comes first in a program. */
export function recordPacking(k: Kernels, a: Activations, share: Share): void {
  const { config, theta, dTheta } = a;
  const { hiddenSize: H, vocabSize: C, embeddingSize: E } = config;
  const gradients = a.options.gradients === true;
  const units = stretch(share, H, 8);
  for (let l = 0; l < config.numLayers; l++) {
    const width = inputWidth(config, l);
    k.packTransposed(theta[`W${l}`], a.panelsW[l], H, H, ...units);
    if (gradients) k.packPlain(theta[`W${l}`], a.panelsWBack[l], H, H, ...units);
    if (l === 0 && isOneHot(config)) continue;
    k.packTransposed(theta[`U${l}`], a.panelsU[l], H, width, ...units);
    if (gradients && hasInputGradient(a, l))
      k.packPlain(theta[`U${l}`], a.panelsUBack[l], width, H, ...stretch(share, width, 8));
  }
  if (!gradients) return;
  const table = isOneHot(config) ? dTheta.U0 : E !== null ? tableGradient(a) : undefined;
  if (!table) return;
  const [from, to] = stretch(share, C * (E ?? H));
  k.zero(table.subarray(from), to - from);
}

/** Where the embedding's gradient is summed: with tied weights apart from ∇V, which `dTheta.embedding` holds. */
function tableGradient(a: Activations): Floats {
  return a.config.tieWeights ? a.tied : a.dTheta.embedding;
}

/** Whether anybody asks for ∇x of a layer. */
function hasInputGradient({ config, options }: Activations, layer: number): boolean {
  return layer > 0 || config.embeddingSize !== null || options.inputGradients === true;
}

/** The states of a span in every layer, from the state in slab 0 (eqs. 10.8 and 10.9). */
export function recordStates(k: Kernels, a: Activations, share: Share, span: Span): void {
  const { config, theta } = a;
  const { hiddenSize: H, embeddingSize: E } = config;
  const B = a.options.batch;
  const steps = span.to - span.from;
  const first = span.from * B;
  const cell = cellOf(config);
  const [row, rowEnd] = stretch(share, steps * B);
  const [b0, b1] = stretch(share, B);
  const rows = rowEnd - row;
  const own = b1 - b0;

  if (E !== null) {
    const input = a.input.subarray(row * E);
    k.gatherRows(theta.embedding, a.tokens.subarray(first + row), a.noBias, input, rows, E);
    if (a.threshold) k.dropout(input, input, rows * E, a.seed, embeddingStream, a.threshold, (first + row) * E);
  }
  for (let l = 0; l < config.numLayers; l++) {
    const U = theta[`U${l}`];
    const b = theta[`b${l}`];
    const at = (t: number): Floats => a.states[l].subarray((t * B + b0) * H); // of [K + 1, B, H], this thread's sequences
    const isLookup = l === 0 && isOneHot(config);
    if (!isLookup) {
      // b + U x(t) for all t at once, written where h(t) will stand
      const width = inputWidth(config, l);
      const out = a.states[l].subarray((B + row) * H);
      k.fillRows(b, out, rows, H);
      k.product(layerInput(a, l, span).subarray(row * width), a.panelsU[l], out, rows, H, width, true);
      k.barrier();
    }
    for (let t = 1; t <= steps; t++) {
      if (isLookup) k.gatherRows(U, a.tokens.subarray(first + (t - 1) * B + b0), b, at(t), own, H);
      k.product(at(t - 1), a.panelsW[l], at(t), own, H, H, true); // a(t) = b + W h(t−1) + U x(t)
      cell.forward(k, at(t), own * H); // h(t) = f(a(t))
    }
    k.barrier();
    if (!a.threshold) continue;
    const [h, dropped] = [a.states[l].subarray((B + row) * H), a.dropped[l].subarray(row * H)];
    k.dropout(h, dropped, rows * H, a.seed, layerStream(l), a.threshold, (first + row) * H);
    k.barrier();
  }
}

/** What layer l reads at every step of a span: the input below layer 0, else the (perhaps dropped) states of the layer below. [K, B, ·] */
export function layerInput(a: Activations, l: number, span: Span): Floats {
  const { batch: B } = a.options;
  if (l === 0) return a.config.inputSize === null ? a.input : a.input.subarray(span.from * B * a.config.inputSize);
  if (a.threshold) return a.dropped[l - 1];
  return a.states[l - 1].subarray(B * a.config.hiddenSize);
}

/**
 * The gradients of U, W, b, the embedding and, if asked for, of x(t) and h(0) (eqs. 10.21, 10.23, 10.26 and 10.28), from ∇h of a span's states;
 * `isLast` for the last span of the window, which comes first.
 */
export function recordBackward(k: Kernels, a: Activations, share: Share, span: Span, isLast: boolean): void {
  const { config, dTheta } = a;
  const { hiddenSize: H, embeddingSize: E } = config;
  const B = a.options.batch;
  const steps = span.to - span.from;
  const rows = steps * B;
  const tokens = a.tokens.subarray(span.from * B);
  const [row, rowEnd] = stretch(share, rows);
  const [h0, h1] = stretch(share, H, 4);

  for (let l = config.numLayers - 1; l >= 0; l--) {
    recordTimeLoop(k, a, share, span, l, isLast);
    const dA = a.delta(l).subarray(B * H); // [K, B, H]
    recordWeightGradient(k, a, share, dA, a.states[l], dTheta[`W${l}`], [H, H, rows], !isLast); // ∇W = Σ ∇a(t) h(t−1)ᵀ
    k.sumRows(dA.subarray(h0), dTheta[`b${l}`].subarray(h0), rows, h1 - h0, !isLast, H); // ∇b = Σ ∇a(t)
    if (l === 0 && isOneHot(config)) {
      k.scatterAddRows(dA.subarray(h0), tokens, dTheta.U0.subarray(h0), rows, h1 - h0, H, H); // ∇U = Σ ∇a(t) x(t)ᵀ
      continue;
    }
    const width = inputWidth(config, l);
    recordWeightGradient(k, a, share, dA, layerInput(a, l, span), dTheta[`U${l}`], [H, width, rows], !isLast); // ∇U = Σ ∇a(t) x(t)ᵀ
    if (!hasInputGradient(a, l)) continue;
    const first = span.from * B + row;
    const below = belowOf(a, l, span).subarray(row * width);
    k.product(dA.subarray(row * H), a.panelsUBack[l], below, rowEnd - row, width, H, false); // ∇x(t) = Uᵀ ∇a(t)
    const stream = l > 0 ? layerStream(l - 1) : embeddingStream;
    if (a.threshold && (l > 0 || E !== null))
      k.dropout(below, below, (rowEnd - row) * width, a.seed, stream, a.threshold, first * width);
    k.barrier();
  }
  if (E === null) return;
  const [e0, e1] = stretch(share, E, 4);
  k.scatterAddRows(a.inputGradient.subarray(e0), tokens, tableGradient(a).subarray(e0), rows, e1 - e0, E, E);
  if (!config.tieWeights || span.from > 0) return;
  k.barrier();
  const [from, to] = stretch(share, config.vocabSize * E);
  k.sumRows(a.tied.subarray(from), dTheta.embedding.subarray(from), 1, to - from, true, 0); // ∇V += ∇embedding
}

/** ∇h(t) of a layer becomes ∇a(t), from the last step of a span to the first. */
function recordTimeLoop(k: Kernels, a: Activations, share: Share, span: Span, l: number, isLast: boolean): void {
  const { hiddenSize: H } = a.config;
  const B = a.options.batch;
  const cell = cellOf(a.config);
  const [b0, b1] = stretch(share, B);
  const own = b1 - b0;
  const at = (x: Floats, t: number): Floats => x.subarray((t * B + b0) * H); // of [K + 1, B, H], this thread's sequences
  const delta = a.delta(l);
  const steps = span.to - span.from;

  // what the span after this one hands down
  if (!isLast) k.product(at(a.carried[l], 0), a.panelsWBack[l], at(delta, steps), own, H, H, true);
  for (let t = steps; t >= 1; t--) {
    cell.backward(k, at(a.states[l], t), at(delta, t), own * H); // ∇a(t) = diag(f′) ∇h(t)
    // ∇h(t−1) = Wᵀ ∇a(t) + Vᵀ ∇o(t−1); h(0) has no output
    if (t > 1) k.product(at(delta, t), a.panelsWBack[l], at(delta, t - 1), own, H, H, true);
  }
  if (span.from > 0) k.copy(at(delta, 1), at(a.carried[l], 0), own * H);
  else if (a.options.inputGradients) k.product(at(delta, 1), a.panelsWBack[l], at(delta, 0), own, H, H, false);
  k.barrier();
}

/** Where ∇x(t) of a layer goes. */
function belowOf(a: Activations, l: number, span: Span): Floats {
  const { batch: B } = a.options;
  if (l > 0) return a.delta(l - 1).subarray(B * a.config.hiddenSize);
  return a.config.inputSize === null ? a.inputGradient : a.inputGradient.subarray(span.from * B * a.config.inputSize);
}

/** out [m, n] (+)= xᵀ y over `rows` rows. Each thread computes some rows of it, or some columns where there are more of them. */
export function recordWeightGradient(
  k: Kernels,
  a: Activations,
  share: Share,
  x: Floats,
  y: Floats,
  out: Floats,
  [m, n, rows]: readonly [m: number, n: number, rows: number],
  accumulate: boolean,
): void {
  const scratch = a.scratch[share.index];
  if (m >= n) {
    const [i, end] = stretch(share, m);
    k.productTN(x.subarray(i), y, out.subarray(i * n), end - i, n, rows, accumulate, scratch, m, n);
  } else {
    const [j, end] = stretch(share, n, 8);
    k.productTN(x, y.subarray(j), out.subarray(j), m, end - j, rows, accumulate, scratch, m, n);
  }
}
