// Back-propagation through time: a window forward, its loss, and the window backward (docs/math.md; equation numbers of Goodfellow et al. 2016).
// Every matrix product of the network is in this file; the pointwise mathematics of a step is the cell's. What the functions call is
// written down once as a program and then run for every window, so they read sizes, never values.
//
//   forward    A = X Uᵀ + b, one product or one lookup for the whole window;   for t ↑:  h(t) = f(A(t) + h(t−1) Wᵀ)
//   loss       o = h Vᵀ + c;   e = (softmax(o) − onehot(y)) ⊙ weight;   dV += eᵀ h;   dc += Σ e;   ∇h = e V
//   backward   for t ↓:  δ(t) = f′ ⊙ ∇h(t);   ∇h(t−1) += δ(t) W;   then dW = Σ δ(t)ᵀ h(t−1),  db = Σ δ,  dU = δᵀ X,  dX = δ U
//
// Rows are (t, b) pairs: a window is one matrix of T·B rows, and `at(x, t)` is its stretch from step t on.

import type { Cell } from '../cells/cell.ts';
import { rnnCell } from '../cells/rnn.ts';
import type { Floats, Kernels } from '../engine/backend.ts';
import { inputWidth, isOneHot, type ModelConfig } from './config.ts';
import type { Activations } from './plan.ts';

/** The pointwise mathematics that a config asks for. */
function cellOf(config: ModelConfig): Cell {
  return rnnCell(config.nonlinearity);
}

/** Streams of the dropout masks: 0 for the embedding's output, l + 1 for layer l's. */
const embeddingStream = 0;
const layerStream = (layer: number): number => layer + 1;

/** The states of `steps` steps in every layer, from the state in slab 0 (eqs. 10.8 and 10.9). */
export function recordForward(k: Kernels, a: Activations, steps: number): void {
  const { config, theta } = a;
  const { hiddenSize: H, embeddingSize: E } = config;
  const B = a.options.batch;
  const rows = steps * B;
  const cell = cellOf(config);

  if (E !== null) {
    k.gatherRows(theta.embedding, a.tokens, a.noBias, a.input, rows, E);
    if (a.threshold) k.dropout(a.input, a.input, rows * E, a.seed, embeddingStream, a.threshold);
  }
  for (let l = 0; l < config.numLayers; l++) {
    const U = theta[`U${l}`];
    const b = theta[`b${l}`];
    const states = a.states[l]; // [T + 1, B, H]
    const at = (t: number): Floats => states.subarray(t * B * H);

    // b + U x(t) for all t at once, written where h(t) will stand
    if (l === 0 && isOneHot(config)) k.gatherRows(U, a.tokens, b, at(1), rows, H);
    else {
      const width = inputWidth(config, l);
      k.packTransposed(U, a.panelsU[l], H, width);
      k.fillRows(b, at(1), rows, H);
      k.product(layerInput(a, l), a.panelsU[l], at(1), rows, H, width, true);
    }
    k.packTransposed(theta[`W${l}`], a.panelsW[l], H, H);
    for (let t = 1; t <= steps; t++) {
      k.product(at(t - 1), a.panelsW[l], at(t), B, H, H, true); // a(t) = b + W h(t−1) + U x(t)
      cell.forward(k, at(t), B * H); // h(t) = f(a(t))
    }
    if (a.threshold) k.dropout(at(1), a.dropped[l], rows * H, a.seed, layerStream(l), a.threshold);
  }
}

/** What layer l reads at every step: the input below layer 0, else the (perhaps dropped) states of the layer below. [T, B, ·] */
function layerInput(a: Activations, l: number): Floats {
  if (l === 0) return a.input;
  if (a.threshold) return a.dropped[l - 1];
  return a.states[l - 1].subarray(a.options.batch * a.config.hiddenSize);
}

/** o(t) = c + V h(t) for every row (eq. 10.10). */
export function recordLogits(k: Kernels, a: Activations, steps: number): void {
  const { vocabSize: C, hiddenSize: H, numLayers } = a.config;
  k.packTransposed(a.theta.V, a.panelsV, C, H);
  k.fillRows(a.theta.c, a.logits, steps * a.options.batch, C);
  k.product(layerInput(a, numLayers), a.panelsV, a.logits, steps * a.options.batch, C, H, true);
}

/**
 * The negative log-likelihood of every row (eqs. 10.10 to 10.14), a slice of rows at a time. With gradients also dV and dc (eqs. 10.22
 * and 10.24), and Vᵀ ∇o(t) (eq. 10.19) in the top layer's deltas.
 */
export function recordLoss(k: Kernels, a: Activations, steps: number): void {
  const { vocabSize: C, hiddenSize: H, numLayers } = a.config;
  const B = a.options.batch;
  const gradients = a.options.gradients === true;
  const rows = steps * B;
  const top = layerInput(a, numLayers); // [T, B, H]
  const delta = gradients ? a.delta(numLayers - 1).subarray(B * H) : top;

  k.packTransposed(a.theta.V, a.panelsV, C, H);
  if (gradients) k.packPlain(a.theta.V, a.panelsVBack, H, C);
  for (let row = 0; row < rows; row += a.slice) {
    const count = Math.min(a.slice, rows - row);
    const h = top.subarray(row * H);
    k.fillRows(a.theta.c, a.logits, count, C);
    k.product(h, a.panelsV, a.logits, count, C, H, true); // o = c + V h
    k.softmaxNll(a.logits, a.targets.subarray(row), a.weights.subarray(row), a.nll.subarray(row), count, C);
    if (!gradients) continue;
    k.productTN(a.logits, h, a.dTheta.V, C, H, count, row > 0, a.scratch[0]); // ∇V = Σ ∇o hᵀ
    k.sumRows(a.logits, a.dTheta.c, count, C, row > 0); // ∇c = Σ ∇o
    k.product(a.logits, a.panelsVBack, delta.subarray(row * H), count, H, C, false); // Vᵀ ∇o
  }
  if (gradients && a.threshold) k.dropout(delta, delta, rows * H, a.seed, layerStream(numLayers - 1), a.threshold);
}

/** The gradients of U, W, b, the embedding and, if asked for, of x(t) and h(0) (eqs. 10.21, 10.23, 10.26 and 10.28). */
export function recordBackward(k: Kernels, a: Activations, steps: number): void {
  const { config, theta, dTheta } = a;
  const { hiddenSize: H, embeddingSize: E, vocabSize: C } = config;
  const B = a.options.batch;
  const rows = steps * B;
  const cell = cellOf(config);

  for (let l = config.numLayers - 1; l >= 0; l--) {
    const states = a.states[l]; // [T + 1, B, H]
    const delta = a.delta(l); // [T + 1, B, H]
    const at = (x: Floats, t: number): Floats => x.subarray(t * B * H);

    k.packPlain(theta[`W${l}`], a.panelsWBack[l], H, H);
    for (let t = steps; t >= 1; t--) {
      cell.backward(k, at(states, t), at(delta, t), B * H); // ∇a(t) = diag(f′) ∇h(t)
      // ∇h(t−1) = Wᵀ ∇a(t) + Vᵀ ∇o(t−1); h(0) has no output
      if (t > 1) k.product(at(delta, t), a.panelsWBack[l], at(delta, t - 1), B, H, H, true);
      else if (a.options.inputGradients) k.product(at(delta, 1), a.panelsWBack[l], delta, B, H, H, false);
    }
    const dA = at(delta, 1); // [T, B, H]
    k.productTN(dA, states, dTheta[`W${l}`], H, H, rows, false, a.scratch[0]); // ∇W = Σ ∇a(t) h(t−1)ᵀ
    k.sumRows(dA, dTheta[`b${l}`], rows, H, false); // ∇b = Σ ∇a(t)
    if (l === 0 && isOneHot(config)) {
      k.zero(dTheta.U0, C * H);
      k.scatterAddRows(dA, a.tokens, dTheta.U0, rows, H); // ∇U = Σ ∇a(t) x(t)ᵀ
      continue;
    }
    const width = inputWidth(config, l);
    k.productTN(dA, layerInput(a, l), dTheta[`U${l}`], H, width, rows, false, a.scratch[0]); // ∇U = Σ ∇a(t) x(t)ᵀ
    if (l === 0 && E === null && !a.options.inputGradients) continue; // nobody asked for ∇x
    const below = l > 0 ? at(a.delta(l - 1), 1) : a.inputGradient;
    k.packPlain(theta[`U${l}`], a.panelsUBack[l], width, H);
    k.product(dA, a.panelsUBack[l], below, rows, width, H, false); // ∇x(t) = Uᵀ ∇a(t)
    if (l > 0 && a.threshold) k.dropout(below, below, rows * H, a.seed, layerStream(l - 1), a.threshold);
  }
  if (E !== null) {
    if (a.threshold) k.dropout(a.inputGradient, a.inputGradient, rows * E, a.seed, embeddingStream, a.threshold);
    if (!config.tieWeights) k.zero(dTheta.embedding, C * E); // with tied weights it holds ∇V, to which this adds
    k.scatterAddRows(a.inputGradient, a.tokens, dTheta.embedding, rows, E);
  }
}
