// What a window needs in memory, told from its sizes alone, before anything runs. Nothing here computes.
//
//   states      h of every layer, K + 1 slabs [B, H]: slab t holds h(t), slab 0 the state from before
//   deltas      the gradients, in the same slabs: ∇h(t) comes in, ∇a(t) is left; two layers take turns in two arrays
//   logits      o, then its gradient e, for a slice of rows at a time: a window's logits never stand in memory all at once
//
// K is T, the whole window, or with checkpoints the steps from one kept state to the next: the backward pass computes those between again.

import type { Allocator, Floats, Kernels, Share } from '../engine/backend.ts';
import { chunkRows, clustersOf, headSize, logitsLength, planCluster } from './clusters.ts';
import { inputWidth, isOneHot, type ModelConfig } from './config.ts';
import { parameterCount, tensorsOf } from './parameters.ts';

/** The sizes of a window, and what is asked of it. */
export interface WindowOptions {
  /** T: time steps. */
  readonly steps: number;
  /** B: sequences side by side. */
  readonly batch: number;
  /** What stands at the end: the loss (default), or the bare logits of every row. */
  readonly output?: 'loss' | 'logits';
  /** Also the backward pass. Default false. */
  readonly gradients?: boolean;
  /** Also the gradients of h(0), and of x(t) where the input is vectors. Default false. */
  readonly inputGradients?: boolean;
  /** Apply the model's dropout (in training). Default false. */
  readonly dropout?: boolean;
  /** More arrays as long as the parameters, for an optimizer. Default 0. */
  readonly moments?: number;
  /** A second, smaller number of steps that the window will also be run with: the end of a text. */
  readonly shortSteps?: number;
  /**
   * K: keep the states of every K-th step only, and compute the others again on the way back. With gradients only. The gradients are the same bit
   * for bit (with a native BLAS, to its rounding). Default: keep all.
   */
  readonly checkpointEvery?: number;
  /** The parameters change by `Unrolled.setParameters` only, which packs them, once for many passes. Without gradients. Default false. */
  readonly frozen?: boolean;
  /** What `Unrolled.update` does when the gradient is there: more calls for the same program. */
  readonly update?: RecordUpdate;
}

/** Writes down what follows the backward pass of a window of `steps` steps. */
export type RecordUpdate = (kernels: Kernels, share: Share, activations: Activations, steps: number) => void;

/** A stretch of time: the steps after `from`, up to and with `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The stretches that stand in memory one at a time; one alone without checkpoints. */
export function spansOf(steps: number, checkpointEvery = steps): Span[] {
  const spans: Span[] = [];
  for (let from = 0; from < steps; from += checkpointEvery)
    spans.push({ from, to: Math.min(steps, from + checkpointEvery) });
  return spans;
}

/** In how many parts the squares of a gradient are summed, so that threads can share them and the sum is the same for any number of threads. */
export const sumParts = 16;

/** Rows of logits that are in memory together: some 2¹⁸ numbers, but at least 256 rows, so that the products stay efficient. */
export function sliceRows(rows: number, classes: number): number {
  return Math.min(rows, Math.max(256, Math.ceil(2 ** 18 / classes)));
}

/** Everything a window uses; views of one memory. */
export type Activations = ReturnType<typeof planWindow>;

/** Asks for the memory of a window. Sizes in numbers; P parameters, L layers. */
export function planWindow(allocate: Allocator, config: ModelConfig, options: WindowOptions) {
  const { steps: T, batch: B, output = 'loss', gradients = false } = options;
  const { vocabSize: C, hiddenSize: H, embeddingSize: E, numLayers: L } = config;
  const head = headSize(config);
  const rows = T * B;
  const spans = spansOf(T, gradients ? options.checkpointEvery : undefined);
  const K = spans[0].to;
  const near = K * B; // rows that stand in memory together
  const P = parameterCount(config);
  const slice = output === 'logits' ? rows : sliceRows(near, head);
  const dropout = options.dropout === true && config.dropout > 0;
  const isDense = (layer: number) => layer > 0 || !isOneHot(config);
  const perLayer = <Item>(make: (layer: number, width: number) => Item): Item[] =>
    Array.from({ length: L }, (_, layer) => make(layer, inputWidth(config, layer)));

  const parameters = allocate.floats(P);
  const gradient = allocate.floats(gradients ? P : 0);
  const moments = Array.from({ length: options.moments ?? 0 }, () => allocate.floats(P));
  // with ∇h(0) asked for, every layer keeps its own
  const deltaCount = gradients ? (options.inputGradients ? L : Math.min(2, L)) : 0;
  const deltas = Array.from({ length: deltaCount }, () => allocate.floats((K + 1) * B * H));
  const numbers = allocate.doubles(2 * sumParts + 16);
  const loss = output === 'loss';
  const targets = allocate.integers(loss ? rows : 0); // [T, B]
  const losses = allocate.floats(loss ? rows + 1 : 0); // [T B + 1]
  const clusters = clustersOf(config);
  const chunk = clusters.length > 0 ? chunkRows(near, output) : 0;
  const sizes = { near, spans: loss ? spans.length : 0, chunk, gradients };
  return {
    config,
    options,
    size: P,
    parameters, // [P]
    gradient, // [P]
    moments, // of [P]
    theta: tensorsOf(config, parameters),
    dTheta: gradients ? tensorsOf(config, gradient) : {},
    tokens: allocate.integers(config.inputSize === null ? rows : 0), // [T, B]
    targets,
    headTargets: loss && chunk > 0 ? allocate.integers(rows) : targets, // [T, B]: a class of the head, itself or its cluster
    weights: allocate.floats(loss ? rows : 0), // [T, B]
    losses, // nll and one place more, which nobody reads
    nll: losses.subarray(0, rows), // [T, B]
    input: allocate.floats((E !== null ? near * E : 0) + (config.inputSize !== null ? rows * config.inputSize : 0)), // [K, B, E] or [T, B, D]
    inputGradient: allocate.floats(
      (gradients && E !== null ? near * E : 0) +
        (gradients && options.inputGradients && config.inputSize !== null ? rows * config.inputSize : 0),
    ), // as input
    tied: allocate.floats(gradients && config.tieWeights ? C * (E ?? 0) : 0), // [C, E]: the gradient of a tied embedding without ∇V
    spans,
    states: perLayer(() => allocate.floats((K + 1) * B * H)), // L of [K + 1, B, H]
    kept: perLayer(() => allocate.floats(spans.length > 1 ? (spans.length + 1) * B * H : 0)), // L of [T / K + 1, B, H]
    carried: perLayer(() => allocate.floats(spans.length > 1 ? B * H : 0)), // L of [B, H]: ∇a of the step after the span
    dropped: perLayer(() => allocate.floats(dropout ? near * H : 0)), // L of [K, B, H]
    delta: (layer: number): Floats => deltas[layer % deltas.length], // [K + 1, B, H]
    logits: allocate.floats(logitsLength(config, slice, chunk, output)), // [slice, C], or of the head, or of a chunk of a cluster
    slice,
    clusters: clusters.map((cluster) => planCluster(allocate, cluster, config, sizes)),
    gathered: allocate.floats(loss ? chunk * H : 0), // [R, H]
    gatheredGradient: allocate.floats(gradients ? chunk * H : 0), // [R, H]
    noBias: allocate.floats(Math.max(E ?? 0, chunk > 0 ? H : 0)),
    panelsU: perLayer((layer, width) => allocate.panels(isDense(layer) ? H : 0, width)),
    panelsW: perLayer(() => allocate.panels(H, H)),
    panelsV: allocate.panels(head, H),
    panelsUBack: perLayer((layer, width) => allocate.panels(gradients && isDense(layer) ? width : 0, H)),
    panelsWBack: perLayer(() => allocate.panels(gradients ? H : 0, H)),
    panelsVBack: allocate.panels(gradients ? H : 0, head),
    scratch: gradients
      ? [
          allocate.scratch(head, H, slice),
          allocate.scratch(H, H, near),
          allocate.scratch(H, isOneHot(config) ? 0 : inputWidth(config, 0), near),
          ...clusters.flatMap(({ size, width }) => [
            allocate.scratch(size, width, chunk),
            allocate.scratch(width, H, chunk),
          ]),
        ][0]
      : [], // a block for each thread
    seed: allocate.integers(2), // of the dropout masks
    threshold: dropout ? Math.round(config.dropout * 2 ** 32) : 0,
    sums: numbers.subarray(0, 2 * sumParts), // Σ g² of the parts, before and after clipping of elements
    norm: numbers.subarray(2 * sumParts, 2 * sumParts + 2), // [Σ g², the clip's scale]
    hyperparameters: numbers.subarray(2 * sumParts + 1, 2 * sumParts + 9), // the scale first
    clip: numbers.subarray(2 * sumParts + 9, 2 * sumParts + 11), // [largest norm, largest element]
    lossSum: numbers.subarray(2 * sumParts + 11, 2 * sumParts + 12), // Σ weight · nll
    go: allocate.integers(1), // 1 if gradient and loss are finite
  };
}
