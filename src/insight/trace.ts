// Every value of one window of one sequence, forward and backward (eqs. 10.8 to 10.28 of Goodfellow et al. 2016; docs/math.md has the gated
// cells'): the numbers that the engine computed, copied before it wrote over them. Three kinds are told from its arrays by the same formula, as it
// never has them by themselves: ŷ(t) = softmax(o(t)), a(t) of a GRU, ∇s(t) of an LSTM.
//
// Layouts, with t from 1: states are [t, l, u] for t = 0 … T; everything else of a step is [t − 1, l, …, u], so that step t stands at t − 1.

import { exp } from '../elementary.ts';
import type { Floats } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { UnitAtStep } from '../network/cells/cell.ts';
import { cellOf } from '../network/cells/table.ts';
import type { ModelConfig } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import type { Unrolled } from '../network/unrolled.ts';
import { expectWindow, openWindow, type TokenIds, type WindowSettings } from './window.ts';

/** Whether the backward pass is recorded, and what each step counts. */
export interface TraceSettings extends WindowSettings {
  /** Also the backward pass; needs targets. Default: where there are targets. */
  readonly gradients?: boolean;
  /** What each L(t) counts in L = Σ weight(t) L(t). Default 1, as in the book; a trainer's mean has 1 / (T B). */
  readonly weights?: ArrayLike<number>;
}

/** T steps, L layers, H units, G gates, C classes, D numbers in x(t): the vocabulary's for one-hot input, else the embedding's. */
export interface Trace {
  /** The architecture of the model. */
  readonly config: ModelConfig;
  /** The parameters that these numbers come of, copied. [P], in the layout of `layoutOf` */
  readonly parameters: Floats;
  /** T, the number of steps. */
  readonly steps: number;
  /** Names of the gates in the order of their rows; for the plain cell one, ''. */
  readonly gates: readonly string[];
  /** The ids that were read. [T] */
  readonly tokens: Int32Array; // [T]
  /** The ids that were to be predicted; null without targets. [T] */
  readonly targets: Int32Array | null; // [T]
  /** What each L(t) counts in the sum. [T] */
  readonly weights: Floats; // [T]
  /** x(t) of an embedding; empty for one-hot input, where `tokens` says it. */
  readonly x: Floats; // [T, E]
  /** Pre-activations. Of a GRU's n with r ⊙ m in it. */
  readonly a: Floats; // [T, L, G, H]
  /** Gates after their function: r, z, n; i, f, g, o; z, n. Empty for the plain cell, whose h is f(a). */
  readonly gate: Floats; // [T, L, G, H]
  /** m(t) = b_n + W_n h(t−1) of a GRU. */
  readonly m: Floats; // [T, L, H]
  /** h(t) for t = 0 … T. [T + 1, L, H] */
  readonly h: Floats; // [T + 1, L, H]
  /** s(t) of an LSTM. */
  readonly s: Floats; // [T + 1, L, H]
  /** The logits o(t) = V h(t) + c of the top layer. [T, C] */
  readonly o: Floats; // [T, C]
  /** ŷ(t). */
  readonly y: Floats; // [T, C]
  /** L(t) = −log ŷ(t)[y(t)] in nats, without its weight; empty without targets. */
  readonly loss: Floats; // [T]
  /** The numbers of the backward pass; null where it was not asked for. */
  readonly gradients: TraceGradients | null;
}

/** The gradients of L = Σ weight(t) L(t). */
export interface TraceGradients {
  /** ∇o(t) = weight(t) (ŷ(t) − 1[y(t)]), eq. 10.18. [T, C] */
  readonly o: Floats; // [T, C]
  /** ∇h(t), eqs. 10.19 to 10.21. [T + 1, L, H] */
  readonly h: Floats; // [T + 1, L, H]
  /** What h(t) receives from above: Vᵀ ∇o(t), below the top layer Uᵀ ∇a(t) of the layer above. 0 at t = 0. */
  readonly hFromAbove: Floats; // [T + 1, L, H]
  /** What h(t) receives from step t + 1, in every way. 0 at t = T. h = hFromAbove + hFromLater, but for rounding. */
  readonly hFromLater: Floats; // [T + 1, L, H]
  /** ∇s(t) of an LSTM; and what of it comes from step t + 1, f(t+1) ⊙ ∇s(t+1). */
  readonly s: Floats; // [T + 1, L, H]
  /** What of ∇s(t) comes from step t + 1: f(t+1) ⊙ ∇s(t+1). [T + 1, L, H] */
  readonly sFromLater: Floats; // [T + 1, L, H]
  /** ∇a(t): the gradient before the function of each gate. [T, L, G, H] */
  readonly a: Floats; // [T, L, G, H]
  /** ∇m(t) of a GRU. */
  readonly m: Floats; // [T, L, H]
  /** ∇x(t), of what layer 0 reads. */
  readonly x: Floats; // [T, D]
  /** The sums over all steps: ∇U, ∇W, ∇b, ∇V, ∇c, …, in the layout of `layoutOf`. */
  readonly parameters: Floats; // [P]
}

/**
 * Runs a window of T steps of one sequence, forward and backward, and copies every number: eqs. 10.8 to 10.28 of Goodfellow et al. (2016), and
 * those of docs/math.md for gated cells. The states, the losses and the gradients have the bits of training on the same backend.
 * @param tokens x(1) … x(T)
 * @param targets y(1) … y(T), usually the tokens one step later; null for a forward pass alone
 * @throws UnrolledError for a model of something else than text, with adaptive softmax, and for ids that are not its own
 */
export function trace(
  model: Model,
  tokens: TokenIds,
  targets: TokenIds | null = null,
  settings: TraceSettings = {},
): Trace {
  expectWindow('trace', model, tokens, targets);
  const gradients = settings.gradients ?? targets !== null;
  if (gradients && !targets)
    throw new UnrolledError('trace: expected targets for the gradients, got none; give them or leave gradients out');
  const steps = tokens.length;
  const net = openWindow(
    model,
    { steps, batch: 1, gradients, inputGradients: gradients, keep: 'everything' },
    settings,
  );
  return runTrace(net, tokens, targets, settings.weights);
}

/** Runs an open window of one sequence, planned with `keep: 'everything'`, and copies everything. */
export function runTrace(
  net: Unrolled,
  tokens: TokenIds,
  targets: TokenIds | null,
  weights?: ArrayLike<number>,
): Trace {
  const gradients = net.gradient.length > 0;
  net.tokens.set(tokens);
  net.targets.set(targets ?? new Int32Array(tokens.length));
  if (weights) {
    if (weights.length !== tokens.length)
      throw new UnrolledError(`trace: expected a weight for each of ${tokens.length} steps, got ${weights.length}`);
    net.weights.set(weights);
  }
  net.forward();
  const input = net.config.embeddingSize === null ? net.weights.slice(0, 0) : net.input.slice();
  if (gradients) net.backward();
  const { config, steps: T, kept } = net;
  const { hiddenSize: H, vocabSize: C, numLayers: L } = config;
  const layers = kept.layers;
  const floats = (length: number): Floats =>
    net.weights.constructor === Float64Array ? new Float64Array(length) : new Float32Array(length);
  /** [t, l, ·] of the layers' [t, ·]. */
  const joined = (parts: readonly Floats[], width: number): Floats => {
    const out = floats(parts.reduce((sum, part) => sum + part.length, 0));
    const times = parts[0].length / width;
    for (let t = 0; t < times; t++)
      for (let l = 0; l < L; l++) out.set(parts[l].subarray(t * width, (t + 1) * width), (t * L + l) * width);
    return out;
  };
  const states = (of: (l: number, t: number) => Floats): Floats => {
    const out = floats((T + 1) * L * H);
    for (let t = 0; t <= T; t++) for (let l = 0; l < L; l++) out.set(of(l, t), (t * L + l) * H);
    return out;
  };
  const cell = cellOf(config);
  const GH = cell.gates.length * H;
  const hasS = cell.past === 'cell';
  const isBeside = cell.recurrence === 'beside';
  const none = floats(0);
  const s = hasS ? states((l, t) => net.cellState(l, t)) : none;
  const gate = joined(
    layers.map((layer) => layer.gates),
    GH,
  );
  const result: Trace = {
    config,
    parameters: net.parameters.slice(),
    steps: T,
    gates: cell.gates,
    tokens: Int32Array.from(tokens),
    targets: targets && Int32Array.from(targets),
    weights: net.weights.slice(),
    x: input,
    a: joined(
      layers.map((layer) => (isBeside ? sumOfParts(layer.a, layer.beside, layer.gates, H) : layer.a)),
      GH,
    ),
    gate,
    m: isBeside
      ? joined(
          layers.map(({ beside }) => lastGate(beside, H)),
          H,
        )
      : none,
    h: states((l, t) => net.state(l, t)),
    s,
    o: kept.logits.slice(),
    y: softmaxRows(kept.logits, C),
    loss: targets ? net.nll.slice() : none,
    gradients: null,
  };
  if (!gradients) return result;
  const fromLater = layers.map(({ throughW, past }) => {
    if (cell.past !== 'state') return throughW;
    const sum = past.slice();
    for (let i = 0; i < throughW.length; i++) sum[i] += throughW[i];
    return sum;
  });
  const h = joined(
    layers.map(({ dh }) => dh),
    H,
  );
  const sFromLater = hasS
    ? joined(
        layers.map(({ past }) => past),
        H,
      )
    : none;
  return {
    ...result,
    gradients: {
      o: kept.logitsGradient.slice(),
      h,
      hFromAbove: joined(
        layers.map(({ fromAbove }) => fromAbove),
        H,
      ),
      hFromLater: joined(fromLater, H),
      s: hasS ? cellGradient(result, h, sFromLater) : none,
      sFromLater,
      a: joined(
        layers.map(({ dA }) => dA),
        GH,
      ),
      m: isBeside
        ? joined(
            layers.map(({ dBeside }) => lastGate(dBeside, H)),
            H,
          )
        : none,
      x: config.embeddingSize === null ? kept.inputGradient.slice() : net.inputGradient.slice(),
      parameters: net.gradient.slice(),
    },
  };
}

/** The pre-activations of a GRU: b + U x(t) + W h(t−1) of r and z, b + U x(t) + r ⊙ m of n. [T, 3 H] */
function sumOfParts(a: Floats, beside: Floats, gates: Floats, H: number): Floats {
  const sum = a.slice();
  for (let i = 0; i < sum.length; i++) {
    const isCandidate = i % (3 * H) >= 2 * H;
    sum[i] += isCandidate ? gates[i - 2 * H] * beside[i] : beside[i];
  }
  return sum;
}

/** The third gate's part. [T, 3 H] to [T, H] */
function lastGate(x: Floats, H: number): Floats {
  const out = x.slice(0, x.length / 3);
  for (let at = 0; at < out.length; at += H) out.set(x.subarray(3 * at + 2 * H, 3 * at + 3 * H), at);
  return out;
}

/** ŷ = softmax(o), row by row. */
function softmaxRows(o: Floats, C: number): Floats {
  const y = o.slice();
  for (let at = 0; at < o.length; at += C) {
    let largest = -Infinity;
    for (let i = at; i < at + C; i++) largest = Math.max(largest, o[i]);
    const e = Float64Array.from(o.subarray(at, at + C), (value) => exp(value - largest));
    const sum = e.reduce((total, value) => total + value, 0);
    for (let i = 0; i < C; i++) y[at + i] = e[i] / sum;
  }
  return y;
}

/** ∇s(t): what comes from step t + 1, and ∇h(t) ⊙ ∂h(t)/∂s(t); of s(0), which has no h, the first part. [T + 1, L, H] */
function cellGradient(seen: Trace, dh: Floats, fromLater: Floats): Floats {
  const { config, steps: T } = seen;
  const { hiddenSize: H, numLayers: L } = config;
  const { outputSlope } = cellOf(config);
  const ds = fromLater.slice();
  for (let t = 1; t <= T; t++)
    for (let l = 0; l < L; l++)
      for (let u = 0; u < H; u++) {
        const i = (t * L + l) * H + u;
        ds[i] += dh[i] * outputSlope!(unitAt(seen, l, t, u));
      }
  return ds;
}

/** What a unit of a layer is and was at step t, from 1. */
export function unitAt({ config, gates, gate, m, h, s }: Trace, layer: number, t: number, u: number): UnitAtStep {
  const { hiddenSize: H, numLayers: L } = config;
  const G = gates.length;
  const row = (t - 1) * L + layer;
  const [at, before] = [(row + L) * H + u, row * H + u];
  return {
    gate: (name) => gate[(row * G + gates.indexOf(name)) * H + u],
    h: h[at],
    hBefore: h[before],
    s: s[at],
    sBefore: s[before],
    m: m[before],
  };
}
